"""Saved queries: what is due, how far it came, what it brought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.store.test_ingest import NAMES, batch

from harvester.errors import NameTaken, NotFound
from harvester.model import Comment
from harvester.store import discovery as discoveries
from harvester.store import harvest as books
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.discovery import (
    DiscoveryRow,
    add_discovery,
    discovery_yields,
    due_discoveries,
    list_discoveries,
    look_up,
    remove_discovery,
    take,
)
from harvester.store.harvest import enrol
from harvester.store.ingest import RunWriter
from harvester.store.run import BatchCounts

pytestmark = pytest.mark.anyio

QUERY = {"keywords": ["free gift", "ünïcode"], "regions": ["US"]}
MARK = {"mark": "me", "cursor": 0}


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def due(database: Database) -> list[str]:
    async with database.transaction(ANALYST) as connection:
        return [each.name for each in await due_discoveries(connection)]


async def begun(database: Database, name: str, cursor: Mapping[str, Any] = MARK) -> tuple[DiscoveryRow, RunWriter]:
    row = await look_up(database, name)
    assert row is not None
    writer = await RunWriter.start(database, row.source, {"discovery": name}, "test-1")
    assert await take(database, row.id, writer.run_id, cursor, read=row.cursor)
    return row, writer


async def moved(database: Database, row: DiscoveryRow, mark: str, cursor: Mapping[str, Any], **counts: int) -> bool:
    """Whether a page of ten records with two new videos was counted."""
    async with database.transaction(WORKER) as connection:
        await discoveries.advance(connection, row.id, mark, cursor, BatchCounts(fetched=10), videos=2, **counts)
        return True
    return False


async def finished(database: Database, row: DiscoveryRow, mark: str) -> bool:
    async with database.transaction(WORKER) as connection:
        await discoveries.finish(connection, row.id, mark)
        return True
    return False


async def test_a_saved_query_is_due_at_once_and_reads_as_it_was_saved(database: Database) -> None:
    key = await add_discovery(database, "gifts", "research_videos", QUERY, every_seconds=3600, days_back=7)
    row = await look_up(database, "gifts")
    assert row is not None
    assert (row.id, row.source, row.query, row.every_seconds, row.days_back) == (key, "research_videos", QUERY, 3600, 7)
    assert (row.is_active, row.is_due, row.cursor, row.run_id, row.today) == (True, True, None, None, row.due_at.date())
    assert await due(database) == ["gifts"]


async def test_two_may_not_have_one_name(database: Database) -> None:
    await add_discovery(database, "gifts", "ads", {})
    with pytest.raises(NameTaken, match="discovery gifts already"):
        await add_discovery(database, "gifts", "research_videos", QUERY)
    row = await look_up(database, "gifts")
    assert row is not None
    assert row.source == "ads"


@pytest.mark.parametrize(
    "wrong",
    [
        {"every_seconds": 59},
        {"days_back": 0},
        {"days_back": 3651},
        {"source": "rumours"},
        {"name": ""},
        {"name": "x" * 129},
    ],
)
async def test_what_makes_no_sense_is_refused_by_the_database(database: Database, wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"name": "gifts", "source": "ads", "query": {}, **wrong}
    with pytest.raises(psycopg.IntegrityError):
        await add_discovery(database, **given)


async def test_a_discovery_goes_on_where_it_stood_and_is_due_again_after_its_time(database: Database) -> None:
    await add_discovery(database, "gifts", "research_videos", QUERY, every_seconds=3600)
    row, writer = await begun(database, "gifts")
    assert await moved(database, row, "me", {"mark": "me", "cursor": 100})
    assert await moved(database, row, "me", {"mark": "me", "cursor": 200}, requests=3)
    under_way = await look_up(database, "gifts")
    assert under_way is not None
    assert (under_way.cursor, under_way.run_id) == ({"mark": "me", "cursor": 200}, writer.run_id)
    assert (under_way.request_count, under_way.record_count, under_way.video_count) == (4, 20, 4)
    assert await due(database) == ["gifts"]

    assert await finished(database, row, "me")
    done = await look_up(database, "gifts")
    assert done is not None
    assert (done.cursor, done.run_id, done.is_due, done.begun_at) == (None, None, False, None)
    assert done.covered_until == under_way.begun_at
    assert done.last_finished_at is not None
    assert done.due_at - done.last_finished_at == timedelta(hours=1)
    assert await due(database) == []


async def test_who_was_taken_for_dead_changes_nothing_any_more(database: Database) -> None:
    await add_discovery(database, "gifts", "research_videos", QUERY)
    row, writer = await begun(database, "gifts")
    first = await look_up(database, "gifts")
    assert first is not None
    assert await take(database, row.id, writer.run_id, {"mark": "another"}, read=first.cursor)
    second = await look_up(database, "gifts")
    assert not await moved(database, row, "me", {"mark": "me", "cursor": 100})
    assert not await finished(database, row, "me")
    assert await look_up(database, "gifts") == second
    assert first is not None
    assert second is not None
    assert first.begun_at == second.begun_at
    assert await moved(database, row, "another", {"mark": "another", "cursor": 100})


async def test_it_is_taken_from_where_it_was_read_or_not_at_all(database: Database) -> None:
    await add_discovery(database, "gifts", "research_videos", QUERY)
    row = await look_up(database, "gifts")
    assert row is not None
    run = (await RunWriter.start(database, row.source, {}, "test-1")).run_id
    one, other = {"mark": "one", "cursor": 0}, {"mark": "other", "cursor": 0}
    tries = await asyncio.gather(*(take(database, row.id, run, each, read=None) for each in (one, other)))
    assert sorted(tries) == [False, True]
    winner, loser = (one, other) if tries[0] else (other, one)
    # The answer to the COMMIT was lost, and it is asked for again.
    assert await take(database, row.id, run, winner, read=None)
    assert not await take(database, row.id, run, loser, read={"mark": "yet another"})
    under_way = await look_up(database, "gifts")
    assert under_way is not None
    assert under_way.cursor == winner
    assert await take(database, row.id, run, loser, read=under_way.cursor)


async def test_what_was_removed_is_no_longer_gone_on_with_and_its_videos_stay(database: Database) -> None:
    await add_discovery(database, "gifts", "research_videos", QUERY)
    row, writer = await begun(database, "gifts")
    await writer.write(batch(Comment("1", "91", "no name")))
    async with database.transaction(WORKER) as connection:
        assert await enrol(connection, ["91"], row.id) == 1
    await remove_discovery(database, "gifts")
    assert await look_up(database, "gifts") is None
    assert not await moved(database, row, "me", MARK)
    assert not await take(database, row.id, writer.run_id, MARK, read=row.cursor)
    async with database.transaction(ANALYST) as connection:
        cursor = await connection.execute("select discovery_id from harvest")
        assert await cursor.fetchall() == [{"discovery_id": None}]
    with pytest.raises(NotFound, match="no discovery gifts"):
        await remove_discovery(database, "gifts")


async def test_the_longest_waiting_comes_first_and_the_inactive_never(database: Database, conninfo: str) -> None:
    for name in ("one", "two", "three", "later"):
        await add_discovery(database, name, "ads", {})
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update discovery set due_at = now() - interval '1 h' where name = 'three'")
        connection.execute("update discovery set due_at = now() + interval '1 h' where name = 'later'")
        connection.execute("update discovery set is_active = false where name = 'one'")
    assert await due(database) == ["three", "two"]


async def test_the_listing_says_what_each_took_and_brought(database: Database) -> None:
    await add_discovery(database, "gifts", "research_videos", QUERY)
    await add_discovery(database, "dull", "ads", {})
    row, writer = await begun(database, "gifts")
    await moved(database, row, "me", MARK)
    await writer.write(batch(*(Comment(str(n), "91", NAMES[n]) for n in range(3)), Comment("9", "92", NAMES[0])))
    await writer.finish()
    async with database.transaction(WORKER) as connection:
        await enrol(connection, ["91", "92"], row.id)
    for video_id, page in (("91", BatchCounts(stored=3, mentions=4)), ("92", BatchCounts(stored=1, mentions=2))):
        harvest = await books.look_up(database, video_id)
        assert harvest is not None
        assert await books.take(database, harvest.id, writer.run_id, MARK, read=None)
        async with database.transaction(WORKER) as connection:
            await books.advance(connection, harvest.id, "me", MARK, page, requests=2)
    async with database.transaction(WORKER) as connection:
        # What a harvest brought stays on the books where its video is deleted.
        await connection.execute("delete from harvest where request_count = 2 and comment_count = 1")
    async with database.transaction(ANALYST) as connection:
        dull, gifts = await list_discoveries(connection)
        yields = await discovery_yields(connection)
    assert (dull.name, dull.requests, dull.videos, dull.mentions, dull.domains) == ("dull", 0, 0, 0, 0)
    assert (gifts.name, gifts.requests, gifts.records, gifts.videos) == ("gifts", 5, 10, 2)
    assert (gifts.comments, gifts.mentions, gifts.domains, gifts.is_under_way) == (4, 6, 3, True)
    assert [(each.name, each.request_count, each.mention_count) for each in yields] == [("dull", 0, 0), ("gifts", 5, 6)]


async def test_today_is_that_of_the_database_in_utc(database: Database) -> None:
    await add_discovery(database, "gifts", "ads", {})
    before = datetime.now(UTC).date()
    row = await look_up(database, "gifts")
    assert row is not None
    assert before <= row.today <= datetime.now(UTC).date()
