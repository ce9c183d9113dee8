"""Reading for people who wait: read-only, as an analyst, and never for long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import psycopg
from psycopg import errors as refusals

from harvester.errors import DatabaseUnavailable
from harvester.store.database import ANALYST, Connection, Database

MOST_SECONDS = 8
"""What one statement may take; Supabase gives its own readers as long."""

MOST_SECONDS_IN_A_BATCH = 300
"""What an export may take to its first rows, which may have to be sorted, or from some rows to the next."""
MOST_SECONDS_UNREAD = 60
"""How long a reader of an export may read nothing, before the database takes its connection back."""

_LIMITS = """
select set_config('transaction_read_only', 'on', true),
       set_config('statement_timeout', %(milliseconds)s, true),
       set_config('idle_in_transaction_session_timeout', coalesce(%(idle_milliseconds)s,
                  current_setting('idle_in_transaction_session_timeout')), true)
"""


@asynccontextmanager
async def reading(
    database: Database,
    claims: Mapping[str, Any],
    *,
    seconds: float = MOST_SECONDS,
    idle_seconds: float | None = None,
) -> AsyncIterator[Connection]:
    """One read-only transaction under row level security; each of its statements may take so many seconds.

    `claims` are those of whoever reads: policies decide by them what is seen. None at all is nobody in particular.
    Between two statements it may be idle for `idle_seconds`, where given.
    Raises DatabaseUnavailable when a statement takes longer, or the server goes away meanwhile.
    """
    with answered_within(seconds):
        async with database.transaction(ANALYST, claims) as connection:
            idle = None if idle_seconds is None else str(round(idle_seconds * 1000))
            asked = {"milliseconds": str(round(seconds * 1000)), "idle_milliseconds": idle}
            await connection.execute(_LIMITS, asked)
            yield connection


@contextmanager
def answered_within(seconds: float) -> Iterator[None]:
    """Raises DatabaseUnavailable for a statement that was stopped after so many seconds, and for a lost connection."""
    try:
        yield
    except refusals.QueryCanceled as error:
        raise DatabaseUnavailable(
            f"The database did not answer within {seconds:g} seconds.", hint="Ask for less, or try again later."
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseUnavailable(
            "The connection to the database was lost.", hint="See whether the server still runs, then try again."
        ) from error
