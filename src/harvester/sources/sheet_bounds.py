"""Whether a spreadsheet can be read in bounded memory, told before the library that reads it opens it.

openpyxl keeps a whole row, the table of texts, and everything that is no row: a few kilobytes, unpacked, can
say so much of these that memory ends. Each part is therefore gone through once in a stream, and its bounds are those
of real spreadsheets.
"""

from __future__ import annotations

import zipfile
from typing import Any, BinaryIO
from xml.parsers import expat

from harvester.errors import UnreadableFile
from harvester.sources.unpacking import DAMAGE, refusal_of

_BLOCK = 65_536
_MOST_ROWS = 1_048_576
"""Of a sheet, as Excel has it."""
_MOST_TEXTS, _MOST_TEXT_BYTES = 4_000_000, 128 * 1024 * 1024
"""Of the table of texts, which is kept as a whole."""
_MOST_ELEMENTS = 200_000
"""Of one row, which may have 16,384 cells; and of all beside the rows: columns, merged cells, styles."""
_MOST_BYTES = 16 * 1024 * 1024
"""From one row's end to the next."""
_DEEPEST = 100
_PICTURES = "xl/media/"
"""Where drawings stand, which may define entities of their own as no other part does."""


class _Unbounded(Exception):
    """There is more of something than a real spreadsheet has."""


def refuse_unbounded(file: BinaryIO, name: str) -> None:
    """Raise UnreadableFile for a spreadsheet that would not fit memory; damaged parts are left to its reader."""
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            refusal = refusal_of(member, name)
            if refusal is not None:
                raise refusal
            try:
                with archive.open(member) as part:
                    _Bounds(may_define=member.filename.startswith(_PICTURES)).go_through(part)
            except (expat.ExpatError, *DAMAGE):
                continue  # A picture, or damaged from here on.
            except _Unbounded as reason:
                raise UnreadableFile(
                    f"{name} is a spreadsheet that does not fit memory: {member.filename} has {reason}.",
                    hint="Save it as CSV, then import it.",
                ) from reason


class _Bounds:
    """Counts what openpyxl would keep of one part."""

    def __init__(self, *, may_define: bool) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = None if may_define else _refuse_definitions
        self._depth = 0
        self._elements = 0
        self._beside = 0
        self._rows = 0
        self._texts = 0
        self._row_end = 0

    def go_through(self, part: Any) -> None:
        """Raises _Unbounded, or ExpatError where it is no XML."""
        read = 0
        while block := part.read(_BLOCK):
            self._parser.Parse(block)
            read += len(block)
            if read - self._row_end > _MOST_BYTES:
                raise _Unbounded(f"more than {_MOST_BYTES:,} bytes in one row or beside the rows")

    def _start(self, tag: str, _: Any) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST:
            raise _Unbounded(f"more than {_DEEPEST} levels")
        if _is_kept(tag):
            self._beside += self._elements
            self._elements = 0
        if self._elements > _MOST_ELEMENTS or self._beside > _MOST_ELEMENTS + self._rows + self._texts:
            raise _Unbounded(f"more than {_MOST_ELEMENTS:,} elements in one row or beside the rows")

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if not _is_kept(tag):
            return
        self._elements = 0
        self._row_end = self._parser.CurrentByteIndex
        if tag.endswith("row"):
            self._rows += 1
        else:
            self._texts += 1
            if self._texts > _MOST_TEXTS or self._row_end > _MOST_TEXT_BYTES:
                raise _Unbounded(f"more than {_MOST_TEXTS:,} texts or {_MOST_TEXT_BYTES:,} bytes of them")
        if self._rows > _MOST_ROWS:
            raise _Unbounded(f"more than {_MOST_ROWS:,} rows")


def _refuse_definitions(*_: Any) -> None:
    raise _Unbounded("definitions of its own")


def _is_kept(tag: str) -> bool:
    """Whether it is a row of a sheet, or a text of the table of texts."""
    return tag.rpartition(":")[2] in ("row", "si")
