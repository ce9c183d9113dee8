"""Brings a backup back: the schema by migrations, then the rows in one transaction, then newer migrations."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.rows import TupleRow

from harvester.errors import BackupError
from harvester.store.backup import HISTORY, TABLES, back_up, unpacked
from harvester.store.database import connect
from harvester.store.migration import ROLLBACK
from harvester.store.migrations import migrate, migrations, rollback
from harvester.store.statements import statements

_COPY = re.compile(rb"COPY ([\w.]+) \(([^)]*)\) FROM stdin;\n")
_END = b"\\.\n"
_SQL = statements("restore")
_ROLLBACK = ROLLBACK.encode("unicode_escape")  # As COPY writes it: each end of line is two characters.


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    version: str
    """The newest migration that the backup's database had."""
    rows: dict[str, int]
    """Rows by table."""
    replaced: Path | None
    """The backup of what was there before; None where nothing was."""


async def restore(conninfo: str, file: Path, *, replace: bool, backups: Path) -> Restored:
    """Put a backup in place of what the database holds.

    A database that holds records is refused unless `replace` is set, and then backed up into the folder
    `backups` first. The rows are written in one transaction, with every check and foreign key of the
    database in force. Raises BackupError where the file is no backup, or of a newer version.
    """
    version = await _version_of(file)
    replaced = None
    if await holds_records(conninfo):
        if not replace:
            raise BackupError(
                "The database holds records already, and a restore would take their place.",
                hint="Restore into an empty database, or say --replace: what is there is backed up first.",
            )
        replaced = await back_up(conninfo, backups)
    async for _ in rollback(conninfo, to="0"):
        pass
    async for _ in migrate(conninfo, to=version):
        pass
    rows = await _load(conninfo, file)
    async for _ in migrate(conninfo, backups=backups):
        pass
    return Restored(version, rows, replaced)


async def holds_records(conninfo: str) -> bool:
    """Whether any of the tables that people's records go to has a row; a database may lack them all."""
    async with await connect(conninfo) as connection:
        for table in await _present(connection):
            if table.startswith("public."):
                found = await connection.execute(sql.SQL("select from {} limit 1").format(_identifier(table)))
                if found.rowcount:
                    return True
    return False


async def _present(connection: AsyncConnection[TupleRow]) -> list[str]:
    """Those of our tables that the database has: an older version has fewer."""
    rows = await (await connection.execute(_SQL["tables_present"], {"tables": list(TABLES)})).fetchall()
    return [table for (table,) in rows]


async def _version_of(file: Path) -> str:
    """The newest of our migrations that the backup records; raises BackupError where this version lacks one."""
    ours = {migration.version for migration in migrations()}
    recorded: set[str] = set()
    newer: set[str] = set()
    async with unpacked(file) as lines:
        async for table, columns, rows in _blocks(lines):
            async for row in rows:
                if table == HISTORY:
                    version = row.split(b"\t")[columns.index("version")].decode()
                    # The record may hold other people's migrations; ours alone say how they are undone.
                    (recorded if version in ours else newer if _ROLLBACK in row else set()).add(version)
    if newer:
        raise BackupError(
            f"{file} was made by a newer version: it has the migration {max(newer)}.",
            hint="Install that version of the harvester first.",
        )
    if not recorded:
        raise BackupError(f"{file} is no backup of the harvester: it records no migration.")
    return max(recorded)


async def _load(conninfo: str, file: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    async with await connect(conninfo) as connection, connection.transaction():
        # The triggers would count again what is counted in the rows; foreign keys stay in force.
        await _set_triggers(connection, "disable")
        async with unpacked(file) as lines:
            async for table, columns, rows in _blocks(lines):
                if table == HISTORY:
                    async for _ in rows:
                        pass
                    continue
                counts[table] = await _copy(connection, table, columns, rows, file)
        await _set_triggers(connection, "enable")
    async with await connect(conninfo) as connection:
        for table in counts:
            await connection.execute(sql.SQL("analyze {}").format(_identifier(table)))
    return counts


async def _copy(
    connection: AsyncConnection[TupleRow], table: str, columns: list[str], rows: AsyncIterator[bytes], file: Path
) -> int:
    statement = sql.SQL("copy {} ({}) from stdin").format(
        _identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    try:
        async with connection.cursor() as cursor, cursor.copy(statement) as copy:
            async for row in rows:
                await copy.write(row)
                count += 1
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise BackupError(
            f"{file}: a row of {table} was refused: {error.diag.message_primary}.",
            hint="Nothing was restored. The file was changed or is damaged: take another backup.",
        ) from error
    return count


async def _set_triggers(connection: AsyncConnection[TupleRow], how: LiteralString) -> None:
    for table in await _present(connection):
        await connection.execute(sql.SQL(f"alter table {{}} {how} trigger user").format(_identifier(table)))


async def _blocks(lines: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, list[str], AsyncIterator[bytes]]]:
    """Each table of a script with its columns and its rows, which must be read to their end."""

    async def rows() -> AsyncIterator[bytes]:
        async for line in lines:
            if line == _END:
                return
            yield line

    async for line in lines:
        match = _COPY.fullmatch(line)
        if match is not None:
            yield match[1].decode(), match[2].decode().replace('"', "").split(", "), rows()


def _identifier(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
