"""`harvester db`: the database itself."""

from __future__ import annotations

import asyncio
from typing import Any

import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harvester.cli.opening import EVIDENCE, evidence_conninfo
from harvester.cli.output import AsJson, Form, console, print_json, show
from harvester.settings import load_settings
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import MigrationState, migrate, states

app = typer.Typer(help="The database: its schema and where it is.", no_args_is_help=True)


@app.command("migrate", epilog="Example: HARVESTER_DATABASE_URL=postgresql://… harvester db migrate")
def migrate_() -> None:
    """Bring the database to the schema of this version."""

    async def work(conninfo: str) -> int:
        applied = 0
        async for migration in migrate(conninfo):
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


@app.command(epilog='Example: harvester db start && psql "$(harvester db path)"')
def path(as_json: AsJson = False) -> None:
    """Print how the database is reached; a password is left out."""
    settings = load_settings()
    if settings.database_url is not None:
        parts: dict[str, Any] = conninfo_to_dict(settings.database_url.get_secret_value())
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
