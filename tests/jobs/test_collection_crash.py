"""Collecting survives what cuts it short: workers are killed, the database restarts, the API and its quota are gone.

Each test compares what is stored in the end with a collection of the same world that nothing disturbed.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from tests.jobs.collecting import Sandbox, a_world, access, all_faults, opened, rows_of, sandboxed
from tests.jobs.disturbing import (
    DUE,
    FORGOTTEN,
    UNBALANCED,
    Books,
    Crew,
    Worker,
    collected,
    differences,
    discover_everything,
    is_all_done,
    replayed,
)
from tests.jobs.test_crash import database_of, fast, immediate
from tests.jobs.test_crash import own_server as own_server  # noqa: PLC0414  A fixture of this module, too.

from harvester.jobs.worker import CONCURRENCY, tidy, work_off
from harvester.sandbox.faults import MOST_IN_A_ROW, STRANGE
from harvester.sandbox.modes import Delays
from harvester.sandbox.modes import Limits as Served
from harvester.sandbox.world import World
from harvester.sources.api.tries import MOST_FAILURES
from harvester.store.database import Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.quota import Limits

pytestmark = pytest.mark.anyio

RATE = 0.03
SEED = 23
KILLS = 9


@dataclass(frozen=True)
class Undisturbed:
    """What a collection leaves that nothing disturbs, and the requests that it takes."""

    tables: dict[str, list[str]]
    requests: int


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with a_world(16, 360, seed=SEED) as world:
        yield world


@pytest.fixture(scope="module")
async def undisturbed(server: EmbeddedServer, template: str, world: World) -> Undisturbed:
    with database_of(server, template) as conninfo:
        return await undisturbed_collection(conninfo, world)


async def undisturbed_collection(conninfo: str, world: World, rate: float = RATE) -> Undisturbed:
    """Strange texts are in it: they belong to what is served."""
    async with sandboxed(world, faults={STRANGE: rate}) as sandbox, opened(conninfo) as database:
        await discover_everything(database)
        await work_off(database, access(sandbox))
        assert await is_all_done(database)
        return Undisturbed(collected(conninfo), await sandbox.requests())


async def test_workers_that_are_killed_again_and_again_collect_what_one_does_that_nothing_disturbs(
    conninfo: str, world: World, undisturbed: Undisturbed
) -> None:
    await disturbed_collection(conninfo, world, undisturbed, seed=SEED, rate=RATE, kills=KILLS, seconds=120)


async def disturbed_collection(
    conninfo: str, world: World, undisturbed: Undisturbed, *, seed: int, rate: float, kills: int, seconds: float
) -> str:
    """Collect with all faults, a tight quota, and killed workers; what was seen, in a line."""
    limits = Limits(requests=max(60, undisturbed.requests * 2 // 3), records=100_000)
    served = Served(requests_per_day=limits.requests, records_per_day=limits.records)
    begun, given_up = time.monotonic(), 0
    books = Books(conninfo, limits)
    async with (
        sandboxed(world, faults=all_faults(rate), limits=served) as sandbox,
        Database(conninfo) as database,
    ):
        await discover_everything(database)
        crew = Crew(conninfo, sandbox.url, limits, seed=seed, kills=kills, requests=undisturbed.requests)
        try:
            while not await is_all_done(database):
                assert time.monotonic() - begun < seconds, crew.tail()
                crew.disturb(await sandbox.requests())
                used = books.today()
                is_spent = any(requests >= limits.requests for requests, _ in used.values())
                # With few requests left none is given to the profiles of creators: those wait for the next day, too.
                if is_spent or not rows_of(conninfo, DUE):
                    await books.next_day(database, sandbox)
                given_up += await replayed(database)
                await asyncio.sleep(0.05)
            assert crew.all_run(), crew.tail()
            assert len(crew.killed) >= 3
            rescued, killed = len(crew.events("rescued")), len(crew.killed)
        finally:
            crew.end()
        state = await sandbox.get("state")
        asked = await sandbox.requests()
    await assert_equal(conninfo, undisturbed)
    check_books(books, state, limits)
    check_pace(state, asked, undisturbed.requests, kills)
    return (
        f"{time.monotonic() - begun:.0f} s, {asked} requests (undisturbed {undisturbed.requests}), {books.days} days,"
        f" {killed} workers killed, {rescued} jobs rescued, {given_up} given up and replayed, {state['longest_burst']}"
    )


def check_books(books: Books, state: dict[str, Any], limits: Limits) -> None:
    """We booked at least what the API counted, which was never more than it allows, and no request was for nothing."""
    for api, (requests, records) in books.booked().items():
        days = [day[api] for day in state["days"].values()]
        assert requests >= sum(day["requests"] for day in days)
        assert records >= sum(day["records"] for day in days)
        assert all(day["requests"] <= limits.requests and day["records"] <= limits.records for day in days)
        assert all(day["refused"] == 0 for day in days)


def check_pace(state: dict[str, Any], asked: int, undisturbed: int, kills: int) -> None:
    """No hot loop: nothing is asked for more often than the faults and the deaths of workers explain."""
    # Faults strike the same request so often in a row, then its answer comes. Who dies had so many requests in hand.
    tries = MOST_IN_A_ROW + 1
    assert asked <= tries * (undisturbed + kills * CONCURRENCY)
    # Within a second a job is taken up again once at the most, and a token is refused before it.
    assert state["longest_burst"]["same_request"] <= 2 * (tries + 1)


# ---------------------------------------------------------------------------------------------------------------------
# The database restarts, the API is away, a worker is told to stop, two collect at once.
# ---------------------------------------------------------------------------------------------------------------------
NEITHER_WAITING_NOR_DONE = "select * from jobs.procrastinate_jobs where status not in ('todo', 'succeeded')"
ENOUGH = Limits(requests=1000, records=100_000)


@contextmanager
def running(conninfo: str, sandbox: Sandbox, *words: str, **options: Any) -> Iterator[Worker]:
    """A process that collects, killed at the end if it still runs."""
    worker = Worker(conninfo, sandbox.url, ENOUGH, *words, **options)
    try:
        yield worker
    finally:
        worker.kill()


@pytest.mark.parametrize("shut_down", [fast, immediate], ids=["fast", "immediate"])
async def test_a_worker_goes_on_by_itself_after_the_database_was_restarted_under_it(
    own_server: EmbeddedServer, world: World, undisturbed: Undisturbed, shut_down: Callable[[EmbeddedServer], None]
) -> None:
    with database_of(own_server, "evidence") as conninfo:
        await _discover(conninfo)
        async with sandboxed(world, faults={STRANGE: RATE}) as sandbox:
            with running(conninfo, sandbox) as worker:
                for requests in (8, 40):
                    await _asked(sandbox, worker, requests)
                    await asyncio.to_thread(shut_down, own_server)
                    await asyncio.to_thread(own_server.start)
                await _finished(conninfo, worker)
        await assert_equal(conninfo, undisturbed)


async def test_while_the_api_is_away_little_is_asked_and_nothing_is_given_up(
    conninfo: str, world: World, undisturbed: Undisturbed
) -> None:
    await _discover(conninfo)
    async with AsyncExitStack() as served:
        sandbox = await served.enter_async_context(sandboxed(world, faults={STRANGE: RATE}))
        with running(conninfo, sandbox) as worker:
            await _asked(sandbox, worker, 8)
            await served.aclose()
            before = _booked(conninfo)
            await asyncio.sleep(2)
            # A few jobs find out, and others who look whether it is back: after 0.6 s, then after twice as long.
            assert _booked(conninfo) - before <= 4 * CONCURRENCY * MOST_FAILURES
            async with sandboxed(world, faults={STRANGE: RATE}, port=int(sandbox.url.rpartition(":")[2])):
                await _finished(conninfo, worker)
    await assert_equal(conninfo, undisturbed)
    assert rows_of(conninfo, "select * from jobs.procrastinate_jobs where status = 'failed'") == []


def _booked(conninfo: str) -> int:
    return int(rows_of(conninfo, "select coalesce(sum(request_count), 0) as n from quota_use")[0]["n"])


async def test_a_worker_that_is_told_to_stop_ends_soon_and_puts_back_what_it_has_in_hand(
    conninfo: str, world: World, undisturbed: Undisturbed
) -> None:
    await _discover(conninfo)
    grace = "from harvester.jobs import worker; worker.GRACE_SECONDS = 0.5"
    slow = Delays(hang=20, slow=0.05, retry_after=0)
    async with sandboxed(world, faults={STRANGE: RATE}, delays=slow) as sandbox:
        with running(conninfo, sandbox, before=grace) as worker:
            await _asked(sandbox, worker, 8)
            await sandbox.post("faults", hanging=1)
            await _asked(sandbox, worker, await sandbox.requests() + 2)
            assert rows_of(conninfo, "select * from jobs.procrastinate_jobs where status = 'doing'")
            begun = time.monotonic()
            worker.send(signal.SIGTERM)
            assert await asyncio.to_thread(worker.ended, 10) == 0
            assert time.monotonic() - begun < 5
            assert "Traceback" not in worker.said()
        assert (
            rows_of(conninfo, "select * from jobs.procrastinate_jobs where status not in ('todo', 'succeeded')") == []
        )
        await sandbox.post("faults", hanging=0)
        with running(conninfo, sandbox) as worker:
            await _finished(conninfo, worker)
    await assert_equal(conninfo, undisturbed)


async def test_two_that_collect_at_once_end_like_one(conninfo: str, world: World, undisturbed: Undisturbed) -> None:
    await _discover(conninfo)
    async with sandboxed(world, faults={STRANGE: RATE}) as sandbox:
        with running(conninfo, sandbox, "collect", "run") as one, running(conninfo, sandbox, "collect", "run") as other:
            for each in (one, other):
                assert await asyncio.to_thread(each.ended, 60) == 0, each.said()
        assert await sandbox.requests() == undisturbed.requests, "nothing is asked for twice"
    await assert_equal(conninfo, undisturbed)


async def _discover(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await discover_everything(database)


async def _asked(sandbox: Sandbox, worker: Worker, requests: int) -> None:
    """Wait until so many requests were asked."""
    end = time.monotonic() + 30
    while await sandbox.requests() < requests:
        assert worker.runs(), worker.said()[-3000:]
        assert time.monotonic() < end, worker.said()[-3000:]
        await asyncio.sleep(0.02)


async def _finished(conninfo: str, worker: Worker) -> None:
    """Wait until nothing is left to do."""
    end = time.monotonic() + 60
    async with Database(conninfo) as database:
        while not await is_all_done(database):
            assert worker.runs(), worker.said()[-3000:]
            assert time.monotonic() < end, worker.said()[-3000:]
            await asyncio.sleep(0.1)


async def assert_equal(conninfo: str, undisturbed: Undisturbed) -> None:
    """The rows are those of the undisturbed collection, and every run is closed and adds up."""
    found = differences(collected(conninfo), undisturbed.tables)
    assert found == [], "\n".join(found)
    async with Database(conninfo) as database:
        await tidy(database, seconds=0)
    assert rows_of(conninfo, UNBALANCED) == []
    assert rows_of(conninfo, FORGOTTEN) == []
