"""A listing of the CLI goes on over as many pages of the store as were asked for."""

from __future__ import annotations

from functools import partial

import psycopg
import pytest

from harvester.cli.paging import first_rows
from harvester.store.database import Database
from harvester.store.quarantine import MOST_ROWS, Kind, list_quarantine

pytestmark = pytest.mark.anyio

THERE = 2 * MOST_ROWS + 5


@pytest.mark.parametrize(
    ("limit", "listed"),
    [(1, 1), (MOST_ROWS, MOST_ROWS), (MOST_ROWS + 1, MOST_ROWS + 1), (THERE, THERE), (THERE + MOST_ROWS, THERE)],
)
async def test_a_listing_has_as_many_rows_as_were_asked_for_each_once(conninfo: str, limit: int, listed: int) -> None:
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        connection.execute("insert into run (source, extractor_version) values ('test', '1')")
        connection.execute(
            "insert into quarantine (run_id, source, reason, detail, raw, sha256)"
            " select r.id, 'test', 'bad_json', 'torn', '', sha256(n::text::bytea)"
            " from run r cross join generate_series(1, %s) n",
            [THERE],
        )
    async with Database(conninfo) as database:
        rows = await first_rows(database, partial(list_quarantine, kind=Kind()), limit)
    assert (len(rows), len({row.id for row in rows})) == (listed, listed)
