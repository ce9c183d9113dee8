"""`harvester db backup` and `harvester db restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from harvester.cli.opening import backups_folder, evidence_conninfo
from harvester.cli.output import console
from harvester.store.backup import back_up, write_backup
from harvester.store.restore import Restored, restore


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command("backup", epilog="Example: harvester db backup before-the-move.dump")(backup_)
    app.command("restore", epilog="Example: harvester db restore before-the-move.dump")(restore_)


def backup_(
    file: Annotated[
        Path | None, typer.Argument(help="A file that does not exist yet. Default: a new one in backups/ of the home.")
    ] = None,
) -> None:
    """Write all that was collected into one file, readable by its owner alone."""

    async def work(conninfo: str) -> Path:
        if file is None:
            return await back_up(conninfo, backups_folder())
        await write_backup(conninfo, file)
        return file

    with evidence_conninfo() as conninfo:
        typer.echo(asyncio.run(work(conninfo)))


def restore_(
    file: Annotated[Path, typer.Argument(help="A file that `harvester db backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of what the database holds; that is backed up first.")
    ] = False,
) -> None:
    """Bring a backup back, in one transaction, and the schema up to this version."""

    async def work(conninfo: str) -> Restored:
        return await restore(conninfo, file, replace=replace, backups=backups_folder())

    with evidence_conninfo() as conninfo:
        restored = asyncio.run(work(conninfo))
    if restored.replaced is not None:
        console.print(f"what was there is in {restored.replaced}", markup=False)
    for table, count in restored.rows.items():
        console.print(f"restored {count:,} rows of {table}", markup=False)
