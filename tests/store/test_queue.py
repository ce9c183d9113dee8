"""The queue: procrastinate over our own connections, with its tables made by `harvester db migrate`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import psycopg
import pytest
from procrastinate import App, exceptions
from procrastinate.jobs import Status
from tests.store.errands import Errands, counts, put

from harvester.store.database import WORKER, Database
from harvester.store.queue import QueueConnector, dead_jobs

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


async def test_a_job_is_deferred_and_done_with_what_it_was_given(errands: Errands, database: Database) -> None:
    given = {"video": "7300000000000000001", "words": ['a "b" {c}', "ü\n", None, 1.5], "deep": {"er": [{"x": 1}]}}
    await errands.note.defer_async(what=given)
    await errands.note.batch_defer_async({"what": 1}, {"what": 2})
    await errands.work()
    assert errands.done == [given, 1, 2]
    assert await counts(database) == {"note succeeded": 3}


async def test_a_job_that_fails_is_tried_again_and_one_that_may_not_be_is_kept_as_dead(
    errands: Errands, database: Database
) -> None:
    await errands.fail_twice.defer_async()
    await errands.fail.defer_async()
    await errands.work()
    assert errands.done == ["tried"] * 3
    assert await counts(database) == {"fail_twice succeeded": 1, "fail failed": 1}


async def test_a_job_that_must_not_wait_twice_does_not(errands: Errands) -> None:
    deferrer = errands.note.configure(queueing_lock="video 73 (first)")
    await deferrer.defer_async(what=1)
    with pytest.raises(exceptions.AlreadyEnqueued, match=r"video 73 \(first\)"):
        await deferrer.defer_async(what=2)
    await errands.work()
    assert errands.done == [1]
    await deferrer.defer_async(what=3)


async def test_a_job_deferred_in_a_transaction_is_there_if_that_is_committed(
    errands: Errands, database: Database
) -> None:
    async with database.transaction(WORKER) as connection:
        await errands.note.configure(connection=connection).defer_async(what="undone")
        raise psycopg.Rollback
    await errands.work()
    assert errands.done == []
    async with database.transaction(WORKER) as connection:
        before = await (await connection.execute("select current_setting('search_path') as path")).fetchone()
        await errands.note.configure(connection=connection, queueing_lock="once").defer_async(what="kept")
        with pytest.raises(exceptions.AlreadyEnqueued):
            await errands.note.configure(connection=connection, queueing_lock="once").defer_async(what="refused")
        # The refusal left the transaction usable, and its search path as it was.
        after = await (await connection.execute("select current_setting('search_path') as path")).fetchone()
        await connection.execute("insert into video (video_id) values ('73')")
    assert after == before
    await errands.work()
    assert errands.done == ["kept"]


async def test_a_periodic_job_is_deferred_once_for_each_time(errands: Errands, database: Database) -> None:
    manager = errands.app.job_manager
    job = errands.note.configure(task_kwargs={"what": "noon", "timestamp": 43200}).job
    first = [await manager.defer_periodic_job(job, "daily", 43200) for _ in range(2)]
    assert first[0] is not None
    assert first[1] is None
    assert await counts(database) == {"note todo": 1}


async def test_a_worker_that_defers_periodic_jobs_does_them(database: Database) -> None:
    app = App(connector=QueueConnector(database), periodic_defaults={"max_delay": 86400.0})
    seen = asyncio.Event()

    @app.periodic(cron="0 0 * * *")
    @app.task(name="daily")
    async def daily(timestamp: int) -> None:
        assert timestamp % 60 == 0
        seen.set()

    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(install_signal_handlers=False, fetch_job_polling_interval=0.05, listen_notify=True)
        )
        await asyncio.wait_for(seen.wait(), 10)
        worker.cancel()
        with pytest.raises(asyncio.CancelledError):
            await worker
    assert await counts(database) == {"daily succeeded": 1}


async def test_the_jobs_of_a_worker_that_died_are_found_and_done_by_another(
    errands: Errands, database: Database, conninfo: str
) -> None:
    manager = errands.app.job_manager
    await errands.note.defer_async(what="left behind")
    worker = await manager.register_worker()
    taken = await manager.fetch_job(None, worker)
    assert taken is not None
    await manager.update_heartbeat(worker)
    assert list(await manager.get_stalled_jobs()) == []
    await put(conninfo, "update jobs.procrastinate_workers set last_heartbeat = now() - interval '31 s'")
    (stalled,) = await manager.get_stalled_jobs()
    assert (stalled.id, stalled.task_kwargs, stalled.attempts) == (taken.id, {"what": "left behind"}, 0)
    await manager.retry_job(stalled)
    await errands.work()
    assert errands.done == ["left behind"]
    assert await counts(database) == {"note succeeded": 1}


async def test_jobs_that_nobody_can_do_stand_in_nobodys_way(
    errands: Errands, database: Database, direct_conninfo: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    nested = "[" * 3000 + "]" * 3000
    for args in ("[]", '"words"', "1", nested, '{"what": ' + "9" * 5000 + "}"):
        await put(
            direct_conninfo,
            "insert into jobs.procrastinate_jobs (queue_name, task_name, args) values ('default', 'note', %s)",
            args,
        )
    await put(direct_conninfo, "insert into jobs.procrastinate_jobs (queue_name, task_name) values ('default', 'gone')")
    await put(
        direct_conninfo,
        """insert into jobs.procrastinate_jobs (queue_name, task_name, args) values ('default', 'note', '{"a": 1}')""",
    )
    await errands.note.defer_async(what="the last")
    await errands.work()
    assert errands.done == ["the last"]
    assert await counts(database) == {"note failed": 6, "gone failed": 1, "note succeeded": 1}
    async with database.transaction(WORKER) as connection:
        dead = await dead_jobs(connection)
    assert [each.args for each in dead if each.task == "note"][::-1][3:5] == [nested, '{"what": ' + "9" * 5000 + "}"]


async def test_an_end_that_is_said_twice_is_refused_as_procrastinate_does(errands: Errands) -> None:
    manager = errands.app.job_manager
    await errands.note.defer_async(what=1)
    job = await manager.fetch_job(None, await manager.register_worker())
    assert job is not None
    await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)
    with pytest.raises(exceptions.ConnectorException, match="not found or not in"):
        await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)


async def test_the_app_sees_its_tables(errands: Errands) -> None:
    assert await errands.app.check_connection_async()
