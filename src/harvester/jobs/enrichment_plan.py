"""Puts look-ups into the queue: a job is a batch of one kind, which takes what is due when its turn comes.

One process plans at a time. The jobs name no domains: whichever worker takes one up takes the most pressing of what is
due by then, so a job that is done twice, or never, does no harm.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping

import structlog
from procrastinate import App, JobContext
from procrastinate.jobs import Job

from harvester.errors import HarvesterError
from harvester.jobs.enriching import EnrichingDesk, kinds_of, look_up_due
from harvester.model import LookUp
from harvester.store.attempts import attempted
from harvester.store.database import WORKER
from harvester.store.look_up import ENROLLED_AT_ONCE, due_counts, enrol, enrol_recent, plan_look_ups_alone
from harvester.store.pause import pause_state
from harvester.store.queue import QueueConnector, open_locks

_log = structlog.get_logger()
QUEUE = "enrichment"
LOOK_UP = "look_up"
PLACES: Mapping[LookUp, int] = {"dns": 4, "rdap": 2, "http": 1}
"""Jobs of each kind that are open at the most: of what all workers may ask together at a pace, one is enough."""
CONCURRENCY = sum(PLACES.values())
"""Jobs that one worker does at a time, so that no kind waits for another; they wait for answers most of their time."""
ENROL_SECONDS = 3600.0
"""Between two looks through all domains for some that are on no books; new ones are found each time."""


def enriching_application(desk: EnrichingDesk) -> App:
    """The queue's application, with its task bound to this process's database and enrichers."""
    app = App(connector=QueueConnector(desk.database))

    @app.task(name=LOOK_UP, queue=QUEUE, pass_context=True)
    async def _look_up(job: JobContext, /, kind: LookUp) -> None:
        try:
            written = await look_up_due(desk, kind)
        except HarvesterError as error:
            # What it had in hand is due again when the lease is over; another job is planned for it.
            _log.warning("look_ups_failed", kind=kind, code=error.code, reason=error.message)
        except Exception:
            # Nobody foresaw it: where it came from must be on record, and the queue counts the job as failed.
            _log.exception("job_broken", task=LOOK_UP, kind=kind)
            raise
        else:
            if written:
                _log.info("looked_up", kind=kind, domains=written, job=job.job.id)

    return app


class LookUpPlanner:
    """Plans look-ups, as often as it is asked."""

    def __init__(self, app: App, desk: EnrichingDesk, *, enrol_seconds: float = ENROL_SECONDS) -> None:
        self._app = app
        self._desk = desk
        self._enrol_seconds = enrol_seconds
        self._enrolled_at: float | None = None

    async def plan(self) -> int:
        """Put what is due into the queue, as jobs; how many. Nothing while look-ups are stopped."""
        planned = await attempted(self._planned, "Nothing could be planned")
        if planned:
            _log.info("look_ups_planned", jobs=planned)
        return planned

    async def _planned(self) -> int:
        kinds = kinds_of(self._desk)
        async with self._desk.database.transaction(WORKER) as connection:
            if not kinds or not await plan_look_ups_alone(connection):
                return 0
            if (await pause_state(connection, "enrichment")).is_paused:
                return 0
            await enrol_recent(connection, kinds)
            if self._enrolled_at is None or time.monotonic() - self._enrolled_at >= self._enrol_seconds:
                # Where more are left than go at once, those are next.
                more = await enrol(connection, kinds) >= ENROLLED_AT_ONCE
                self._enrolled_at = None if more else time.monotonic()
            most = max(PLACES[kind] * self._desk.batch(kind) for kind in kinds)
            due = await due_counts(connection, kinds, most)
            jobs = self._jobs(due, await open_locks(connection, LOOK_UP))
            if jobs:
                await self._app.job_manager.batch_defer_jobs_async(jobs, connection=connection)
        return len(jobs)

    def _jobs(self, due: dict[LookUp, int], open_: list[tuple[str, bool]]) -> list[Job]:
        """As many jobs of each kind as its due look-ups fill, beside those that are open."""
        jobs = []
        waiting = {lock for lock, is_waiting in open_ if is_waiting}
        under_way = Counter(lock.split(":")[1] for lock, is_waiting in open_ if not is_waiting)
        for kind, count in due.items():
            locks = [f"{LOOK_UP}:{kind}:{number}" for number in range(PLACES[kind])]
            wanted = min(PLACES[kind] - under_way[kind], -(-count // self._desk.batch(kind)))
            wanted -= sum(lock in waiting for lock in locks)
            free = [lock for lock in locks if lock not in waiting]
            jobs += [
                Job(id=None, queue=QUEUE, task_name=LOOK_UP, lock=None, queueing_lock=lock, task_kwargs={"kind": kind})
                for lock in free[: max(0, wanted)]
            ]
        return jobs
