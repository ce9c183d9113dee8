"""Whose own page was asked for is remembered, whatever the answer was, and is nothing that was observed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harvester.model import Ad, Creator
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.ingest import RunWriter
from harvester.store.looked_up import mark_looked_up
from harvester.store.run import RunCounts
from harvester.store.staging import Batch
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)
PROFILE = Creator("maker", bio="pebbles", follower_count=7, observed_at=LONG_AGO)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def write(database: Database, batch: Batch) -> RunCounts:
    writer = await RunWriter.start(database, "test", {}, "test-1")
    await writer.write(batch)
    return await writer.finish()


async def looked_up(database: Database, table: str) -> list[tuple[Any, ...]]:
    """The natural key of each row, and whether it was looked up within a minute."""
    key = {"creator": "username", "ad": "ad_id"}[table]
    statement = f"select {key}, looked_up_at from {table} order by {key}"
    async with database.transaction(ANALYST) as connection:
        found = await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]
    recent = datetime.now(UTC) - timedelta(minutes=1)
    return [(row[key], row["looked_up_at"] is not None and row["looked_up_at"] > recent) for row in found]


async def test_what_is_known_gets_the_time_and_an_ad_that_is_gone_stays_so(database: Database) -> None:
    await write(database, Batch(creators=[PROFILE, Creator("other")], ads=[Ad("5"), Ad("6")]))
    async with database.transaction(WORKER) as connection:
        await mark_looked_up(connection, "creator", "Maker")
        await mark_looked_up(connection, "ad", "5")
        await mark_looked_up(connection, "ad", "7")
    assert await looked_up(database, "creator") == [("maker", True), ("other", False)]
    assert await looked_up(database, "ad") == [("5", True), ("6", False)]


async def test_a_creator_who_is_not_known_is_remembered_by_the_handle_alone(database: Database) -> None:
    for _ in range(2):
        async with database.transaction(WORKER) as connection:
            await mark_looked_up(connection, "creator", "Maker")
    assert await looked_up(database, "creator") == [("maker", True)]
    async with database.transaction(ANALYST) as connection:
        row = await (await connection.execute("select bio, last_crawled_at, metadata from creator")).fetchone()
    assert row == {"bio": None, "last_crawled_at": None, "metadata": {}}
    assert await differences(database) == []


@pytest.mark.parametrize("is_marked_first", [True, False])
async def test_a_profile_reads_the_same_whenever_it_was_asked_for(database: Database, is_marked_first: bool) -> None:
    async def mark() -> None:
        async with database.transaction(WORKER) as connection:
            await mark_looked_up(connection, "creator", "maker")

    if is_marked_first:
        await mark()
    counts = await write(database, Batch(creators=[PROFILE]))
    assert (counts.stored, counts.updated) == ((0, 1) if is_marked_first else (1, 0))
    await mark()
    async with database.transaction(ANALYST) as connection:
        cursor = await connection.execute(
            "select bio, follower_count, discovered_at, last_crawled_at, observed_at, field_observed_at from creator"
        )
        row = await cursor.fetchone()
    assert row == {
        "bio": "pebbles", "follower_count": 7, "discovered_at": LONG_AGO, "last_crawled_at": LONG_AGO,
        "observed_at": LONG_AGO, "field_observed_at": {},
    }  # fmt: skip
    assert await looked_up(database, "creator") == [("maker", True)]
