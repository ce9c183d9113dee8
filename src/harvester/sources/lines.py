"""A stream as UTF-8, and its lines, each of a bounded length."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

SAMPLE_BYTES = 65_536
LONGEST = 4 * 1024 * 1024
"""Bytes of one line, one record, or one document that is decoded whole."""
_BLOCK = 262_144
_ANY_END = re.compile(rb"\r\n?|\n")
_MARKS = b'\n\t ",;'
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def encoding_of(start: bytes) -> tuple[str, int]:
    """The encoding of a file by its first bytes, and the length of its byte order mark.

    Bytes that are no UTF-8, in a text that has no UTF-8 beyond ASCII either, are what Windows wrote.

    >>> encoding_of(b"\\xff\\xfea\\0"), encoding_of("é".encode()), encoding_of(b"coment\\xe1rio")
    (('utf-16-le', 2), ('utf-8', 0), ('cp1252', 0))
    """
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            return encoding, len(bom)
    if b"\0" in start:
        marks = sum(map(start.count, _MARKS))
        for encoding, low, high in (("utf-16-le", start[::2], start[1::2]), ("utf-16-be", start[1::2], start[::2])):
            # In any script the marks between words and cells stand with a zero each, and at places of one parity.
            if sum(not zero and mark in _MARKS for mark, zero in zip(low, high, strict=False)) > marks / 2:
                return encoding, 0
    decoded = start.decode("utf-8", "surrogateescape")
    whole_sample = len(start) >= SAMPLE_BYTES
    damaged = any("\udc80" <= character <= "\udcff" for character in (decoded[:-3] if whole_sample else decoded))
    whole = any(character > "\x7f" and not "\udc80" <= character <= "\udcff" for character in decoded)
    return ("cp1252" if damaged and not whole else "utf-8"), 0


def as_utf8(stream: BinaryIO, start: bytes) -> BinaryIO:
    """The whole stream in UTF-8, without a byte order mark; `start` was read from it already."""
    encoding, bom_length = encoding_of(start)
    whole = _Rejoined(start[bom_length:], stream)
    if encoding != "utf-8":
        whole = _Rejoined(b"", _Recoded(whole, encoding))
    return cast("BinaryIO", io.BufferedReader(whole, _BLOCK))


def given(stream: BinaryIO) -> int:
    """The bytes that a stream of `as_utf8` has given so far, those it holds ready included."""
    return cast("int", cast("Any", stream).raw.given)


class _Rejoined(io.RawIOBase):
    """A stream whose first bytes were read before."""

    def __init__(self, start: bytes, stream: Any) -> None:
        self.given = 0
        self._start = start
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._start[: len(buffer)]
        self._start = self._start[len(data) :]
        data = data or self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self.given += len(data)
        return len(data)


class _Recoded:
    """A stream of another encoding, read as UTF-8; bytes that are no text become U+FFFD."""

    def __init__(self, stream: io.RawIOBase, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._pending = b""

    def read(self, size: int) -> bytes:
        while not self._pending:
            block = self._stream.read(_BLOCK) or b""
            self._pending = self._decoder.decode(block, final=not block).encode("utf-8", "surrogatepass")
            if not block:
                break
        data, self._pending = self._pending[:size], self._pending[size:]
        return data


def lines(stream: BinaryIO, *, carriage_returns: bool) -> Iterator[bytes]:
    r"""The lines of a buffered stream with their ends; of one longer than LONGEST, its first LONGEST bytes alone.

    Lines end at `\n`, and with `carriage_returns` at `\r` too, but at nothing else: captions hold U+2028 and
    other separators of Unicode.
    """
    return _lines_of_any_end(stream) if carriage_returns else _lines(stream)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(LONGEST + 1):
        if len(line) <= LONGEST:
            yield line
            continue
        yield line[:LONGEST]
        while line and not line.endswith(b"\n"):
            line = stream.readline(_BLOCK)


def _lines_of_any_end(stream: BinaryIO) -> Iterator[bytes]:
    pending = b""
    is_overlong = False
    while block := stream.read(_BLOCK):
        if is_overlong:
            found = _ANY_END.search(block)
            is_overlong = found is None
            block = block[found.end() :] if found else b""
            if not block:
                continue
        parts = (pending + block).splitlines(keepends=True)
        # A \r at the end of a block may be half of a \r\n.
        pending = b"" if parts[-1].endswith(b"\n") else parts.pop()
        if parts and len(parts[0]) > LONGEST:
            parts[0] = parts[0][:LONGEST]
        yield from parts
        if len(pending) > LONGEST:
            yield pending[:LONGEST]
            is_overlong = not pending.endswith(b"\r")
            pending = b""
    if pending:
        yield pending
