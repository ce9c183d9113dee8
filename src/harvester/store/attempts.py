"""Tries again what fails for a reason that passes: a lost connection, a restart, two writers in a circle."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import psycopg

from harvester.errors import StoreError

MOST = 6
PASSING: tuple[type[psycopg.Error], ...] = (psycopg.OperationalError,)
"""Lost connections, restarts, deadlocks, serialization failures: classes 08, 40, 53 and 57 of SQLSTATE."""

T = TypeVar("T")


async def attempted(
    work: Callable[[], Awaitable[T]], failure: str, *, passing: tuple[type[psycopg.Error], ...] = PASSING
) -> T:
    """What `work` gives, tried up to six times, each one later than the last.

    `work` is one whole transaction. An error that does not pass goes through at once; one that does not pass
    in time becomes a StoreError that begins with `failure`, apart from refusals of the data, which stay.
    """
    for attempt in range(1, MOST + 1):
        try:
            return await work()
        except passing as error:
            if attempt == MOST and isinstance(error, psycopg.IntegrityError):
                raise
            if attempt == MOST:
                raise StoreError(
                    f"{failure} in {MOST} attempts: {str(error).strip()}.",
                    hint="What was done before is safe; run the same command again to go on.",
                ) from error
            # Jitter parts two writers that met; it guards nothing.
            await asyncio.sleep(0.1 * 2**attempt * random.uniform(0.5, 1))  # noqa: S311
    raise AssertionError("the last attempt returns or raises")
