"""`harvester serve`: the dashboard and the REST API."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from harvester.cli.opening import evidence, evidence_conninfo
from harvester.cli.output import console
from harvester.jobs.upkeep import keep_up
from harvester.settings import load_settings
from harvester.store.database import Database


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester serve --port 8080")(serve)


def serve(
    host: Annotated[str, typer.Option(help="A loopback address: there is no sign-in yet.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8642,
) -> None:
    """Show the dashboard until Ctrl-C; the REST API is under /api/v1."""
    from harvester.web.serve import serve as serve_pages

    retention_days = load_settings().retention_days

    async def prepare(conninfo: str) -> None:
        async with evidence(conninfo):
            pass

    with evidence_conninfo() as conninfo:

        async def beside() -> None:
            async with Database(conninfo, connections=1) as database:
                await keep_up(database, retention_days)

        asyncio.run(prepare(conninfo))
        serve_pages(
            conninfo, host, port, beside=beside,
            on_ready=lambda url: console.print(f"ready {url}", markup=False),
        )  # fmt: skip
