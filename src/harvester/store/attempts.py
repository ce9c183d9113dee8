"""Tries again what fails for a reason that passes: a lost connection, a restart, two writers in a circle."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg
from psycopg import errors as refusals

from harvester.errors import DatabaseUnavailable, StoreError

MOST = 6
PASSING: tuple[type[Exception], ...] = (psycopg.OperationalError, DatabaseUnavailable)
"""Lost connections, restarts, deadlocks, serialization failures: classes 08, 40, 53 and 57 of SQLSTATE. A server that
is away is waited for at each attempt, so that about a minute passes before it is given up."""
_SAFE = "What was done before is safe; run the same command again to go on."

T = TypeVar("T")


async def attempted(
    work: Callable[[], Awaitable[T]],
    failure: str,
    *,
    passing: tuple[type[Exception], ...] = PASSING,
    most: int = MOST,
) -> T:
    """What `work` gives, tried up to six times, each one later than the last.

    `work` is one whole transaction. An error that does not pass goes through at once; one that does not pass
    in time becomes a StoreError that begins with `failure`, apart from refusals of the data, which stay.
    """
    for attempt in range(1, most + 1):
        try:
            return await work()
        except refusals.ReadOnlySqlTransaction as error:
            raise StoreError(
                f"{failure}: the database takes no writes ({error.diag.message_primary}).",
                hint=f"A standby takes none, and some hosts allow none while the disk is nearly full. {_SAFE}",
            ) from error
        except passing as error:
            if attempt == most and isinstance(error, psycopg.IntegrityError):
                raise
            if attempt == most:
                raise _given_up(failure, error, most) from error
            # Jitter parts two writers that met; it guards nothing.
            await asyncio.sleep(0.1 * 2**attempt * random.uniform(0.5, 1))  # noqa: S311
    raise AssertionError("the last attempt returns or raises")


def _given_up(failure: str, error: Exception, attempts: int) -> StoreError:
    """The error for a person: what failed, why, and what to do."""
    if isinstance(error, DatabaseUnavailable):
        return DatabaseUnavailable(f"{failure}: {error.message}", hint=f"{error.hint} {_SAFE}".strip())
    if isinstance(error, refusals.DiskFull):
        words = error.diag.message_primary
        return StoreError(f"{failure}: the disk of the database is full ({words}).", hint=f"Make room on it. {_SAFE}")
    return StoreError(f"{failure} in {attempts} attempts: {str(error).strip()}.", hint=_SAFE)
