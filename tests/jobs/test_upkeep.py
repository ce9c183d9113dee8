"""The daily round: sizes always, deletion only where days are set."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from harvester.errors import StoreError
from harvester.jobs import upkeep as rounds
from harvester.jobs.upkeep import keep_up, upkeep
from harvester.store.backup import NOT_BACKED_UP, TABLES
from harvester.store.database import WORKER, Database
from harvester.store.retention import Deleted

pytestmark = pytest.mark.anyio
SAMPLED = len(TABLES) + len(NOT_BACKED_UP) + 4
"""Tables of ours, and of the queue."""


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        async with opened.transaction(WORKER) as connection:
            await connection.execute(
                "insert into video (video_id, discovered_at) values ('1', now() - interval '90 days'), ('2', now())"
            )
        yield opened


async def count(database: Database, table: str) -> Any:
    async with database.transaction(WORKER) as connection:
        row = await (await connection.execute(f"select count(*) as n from {table}")).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row["n"]


async def test_nothing_is_deleted_while_no_days_are_set(database: Database) -> None:
    assert await upkeep(database, None) == Deleted()
    assert await count(database, "video") == 2
    assert await count(database, "private.table_size_sample") == SAMPLED


async def test_what_is_older_than_the_days_that_are_set_goes(database: Database) -> None:
    assert await upkeep(database, 30) == Deleted(videos_deleted=1)
    assert await count(database, "video") == 1


async def test_several_processes_at_once_do_each_thing_once(database: Database) -> None:
    deleted = await asyncio.gather(*(upkeep(database, 30) for _ in range(4)))
    assert sum(each.videos_deleted for each in deleted) == 1
    assert await count(database, "private.table_size_sample") == SAMPLED


async def test_a_round_that_fails_is_logged_and_the_next_one_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, calls = rounds.clean_up, []

    async def fails_once(*arguments: Any) -> Deleted:
        calls.append(arguments)
        if len(calls) == 1:
            raise StoreError("The disk is full.")
        return await real(*arguments)

    monkeypatch.setattr(rounds, "clean_up", fails_once)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await keep_up(database, 30, seconds=0.05)
    assert "The disk is full." in caplog.text
    assert await count(database, "video") == 1
