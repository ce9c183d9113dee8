"""Brings a database to the schema of this version, and says how far it is.

The files are those of the Supabase CLI and so is the record of what was applied
(`supabase_migrations.schema_migrations`), so that either tool can go on where the other stopped.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from harvester.errors import MigrationError, SchemaOutdated
from harvester.store.database import connect

_FILE = re.compile(r"(\d{14})_(\w+)\.sql")
_LOCK = 0x48415256  # "HARV": one number for all who migrate this database.
_OLDEST_SERVER = 150000

_HISTORY: LiteralString = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (
  version text not null primary key, statements text[], name text
);
"""
_LACKS_PLAIN: LiteralString = """
select not exists (select from pg_catalog.pg_roles where rolname = 'supabase_admin')
   and (to_regprocedure('auth.jwt()') is null
        or to_regclass('auth.users') is null
        or to_regnamespace('extensions') is null
        or (select count(*) from pg_catalog.pg_roles
            where rolname in ('anon', 'authenticated', 'service_role', 'authenticator')) < 4)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of `supabase/migrations`."""

    version: str
    name: str
    path: Path

    @property
    def sql(self) -> LiteralString:
        """The file's text; it is part of the program, as psycopg's `LiteralString` asks for."""
        return self.path.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class MigrationState:
    """A migration and whether the database has it."""

    version: str
    name: str
    applied: bool


def schema_folder() -> Path:
    """The folder `supabase`: beside the sources in a checkout, inside the package once installed."""
    package = Path(__file__).parents[1]
    for folder in (package / "supabase", package.parents[1] / "supabase"):
        if (folder / "migrations").is_dir():
            return folder
    raise MigrationError(
        "The folder supabase/migrations is missing.", hint="Install the package again: its files are incomplete."
    )


def migrations() -> list[Migration]:
    """All migrations of this version, in the order of their stamps."""
    found = []
    for path in sorted((schema_folder() / "migrations").glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match is None:
            raise MigrationError(
                f"{path.name} is no name for a migration.", hint="Name it <14 digits>_<verb>_<object>.sql."
            )
        found.append(Migration(match[1], match[2], path))
    return found


async def migrate(conninfo: str) -> AsyncIterator[Migration]:
    """Apply what is missing, one transaction a file, and yield each migration once it is committed.

    Raises MigrationError with the file and the server's words; the files before it stay applied.
    """
    async with await connect(conninfo) as connection:
        if connection.info.server_version < _OLDEST_SERVER:
            raise MigrationError(
                f"The server is PostgreSQL {connection.info.server_version // 10000}.",
                hint="The harvester needs PostgreSQL 15 or later.",
            )
        async with _step(connection, "supabase/plain/roles_and_auth.sql"):
            await _prepare(connection)
        for migration in migrations():
            async with _step(connection, migration.path.name):
                applied = await _apply_once(connection, migration)
            if applied:
                yield migration


@asynccontextmanager
async def _step(connection: AsyncConnection[TupleRow], file: str) -> AsyncIterator[None]:
    """One transaction that no other migration enters meanwhile; a refusal names the file."""
    try:
        async with connection.transaction():
            await connection.execute("set local lock_timeout = '30s'")
            await connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
            yield
    except psycopg.Error as error:
        words = (error.diag.message_primary or str(error)).strip()
        raise MigrationError(
            f"{file} was refused by the server: {words}.",
            hint=error.diag.message_hint
            or "Nothing of this file was applied; run `harvester db status` to see how far it is.",
        ) from error


async def states(conninfo: str) -> list[MigrationState]:
    """Each migration of this version with whether the database has it; a database may be empty."""
    async with await connect(conninfo) as connection:
        cursor = await connection.execute("select to_regclass('supabase_migrations.schema_migrations') is not null")
        row = await cursor.fetchone()
        known: set[str] = set()
        if row is not None and row[0]:
            cursor = await connection.execute("select version from supabase_migrations.schema_migrations")
            known = {version for (version,) in await cursor.fetchall()}
    return [MigrationState(each.version, each.name, each.version in known) for each in migrations()]


async def require_current(conninfo: str) -> None:
    """Raise SchemaOutdated when the database lacks a migration of this version."""
    missing = [state for state in await states(conninfo) if not state.applied]
    if missing:
        raise SchemaOutdated(
            f"The database lacks {len(missing)} migration(s), from {missing[0].version} on.",
            hint="Run: harvester db migrate",
        )


async def _prepare(connection: AsyncConnection[TupleRow]) -> None:
    """Make the history table, and on plain PostgreSQL what Supabase would bring."""
    cursor = await connection.execute(_LACKS_PLAIN)
    row = await cursor.fetchone()
    if row is not None and row[0]:
        plain = (schema_folder() / "plain" / "roles_and_auth.sql").read_text(encoding="utf-8")
        await connection.execute(plain)
    await connection.execute(_HISTORY)


async def _apply_once(connection: AsyncConnection[TupleRow], migration: Migration) -> bool:
    """Apply one migration unless it is applied already; whether it was."""
    cursor = await connection.execute(
        "select from supabase_migrations.schema_migrations where version = %s", [migration.version]
    )
    if await cursor.fetchone() is not None:
        return False
    await connection.execute(migration.sql)
    await connection.execute(
        "insert into supabase_migrations.schema_migrations (version, statements, name) values (%s, %s, %s)",
        [migration.version, [migration.sql], migration.name],
    )
    return True
