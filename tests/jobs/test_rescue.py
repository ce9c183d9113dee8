"""Jobs of dead workers go on; those of the living are left alone, and one bad job stands in nobody's way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from procrastinate import App
from procrastinate.jobs import Job
from tests.jobs.collecting import changed, rows_of
from tests.jobs.disturbing import FORGOTTEN

from harvester.jobs.desk import VERSION
from harvester.jobs.tasks import ATTEMPTS
from harvester.jobs.worker import STALLED_SECONDS, rescue, tidy
from harvester.store.database import WORKER, Database
from harvester.store.discovery import add_discovery, take
from harvester.store.ingest import RunWriter
from harvester.store.queue import QueueConnector, replay

pytestmark = pytest.mark.anyio

STATES = "select id, status::text as state, attempts from jobs.procrastinate_jobs order by id"
SILENT = f"update jobs.procrastinate_workers set last_heartbeat = now() - interval '{STALLED_SECONDS + 1} s'"


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


class Hands:
    """Workers that take jobs and do nothing about them."""

    def __init__(self, database: Database) -> None:
        self.jobs = App(connector=QueueConnector(database)).job_manager

    async def put(self, *locks: str) -> None:
        """Jobs that wait, one for each lock."""
        await self.jobs.batch_defer_jobs_async(
            [Job(id=None, queue="collection", task_name="harvest", lock=lock, queueing_lock=lock) for lock in locks]
        )

    async def take(self, most: int = 1) -> int:
        """Have a worker of its own take so many; its number."""
        worker = await self.jobs.register_worker()
        for _ in range(most):
            assert await self.jobs.fetch_job(["collection"], worker) is not None
        return worker


async def test_the_job_of_a_dead_worker_goes_on_and_that_of_a_live_one_is_left_alone(
    database: Database, conninfo: str
) -> None:
    hands = Hands(database)
    await hands.put("one", "two", "three")
    dead = await hands.take(2)
    await hands.take()
    changed(conninfo, f"{SILENT} where id = {dead}")
    assert await rescue(database) == 2
    assert [(row["state"], row["attempts"]) for row in rows_of(conninfo, STATES)] == [
        ("todo", 1), ("todo", 1), ("doing", 0),
    ]  # fmt: skip
    assert await rescue(database) == 0
    # Others have them now, and live: the one that was taken for dead changes nothing about that.
    await hands.take(2)
    assert await rescue(database) == 0


async def test_the_job_of_a_worker_that_nobody_remembers_goes_on(database: Database, conninfo: str) -> None:
    hands = Hands(database)
    await hands.put("one")
    dead = await hands.take()
    changed(conninfo, f"{SILENT} where id = {dead}")
    # Each worker that begins does so.
    assert await hands.jobs.prune_stalled_workers(STALLED_SECONDS) == [dead]
    assert await rescue(database) == 1


async def test_workers_that_rescue_at_once_count_a_death_once(database: Database, conninfo: str) -> None:
    hands = Hands(database)
    await hands.put(*map(str, range(8)))
    dead = await hands.take(8)
    changed(conninfo, f"{SILENT} where id = {dead}")
    assert sum(await asyncio.gather(*(rescue(database) for _ in range(4)))) == 8
    assert {row["attempts"] for row in rows_of(conninfo, STATES)} == {1}


async def test_a_job_whose_workers_die_again_and_again_is_given_up_until_it_is_replayed(
    database: Database, conninfo: str
) -> None:
    hands = Hands(database)
    await hands.put("deadly", "good")
    for _ in range(ATTEMPTS):
        dead = await hands.take()
        changed(conninfo, f"{SILENT} where id = {dead}")
        assert await rescue(database) == 1
    assert [(row["state"], row["attempts"]) for row in rows_of(conninfo, STATES)] == [("failed", ATTEMPTS), ("todo", 0)]
    async with database.transaction(WORKER) as connection:
        assert await replay(connection) == 1
    await hands.take(2)


async def test_a_job_that_waits_already_a_second_time_keeps_no_other_from_being_rescued(
    database: Database, conninfo: str
) -> None:
    hands = Hands(database)
    await hands.put("twice", "once")
    dead = await hands.take(2)
    await hands.put("twice")
    changed(conninfo, f"{SILENT} where id = {dead}")
    await rescue(database)
    assert [row["state"] for row in rows_of(conninfo, STATES)] == ["cancelled", "todo", "todo"]
    # Nothing holds the lock any more.
    await hands.take(2)


async def test_a_run_that_a_killed_worker_left_open_is_closed_unless_somebody_can_go_on_with_it(
    database: Database, conninfo: str
) -> None:
    forgotten = await RunWriter.start(database, "research_creators", {"username": "ann"}, VERSION)
    young = await RunWriter.start(database, "ads", {"ad_id": "1"}, VERSION)
    under_way = await RunWriter.start(database, "research_videos", {"discovery": "one"}, VERSION)
    of_a_file = await RunWriter.start(database, "research_videos", {"file": "a", "sha256": "0"}, VERSION)
    other = await RunWriter.start(database, "reextraction", {}, VERSION)
    discovery = await add_discovery(database, "one", "research_videos", {"regions": ["DE"]})
    await take(database, discovery, under_way.run_id, {"mark": "a"}, read=None)
    with_triggers_off = "set session_replication_role = replica; update run set updated_at = now() - interval '1 hour'"
    changed(conninfo, f"{with_triggers_off} where id <> '{young.run_id}'")
    await tidy(database)
    open_runs = {row["id"] for row in rows_of(conninfo, "select id from run where state = 'running'")}
    assert open_runs == {young.run_id, under_way.run_id, of_a_file.run_id, other.run_id}
    # One that lives after all finishes its run.
    assert (await forgotten.finish()).fetched == 0
    assert rows_of(conninfo, "select id from run where state = 'stopped'") == []
    assert {json.dumps(row["request"]) for row in rows_of(conninfo, FORGOTTEN)} >= {'{"ad_id": "1"}'}
