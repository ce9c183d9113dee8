"""Documents that are written piece by piece, read back by readers of others."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from harvester.exports.table import write_csv
from harvester.exports.writing import Form, Origin, first_rows, write

pytestmark = pytest.mark.anyio
ORIGIN = Origin("domains", {"tld": "com\n# x", "promoted": True}, datetime(2025, 9, 6, 12, tzinfo=UTC), "1.2")


@dataclass(frozen=True, slots=True)
class Line:
    domain_name: str
    count: int


async def batches(*sizes: int) -> AsyncGenerator[Sequence[Line], None]:
    number = 0
    for size in sizes:
        yield [Line(f"a{number + each}.com", number + each) for each in range(size)]
        number += size


async def written(form: Form, *sizes: int, raw: bool = False, header: bool = False) -> str:
    return "".join([piece async for piece in write(form, Line, batches(*sizes), ORIGIN, raw=raw, header=header)])


def lines(count: int) -> list[Line]:
    return [Line(f"a{number}.com", number) for number in range(count)]


@pytest.mark.parametrize("sizes", [(), (1,), (3,), (1, 1, 1), (2, 0, 1)], ids=str)
async def test_pieces_make_the_same_document_however_rows_come(sizes: tuple[int, ...]) -> None:
    rows = lines(sum(sizes))
    assert await written(Form.CSV, *sizes) == write_csv(Line, rows)
    objects = [{"domain_name": row.domain_name, "count": row.count} for row in rows]
    assert [json.loads(line) for line in (await written(Form.NDJSON, *sizes)).splitlines()] == objects
    whole = json.loads(await written(Form.JSON, *sizes))
    assert list(whole) == ["export", "filter", "exported_at", "version", "rows"]
    assert (whole["rows"], whole["filter"]) == (objects, ORIGIN.filter)


async def test_csv_tells_its_origin_in_comments_and_json_lines_in_an_object_of_their_own() -> None:
    text = await written(Form.CSV, 2, header=True)
    comments = [line for line in text.split("\r\n") if line.startswith("#")]
    assert comments == [
        "# harvester 1.2: domains",
        "# exported at 2025-09-06T12:00:00Z",
        '# filter {"tld":"com\\n# x","promoted":true}',
    ]
    assert text == "".join(f"{line}\r\n" for line in comments) + write_csv(Line, lines(2))
    first, *rest = (await written(Form.NDJSON, 2, header=True)).splitlines()
    assert json.loads(first)["filter"] == ORIGIN.filter
    assert len(rest) == 2


async def test_raw_csv_gives_texts_as_they_are_stored() -> None:
    async def hostile() -> AsyncGenerator[Sequence[Line], None]:
        yield [Line('=HYPERLINK("x")', 1), Line("'quoted", 2)]

    for raw, first in ((True, '=HYPERLINK("x")'), (False, '\'=HYPERLINK("x")')):
        text = "".join([piece async for piece in write(Form.CSV, Line, hostile(), ORIGIN, raw=raw)])
        _, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert rows == [[first, "1"], ["'quoted", "2"]]


@pytest.mark.parametrize(("limit", "left"), [(None, 5), (1, 1), (2, 2), (4, 4), (9, 5)])
async def test_the_first_rows_are_taken_across_batches(limit: int | None, left: int) -> None:
    rows = [row async for batch in first_rows(batches(2, 2, 1), limit) for row in batch]
    assert rows == lines(left)


async def test_what_reads_the_rows_is_closed_when_nobody_goes_on() -> None:
    closed = []

    async def endless() -> AsyncGenerator[Sequence[Line], None]:
        try:
            while True:
                yield lines(1)
        finally:
            closed.append(True)

    document = write(Form.NDJSON, Line, first_rows(endless(), None), ORIGIN)
    await anext(document)
    await document.aclose()
    assert closed == [True]


async def test_an_error_of_the_first_rows_comes_before_any_piece() -> None:
    async def failing() -> AsyncGenerator[Sequence[Line], None]:
        raise ZeroDivisionError
        yield []

    with pytest.raises(ZeroDivisionError):
        await anext(write(Form.CSV, Line, failing(), ORIGIN, header=True))
