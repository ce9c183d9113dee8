"""Any number of rows as one CSV, NDJSON or JSON document, written piece by piece as the rows arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from harvester import __version__
from harvester.exports.document import write_json
from harvester.exports.table import csv_head, csv_lines, write_json_lines


class Form(StrEnum):
    """The forms of an export."""

    CSV = "csv"
    NDJSON = "ndjson"
    JSON = "json"


MEDIA_TYPES: Mapping[Form, str] = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.NDJSON: "application/x-ndjson",
    Form.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What an export was made of: the header of the document."""

    export: str
    """domains, mentions, comments or videos."""
    filter: Mapping[str, Any]
    """What was asked for; empty for all."""
    exported_at: datetime
    version: str = __version__


async def write(
    form: Form,
    row_type: type[Any],
    batches: AsyncGenerator[Sequence[Any], None],
    origin: Origin,
    *,
    chosen: Sequence[str] = (),
    raw: bool = False,
    header: bool = False,
) -> AsyncGenerator[str, None]:
    """The document in pieces; at least one, so that an error of the first rows comes before any of it.

    JSON carries its origin in any case. CSV and NDJSON carry it with `header` alone, because not every reader expects
    it: CSV in lines that begin with `#` above the columns, NDJSON in an object of its own above the rows. `chosen` and
    `raw` are for CSV: the columns, where not all, and that texts stay as they are stored, formulas included.
    """
    async with aclosing(batches) as rows:
        head, end = _around(form, row_type, origin, chosen, header=header)
        is_first = True
        async for batch in rows:
            if not batch:
                continue
            match form:
                case Form.CSV:
                    lines = csv_lines(row_type, batch, chosen=chosen, raw=raw)
                case Form.NDJSON:
                    lines = write_json_lines(batch)
                case Form.JSON:
                    lines = ("" if is_first else ",\n") + ",\n".join(map(write_json, batch))
            yield head + lines if is_first else lines
            is_first = False
        yield head + end if is_first else end


async def first_rows(
    batches: AsyncGenerator[Sequence[Any], None], limit: int | None
) -> AsyncGenerator[Sequence[Any], None]:
    """The first `limit` rows, or all."""
    async with aclosing(batches) as rows:
        left = limit
        async for batch in rows:
            yield batch if left is None else batch[:left]
            if left is not None:
                left -= len(batch)
                if left <= 0:
                    return


def _around(form: Form, row_type: type[Any], origin: Origin, chosen: Sequence[str], *, header: bool) -> tuple[str, str]:
    """What stands before the first row, and behind the last."""
    if form is Form.JSON:
        return write_json(origin)[:-1] + ',"rows":[\n', "\n]}\n"
    if form is Form.NDJSON:
        return (write_json(origin) + "\n" if header else ""), ""
    lines = chain([f"harvester {origin.version}: {origin.export}"], _lines(origin)) if header else []
    return "".join(f"# {line}\r\n" for line in lines) + csv_head(row_type, chosen), ""


def _lines(origin: Origin) -> list[str]:
    # JSON has no line ends within a text: a comment of ours stays one line, whatever was asked for.
    return [f"exported at {write_json(origin.exported_at)[1:-1]}", f"filter {write_json(origin.filter)}"]
