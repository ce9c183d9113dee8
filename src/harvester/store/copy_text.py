"""Rows in the text format of COPY (PostgreSQL manual, COPY, "Text Format")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

Row = tuple[Any, ...]

NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"})


def copy_text(rows: Iterable[Row]) -> bytes:
    r"""Rows as one block for COPY: texts, integers, floats, booleans, times, days, UUIDs, bytes; None is null.

    >>> copy_text([("tab\there", 7, None, True), ("", 0, b"\x00\xff", False)])
    b'tab\\there\t7\t\\N\tt\n\t0\t\\\\x00ff\tf\n'
    """
    return "".join(["\t".join([cell(value) for value in row]) + "\n" for row in rows]).encode()


def cell(value: Any) -> str:
    """One cell of such a row."""
    if value is None:
        return NULL
    kind = type(value)
    if isinstance(value, str):
        # Nearly every text is plain; the table is asked only where something may have to be escaped.
        return value if value.isprintable() and "\\" not in value else value.translate(_ESCAPES)
    if kind is bool:
        return "t" if value else "f"
    if isinstance(value, date):
        return value.isoformat()
    if kind is bytes:
        return "\\\\x" + str(value.hex())
    if kind in (int, float, UUID):
        return str(value)
    raise TypeError(f"COPY is not told how to write a {kind.__name__}")
