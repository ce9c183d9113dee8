"""Rows of dataclasses as CSV that a spreadsheet may open, and as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from harvester.exports.document import write_json

FORMULA_MARKS = "=+-@\t\r\n＝＋－＠﹢﹣﹦﹫"
"""First characters by which spreadsheets take a text for a formula (OWASP, CSV injection), in full width and
small form, too."""


def columns(row_type: type[Any]) -> tuple[str, ...]:
    """The columns of a dataclass's table: its fields, in the order they are declared."""
    return tuple(field.name for field in fields(row_type))


def write_csv(row_type: type[Any], rows: Iterable[Any]) -> str:
    r"""A table with its columns' names, as RFC 4180 has it: lines end in CR LF, and every field is quoted.

    Texts that a spreadsheet would take for a formula get a leading `'`. Times are ISO 8601 in UTC with Z,
    None is an empty field, and a list or mapping is one field of JSON.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Line:
    ...     domain_name: str
    ...     notes: str
    >>> write_csv(Line, [Line("casino.com", '=HYPERLINK("x")')])
    '"domain_name","notes"\r\n"casino.com","\'=HYPERLINK(""x"")"\r\n'
    """
    return csv_head(row_type) + csv_lines(row_type, rows)


def csv_head(row_type: type[Any], chosen: Sequence[str] = ()) -> str:
    """The line with the names of the columns: of those that were chosen, or of all."""
    return _line(chosen or columns(row_type))


def csv_lines(row_type: type[Any], rows: Iterable[Any], *, chosen: Sequence[str] = (), raw: bool = False) -> str:
    r"""The lines of some rows; `raw` leaves every text as it is stored, for programs that are no spreadsheet.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Line:
    ...     text: str
    >>> csv_lines(Line, [Line("@you")]), csv_lines(Line, [Line("@you")], raw=True)
    ('"\'@you"\r\n', '"@you"\r\n')
    """
    names = chosen or columns(row_type)
    return "".join(_line([_cell(getattr(row, name), raw=raw) for name in names]) for row in rows)


def write_json_lines(rows: Iterable[Any]) -> str:
    """One JSON object a line (NDJSON), each field in the order it is declared."""
    return "".join(write_json(row) + "\n" for row in rows)


def _line(cells: Sequence[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"


def _cell(value: object, *, raw: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if raw else _inert(value)
    # A number of our own is no text of a stranger: `-0.5` stays a number that can be summed.
    written = write_json(value)
    return written[1:-1] if written.startswith('"') else written


def _inert(text: str) -> str:
    return "'" + text if text.startswith(tuple(FORMULA_MARKS)) else text
