"""The jobs of collecting: what each does, when it is tried again, and when it is given up.

A job is a discovery, a video, a creator or an ad, never a comment. It ends well where the day's quota is spent, an
operator stopped all requests, or the APIs are out: what it was about stays due, and is planned again when requests may
go on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from harvester.errors import (
    AccessRefused,
    ApiUnavailable,
    CollectionPaused,
    HarvesterError,
    QuotaSpent,
    RequestRefused,
    ScopeMissing,
)
from harvester.jobs.desk import Desk
from harvester.jobs.discovering import discover
from harvester.jobs.harvesting import harvest
from harvester.jobs.looking_up import look_up_ad, look_up_creator, recount
from harvester.jobs.plan import AD, CREATOR, DISCOVER, HARVEST, QUEUE, RECOUNT
from harvester.sources.api.gate import Api
from harvester.store.pause import pause
from harvester.store.queue import QueueConnector

_log = structlog.get_logger()
ATTEMPTS = 5
"""A job that failed so often is given up, until somebody replays it."""


class Patient(BaseRetryStrategy):
    """Tries again what passes, each time later than before; what is refused for good is given up at once."""

    def __init__(self, patience: float) -> None:
        """The first wait is about thirty times `patience`, in seconds."""
        self._patience = patience

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, JobAborted | asyncio.CancelledError):
            # The worker was told to stop: another one goes on.
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, RequestRefused | AccessRefused) or job.attempts + 1 >= ATTEMPTS:
            return None
        seconds = 30 * self._patience * 2**job.attempts * random.uniform(0.5, 1)  # noqa: S311  Jitter guards nothing.
        return RetryDecision(retry_in={"seconds": seconds})


def application(desk: Desk, *, patience: float = 1.0) -> App:
    """The queue's application, with its tasks bound to this process's database and clients."""
    app = App(connector=QueueConnector(desk.database))
    patient = Patient(patience)

    @app.task(name=DISCOVER, queue=QUEUE, retry=patient, pass_context=True)
    async def _discover(job: JobContext, /, name: str, requests: int, api: Api) -> None:
        await _asked(desk, api, job, lambda: discover(desk, name, requests))

    @app.task(name=HARVEST, queue=QUEUE, retry=patient, pass_context=True)
    async def _harvest(job: JobContext, /, video_id: str, requests: int, **_: object) -> None:
        await _asked(desk, "research", job, lambda: harvest(desk, video_id, requests))

    @app.task(name=RECOUNT, queue=QUEUE, retry=patient, pass_context=True)
    async def _recount(job: JobContext, /, video_ids: list[str], **_: object) -> None:
        await _asked(desk, "research", job, lambda: recount(desk, video_ids))

    @app.task(name=CREATOR, queue=QUEUE, retry=patient, pass_context=True)
    async def _creator(job: JobContext, /, username: str, **_: object) -> None:
        await _asked(desk, "research", job, lambda: look_up_creator(desk, username))

    @app.task(name=AD, queue=QUEUE, retry=patient, pass_context=True)
    async def _ad(job: JobContext, /, ad_id: str, **_: object) -> None:
        await _asked(desk, "commercial", job, lambda: look_up_ad(desk, ad_id))

    return app


async def _asked(desk: Desk, api: Api, job: JobContext, work: Callable[[], Awaitable[object]]) -> None:
    """Do what asks the API; where it may not be asked now, the job ends and its subject stays due."""
    about = {"task": job.task.name if job.task else None, **job.job.task_kwargs}
    if desk.outage.is_on or api in desk.refused:
        _log.info("waiting", reason=ScopeMissing.code if api in desk.refused else ApiUnavailable.code, **about)
        return
    try:
        await work()
        desk.outage.ended()
    except (QuotaSpent, CollectionPaused) as waiting:
        _log.info("waiting", reason=waiting.code, until=getattr(waiting, "until", None), **about)
    except ScopeMissing as refused:
        # The other API may well be asked; this one when the worker is started again.
        desk.refused[api] = refused.message
        _log.error("api_refused", api=api, reason=refused.message, hint=refused.hint)
    except AccessRefused as refused:
        # No other request would fare better: all wait until somebody has put the credentials right.
        _log.error("access_refused", reason=refused.message, **about)
        await pause(desk.database, refused.message)
    except HarvesterError as error:
        if isinstance(error, ApiUnavailable):
            desk.outage.failed()
        _log.warning("job_failed", code=error.code, reason=error.message, attempt=job.job.attempts + 1, **about)
        raise
    except Exception:
        # Nobody foresaw it: where it came from must be on record.
        _log.exception("job_broken", attempt=job.job.attempts + 1, **about)
        raise
