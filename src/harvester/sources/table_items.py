"""Items of a table of text: its rows, by the names of its columns."""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import islice
from typing import Any

from harvester.model import Refused
from harvester.sources.base import Item, Part
from harvester.sources.lines import LONGEST, SAMPLE_BYTES, lines

DELIMITERS = ",;\t|"
_LONGEST_CELL = 1024 * 1024
_MOST_LINES, _FEWEST_LINES = 1_000, 16
"""Lines of one row: a row with more has lost the end of a quotation. Each that has makes it fewer for a while."""
_MOST_KEPT = 65_536
"""Bytes of a damaged line that quarantine keeps."""
MOST_PREAMBLE = 40
"""Rows above the header, in the formats that have some."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a table, what stands above them, and how its cells are parted."""

    columns: Sequence[str]
    delimiter: str = ","
    preamble: Sequence[Sequence[str]] = field(default_factory=list)


def first_rows(stream: BufferedReader, delimiter: str) -> list[Sequence[str]]:
    """The first rows as far as the sample goes, to find the header in; the stream stays where it is.

    One that cannot be read counts as an empty one, so that the header is found again by its number.
    """
    start = stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]
    rows = islice(_Rows(iter(start.splitlines(keepends=True)), delimiter), MOST_PREAMBLE + 1)
    return [[] if isinstance(row, Refused) else row[1] for row in rows]


def table_items(stream: BufferedReader, header: Header) -> Iterator[Part]:
    """The rows below the header; one that cannot be read is refused alone."""
    rows = _Rows(lines(stream, carriage_returns=True), header.delimiter)
    for _ in range(len(header.preamble) + 1):
        rows.next()
    rows.width = len(header.columns)
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
    wanted = [column.strip().strip("\ufeff") for column in columns]
    taken = frozenset(wanted)
    counts: Counter[str] = Counter()
    names: dict[str, None] = {}
    for number, column in enumerate(wanted, start=1):
        name = first = column or f"column_{number}"
        while name in names or (name != column and name in taken):
            counts[first] += 1
            name = f"{first}_{counts[first] + 1}"
        names[name] = None
    return list(names)


class _Rows:
    """Rows of cells with their numbers; the lines of the row in hand are kept, so that none is lost.

    A quotation that is never closed would take the rest of the file into one cell, or lines up to the next
    quotation: its first line is refused, and reading goes on with the second.
    """

    width: int | None = None
    """The number of columns, once it is known."""

    def __init__(self, parts: Iterator[bytes], delimiter: str) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        self._lines = parts
        self._again: deque[bytes] = deque()
        self._held: list[bytes] = []
        self._held_size = 0
        self._most_lines = _MOST_LINES
        self._ended = False
        self._delimiter = delimiter
        self._number = 0
        self._widths: set[bool] = set()
        self._reader = csv.reader(self._feed(), delimiter=delimiter)

    def _feed(self) -> Iterator[str]:
        while True:
            line = self._again.popleft() if self._again else next(self._lines, None)
            if line is None:
                self._ended = True
                return
            self._held.append(line)
            self._held_size += len(line)
            if len(line) >= LONGEST:
                raise csv.Error(f"a line has more than {LONGEST:,} bytes")
            if len(self._held) > self._most_lines or self._held_size > LONGEST:
                raise csv.Error("a quotation is not closed")
            yield line.decode("utf-8", "surrogateescape")

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
            return self._refuse_first_line(str(error))
        if self._ended or (len(self._held) > 1 and not self._is_sound()):
            # The reader asked for one more line, or took for an end of the quotation what is the beginning of one.
            return self._refuse_first_line("a quotation is not closed")
        if self.width is not None and self._is_cut_off(cells):
            return self._refuse_first_line("the file ends inside it")
        self._number += 1
        self._held.clear()
        self._held_size = 0
        self._most_lines = min(self._most_lines + 1, _MOST_LINES)
        return self._number, cells

    def _is_sound(self) -> bool:
        """Whether the lines in hand are one row by the strict rules, which sloppy writers break on single lines."""
        texts = [line.decode("utf-8", "surrogateescape") for line in self._held]
        try:
            return len(list(csv.reader(texts, delimiter=self._delimiter, strict=True))) == 1
        except csv.Error:
            return False

    def _is_cut_off(self, cells: Sequence[str]) -> bool:
        """Whether it is a last row without a line end that is shorter than all before."""
        is_full = len(cells) >= (self.width or 0)
        if not is_full and not self._held[-1].endswith((b"\n", b"\r")) and self._widths == {True}:
            return True
        if cells:
            self._widths.add(is_full)
        return False

    def _refuse_first_line(self, words: str) -> Refused:
        first, *others = self._held or [b""]
        is_last = not others and not first.endswith((b"\n", b"\r"))
        if others:
            self._most_lines = max(self._most_lines // 2, _FEWEST_LINES)
        self._again.extendleft(reversed(others))
        self._held = []
        self._held_size = 0
        self._ended = False
        self._number += 1
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter)
        reason = "too_long" if len(first) >= LONGEST else "truncated" if is_last else "bad_row"
        raw = first.rstrip(b"\r\n")[:_MOST_KEPT]
        return Refused(reason, f"It cannot be read: {words}.", raw, f"row {self._number}")


def row_of(raw: bytes, context: Mapping[str, Any]) -> Iterator[Part]:
    """The items of the raw form of a row that was refused, under the header it stood below."""
    header = Header(context.get("columns") or [], context.get("delimiter") or ",", context.get("preamble") or [])
    return row_items(_Rows(iter(raw.splitlines(keepends=True)), header.delimiter), header)
