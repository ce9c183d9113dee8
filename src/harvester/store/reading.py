"""Reading for people who wait: read-only, as an analyst, and never for long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg import errors as refusals

from harvester.errors import DatabaseUnavailable
from harvester.store.database import ANALYST, Connection, Database

MOST_SECONDS = 8
"""What one statement may take; Supabase gives its own readers as long."""

_LIMITS = """
select set_config('transaction_read_only', 'on', true),
       set_config('statement_timeout', %(milliseconds)s, true)
"""


@asynccontextmanager
async def reading(
    database: Database, claims: Mapping[str, Any], *, seconds: float = MOST_SECONDS
) -> AsyncIterator[Connection]:
    """One read-only transaction under row level security; each of its statements may take so many seconds.

    `claims` are those of whoever reads: policies decide by them what is seen. None at all is nobody in particular.
    Raises DatabaseUnavailable when a statement takes longer, or the server goes away meanwhile.
    """
    try:
        async with database.transaction(ANALYST, claims) as connection:
            await connection.execute(_LIMITS, {"milliseconds": str(round(seconds * 1000))})
            yield connection
    except refusals.QueryCanceled as error:
        raise DatabaseUnavailable(
            f"The database did not answer within {seconds:g} seconds.", hint="Ask for less, or try again later."
        ) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseUnavailable(
            "The connection to the database was lost.", hint="See whether the server still runs, then try again."
        ) from error
