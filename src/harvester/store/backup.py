"""Backups: all that was collected, in one file that pg_restore can read.

A backup holds the rows of our tables and the record of migrations, not the schema: that is made by the
migrations themselves, up to the version that the backup names. So it can go to any PostgreSQL, into a
database that holds other people's tables too.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harvester.errors import BackupError
from harvester.store.binaries import find_client
from harvester.store.database import connect

TABLES = (
    "public.video", "public.comment", "public.creator", "public.ad", "public.domain", "public.domain_mention",
    "public.sighting", "public.run", "public.quarantine", "public.discovery", "public.harvest", "public.quota_use",
    "public.pause", "public.review", "public.reference_list", "public.reference_list_entry", "public.enrichment",
    "private.look_up", "private.look_up_pace", "private.table_size_sample", "private.day_tally",
    "private.mention_tally", "private.trend_moment", "private.trend_tally", "private.mention_change",
)  # fmt: skip
"""Every table of ours but those of `NOT_BACKED_UP`; a test holds them equal to the catalog. Jobs of the queue are no
evidence, and planned anew."""
NOT_BACKED_UP = ("private.api_key",)
"""What must not come back: a key that was revoked since, or one that opens another copy of the evidence."""
LOCK_TIMEOUT = "30s"
"""How long a backup waits for a table that a migration holds."""
HISTORY = "supabase_migrations.schema_migrations"


async def back_up(conninfo: str, folder: Path) -> Path:
    """Write a backup into a folder, under a name that holds database and time; the file, once it is complete.

    Only its owner can read it. Raises BackupError where pg_dump is missing or refuses.
    """
    name = conninfo_to_dict(conninfo).get("dbname") or "database"
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    file = folder / f"{name}-{stamp}.dump"
    await write_backup(conninfo, file)
    return file


async def write_backup(conninfo: str, file: Path) -> None:
    """Write a backup to a file that does not exist yet; one that was cut short is never taken for whole."""
    async with await connect(conninfo) as connection:
        client = find_client(connection.info.server_version // 10000)
    unfinished = file.with_name(f"{file.name}.unfinished")
    descriptor = _begun(file, unfinished)
    try:
        tables = [f"--table={table}" for table in (*TABLES, HISTORY)]
        address, environment = _address(conninfo)
        command = [
            client.pg_dump,
            "--format=custom",
            "--data-only",
            f"--lock-wait-timeout={LOCK_TIMEOUT}",
            *tables,
            address,
        ]
        async with _program(command, environment, output=descriptor):
            pass
        os.fsync(descriptor)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    unfinished.rename(file)


def _begun(file: Path, unfinished: Path) -> int:
    """The descriptor of the file that is written first; raises BackupError where the wanted one is there."""
    if file.exists():
        raise BackupError(f"{file} exists already.", hint="Name another file: a backup is never overwritten.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # What was left by one that was killed goes; a link that lies there is not followed.
        unfinished.unlink(missing_ok=True)
        return os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupError(
            f"{file} cannot be written: {error.strerror}.", hint="Choose a folder that is yours."
        ) from error


@asynccontextmanager
async def unpacked(file: Path) -> AsyncIterator[AsyncIterator[bytes]]:
    """The backup as the lines of an SQL script, each with its end of line.

    Raises BackupError where the file is none, or is damaged.
    """
    client = find_client(0)
    async with _program([client.pg_restore, "--data-only", "--file=-", str(file)], {}) as script:
        yield _lines(script)


def _address(conninfo: str) -> tuple[str, dict[str, str]]:
    """The address as a word of a command line, and the password apart from it: others can read command lines."""
    parts = conninfo_to_dict(conninfo)
    password = parts.pop("password", None)
    return f"--dbname={make_conninfo('', **parts)}", {"PGPASSWORD": str(password)} if password else {}


@asynccontextmanager
async def _program(
    command: list[str], environment: dict[str, str], *, output: int = asyncio.subprocess.PIPE
) -> AsyncIterator[asyncio.StreamReader]:
    """Run one of PostgreSQL's programs for the length of the block, and on to its end."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=output,
        stderr=asyncio.subprocess.PIPE,
        env={"LC_ALL": "C", **environment},
    )
    assert process.stderr is not None, "it was asked for"
    words = asyncio.create_task(process.stderr.read())
    try:
        yield process.stdout or asyncio.StreamReader()
        code = await process.wait()
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    finally:
        said = (await words).decode(errors="replace").strip()
    if code != 0:
        raise BackupError(
            f"{Path(command[0]).name} failed: {said.splitlines()[-1] if said else f'exit code {code}'}.",
            hint="Check that the file is a backup of the harvester." if "pg_restore" in command[0] else "",
        )


async def _lines(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Lines of any length; a quarantined record may be longer than the stream's own limit."""
    begun: list[bytes] = []
    while chunk := await stream.read(1 << 20):
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            yield b"".join([*begun, piece, b"\n"])
            begun = []
        begun.append(rest)
