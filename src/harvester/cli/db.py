"""`harvester db`: the database itself."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from psycopg.conninfo import make_conninfo

from harvester.cli import backup, upkeep
from harvester.cli.opening import EVIDENCE, backups_folder, evidence_conninfo
from harvester.cli.output import AsJson, Form, console, print_json, show
from harvester.settings import load_settings
from harvester.store.backup import back_up
from harvester.store.database import address_parts
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import MigrationState, migrate, rollback, states
from harvester.store.restore import holds_records

app = typer.Typer(help="The database: its schema, its health, its backups.", no_args_is_help=True)
backup.add_to(app)
upkeep.add_to(app)


@app.command("migrate", epilog="Example: HARVESTER_DATABASE_URL=postgresql://… harvester db migrate")
def migrate_() -> None:
    """Bring the database to the schema of this version."""

    async def work(conninfo: str) -> int:
        applied = 0
        async for migration in migrate(conninfo, backups=backups_folder()):
            console.print(f"applied {migration.path.name}", markup=False)
            applied += 1
        return applied

    with evidence_conninfo() as conninfo:
        if not asyncio.run(work(conninfo)):
            console.print("up to date")


@app.command(epilog="Example: harvester db status --json")
def status(as_json: AsJson = False) -> None:
    """List the migrations and whether the database has them; exit code 1 where one is missing."""
    with evidence_conninfo() as conninfo:
        rows = asyncio.run(states(conninfo))
    show(
        rows, Form.JSON if as_json else Form.TABLE, row_type=MigrationState, title="Migrations",
        columns={"version": "version", "name": "name", "applied": "applied"}, empty="none",
    )  # fmt: skip
    if not all(row.applied for row in rows):
        raise typer.Exit(1)


@app.command("rollback", epilog="Example: harvester db rollback --to 20250906000002")
def rollback_(
    to: Annotated[
        str | None, typer.Option(help="The version to go back to; 0 undoes all. Default: one migration less.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Undo the newest migration, or all after a version; a database with records is backed up first."""

    async def work(conninfo: str) -> None:
        if await holds_records(conninfo):
            if not yes:
                typer.confirm("Undoing a migration may delete what it made room for. Go on?", abort=True, err=True)
            console.print(f"backed up to {await back_up(conninfo, backups_folder())}", markup=False)
        async for undone in rollback(conninfo, to=to):
            console.print(f"undone {undone.version}_{undone.name}", markup=False)

    with evidence_conninfo() as conninfo:
        asyncio.run(work(conninfo))


@app.command(epilog='Example: harvester db start && psql "$(harvester db path)"')
def path(as_json: AsJson = False) -> None:
    """Print how the database is reached; a password is left out."""
    settings = load_settings()
    if settings.database_url is not None:
        parts = address_parts(settings.database_url.get_secret_value())
        parts.pop("password", None)
        conninfo, data, log = make_conninfo(**parts), None, None
    else:
        server = EmbeddedServer(settings.home)
        conninfo, data, log = server.conninfo(EVIDENCE), server.data, server.log
    if as_json:
        print_json({"conninfo": conninfo, "data": data, "log": log})
    else:
        typer.echo(conninfo)


@app.command(epilog="Example: harvester db start")
def start() -> None:
    """Start the embedded server and let it run until `harvester db stop`."""
    server = EmbeddedServer(load_settings().home)
    server.start()
    server.ensure_database(EVIDENCE)
    typer.echo(server.conninfo(EVIDENCE))


@app.command(epilog="Example: harvester db stop")
def stop() -> None:
    """Stop the embedded server, whoever uses it."""
    EmbeddedServer(load_settings().home).stop()
