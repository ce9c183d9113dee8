"""Items of a table of text: its rows, by the names of its columns."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any

from harvester.model import Refused
from harvester.sources.base import Item, Part
from harvester.sources.lines import LONGEST, SAMPLE_BYTES, lines

DELIMITERS = ",;\t|"
_LONGEST_CELL = 1024 * 1024
_MOST_LINES = 1_000
"""Lines of one row: a row with more has lost the end of a quotation."""
MOST_PREAMBLE = 40
"""Rows above the header, in the formats that have some."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table, what stands above them, and how its cells are parted."""

    columns: Sequence[str]
    delimiter: str = ","
    preamble: Sequence[Sequence[str]] = field(default_factory=list)


def first_rows(stream: BufferedReader, delimiter: str) -> list[list[str]]:
    """The first rows as far as the sample goes, to find the header in; the stream stays where it is."""
    start = stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]
    rows: list[list[str]] = []
    reader = csv.reader(_texts(start.splitlines(keepends=True)), delimiter=delimiter)
    while len(rows) <= MOST_PREAMBLE:
        try:
            rows.append(next(reader))
        except StopIteration:
            break
        except csv.Error:
            continue
    return rows


def table_items(stream: BufferedReader, header: Header) -> Iterator[Part]:
    """The rows below the header; one that cannot be read is refused alone."""
    csv.field_size_limit(_LONGEST_CELL)
    rows = _Rows(_texts(lines(stream, carriage_returns=True)), header.delimiter)
    for _ in range(len(header.preamble) + 1):
        rows.next()
    return row_items(rows, header)


def row_items(rows: Iterable[tuple[int, Sequence[str]] | Refused], header: Header) -> Iterator[Part]:
    """Rows of cells as items; those that do not fit the header are refused, empty ones passed over."""
    columns, envelope = header.columns, {"preamble": header.preamble} if header.preamble else {}
    context = {"form": "row", "columns": list(columns), "delimiter": header.delimiter, "preamble": header.preamble}
    width = len(columns)
    for row in rows:
        if isinstance(row, Refused):
            yield Refused(row.reason, row.detail, row.raw, row.place, context)
            continue
        number, cells = row
        if len(cells) > width and any(cells[width:]):
            detail = f"It has {len(cells)} cells under {width} columns: a separator stands inside a text."
            yield Refused("bad_row", detail, _joined(cells, header.delimiter), f"row {number}", context)
        elif any(cell and not cell.isspace() for cell in cells):
            yield Item(dict(zip(columns, cells, strict=False)), envelope, f"row {number}")


def _joined(cells: Sequence[str], delimiter: str) -> bytes:
    quoted = ('"' + cell.replace('"', '""') + '"' for cell in cells)
    return delimiter.join(quoted).encode("utf-8", "surrogateescape")


def unique(columns: Sequence[str]) -> list[str]:
    """Names of columns, each once: a second `id` becomes `id_2`, one without a name `column_3`.

    >>> unique(["id", " text ", "", "id"])
    ['id', 'text', 'column_3', 'id_2']
    """
    seen: dict[str, int] = {}
    names = []
    for number, column in enumerate(columns, start=1):
        name = column.strip().strip("\ufeff") or f"column_{number}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return names


def _texts(parts: Iterator[bytes] | Sequence[bytes]) -> Iterator[str]:
    return (part.decode("utf-8", "surrogateescape") for part in parts)


class _Rows:
    """Rows of cells with their numbers; the lines of the row in hand are kept, so that none is lost.

    A quotation that is never closed would take the rest of the file into one cell: its first line is refused,
    and reading goes on with the second.
    """

    def __init__(self, texts: Iterator[str], delimiter: str) -> None:
        self._texts = texts
        self._again: deque[str] = deque()
        self._held: list[str] = []
        self._held_size = 0
        self._delimiter = delimiter
        self._number = 0
        self._reader = csv.reader(self._feed(), delimiter=delimiter)

    def _feed(self) -> Iterator[str]:
        while True:
            text = self._again.popleft() if self._again else next(self._texts, None)
            if text is None:
                return
            self._held.append(text)
            self._held_size += len(text)
            if len(self._held) > _MOST_LINES or self._held_size > LONGEST:
                raise csv.Error("a quotation is not closed")
            yield text

    def __iter__(self) -> Iterator[tuple[int, Sequence[str]] | Refused]:
        while (row := self.next()) is not None:
            yield row

    def next(self) -> tuple[int, Sequence[str]] | Refused | None:
        """The next row, or why it is none; None at the end."""
        try:
            cells = next(self._reader)
        except StopIteration:
            return None
        except csv.Error as error:
            return self._refuse_first_line(f"It cannot be read: {error}.")
        self._number += 1
        held = self._held
        if not held[-1].endswith(("\n", "\r")) and self._is_cut_off(held):
            return self._refuse_first_line("The file ends inside it.", reason="truncated")
        held.clear()
        self._held_size = 0
        return self._number, cells

    def _is_cut_off(self, held: Sequence[str]) -> bool:
        """Whether the last row of the file ends inside a quotation."""
        try:
            list(csv.reader(held, delimiter=self._delimiter, strict=True))
        except csv.Error as error:
            return "end of data" in str(error)
        return False

    def _refuse_first_line(self, detail: str, reason: str = "bad_row") -> Refused:
        first, *others = self._held or [""]
        self._again.extendleft(reversed(others))
        self._held = []
        self._held_size = 0
        self._number += 1
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter)
        raw = first.rstrip("\r\n").encode("utf-8", "surrogateescape")[:65_536]
        return Refused(reason, detail, raw, f"row {self._number}")


def row_of(raw: bytes, context: Mapping[str, Any]) -> Iterator[Part]:
    """The items of the raw form of a row that was refused, under the header it stood below."""
    header = Header(context["columns"], context.get("delimiter", ","), context.get("preamble") or [])
    return row_items(_Rows(_texts(raw.splitlines(keepends=True)), header.delimiter), header)
