"""Items of a file of JSON: of its lines, or of one document or several after each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from typing import Any

from harvester.model import Refused, Repair
from harvester.sources.base import Options, Part, Source
from harvester.sources.json_document import document_items
from harvester.sources.json_text import decode, has_duplicates
from harvester.sources.lines import LONGEST, SAMPLE_BYTES, lines
from harvester.sources.plain import PlainLines
from harvester.sources.unwrap import unwrap

_FIRST_LINES = 20
_MOST_SHAPES = 10_000
_MOST_KEPT = 65_536
"""Bytes of a damaged line that quarantine keeps."""


def json_items(stream: BufferedReader) -> Iterable[Part]:
    """Items of JSON lines where the first lines hold an object each, else of whole documents."""
    if _has_lines(stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]):
        return LineItems(stream)
    return document_items(stream)


class LineItems(Iterable[Part]):
    """Items of each line; one that cannot be read is refused alone."""

    def __init__(self, stream: BufferedReader) -> None:
        self._parts = self._read(stream)
        self._plain: PlainLines | None = None
        self._sound: set[tuple[int, int]] = set()

    def __iter__(self) -> Iterator[Part]:
        return self._parts

    def read_as(self, source: Source, options: Options) -> None:
        """The format is known: from now on its plain lines come as comments."""
        self._plain = PlainLines(source.plain, options) if source.plain else None

    def _read(self, stream: BufferedReader) -> Iterator[Part]:
        for number, line in enumerate(lines(stream, carriage_returns=False), start=1):
            comment = self._plain.record(line) if self._plain else None
            if comment is not None:
                yield comment
            elif not line.isspace():
                yield from self._items(line, f"line {number}")

    def _items(self, line: bytes, place: str) -> Iterator[Part]:
        try:
            document = decode(line)
        except ValueError as error:
            yield _refused(line, error, place)
            return
        if type(document) is dict:
            if not self._is_sound(line, document):
                yield Repair("duplicate_key")
            elif self._plain:
                self._plain.learn(line, document)
        yield from unwrap(document, None, place)

    def _is_sound(self, line: bytes, document: dict[str, Any]) -> bool:
        """Whether no key stands twice; lines of one shape, by their counts of fields, are looked at once."""
        shape = len(document), line.count(b'":')
        if shape in self._sound:
            return True
        if has_duplicates(line, document):
            return False
        if len(self._sound) < _MOST_SHAPES:
            self._sound.add(shape)
        return True


def _refused(line: bytes, error: ValueError, place: str) -> Refused:
    if len(line) >= LONGEST:
        reason, detail = "too_long", f"The line has more than {LONGEST:,} bytes."
    else:
        reason, detail = "bad_json", f"It is no JSON: {str(error)[:200]}."
    return Refused(reason, detail, line.rstrip(b"\r\n")[:_MOST_KEPT], place, {"form": "bytes"})


def _has_lines(start: bytes) -> bool:
    """Whether lines hold an object each: the first one does, or is damaged while at least half of all do."""
    first = [line for line in start.split(b"\n", _FIRST_LINES)[:_FIRST_LINES] if line.strip()]
    if not first or not first[0].lstrip().startswith(b"{") or first[0].strip() == b"{":
        return False
    return _is_object(first[0]) or 2 * sum(map(_is_object, first)) >= len(first)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(decode(line), Mapping)
    except ValueError:
        return False
