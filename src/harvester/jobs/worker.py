"""The worker: does what is in the queues, and beside it plans, rescues what dead workers left, and tidies up.

Any number of them, on any number of machines, share one queue. Each runs the same loops; the database lets one plan
at a time.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from procrastinate import App
from procrastinate.exceptions import ConnectorException

from harvester.errors import StoreError
from harvester.jobs import enrichment_plan
from harvester.jobs.desk import SOURCES, Desk
from harvester.jobs.enriching import EnrichingDesk
from harvester.jobs.enrichment_plan import LookUpPlanner, enriching_application
from harvester.jobs.gatekeeper import Gatekeeper
from harvester.jobs.outage import Outage
from harvester.jobs.plan import QUEUE, Planned, plan
from harvester.jobs.reference_lists import Fetch, refresh_due
from harvester.jobs.tasks import ATTEMPTS, application
from harvester.model import Credentials
from harvester.sources.api.channel import Channel
from harvester.sources.api.commercial import CommercialApi
from harvester.sources.api.research import ResearchApi
from harvester.store import queue
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Database
from harvester.store.quota import Limits
from harvester.store.run import stop_forgotten

_log = structlog.get_logger()
CONCURRENCY = 4
"""Jobs that one worker does at a time: they wait for the API most of their time."""
CONNECTIONS = CONCURRENCY + enrichment_plan.CONCURRENCY + 4
"""For each job of either queue one, and some for the queues, the books and the loops."""
GRACE_SECONDS = 10.0
"""For jobs in hand when the worker is told to stop; then they are broken off, and another worker goes on."""
ALL_DAY = 86_400.0
POLL_SECONDS = 0.5
PLAN_SECONDS = 5.0
PLAN_LOOK_UPS_SECONDS = 10.0
HEARTBEAT_SECONDS = 5.0
STALLED_SECONDS = 30.0
"""A worker whose last sign of life is older than this is taken for dead."""
RESCUE_SECONDS = 10.0
TIDY_SECONDS = 3600.0
LISTS_SECONDS = 3600.0
"""Between two looks at which lists of others are due; the first is made at the start."""
KEEP_DONE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Access:
    """How the APIs are reached, and how much of them may be used."""

    url: str
    credentials: Credentials
    limits: Limits
    patience: float = 1.0
    """Seconds before the first repetition of a request that failed."""
    ads_per_page: int = 50


@asynccontextmanager
async def desk_of(database: Database, access: Access, *, closing: asyncio.Event | None = None) -> AsyncIterator[Desk]:
    """All that the jobs of collecting of one process work with; `closing` is set when it is to end."""
    async with (
        Gatekeeper(database, access.limits) as gate,
        Channel(access.url, access.credentials, gate, access.patience) as channel,
    ):
        commercial = CommercialApi(channel, access.ads_per_page)
        research, outage = ResearchApi(channel), Outage(access.patience)
        yield Desk(database, research, commercial, access.limits, outage, closing or asyncio.Event())


async def work(
    database: Database,
    access: Access | None,
    enriching: EnrichingDesk | None = None,
    *,
    fetch: Fetch | None = None,
    stalled_seconds: float = STALLED_SECONDS,
) -> None:
    """Work until SIGINT or SIGTERM; the database has `CONNECTIONS` connections.

    Without a way to the APIs it collects nothing, without a desk for enriching it looks no domain up, and without a way
    to fetch them it leaves the lists of others as they are.
    """
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    loops = [
        _every(min(RESCUE_SECONDS, stalled_seconds), "rescue", lambda: rescue(database, stalled_seconds)),
        _every(TIDY_SECONDS, "tidy", lambda: tidy(database, stalled_seconds)),
    ]
    if fetch is not None:
        lists = partial(refresh_due, database, fetch)
        loops.append(_every(LISTS_SECONDS, "lists", lambda: lists(datetime.now(UTC))))
    queues: list[Coroutine[Any, Any, object]] = [told.wait()]
    async with AsyncExitStack() as stack:
        if access is not None:
            desk = await stack.enter_async_context(desk_of(database, access, closing=told))
            app = application(desk, patience=access.patience)
            loops.append(_every(PLAN_SECONDS, "plan", lambda: plan(app, desk)))
            queues.append(_kept_working(app, QUEUE, told, stalled_seconds))
        if enriching is not None:
            enriching = replace(enriching, closing=told)
            enriching_app = enriching_application(enriching)
            planner = LookUpPlanner(enriching_app, enriching)
            loops.append(_every(PLAN_LOOK_UPS_SECONDS, "plan look-ups", planner.plan))
            queues.append(_kept_working(enriching_app, enrichment_plan.QUEUE, told, stalled_seconds))
        beside = [asyncio.create_task(loop) for loop in loops]
        try:
            await asyncio.gather(*queues)
        finally:
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def work_off(database: Database, access: Access, *, planned: Callable[[Planned], None] = lambda _: None) -> None:
    """Plan and work until nothing more can be done now: all is done, the quota is spent, or requests are stopped.

    `planned` is told of each plan. Jobs that failed and wait for another try are left to wait.
    """
    async with desk_of(database, access) as desk:
        app = application(desk, patience=access.patience)
        await rescue(database)
        await tidy(database)
        while made := await plan(app, desk):
            planned(made)
            await _worked(app, QUEUE, wait=False)
        await _worked(app, QUEUE, wait=False)


async def rescue(database: Database, seconds: float = STALLED_SECONDS) -> int:
    """Put the jobs of dead workers back to work, and how many; the queue itself never does.

    A job whose workers died time and again is given up: it may be what kills them.
    """

    async def work() -> list[queue.Rescued]:
        async with database.transaction(WORKER) as connection:
            return await queue.rescue(connection, timedelta(seconds=seconds), ATTEMPTS)

    rescued = await attempted(work, "The jobs of dead workers could not be put back")
    for job in rescued:
        _log.warning("rescued", task=job.task, job=job.id, attempt=job.attempts, is_given_up=job.is_given_up)
    return len(rescued)


async def tidy(database: Database, seconds: float = STALLED_SECONDS) -> None:
    """Forget jobs that were done long ago, and close the runs that dead workers left with nobody to go on with them."""

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await queue.prune(connection, KEEP_DONE)
            await stop_forgotten(connection, SOURCES, timedelta(seconds=seconds))

    await attempted(work, "The queue could not be tidied up")


async def _kept_working(app: App, name: str, told: asyncio.Event, stalled_seconds: float) -> None:
    """Work on one queue until told to stop: a worker that ends by itself begins anew.

    It does where the database was away for long, or where others took it for dead meanwhile and it is known no more.
    """
    stop = asyncio.create_task(told.wait())
    try:
        while not told.is_set():
            working = asyncio.create_task(_worked(app, name, wait=True, stalled_seconds=stalled_seconds))
            try:
                await asyncio.wait({working, stop}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                # A worker that is cancelled lets what it has in hand come to its end.
                working.cancel()
                (ended,) = await asyncio.gather(working, return_exceptions=True)
            if not told.is_set():
                _log.warning("worker_ended", reason=str(ended or "its signs of life could not be given"))
                await asyncio.sleep(POLL_SECONDS)
    finally:
        stop.cancel()


async def _worked(app: App, name: str, *, wait: bool, stalled_seconds: float = STALLED_SECONDS) -> None:
    try:
        await app.run_worker_async(
            queues=[name],
            concurrency=CONCURRENCY if name == QUEUE else enrichment_plan.CONCURRENCY,
            wait=wait,
            fetch_job_polling_interval=POLL_SECONDS,
            # A worker that does not wait for more ends when what it has in hand does.
            shutdown_graceful_timeout=GRACE_SECONDS if wait else ALL_DAY,
            listen_notify=False,
            update_heartbeat_interval=min(HEARTBEAT_SECONDS, stalled_seconds / 3),
            stalled_worker_timeout=stalled_seconds,
            install_signal_handlers=False,
        )
    except ConnectorException as error:
        raise StoreError(f"The queue could not be worked on: {str(error).splitlines()[0]}.") from error


async def _every(seconds: float, name: str, work: Callable[[], Awaitable[object]]) -> None:
    """Do something again and again; a time that fails is logged, and the next one tries again."""
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001  Nobody would miss a loop that has ended.
            _log.warning("loop_failed", loop=name, reason=str(error))
        await asyncio.sleep(seconds)
