"""Trends that are kept give what counting gives, whatever was written, taken away and renewed in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.test_ingest import NAMES, batch

from harvester.model import Comment
from harvester.store.database import ANALYST, WORKER, Connection, Database
from harvester.store.ingest import RunWriter
from harvester.store.statistics import trending
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)
HOURS = (0, 23, 25, 47, 49, 166, 170, 335, 340, 719, 721, 1439, 1441, -0.5)
"""Ages of mentions around the edges of every window; one is of the future."""
COUNTED = "select * from private.counted_trends(%s, null)"
KEPT = "select * from private.trending_domains(%s, null)"


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo, connections=8) as opened:
        yield opened


async def write(database: Database, *named: tuple[int, int, float]) -> None:
    """Comments with number, name and age in hours."""
    writer = await RunWriter.start(database, "test", {}, "test-1")
    await writer.write(
        batch(
            *(
                Comment(str(number), "91", NAMES[name], observed_at=NOW - timedelta(hours=age, minutes=number % 50))
                for number, name, age in named
            )
        )
    )
    await writer.finish()


async def shift(connection: Connection, back: timedelta) -> None:
    """Make the stored windows those that ended some time ago, as if nobody had renewed them since."""
    await connection.execute("delete from private.trend_tally")
    await connection.execute("update private.trend_moment set as_of = now() - %s", [back])
    await connection.execute("delete from private.mention_change")
    await connection.execute(
        "insert into private.trend_tally (days, domain_id, domain_name, current_mentions, previous_mentions)"
        " select days, domain_id, domain_name,"
        "        count(*) filter (where m.discovered_at >= as_of - days * interval '1 d'),"
        "        count(*) filter (where m.discovered_at < as_of - days * interval '1 d')"
        " from (values (1), (7), (30)) as size (days), private.trend_moment, domain_mention m"
        " join domain d on d.id = m.domain_id"
        " where tier = 'shown' and m.discovered_at >= as_of - 2 * days * interval '1 d' group by 1, 2, 3"
    )


async def kept_and_counted(database: Database) -> None:
    """The analyst's trends of every length are those that are counted, all of them and the first ones."""
    async with database.transaction(ANALYST) as connection:
        for days in (1, 3, 7, 30):
            counted = await (await connection.execute(COUNTED, [days])).fetchall()
            assert await (await connection.execute(KEPT, [days])).fetchall() == counted
            first = [row["domain_name"] for row in counted[:2]]
            assert [each.domain_name for each in await trending(connection, days=days, limit=2)] == first
    assert await differences(database) == []


NAMED = st.tuples(st.integers(0, len(NAMES) - 1), st.sampled_from(HOURS))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.lists(NAMED, min_size=1)),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("move"), st.sampled_from(HOURS)),
        st.tuples(st.just("renew"), st.none()),
        st.tuples(st.just("shift"), st.sampled_from((-1, 1, 4, 20))),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_kept_trends_are_those_that_are_counted_after_any_steps(
    database: Database, steps: list[tuple[str, Any]]
) -> None:
    async with database.transaction(WORKER) as connection:
        await connection.execute("delete from video")
        await connection.execute("delete from domain")
    number = 0
    for verb, given_ in steps:
        if verb == "write":
            named = [(number + place, name, age) for place, (name, age) in enumerate(given_, 1)]
            number += len(named)
            await write(database, *named)
            continue
        async with database.transaction(WORKER) as connection:
            if verb == "delete":
                await connection.execute("delete from comment where right(comment_id, 1) = %s", [str(given_)])
            elif verb == "move":
                await connection.execute(
                    "update comment set discovered_at = %s where right(comment_id, 1) = '1'",
                    [NOW - timedelta(hours=given_)],
                )
            elif verb == "renew":
                await connection.execute("select private.renew_trends()")
            else:
                await shift(connection, timedelta(hours=given_))
    await kept_and_counted(database)


async def test_writers_and_those_who_renew_do_not_wait_for_each_other(database: Database, conninfo: str) -> None:
    await write(database, (1, 0, 1), (2, 1, 30))
    with psycopg.connect(conninfo) as slow:
        slow.execute("set local lock_timeout = '1s'")
        assert slow.execute("select private.renew_trends()").fetchone() == (True,)
        async with database.transaction(WORKER) as connection:
            await connection.execute("set local lock_timeout = '1s'")
            renewed = await (await connection.execute("select private.renew_trends() as done")).fetchone()
            assert renewed == {"done": False}
        await asyncio.wait_for(write(database, (3, 0, 2), (4, 2, 200)), 10)
        await kept_and_counted(database)
    await kept_and_counted(database)


async def test_one_who_writes_renews_what_is_older_than_a_minute(database: Database) -> None:
    await write(database, (1, 0, 1))
    async with database.transaction(WORKER) as connection:
        await shift(connection, timedelta(minutes=2))
    await write(database, (2, 0, 1))
    async with database.transaction(WORKER) as connection:
        asked = "select now() - as_of < interval '1 min' as is_new, (select count(*) from private.mention_change) as n"
        found = await (await connection.execute(asked + " from private.trend_moment")).fetchone()
    assert found == {"is_new": True, "n": 0}
    await kept_and_counted(database)


async def test_what_is_kept_is_told_to_whoever_brings_the_pass_of_now(database: Database, conninfo: str) -> None:
    await write(database, (1, 0, 1), (2, 1, 30))
    asked = "select count(*) from private.kept_trends(%s, 7, null)"
    passes = []
    for _ in range(2):
        async with database.transaction(WORKER) as connection:
            await connection.execute("select private.renew_trends()")
        async with database.transaction(ANALYST) as connection:
            [row] = await (await connection.execute("select pass from private.trend_moment")).fetchall()
            passes.append(row["pass"])
            counts = [await (await connection.execute(asked, [shown])).fetchone() for shown in (*passes, None)]
            assert [count["count"] for count in counts if count] == [0] * (len(passes) - 1) + [2, 0]
    with psycopg.connect(conninfo) as owner:
        owner.execute("create policy none on video as restrictive for select to authenticated using (false)")
        owner.execute("set local role authenticated")
        assert owner.execute("select pass from private.trend_moment").fetchall() == []


async def test_a_snapshot_from_before_renewing_reads_what_was_then(database: Database, conninfo: str) -> None:
    await write(database, (1, 0, 1), (2, 1, 30))
    with psycopg.connect(conninfo) as early:
        early.execute("set transaction isolation level repeatable read")
        before = early.execute(COUNTED, [7]).fetchall()
        await write(database, (3, 2, 1))
        async with database.transaction(WORKER) as connection:
            await connection.execute("select private.renew_trends()")
        assert early.execute(KEPT, [7]).fetchall() == before
