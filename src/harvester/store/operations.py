"""How work stands, as people see it: the queue, what was given up, the switches, look-ups that wait, sizes of tables.

Everything is read as an analyst; what is closed to people comes through functions of the database that tell no more
than this. What is turned or put back is judged there by the role of whoever asks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from psycopg import errors as refusals

from harvester.errors import DatabaseUnavailable, NotPermitted
from harvester.store.database import ANALYST, Connection, Database
from harvester.store.pause import Switch
from harvester.store.plan import APIS
from harvester.store.quota import Limits, remaining
from harvester.store.statements import statements

MOST_COUNTED = 10_000
"""Look-ups of each kind that are counted, those that were never asked and the others; a page need not know more."""
MOST_LISTED = 100
_SQL = statements("operations")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class SwitchState:
    """How a switch stands."""

    switch: Switch
    is_stopped: bool
    stop_reason: str | None
    """In the words of whoever turned it."""
    turned_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuotaLeft:
    """What may still be asked of one API today."""

    api: str
    requests_left: int
    records_left: int
    is_spent: bool
    more_at: datetime


@dataclass(frozen=True, slots=True)
class QueuedJobs:
    """The jobs of one task in one state."""

    task: str
    job_state: str
    """`todo`, `doing`, `failed` or `aborted`."""
    jobs: int
    longest_wait_seconds: float | None
    """None where none could be taken up."""


@dataclass(frozen=True, slots=True)
class GivenUpJob:
    """A job that was given up."""

    job_id: str
    task: str
    about: str
    """What it was given, as JSON."""
    attempts: int
    given_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedJob:
    """A job behind a number."""

    job_id: str
    about: str
    attempts: int
    scheduled_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingLookUps:
    """Look-ups of one kind that are due, counted up to `MOST_COUNTED`."""

    look_up: str
    due: int
    overdue: int
    never_asked: int
    oldest_due_at: datetime | None
    next_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class DueLookUp:
    """A look-up that is due."""

    domain_name: str
    unicode_name: str
    due_at: datetime
    asked_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class RefusedRecords:
    """The refused records of one source and reason."""

    source: str
    refusal: str
    records: int
    last_refused_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """One of them, without its raw form."""

    id: str
    refused_because: str
    refused_at_place: str | None
    file: str | None
    raw_bytes: int
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class TableSize:
    """One table, and what it gained; None while there is no sample before today."""

    table_name: str
    row_estimate: int
    total_bytes: int
    week_bytes: int | None
    month_bytes: int | None


async def has_queue(connection: Connection) -> bool:
    """Whether the database has its queue: after `supabase db push` alone it has none."""
    row = await (await connection.execute(_SQL["has_queue"])).fetchone()
    return row is not None and bool(row["has_queue"])


async def switches(connection: Connection) -> list[SwitchState]:
    """Both switches."""
    return await _rows(connection, "switches", SwitchState)


async def quota_left(connection: Connection, limits: Limits) -> list[QuotaLeft]:
    """What is left of the day at each API."""
    left = [(api, await remaining(connection, api, limits)) for api in APIS]
    return [QuotaLeft(api, day.requests, day.records, day.is_spent, day.until) for api, day in left]


async def queued_jobs(connection: Connection) -> list[QueuedJobs]:
    """What waits, is in hand or was given up, by task and state."""
    return await _rows(connection, "queue", QueuedJobs)


async def given_up_jobs(connection: Connection, most: int = 20) -> list[GivenUpJob]:
    """The jobs that were given up, the latest first."""
    return await _rows(connection, "given_up", GivenUpJob, {"most": most})


async def listed_jobs(connection: Connection, task: str, state: str) -> list[ListedJob]:
    """The jobs of one task in one state, the first made first; `MOST_LISTED` at the most."""
    return await _rows(connection, "jobs", ListedJob, {"task": task, "state": state, "most": MOST_LISTED})


async def waiting_look_ups(connection: Connection) -> list[WaitingLookUps]:
    """Look-ups that are due, by kind: cheap at any number of domains."""
    return await _rows(connection, "look_ups", WaitingLookUps, {"most": MOST_COUNTED})


async def due_look_ups(connection: Connection, look_up: str) -> list[DueLookUp]:
    """Those of one kind, the longest waiting first; `MOST_LISTED` at the most."""
    return await _rows(connection, "due_look_ups", DueLookUp, {"look_up": look_up, "most": MOST_LISTED})


async def refused(connection: Connection) -> list[RefusedRecords]:
    """How many records are in quarantine, by source and reason, the most first."""
    return await _rows(connection, "refused", RefusedRecords)


async def refused_records(connection: Connection, source: str, refusal: str) -> list[RefusedRecord]:
    """Those of one source and reason, the newest first; `MOST_LISTED` at the most."""
    asked = {"source": source.replace("\0", ""), "refusal": refusal.replace("\0", ""), "most": MOST_LISTED}
    return await _rows(connection, "refused_records", RefusedRecord, asked)


async def table_sizes(connection: Connection) -> list[TableSize]:
    """Size and growth of each table, the largest first."""
    return await _rows(connection, "tables", TableSize)


async def turn(
    database: Database, claims: Mapping[str, Any], switch: Switch, *, is_stopped: bool, reason: str | None
) -> None:
    """Turn a switch in the name of whoever these claims are of.

    Raises NotPermitted where that is no admin, DatabaseUnavailable where the server goes away.
    """
    asked = {"switch": switch, "is_stopped": is_stopped, "reason": reason and reason.replace("\0", "")}
    async with _asking(database, claims) as connection:
        await connection.execute(_SQL["turn"], asked)


async def replay_jobs(database: Database, claims: Mapping[str, Any], ids: Sequence[int]) -> int:
    """Put jobs that were given up back to work in the name of whoever these claims are of; how many were.

    Raises NotPermitted where that is no admin, DatabaseUnavailable where the server goes away.
    """
    async with _asking(database, claims) as connection:
        row = await (await connection.execute(_SQL["replay"], {"ids": list(ids)})).fetchone()
    return int(row["replayed"]) if row is not None else 0


@asynccontextmanager
async def _asking(database: Database, claims: Mapping[str, Any]) -> AsyncIterator[Connection]:
    """One transaction in the name of somebody, whose refusals and losses are errors of ours."""
    try:
        async with database.transaction(ANALYST, claims) as connection:
            yield connection
    except refusals.InsufficientPrivilege as error:
        raise NotPermitted(f"{error.diag.message_primary}.", hint="Ask an admin for it.") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseUnavailable(
            "The connection to the database was lost.", hint="See whether the server still runs, then look at the page."
        ) from error


async def _rows(
    connection: Connection, statement: str, kind: type[Row], asked: Mapping[str, Any] | None = None
) -> list[Row]:
    return [kind(**row) for row in await (await connection.execute(_SQL[statement], asked)).fetchall()]
