"""Rows in the text format of COPY (PostgreSQL manual, COPY, "Text Format")."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

Row = tuple[Any, ...]

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f", "\v": "\\v"})


def copy_text(rows: Iterable[Row]) -> bytes:
    r"""Rows as one block for COPY: texts, integers, floats, booleans, times, UUIDs, bytes; None is null.

    >>> copy_text([("tab\there", 7, None, True), ("", 0, b"\x00\xff", False)])
    b'tab\\there\t7\t\\N\tt\n\t0\t\\\\x00ff\tf\n'
    """
    # Most cells are plain texts or null: those are written here, without a call.
    return "".join(
        [
            "\t".join(
                [
                    value
                    if value.__class__ is str and value.isprintable() and "\\" not in value
                    else ("\\N" if value is None else _cell(value))
                    for value in row
                ]
            )
            + "\n"
            for row in rows
        ]
    ).encode()


def _cell(value: Any) -> str:
    kind = type(value)
    if kind is int or kind is float or kind is UUID:
        return str(value)
    if kind is bool:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, datetime):
        return value.isoformat()
    if kind is bytes:
        return "\\\\x" + str(value.hex())
    raise TypeError(f"COPY is not told how to write a {kind.__name__}")
