"""The gate books each attempt once, settles it however it ends, and calls back what is under way when all must stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from tests.jobs.collecting import a_world, access, rows_of, sandboxed
from tests.jobs.test_crash import _migrate as migrated
from tests.jobs.test_crash import immediate

from harvester.errors import ApiUnavailable, CollectionPaused, QuotaSpent
from harvester.jobs.gatekeeper import Gatekeeper
from harvester.jobs.worker import desk_of
from harvester.store.database import Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.pause import pause, resume
from harvester.store.quota import Limits

pytestmark = pytest.mark.anyio

DAY = Limits(requests=1000, records=100_000)
QUICKLY = 0.05


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


def used(conninfo: str) -> tuple[int, int]:
    """Requests and records in the books."""
    rows = rows_of(conninfo, "select request_count, record_count from quota_use")
    return (rows[0]["request_count"], rows[0]["record_count"]) if rows else (0, 0)


async def under_way(gate: Gatekeeper, reached: asyncio.Event) -> None:
    """A request whose answer never comes."""
    async with gate.passage("research", 100):
        reached.set()
        await asyncio.Event().wait()


async def away(gate: Gatekeeper) -> None:
    """A request that fails after three records."""
    async with gate.passage("research", 100) as passage:
        passage.records = 3
        raise ApiUnavailable("it is away")


async def begun(work: Callable[[asyncio.Event], Any]) -> asyncio.Task[None]:
    """A task with a request on its way."""
    reached = asyncio.Event()
    task: asyncio.Task[None] = asyncio.create_task(work(reached))
    async with asyncio.timeout(10):
        await reached.wait()
    return task


@pytest.mark.parametrize(
    ("most", "came", "booked"),
    [(100, 27, 27), (100, 0, 0), (100, 100, 100), (100, None, 100), (1, 1, 1)],
    ids=["fewer came", "refused", "all came", "nobody knows", "one"],
)
async def test_a_request_is_booked_before_it_is_sent_and_what_did_not_come_is_given_back(
    database: Database, conninfo: str, most: int, came: int | None, booked: int
) -> None:
    async with Gatekeeper(database, DAY) as gate:
        async with gate.passage("research", most) as passage:
            assert used(conninfo) == (1, most)
            assert passage.most == most
            passage.records = came
        assert used(conninfo) == (1, booked)


async def test_every_attempt_is_booked_once(database: Database, conninfo: str) -> None:
    with a_world(3, 20) as world:
        async with sandboxed(world, faults={"internal_error": 1.0}) as sandbox:
            async with desk_of(database, access(sandbox)) as desk:
                for video in (row["id"] for row in await sandbox.get("truth") if row["kind"] == "video"):
                    await desk.research.comments(video)
            assert used(conninfo)[0] == await sandbox.requests() > 3


async def test_no_more_is_asked_for_than_is_left_of_the_day_and_then_nothing(database: Database, conninfo: str) -> None:
    async with Gatekeeper(database, Limits(requests=1000, records=120)) as gate:
        for most in (100, 20):
            async with gate.passage("research", 100) as passage:
                assert passage.most == most
        with pytest.raises(QuotaSpent):
            async with gate.passage("research", 100):
                raise AssertionError("it may not pass")
    assert used(conninfo) == (2, 120)


async def test_what_the_api_says_of_its_quota_ends_the_day(database: Database) -> None:
    async with Gatekeeper(database, DAY) as gate:
        async with gate.passage("research", 100) as passage:
            passage.is_spent, passage.records = True, 0
        with pytest.raises(QuotaSpent):
            async with gate.passage("research", 1):
                raise AssertionError("it may not pass")
        async with gate.passage("commercial", 1):
            "the other API has a quota of its own"


async def test_an_error_on_the_way_is_settled_and_goes_through(database: Database, conninfo: str) -> None:
    async with Gatekeeper(database, DAY) as gate:
        with pytest.raises(ApiUnavailable):
            await away(gate)
    assert used(conninfo) == (1, 3)


async def test_a_cancelled_request_is_settled_and_stays_cancelled(database: Database, conninfo: str) -> None:
    async def told(reached: asyncio.Event) -> None:
        async with gate.passage("research", 100) as passage:
            passage.records = 7
            reached.set()
            await asyncio.Event().wait()

    async with Gatekeeper(database, DAY) as gate:
        task = await begun(told)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert task.cancelled()
    assert used(conninfo) == (1, 7)


async def test_a_request_cancelled_twice_is_settled_all_the_same(database: Database, conninfo: str) -> None:
    async def told(reached: asyncio.Event) -> None:
        async with gate.passage("research", 100) as passage:
            passage.records = 7
            reached.set()
            await asyncio.Event().wait()

    async with Gatekeeper(database, DAY) as gate:
        task = await begun(told)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(10):
            while used(conninfo) != (1, 7):  # noqa: ASYNC110  The books tell nobody that they changed.
                await asyncio.sleep(0.02)


async def test_a_pause_calls_back_all_that_is_under_way_and_nothing_passes_until_the_end_of_it(
    database: Database, conninfo: str
) -> None:
    async with Gatekeeper(database, DAY, watch_seconds=QUICKLY) as gate:
        tasks = [await begun(lambda reached: under_way(gate, reached)) for _ in range(3)]
        await pause(database, "the key is being changed")
        ended = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert [type(each) for each in ended] == [CollectionPaused] * 3
        # The task itself was not cancelled: it may go on with something else.
        assert all(task.cancelling() == 0 for task in tasks)
        assert used(conninfo) == (3, 300), "nobody knows what the API has counted"
        for passing in (gate.passage("research", 1), gate.unbooked()):
            with pytest.raises(CollectionPaused, match="the key is being changed"):
                async with passing:
                    raise AssertionError("it may not pass")
        assert used(conninfo)[0] == 3
        await resume(database)
        async with gate.passage("research", 1), gate.unbooked():
            "both pass"


async def test_a_task_that_was_called_back_can_be_cancelled_for_good_meanwhile(database: Database) -> None:
    async with Gatekeeper(database, DAY, watch_seconds=QUICKLY) as gate:
        task = await begun(lambda reached: under_way(gate, reached))
        (inside,) = gate._inside
        # The pause and the end of the worker come in the same moment.
        inside.is_called_back = True
        task.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_a_request_for_a_token_counts_against_no_quota_and_is_called_back_too(
    database: Database, conninfo: str
) -> None:
    async def token(reached: asyncio.Event) -> None:
        async with gate.unbooked():
            reached.set()
            await asyncio.Event().wait()

    async with Gatekeeper(database, DAY, watch_seconds=QUICKLY) as gate:
        task = await begun(token)
        await pause(database)
        with pytest.raises(CollectionPaused):
            await asyncio.wait_for(task, 10)
    assert used(conninfo) == (0, 0)


async def test_a_pause_is_heeded_although_the_database_was_away_for_a_moment(
    server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with EmbeddedServer(tmp_path_factory.mktemp("own"), server._binaries).running() as own:
        own.ensure_database("evidence")
        conninfo = own.conninfo("evidence")
        await migrated(conninfo)
        async with Database(conninfo) as database, Gatekeeper(database, DAY, watch_seconds=QUICKLY) as gate:
            task = await begun(lambda reached: under_way(gate, reached))
            await asyncio.to_thread(immediate, own)
            await asyncio.sleep(4 * QUICKLY)
            assert not task.done(), "what is under way may end"
            await asyncio.to_thread(own.start)
            async with gate.passage("research", 5) as passage:
                passage.records = 5
            assert used(conninfo) == (2, 105)
            await pause(database)
            with pytest.raises(CollectionPaused):
                await asyncio.wait_for(task, 20)
        # One that was started by hand stays.
        own.stop()
