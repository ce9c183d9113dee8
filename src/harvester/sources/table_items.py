"""Items of a table: its rows, by the names of its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any, BinaryIO

from harvester.model import Refused
from harvester.sources.base import Item, Part
from harvester.sources.text_layer import text_of

_LONGEST_CELL = 16 * 1024 * 1024
_DELIMITERS = ",;\t|"


def table_items(file: BinaryIO, encoding: str) -> tuple[Iterator[Part], list[str]]:
    """The rows of a table as items by column name, and the columns."""
    csv.field_size_limit(_LONGEST_CELL)
    text = text_of(file, encoding, newline="")
    first_line = text.readline()
    delimiter = max(_DELIMITERS, key=lambda each: (first_line.count(each), -_DELIMITERS.index(each)))
    rows = csv.reader(chain([first_line], text), delimiter=delimiter)
    columns = [column.strip() for column in next(rows, [])]
    return _table_parts(rows, columns), columns


def _table_parts(rows: Any, columns: list[str]) -> Iterator[Part]:
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused("bad_row", f"Line {rows.line_num} cannot be read: {error}.", str(rows.line_num).encode())
            continue
        if any(cell.strip() for cell in cells):
            yield Item(dict(zip(columns, cells, strict=False)))
