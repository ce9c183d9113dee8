"""Undoes one content encoding, and never gives more than was asked for."""

from __future__ import annotations

import zlib
from typing import Any, Protocol

GZIP_MAGIC = b"\x1f\x8b"
MOST_MEMBERS = 100
"""Of one gzip body, where servers send one: a megabyte holds 52,000 empty ones, and each takes its time."""
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Undecodable(Exception):
    """The bytes are not what the content encoding says."""


class Decoder(Protocol):
    """Turns what came over the wire into content, piece by piece."""

    def feed(self, data: bytes, most: int) -> bytes:
        """At most so many bytes of content; raises Undecodable."""
        ...


class Plain:
    """For content that is kept as it came."""

    def feed(self, data: bytes, most: int) -> bytes:
        """The data itself."""
        return data[:most]


class Inflater:
    """For `gzip` (RFC 1952) and `deflate` (RFC 9110, section 8.4.1.2, and the raw form that some servers send)."""

    def __init__(self, coding: str) -> None:
        self._is_gzip = coding == "gzip"
        self._inflate: Any = None
        """A `zlib.decompressobj`, whose class has no public name."""
        self._is_done = False
        self._members = 0

    def feed(self, data: bytes, most: int) -> bytes:
        """Inflate; what would be more than asked for is not made at all."""
        content = bytearray()
        try:
            while data and len(content) < most and not self._is_done:
                if self._inflate is None:
                    self._members += 1
                    if self._members > MOST_MEMBERS:
                        raise Undecodable
                    self._inflate = zlib.decompressobj(self._window(data))
                content += self._inflate.decompress(data, most - len(content))
                data = self._inflate.unconsumed_tail
                if self._inflate.eof:
                    # A further member may follow; anything else behind the end is no content.
                    data, self._inflate = self._inflate.unused_data, None
                    self._is_done = not self._is_gzip or not data.startswith(GZIP_MAGIC)
        except zlib.error:
            raise Undecodable from None
        return bytes(content)

    def _window(self, data: bytes) -> int:
        if self._is_gzip:
            return _GZIP
        # The low half of a zlib header's first byte is 8 (RFC 1950, section 2.2); a raw stream seldom starts so.
        return _ZLIB if data[0] & 0x0F == zlib.DEFLATED else _RAW


def decoder(content_encoding: str) -> tuple[Decoder, bool]:
    """What undoes such a header, and whether it does: several codings, and others than two, are left as they are.

    >>> [decoder(header)[1] for header in ("", "gzip", "gzip, gzip", "br")]
    [True, True, False, False]
    """
    codings = [coding for coding in map(str.strip, content_encoding.lower().split(",")) if coding]
    if not codings or codings == ["identity"]:
        return Plain(), True
    if codings in (["gzip"], ["x-gzip"], ["deflate"]):
        return Inflater(codings[0].removeprefix("x-")), True
    return Plain(), False
