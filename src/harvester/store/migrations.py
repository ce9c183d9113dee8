"""Brings a database to the schema of this version, or back, and says how far it is.

The files are those of the Supabase CLI and so is the record of what was applied
(`supabase_migrations.schema_migrations`), so that either tool can go on where the other stopped.
The queue's tables come after our files, from the package that they belong to.

While a migration waits for a lock, everybody who comes later waits behind it: it gives up after
`_LOCK_TIMEOUT` and tries again, so that readers and writers never notice.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString, TypeVar, cast

import psycopg
from psycopg import AsyncConnection, sql
from psycopg import errors as refusals
from psycopg.rows import TupleRow

from harvester.errors import MigrationError, SchemaOutdated
from harvester.store.backup import back_up
from harvester.store.database import connect
from harvester.store.migration import ROLLBACK, ConcurrentIndex, Migration, concurrent_index, rollback_of
from harvester.store.queue_schema import PACKAGE, advance_queue, has_queue, lacks_queue, packaged_version
from harvester.store.statements import statements

_LOCK = 0x48415256  # "HARV": one number for all who migrate this database.
_LOCK_TIMEOUT = "50ms"
_LOCK_ATTEMPTS = 200
_PATIENCE = 3600.0
"""Seconds that another migration is waited for: it may build an index over millions of rows."""
_OLDEST_SERVER = 150000
_SQL = statements("migration")

T = TypeVar("T")
Connection = AsyncConnection[TupleRow]


@dataclass(frozen=True, slots=True)
class MigrationState:
    """A migration, or the queue in its version, and whether the database has it."""

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
    return [Migration.of(path) for path in sorted((schema_folder() / "migrations").glob("*.sql"))]


async def migrate(conninfo: str, *, to: str | None = None, backups: Path | None = None) -> AsyncIterator[Migration]:
    """Apply what is missing, one transaction a file, and yield each migration once it is committed; then the queue.

    `to` is the last version wanted, by default the newest. Before a migration that is marked as major a
    database that was in use is backed up into the folder `backups`; without one it is not applied.
    Raises MigrationError with the file and the server's words; the files before it stay applied.
    """
    async with await connect(conninfo) as connection:
        if connection.info.server_version < _OLDEST_SERVER:
            raise MigrationError(
                f"The server is PostgreSQL {connection.info.server_version // 10000}.",
                hint="The harvester needs PostgreSQL 15 or later.",
            )
        await _step(connection, "supabase/plain/roles_and_auth.sql", lambda: _prepare(connection))
        # The record may hold other people's migrations as well, which say nothing about our tables.
        recorded = await _applied(connection)
        in_use = [migration for migration in migrations() if migration.version in recorded]
        for migration in migrations():
            if migration.version in recorded or (to is not None and migration.version > to):
                continue
            if migration.major is not None and in_use:
                await _back_up_first(conninfo, migration, backups)
            if await _apply(conninfo, connection, migration):
                yield migration
        while await lacks_queue(connection):
            await _step(connection, f"The queue of {PACKAGE} {packaged_version()}", lambda: advance_queue(connection))


async def rollback(conninfo: str, *, to: str | None = None) -> AsyncIterator[MigrationState]:
    """Undo the newest migration, or all after the version `to` ("0" for all), and yield each one undone.

    What a file of this version does not say is taken from the database's own record, so that an older
    program can undo what a newer one did. Raises MigrationError where nothing says how, and where `to`
    is no version that the database has.
    """
    async with await connect(conninfo) as connection:
        files = {migration.version: migration for migration in migrations()}
        # The record may hold other people's migrations as well: those are theirs to undo.
        done = {
            version: said for version, said in (await _applied(connection)).items()
            if version in files or ROLLBACK in said[1]
        }  # fmt: skip
        if to is not None and to != "0" and to not in done:
            raise MigrationError(f"The database has no migration {to}.", hint="See what it has: harvester db status")
        undone = [version for version in sorted(done, reverse=True) if to is None or version > to]
        for version in undone[:1] if to is None else undone:
            name, recorded = done[version]
            statement = files[version].rollback if version in files else rollback_of(recorded, f"{version}_{name}")
            await _undo(conninfo, connection, version, statement)
            yield MigrationState(version, name, applied=False)


async def states(conninfo: str) -> list[MigrationState]:
    """Each migration of this version, and the queue last, with whether the database has it; it may be empty."""
    async with await connect(conninfo) as connection:
        known = await _applied(connection)
        queue = MigrationState(packaged_version(), PACKAGE, await has_queue(connection))
    return [*(MigrationState(each.version, each.name, each.version in known) for each in migrations()), queue]


async def require_current(conninfo: str) -> None:
    """Raise SchemaOutdated when the database lacks a migration of this version."""
    missing = [state for state in await states(conninfo) if not state.applied]
    if missing:
        raise SchemaOutdated(
            f"The database lacks {len(missing)} migration(s), from {missing[0].version} {missing[0].name} on.",
            hint="Run: harvester db migrate",
        )


async def _applied(connection: Connection) -> dict[str, tuple[str, LiteralString]]:
    """What the database records: version to name and text."""
    row = await (await connection.execute(_SQL["has_history"])).fetchone()
    if row is None or not row[0]:
        return {}
    rows = await (await connection.execute(_SQL["history"])).fetchall()
    return {version: (name, cast("LiteralString", text)) for version, name, text in rows}


async def _prepare(connection: Connection) -> None:
    """Make the history table, and on plain PostgreSQL what Supabase would bring."""
    row = await (await connection.execute(_SQL["lacks_plain"])).fetchone()
    if row is not None and row[0]:
        plain = (schema_folder() / "plain" / "roles_and_auth.sql").read_text(encoding="utf-8")
        await connection.execute(plain)
    await connection.execute(_SQL["make_history"])


async def _back_up_first(conninfo: str, migration: Migration, backups: Path | None) -> None:
    if backups is None:
        raise MigrationError(
            f"{migration.path.name} needs a backup before it: {migration.major}", hint="Run: harvester db migrate"
        )
    await back_up(conninfo, backups)


async def _apply(conninfo: str, connection: Connection, migration: Migration) -> bool:
    """Apply one migration unless somebody did meanwhile; whether it was us."""
    index = concurrent_index(migration.sql)

    async def work() -> bool:
        if migration.version in await _applied(connection):
            return False
        if index is None:
            await connection.execute(migration.sql)
        else:
            await _change_index(conninfo, index, migration.sql)
        await connection.execute(_SQL["record"], [migration.version, [migration.sql], migration.name])
        return True

    return await _step(connection, migration.path.name, work)


async def _undo(conninfo: str, connection: Connection, version: str, statement: LiteralString) -> None:
    index = concurrent_index(statement)

    async def work() -> None:
        if index is None:
            await connection.execute(statement)
        else:
            await _change_index(conninfo, index, statement)
        await connection.execute(_SQL["forget"], [version])

    await _step(connection, f"The rollback of {version}", work)


async def _change_index(conninfo: str, index: ConcurrentIndex, statement: LiteralString) -> None:
    """Build or drop an index on a connection of its own, outside any transaction.

    A run that was killed left the index whole but not recorded, or invalid, which is built anew.
    """
    async with await connect(conninfo) as builder:
        await builder.execute(_SQL["patience"])
        row = await (await builder.execute(_SQL["index_is_valid"], [index.name])).fetchone()
        if row is not None and index.builds:
            if row[0]:
                return
            name = sql.Identifier(*index.name.split("."))
            await builder.execute(sql.SQL("drop index concurrently {}").format(name))
        if row is not None or index.builds:
            await builder.execute(statement)


async def _step(connection: Connection, file: str, work: Callable[[], Awaitable[T]]) -> T:
    """One transaction that no other migration enters meanwhile; a refusal names the file."""
    begun, attempts = time.monotonic(), 0
    while True:
        try:
            async with connection.transaction():
                await connection.execute(_SQL["enter"])
                if await _is_alone(connection):
                    await connection.execute(_SQL["limit"], {"lock_timeout": _LOCK_TIMEOUT})
                    return await work()
        except (refusals.LockNotAvailable, refusals.DeadlockDetected) as error:
            attempts += 1
            if attempts == _LOCK_ATTEMPTS:
                raise _refused(file, error) from error
        except psycopg.Error as error:
            raise _refused(file, error) from error
        else:
            if time.monotonic() - begun > _PATIENCE:
                raise MigrationError(
                    f"{file} waited for another migration for {_PATIENCE / 60:.0f} minutes.",
                    hint="See what it is at: harvester db status",
                )
        await asyncio.sleep(random.uniform(0.05, 0.3))  # noqa: S311  Jitter guards nothing.


async def _is_alone(connection: Connection) -> bool:
    """Whether no other migration is at work; whoever waited in a statement would keep its indexes from being built."""
    row = await (await connection.execute("select pg_try_advisory_xact_lock(%s)", [_LOCK])).fetchone()
    return row is not None and bool(row[0])


def _refused(file: str, error: psycopg.Error) -> MigrationError:
    words = (error.diag.message_primary or str(error)).strip()
    return MigrationError(
        f"{file} was refused by the server: {words}.",
        hint=error.diag.message_hint
        or "Nothing of this file was applied; run `harvester db status` to see how far it is.",
    )
