"""Connections: every statement runs in one transaction, as one of the database's own roles.

Nothing is kept in the session (no prepared statements, no `set` beyond the transaction), so a
transaction pooler may stand between.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, LiteralString, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from harvester.errors import DatabaseUnavailable, SettingsError
from harvester.store.priority import give_way

Connection = AsyncConnection[DictRow]

ANALYST: LiteralString = "authenticated"
"""The role that people read as; row level security decides what they see."""
WORKER: LiteralString = "service_role"
"""The role that writes what sources bring."""

_BEGIN = """
select set_config('role', %(role)s, true),
       set_config('timezone', 'UTC', true),
       set_config('request.jwt.claims', %(claims)s, true)
"""


async def connect(conninfo: str) -> AsyncConnection[TupleRow]:
    """One connection outside any pool, for what cannot run in a transaction of `Database`.

    Raises SettingsError where the address cannot be read, DatabaseUnavailable where no server answers.
    """
    parts = address_parts(conninfo)
    try:
        return await AsyncConnection.connect(conninfo, autocommit=True, prepare_threshold=None, connect_timeout=10)
    except psycopg.ProgrammingError:
        raise _unreadable() from None
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(
            f"No PostgreSQL answers at {parts.get('host', 'the local socket')}, database {parts.get('dbname')}: "
            f"{str(error).strip().splitlines()[-1]}.",
            hint="Check HARVESTER_DATABASE_URL, or unset it to use the embedded server.",
        ) from error


def address_parts(conninfo: str) -> dict[str, Any]:
    """The parts of a database's address, by libpq's names; raises SettingsError that repeats none of it."""
    try:
        parts = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        # libpq quotes what it could not read, the password with it.
        raise _unreadable() from None
    # A password with a slash or an at sign ends early: the rest of it is taken for the name of a database or host.
    if any("@" in str(parts.get(name, ""))[1:] for name in ("host", "dbname")):
        raise _unreadable()
    return parts


def _unreadable() -> SettingsError:
    return SettingsError(
        "The database address cannot be read.",
        hint="Write it as postgresql://user:password@host:5432/database in HARVESTER_DATABASE_URL, "
        "with %40 for @, %2F for /, %25 for % and %20 for a blank in the password.",
    )


class Database:
    """A pool of connections to one database.

    >>> async def count(database: Database) -> int:
    ...     async with database.transaction(ANALYST) as connection:
    ...         row = await (await connection.execute("select count(*) as n from video")).fetchone()
    ...         return row["n"]
    """

    def __init__(self, conninfo: str, *, connections: int = 4, in_bulk: bool = False) -> None:
        """Who works `in_bulk` gives way to others on the server's machine, where that is this one."""
        self.conninfo = conninfo
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            conninfo,
            min_size=0,
            max_size=connections,
            open=False,
            timeout=10,
            reconnect_timeout=5,
            # A server that was restarted is noticed here, not by the reader of a page.
            check=AsyncConnectionPool.check_connection,
            configure=give_way if in_bulk else None,
            kwargs={"row_factory": dict_row, "prepare_threshold": None, "autocommit": True, "connect_timeout": 10},
        )

    async def __aenter__(self) -> Self:
        # The pool would try for long and hide the server's own words: the first contact is made outside it.
        await (await connect(self.conninfo)).close()
        await self._pool.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(
        self, role: LiteralString, claims: Mapping[str, Any] | None = None
    ) -> AsyncIterator[Connection]:
        """One transaction as `role`, committed at the end of the block, rolled back by any exception.

        `psycopg.Rollback`, raised inside, undoes it and goes no further.
        `claims` are those of the signed-in user (what `auth.jwt()` returns); times come back in UTC.
        """
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute(_BEGIN, {"role": role, "claims": json.dumps({"role": role, **(claims or {})})})
                yield connection
        except PoolTimeout as error:
            raise DatabaseUnavailable(
                "The database gave no connection within 10 seconds.",
                hint="See whether the server still runs, and how many connections it has left.",
            ) from error
