"""How collecting stands, as people read it: the switch, the quota, the queue, what waits, and the latest runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harvester.store.database import Connection
from harvester.store.pause import PauseState, pause_state
from harvester.store.plan import APIS
from harvester.store.queue import JobCount, job_counts
from harvester.store.quota import Limits, Remaining, remaining
from harvester.store.statements import statements

_SQL = statements("plan")


@dataclass(frozen=True, slots=True)
class Quota:
    """What is left of the day of one API."""

    api: str
    requests: int
    records: int
    request_limit: int
    record_limit: int
    until: datetime
    """When there may be more: 00:00 UTC, or when an API that called itself spent is tried again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The videos that are harvested."""

    videos: int
    under_way: int
    due: int
    given_up: int
    """No longer known to TikTok."""
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class CollectionRun:
    """One run of an API with its counts: `fetched = stored + updated + duplicate + quarantined`."""

    source: str
    asked: str
    state: str
    fetched: int
    stored: int
    updated: int
    duplicate: int
    quarantined: int
    mention_count: int
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class CollectionState:
    """Everything that `harvester collect status` says."""

    pause: PauseState
    quota: Sequence[Quota]
    videos: Waiting
    jobs: Sequence[JobCount]
    runs: Sequence[CollectionRun]


async def collection_state(connection: Connection, limits: Limits, *, runs: int = 10) -> CollectionState:
    """How collecting stands now; the worker's role alone sees the queue."""
    row = await (await connection.execute(_SQL["waiting_videos"])).fetchone()
    assert row is not None, "an aggregate gives one row"
    latest = await (await connection.execute(_SQL["collection_runs"], {"limit": runs})).fetchall()
    return CollectionState(
        await pause_state(connection),
        [_quota(api, limits, await remaining(connection, api, limits)) for api in APIS],
        Waiting(**row),
        await job_counts(connection),
        [CollectionRun(**each) for each in latest],
    )


def _quota(api: str, limits: Limits, left: Remaining) -> Quota:
    return Quota(api, left.requests, left.records, limits.requests, limits.records, left.until)
