"""`harvester job`: the jobs that were given up, and another try."""

from __future__ import annotations

from typing import Annotated

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, console, form_of, show
from harvester.store.database import WORKER, Database

app = typer.Typer(help="Jobs of collecting that were given up.", no_args_is_help=True)

_COLUMNS = {
    "id": "id", "task": "job", "args": "about", "state": "state", "attempts": "attempts", "ended_at": "ended (UTC)",
}  # fmt: skip


@app.command("list", epilog="Example: harvester job list")
def list_(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at the most.")] = 50,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List the jobs that were given up, the latest first. The worker's log says why each failed."""
    from harvester.store.queue import DeadJob, dead_jobs

    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[DeadJob]:
        async with database.transaction(WORKER) as connection:
            return await dead_jobs(connection, limit)

    show(with_evidence(work), form, row_type=DeadJob, title="Given up", columns=_COLUMNS, empty="none")


@app.command("replay", epilog="Example: harvester job replay --all")
def replay_(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Their ids, as the list shows them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
) -> None:
    """Put jobs that were given up back to work; they go on from where they stood."""
    if bool(ids) == every:
        raise typer.BadParameter("Name the jobs, or say --all.")
    from harvester.store.queue import replay

    async def work(database: Database) -> int:
        async with database.transaction(WORKER) as connection:
            return await replay(connection, None if every else ids)

    console.print(f"{with_evidence(work):,} jobs wait for a worker again", markup=False)
