"""The queue: procrastinate over our own connections, and its jobs as people read and tend them.

Every statement is one transaction of the worker's role that sets the search path for itself, so a transaction pooler
may stand between. There is no LISTEN: workers ask at intervals.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, TypeVar, cast

import psycopg
from procrastinate import exceptions, sql
from procrastinate.connector import BaseAsyncConnector, Notify
from psycopg import AsyncCursor
from psycopg import errors as refusals
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb, set_json_loads

from harvester.errors import StoreError
from harvester.store.attempts import MOST
from harvester.store.database import Connection, Database
from harvester.store.once import CommitUnknown, once
from harvester.store.statements import statements

_PATH = "jobs, public"
_FETCH = sql.queries["fetch_job"]
_ENDS = frozenset({sql.queries["finish_job"], sql.queries["retry_job"]})
"""They refuse a job that is no longer being worked on: said twice, the refusal tells that it was done."""
_NOT_TWICE = frozenset({_FETCH, sql.queries["defer_jobs"]})
"""A second time they would take, or make, another job."""
KEEP_GIVEN_UP = timedelta(days=30)
"""For which jobs that nobody replayed are kept; what they were about may be planned again after that."""
_SQL = statements("queue")

T = TypeVar("T")
Cursor = AsyncCursor[DictRow]
Taken = Callable[[Cursor], Awaitable[T]]


class QueueConnector(BaseAsyncConnector):
    """Lets a procrastinate `App` work over the connections of a `Database`, which is opened and closed elsewhere.

    Raises procrastinate's own errors. What fails for a reason that passes is tried again, unless it may have been
    committed and would do harm a second time: then ConnectorException ends the worker, whose job in hand is rescued.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_async(self, pool: Any = None) -> None:
        """Nothing to open: the connections are the database's."""

    async def close_async(self) -> None:
        """Nothing to close."""

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        """Run a statement for its effect."""
        await self._run(query, arguments, _nothing)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """The only row that a statement gives; raises NoResult where there is none."""
        return await self._run(query, arguments, _readable_job(arguments) if query == _FETCH else _one)

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """All rows that a statement gives."""
        return await self._run(query, arguments, _all)

    async def execute_query_one_async_with_connection(
        self, connection: Connection, query: LiteralString, **arguments: Any
    ) -> dict[str, Any]:
        """The same inside a transaction of ours, which a refusal leaves as it was."""
        return await _within(connection, query, arguments, _one)

    async def execute_query_all_async_with_connection(
        self, connection: Connection, query: LiteralString, **arguments: Any
    ) -> list[dict[str, Any]]:
        """The same inside a transaction of ours, which a refusal leaves as it was."""
        return await _within(connection, query, arguments, _all)

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:  # noqa: ARG002
        """Wait for ever: behind a transaction pooler nobody is told of anything."""
        await asyncio.Event().wait()

    async def _run(self, query: LiteralString, arguments: dict[str, Any], taken: Taken[T]) -> T:
        async def work(connection: Connection) -> T:
            await connection.execute(_SQL["search_path"], {"path": _PATH})
            return await _executed(connection, query, arguments, taken)

        unknown: CommitUnknown | None = None
        with _translated(arguments):
            for _ in range(1 if query in _NOT_TWICE else MOST):
                try:
                    return await once(self._database, work, "The queue could not be reached")
                except CommitUnknown as error:
                    unknown = error
                except refusals.RaiseException:
                    if unknown is None or query not in _ENDS:
                        raise
                    return cast("T", None)
        raise exceptions.ConnectorException(str(unknown)) from unknown


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up."""

    id: int
    task: str
    state: str
    """`failed`, or `aborted` where it was broken off."""
    args: str
    """What it was given, as JSON."""
    attempts: int
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobCount:
    """How many jobs of one task are in one state."""

    task: str
    state: str
    """`todo`, `doing`, `failed` or `aborted`."""
    jobs: int
    longest_wait: timedelta | None
    """How long the first of those that could be taken up has waited for a worker; None where none could."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """A job whose worker died."""

    id: int
    task: str
    attempts: int
    """Times that it was tried, this one included."""
    is_given_up: bool


async def rescue(connection: Connection, silence: timedelta, most_attempts: int) -> list[Rescued]:
    """Put the jobs of workers that gave no sign of life for so long back to work.

    One that was tried so often is given up: it may be what kills them. A job whose worker lives is never touched,
    whoever else rescues at the same time.
    """
    asked = {"silence": silence, "most_attempts": most_attempts}
    return [Rescued(**row) for row in await (await connection.execute(_SQL["rescue"], asked)).fetchall()]


async def dead_jobs(connection: Connection, limit: int = 50) -> list[DeadJob]:
    """The jobs that were given up, the latest first, a thousand at the most; for the worker's role alone."""
    rows = await (await connection.execute(_SQL["dead_jobs"], {"limit": limit})).fetchall()
    return [DeadJob(**row) for row in rows]


async def replay(connection: Connection, ids: Sequence[int] | None = None) -> int:
    """Put jobs that were given up back to work, all of them by default; how many were.

    They count as new, with no attempt made. Where a job must not wait twice (its queueing lock), the latest of its
    kind is put back, and none where one waits already.
    """
    asked = {"ids": None if ids is None else list(ids)}
    return (await connection.execute(_SQL["replay"], asked)).rowcount


async def job_counts(connection: Connection) -> list[JobCount]:
    """How many jobs are not done, by task and state."""
    return [JobCount(**row) for row in await (await connection.execute(_SQL["job_counts"])).fetchall()]


async def open_locks(connection: Connection, task: str) -> list[tuple[str, bool]]:
    """The queueing locks of one task's jobs that wait or are being worked on, and whether each still waits."""
    rows = await (await connection.execute(_SQL["open_locks"], {"task": task})).fetchall()
    return [(row["lock"], row["is_waiting"]) for row in rows]


async def prune(connection: Connection, older_than: timedelta, given_up: timedelta = KEEP_GIVEN_UP) -> int:
    """Delete the jobs that succeeded longer ago than that, with their events; how many were deleted in all.

    Those that failed or were cancelled are kept for as long as `given_up` says.
    """
    return (await connection.execute(_SQL["prune"], {"older_than": older_than, "given_up": given_up})).rowcount


async def _executed(connection: Connection, query: LiteralString, arguments: dict[str, Any], taken: Taken[T]) -> T:
    async with connection.cursor(row_factory=dict_row) as cursor:
        set_json_loads(_lenient, context=cursor)
        await cursor.execute(query, _adapted(arguments))
        return await taken(cursor)


async def _within(connection: Connection, query: LiteralString, arguments: dict[str, Any], taken: Taken[T]) -> T:
    """Run one statement in a savepoint, and give the search path back as it was."""
    with _translated(arguments):
        async with connection.transaction():
            found = await (await connection.execute(_SQL["search_path"], {"path": _PATH})).fetchone()
            assert found is not None, "the statement gives one row"
            result = await _executed(connection, query, arguments, taken)
            await connection.execute(_SQL["search_path"], {"path": found["before"]})
            return result


async def _nothing(cursor: Cursor) -> None:
    pass


async def _all(cursor: Cursor) -> list[dict[str, Any]]:
    return await cursor.fetchall()


async def _one(cursor: Cursor) -> dict[str, Any]:
    row = await cursor.fetchone()
    if row is None:
        raise exceptions.NoResult
    return row


def _readable_job(arguments: dict[str, Any]) -> Taken[dict[str, Any]]:
    """Takes the job that was fetched; one whose arguments cannot be read is given up, and the next one fetched."""

    async def taken(cursor: Cursor) -> dict[str, Any]:
        row = await _one(cursor)
        while row["id"] is not None and not isinstance(row["args"], dict):
            await cursor.execute(_SQL["set_aside"], {"id": row["id"]})
            await cursor.execute(_FETCH, _adapted(arguments))
            row = await _one(cursor)
        return row

    return taken


def _adapted(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments as the driver writes them: objects as JSON, also in the arrays of rows that jobs are made of."""
    return {name: _as_json(value) for name, value in arguments.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, tuple):
        return tuple(_as_json(item) for item in value)
    return value


def _lenient(text: str | bytes) -> Any:
    """What a JSON text holds; the text itself where the database reads it and Python does not (depth, long numbers)."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


@contextmanager
def _translated(arguments: dict[str, Any]) -> Iterator[None]:
    """Turn the database's errors into those that procrastinate knows."""
    try:
        yield
    except refusals.UniqueViolation as error:
        # The database names no values where row level security is on, so the lock is what was asked for.
        locks = {job.queueing_lock for job in arguments.get("jobs", ())} | {arguments.get("queueing_lock")}
        raise exceptions.UniqueViolation(
            constraint_name=error.diag.constraint_name, queueing_lock=", ".join(sorted(filter(None, locks))) or None
        ) from error
    except (psycopg.Error, StoreError) as error:
        raise exceptions.ConnectorException(str(error)) from error
