"""One switch stops every request, on all machines."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from harvester.errors import StoreError
from harvester.store.database import ANALYST, Database
from harvester.store.pause import PauseState, is_paused, pause, pause_state, resume

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def state(database: Database) -> PauseState:
    async with database.transaction(ANALYST) as connection:
        return await pause_state(connection)


async def test_nothing_is_stopped_until_somebody_does(database: Database) -> None:
    assert not await is_paused(database)
    assert await state(database) == PauseState()


async def test_stopping_and_going_on_say_why_and_since_when(database: Database) -> None:
    await pause(database, "a letter from TikTok")
    assert await is_paused(database)
    stopped = await state(database)
    assert (stopped.is_paused, stopped.reason) == (True, "a letter from TikTok")
    await pause(database, "the same again")
    assert await state(database) == stopped
    await resume(database, "answered")
    going = await state(database)
    assert not await is_paused(database)
    assert (going.is_paused, going.reason) == (False, "answered")
    assert stopped.changed_at is not None
    assert going.changed_at is not None
    assert going.changed_at > stopped.changed_at


async def test_resuming_what_was_never_stopped_changes_nothing_for_anybody(database: Database) -> None:
    await resume(database)
    assert not await is_paused(database)


async def test_a_database_that_is_gone_is_no_answer(direct_conninfo: str) -> None:
    database = Database(direct_conninfo)
    await database.__aenter__()
    await database.__aexit__(None, None, None)
    with pytest.raises(StoreError, match="Whether requests are stopped could not be read"):
        await is_paused(database)
