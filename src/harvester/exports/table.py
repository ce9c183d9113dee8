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
    r"""A table with a header, as RFC 4180 has it: lines end in CR LF, and every field is quoted.

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
    names = columns(row_type)
    lines = [_line(names)]
    lines += [_line([_cell(getattr(row, name)) for name in names]) for row in rows]
    return "".join(lines)


def write_json_lines(rows: Iterable[Any]) -> str:
    """One JSON object a line (NDJSON), each field in the order it is declared."""
    return "".join(write_json(row) + "\n" for row in rows)


def _line(cells: Sequence[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _inert(value)
    # A number of our own is no text of a stranger: `-0.5` stays a number that can be summed.
    written = write_json(value)
    return written[1:-1] if written.startswith('"') else written


def _inert(text: str) -> str:
    return "'" + text if text.startswith(tuple(FORMULA_MARKS)) else text
