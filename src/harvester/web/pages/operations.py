"""The page of operations: what waits, was given up, is stopped, is left; and the rows behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from harvester.model import LookUp
from harvester.store import operations
from harvester.store.database import Connection
from harvester.store.operations import (
    DueLookUp,
    GivenUpJob,
    ListedJob,
    QueuedJobs,
    QuotaLeft,
    RefusedRecord,
    RefusedRecords,
    SwitchState,
    TableSize,
    WaitingLookUps,
)
from harvester.store.quota import Limits
from harvester.store.run_list import ListedRun, list_runs
from harvester.web.pages.query import PageQuery

FAILED_RUNS = 5
JobState = Literal["todo", "doing", "failed", "aborted"]


class JobsQuery(PageQuery):
    """Which jobs."""

    task: Annotated[str, Field(max_length=200, description="Name of the task.", examples=["harvest"])]
    job_state: Annotated[JobState, Field(description="How the jobs stand.")]


class LookUpsQuery(PageQuery):
    """Which look-ups."""

    look_up: Annotated[LookUp, Field(description="Who is asked.")]


class RefusedQuery(PageQuery):
    """Which refused records."""

    source: Annotated[str, Field(max_length=200, description="Name of the source.", examples=["apify_comments"])]
    refusal: Annotated[str, Field(max_length=200, description="Code of the reason.", examples=["ruined_id"])]


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """How work stands at one moment."""

    as_of: datetime
    nothing_stored: bool
    switches: Sequence[SwitchState]
    quota: Sequence[QuotaLeft]
    has_queue: bool
    queue: Sequence[QueuedJobs]
    given_up: Sequence[GivenUpJob]
    most_counted: int
    waiting: Sequence[WaitingLookUps]
    failed_runs: Sequence[ListedRun]
    refused: Sequence[RefusedRecords]
    tables: Sequence[TableSize]

    @classmethod
    async def load(cls, connection: Connection, limits: Limits) -> OperationsPage:
        """Read it as it stands now, against what the settings of the dashboard allow a day."""
        failed = (await list_runs(connection, state="failed", limit=FAILED_RUNS)).rows
        stored = failed or (await list_runs(connection, limit=1)).rows
        return cls(
            datetime.now(UTC),
            not stored,
            await operations.switches(connection),
            await operations.quota_left(connection, limits),
            await operations.has_queue(connection),
            await operations.queued_jobs(connection),
            await operations.given_up_jobs(connection),
            operations.MOST_COUNTED,
            await operations.waiting_look_ups(connection),
            failed,
            await operations.refused(connection),
            await operations.table_sizes(connection),
        )


@dataclass(frozen=True, slots=True)
class JobsPage:
    """The jobs behind a number."""

    task: str
    job_state: str
    most_listed: int
    listed_jobs: Sequence[ListedJob]

    @classmethod
    async def load(cls, connection: Connection, query: JobsQuery) -> JobsPage:
        """Read those that were made first."""
        jobs = await operations.listed_jobs(connection, query.task.replace("\0", ""), query.job_state)
        return cls(query.task, query.job_state, operations.MOST_LISTED, jobs)


@dataclass(frozen=True, slots=True)
class DuePage:
    """The look-ups behind a number."""

    look_up: str
    most_listed: int
    due_look_ups: Sequence[DueLookUp]

    @classmethod
    async def load(cls, connection: Connection, query: LookUpsQuery) -> DuePage:
        """Read those that wait longest."""
        due = await operations.due_look_ups(connection, query.look_up)
        return cls(query.look_up, operations.MOST_LISTED, due)


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """The refused records behind a number."""

    source: str
    refusal: str
    most_listed: int
    refused_records: Sequence[RefusedRecord]

    @classmethod
    async def load(cls, connection: Connection, query: RefusedQuery) -> RefusedPage:
        """Read the newest of them."""
        records = await operations.refused_records(connection, query.source, query.refusal)
        return cls(query.source, query.refusal, operations.MOST_LISTED, records)
