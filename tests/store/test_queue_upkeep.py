"""The queue as people read and tend it: what died, what waits, what is long done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from tests.store.errands import Errands, counts, put

from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.queue import JobCount, Rescued, dead_jobs, job_counts, prune, replay, rescue

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


@pytest.fixture
async def errands(database: Database) -> AsyncIterator[Errands]:
    made = Errands(database)
    async with made.app.open_async():
        yield made


async def test_two_who_rescue_at_once_put_each_job_back_once_and_leave_the_living_alone(
    errands: Errands, database: Database, conninfo: str
) -> None:
    manager = errands.app.job_manager
    dead, alive = [await manager.register_worker() for _ in range(2)]
    for worker in [dead] * 6 + [alive]:
        await errands.note.defer_async(what=worker)
        assert await manager.fetch_job(None, worker) is not None
    await put(
        conninfo, "update jobs.procrastinate_workers set last_heartbeat = now() - interval '31 s' where id = %s", dead
    )
    await put(
        conninfo,
        "update jobs.procrastinate_jobs set attempts = 4 where id = (select min(id) from jobs.procrastinate_jobs)",
    )

    async def rescued() -> list[Rescued]:
        async with database.transaction(WORKER) as connection:
            return await rescue(connection, timedelta(seconds=30), most_attempts=5)

    found = [each for part in await asyncio.gather(*(rescued() for _ in range(3))) for each in part]
    assert sorted(each.attempts for each in found) == [1] * 5 + [5]
    assert [each.attempts for each in found if each.is_given_up] == [5]
    assert await counts(database) == {"note doing": 1, "note failed": 1, "note todo": 5}
    await manager.unregister_worker(alive)
    assert [each.is_given_up for each in await rescued()] == [False]
    await errands.work()
    assert await counts(database) == {"note failed": 1, "note succeeded": 6}


async def test_the_dead_are_listed_the_latest_first_and_come_back_to_work(
    errands: Errands, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    ids = []
    for _ in range(3):
        ids.append(await errands.fail.defer_async())
        await errands.work()
    async with database.transaction(WORKER) as connection:
        dead = await dead_jobs(connection, 2)
        assert [(each.id, each.task, each.state, each.args, each.attempts) for each in dead] == [
            (ids[2], "fail", "failed", "{}", 1),
            (ids[1], "fail", "failed", "{}", 1),
        ]
        assert all(each.ended_at is not None for each in dead)
        assert await replay(connection, [ids[0], 999_999]) == 1
        assert await replay(connection) == 2
        assert await dead_jobs(connection) == []
        assert [(each.state, each.jobs) for each in await job_counts(connection)] == [("todo", 3)]
    await errands.work()
    assert await counts(database) == {"fail failed": 3}


async def test_a_dead_job_does_not_come_back_beside_one_of_its_kind(
    errands: Errands, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    for _ in range(2):
        await errands.fail.configure(queueing_lock="one").defer_async()
        await errands.work()
    async with database.transaction(WORKER) as connection:
        assert await replay(connection) == 1
        assert await replay(connection) == 0
    await errands.work()
    await errands.fail.configure(queueing_lock="one").defer_async()
    async with database.transaction(WORKER) as connection:
        assert await replay(connection) == 0


async def test_what_waits_says_for_how_long_and_what_waits_for_its_time_does_not(
    errands: Errands, database: Database, conninfo: str
) -> None:
    await errands.note.configure(schedule_in={"hours": 1}).defer_async(what="later")
    async with database.transaction(WORKER) as connection:
        assert await job_counts(connection) == [JobCount("note", "todo", 1, None)]
    await errands.note.defer_async(what="now")
    await put(conninfo, "update jobs.procrastinate_events set at = at - interval '5 min' where type = 'deferred'")
    async with database.transaction(WORKER) as connection:
        (waiting,) = await job_counts(connection)
    assert waiting.jobs == 2
    assert waiting.longest_wait is not None
    assert timedelta(minutes=5) <= waiting.longest_wait < timedelta(minutes=6)


async def test_what_was_done_long_ago_is_forgotten_and_the_dead_are_kept_for_longer(
    errands: Errands, database: Database, conninfo: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await errands.note.defer_async(what=1)
    await errands.fail.defer_async()
    await errands.work()
    await put(conninfo, "update jobs.procrastinate_events set at = at - interval '8 days'")
    await errands.note.defer_async(what=2)
    await errands.work()
    async with database.transaction(WORKER) as connection:
        assert await prune(connection, timedelta(days=7)) == 1
        cursor = await connection.execute(
            "select count(*) as n from jobs.procrastinate_events"
            " where job_id not in (select id from jobs.procrastinate_jobs)"
        )
        assert await cursor.fetchone() == {"n": 0}
    assert await counts(database) == {"note succeeded": 1, "fail failed": 1}


async def test_what_nobody_replayed_or_was_cancelled_is_forgotten_after_a_month(
    errands: Errands, database: Database, conninfo: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    await errands.fail.defer_async()
    await errands.work()
    later = await errands.note.configure(schedule_in={"days": 60}).defer_async(what="never")
    await errands.app.job_manager.cancel_job_by_id_async(later)
    await errands.note.configure(schedule_in={"days": 60}).defer_async(what="waits")
    for days, left in ((29, ["fail failed", "note cancelled", "note todo"]), (2, ["note todo"])):
        await put(
            conninfo,
            f"update jobs.procrastinate_events set at = at - interval '{days} days' where type <> 'scheduled'",
        )
        async with database.transaction(WORKER) as connection:
            await prune(connection, timedelta(days=100))
        assert sorted(await counts(database)) == left


async def test_the_queue_is_closed_to_analysts(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.transaction(ANALYST) as connection:
            await dead_jobs(connection)
