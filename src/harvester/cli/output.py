"""How the CLI shows rows: a table for people, JSON and CSV for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harvester.exports.table import write_csv

# Into a file or pipe no terminal sets a width: lines are long enough there that nothing is cut or folded.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
complaints = Console(stderr=True, highlight=False)


class Form(StrEnum):
    """The forms of a listing."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV: UTF-8, every field quoted, safe for spreadsheets.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change; write nothing.")]


def form_of(*, as_json: bool, as_csv: bool) -> Form:
    """The form that the two switches ask for."""
    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other.")
    return Form.JSON if as_json else Form.CSV if as_csv else Form.TABLE


def show(
    rows: Sequence[Any], form: Form, *, row_type: type[Any], title: str, columns: Mapping[str, str], empty: str
) -> None:
    """Print rows (dataclasses) in a form; `columns` are those of the table: field to heading."""
    if form is Form.JSON:
        print_json([asdict(row) for row in rows])
    elif form is Form.CSV:
        sys.stdout.write(write_csv(row_type, rows))
    elif not rows:
        console.print(f"{title}: {empty}", markup=False)
    else:
        console.print(table(rows, title, columns))


def table(rows: Sequence[Any], title: str, columns: Mapping[str, str]) -> Table:
    """A table for people; numbers stand right."""
    drawn = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for field, heading in columns.items():
        value = getattr(rows[0], field)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        drawn.add_column(
            heading,
            justify="right" if number else "left",
            overflow="fold",
            # Only words are folded where a terminal is narrow.
            no_wrap=not isinstance(value, str),
        )
    for row in rows:
        drawn.add_row(*(Text(_cell(getattr(row, field))) for field in columns))
    return drawn


def print_json(value: Any) -> None:
    """Print one JSON document: times in ISO 8601 with Z, ids as strings."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _cell(value: Any) -> str:
    """A value as people read it; control characters are shown, not sent to the terminal."""
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.2f}"
        case _:
            return printable(str(value))


def printable(text: str) -> str:
    r"""A text of strangers for a terminal: what does not print, or turns the direction, becomes an escape.

    >>> printable("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID | Path):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
