"""Tables: a column of names or addresses, found by its heading, else the first cell that looks like one.

A line is a row: a quote that is never closed spoils its own line and no other.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import partial

from harvester.sources.reference_list.base import LONGEST_NAME, NO_NAME, Named, Read, Skipped, named
from harvester.sources.reference_list.plain import REMARKS

DELIMITERS = ",;\t|"
_HEADINGS = (
    "domain", "domain_name", "domainname", "domains", "host", "hostname", "fqdn", "name", "site", "url", "ioc",
    "indicator", "value",
)  # fmt: skip
"""The best first: a list that has both names the host beside the address."""
_NAME = re.compile(
    r"(?:[a-z]+://)?(?:\*\.)?[^\s/@:]+\.[^\s/@:.\d][^\s/@:.]+(?::\d+)?(?:/.*)?", re.IGNORECASE | re.DOTALL
)


def reader(sample: list[str]) -> Read:
    """Make the reader of a table from its first lines."""
    rows = [line for line in sample if line.strip() and not line.startswith(REMARKS)]
    delimiter = max(DELIMITERS, key=lambda each: sum(line.count(each) for line in rows))
    # Some lists keep their heading in a remark: it is the last one before the first row.
    remarks = [line.lstrip("#! ") for line in sample[: sample.index(rows[0])] if line.startswith("#")] if rows else []
    for heading in [*rows[:1], *remarks[-1:]]:
        column = _column(_cells(heading, delimiter))
        if column is not None:
            return _reader(delimiter, heading, partial(_cell, column))
    return _reader(delimiter, None, _name_in)


def _reader(delimiter: str, heading: str | None, cell_of: Callable[[list[str]], str]) -> Read:
    def read(line: str) -> Iterator[Named | Skipped]:
        if not line.strip() or line.startswith(REMARKS) or line == heading:
            return
        cell = cell_of(_cells(line, delimiter)).strip()
        yield named(cell) if cell else NO_NAME

    return read


def _cell(column: int, cells: list[str]) -> str:
    return cells[column] if column < len(cells) else ""


def _name_in(cells: list[str]) -> str:
    return next((each for each in cells if len(each) <= LONGEST_NAME and _NAME.fullmatch(each.strip())), "")


def _column(cells: list[str]) -> int | None:
    headings = [cell.strip().strip('"').lower().replace(" ", "_") for cell in cells]
    return next((headings.index(each) for each in _HEADINGS if each in headings), None)


def _cells(line: str, delimiter: str) -> list[str]:
    if '"' not in line:
        return line.split(delimiter)
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return []
