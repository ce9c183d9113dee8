"""`harvester demo`: the whole product on invented data, in a database of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.progress import Progress

from harvester.cli.logs import log_from
from harvester.cli.opening import DEMONSTRATION, backups_folder
from harvester.cli.output import complaints, console, table
from harvester.cli.serve import say_link, say_ready
from harvester.cli.statistics import TRENDING_COLUMNS
from harvester.jobs.collect import collect
from harvester.sandbox.generate import DEMO, SEED, generate
from harvester.settings import load_settings
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.domain import list_domains, new_today
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate
from harvester.store.run import finished_request
from harvester.store.statistics import trending

SOURCE = "sandbox"


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester demo --check")(demo)


def demo(
    check: Annotated[bool, typer.Option("--check", help="Look at the dashboard once and stop.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the dashboard; 0 takes a free one.")] = 0,
) -> None:
    """Fill a database of invented videos and comments, show its tables, and open the dashboard on it.

    It runs on the embedded server, in its own database: nothing here mixes with evidence. A second run
    finds the data in place and changes nothing.
    """
    from harvester.web.door.door import Door
    from harvester.web.serve import serve, serving

    log_from("warning")
    with EmbeddedServer(load_settings().home).running() as server:
        console.print(
            f"database  {DEMONSTRATION} on the embedded server in {server.home}", markup=False, soft_wrap=True
        )
        server.ensure_database(DEMONSTRATION)
        conninfo = server.conninfo(DEMONSTRATION)
        asyncio.run(_fill_and_show(conninfo))
        if check:
            asyncio.run(_look(conninfo))
        else:
            door = Door(announce=say_link)
            serve(serving(conninfo, port=port, door=door), on_ready=lambda url: say_ready(url, door))


async def _fill_and_show(conninfo: str) -> None:
    from harvester.cli.demo_collection import collect_promoted

    async for migration in migrate(conninfo, backups=backups_folder()):
        console.print(f"migrated  {migration.version} {migration.name}", markup=False)
    async with Database(conninfo) as database:
        await _fill(database)
        await collect_promoted(conninfo)
        await _show(database)


async def _fill(database: Database) -> None:
    """Write the invented month once; it ends at the minute of the first run, which the run keeps."""
    scale = {"videos": DEMO.videos, "comments": DEMO.comments, "days": DEMO.days, "seed": SEED}
    async with database.transaction(WORKER) as connection:
        earlier = await finished_request(connection, SOURCE, scale)
    if earlier is not None:
        console.print(f"data      in place, its month ends {earlier['anchor']}", markup=False)
        return
    anchor = datetime.now(UTC).replace(second=0, microsecond=0)
    started = time.monotonic()
    with Progress(console=complaints, transient=True, disable=not complaints.is_terminal) as progress:
        task = progress.add_task("writing invented comments", total=DEMO.videos + DEMO.comments)
        outcome = await collect(
            database, SOURCE, {**scale, "anchor": anchor.isoformat()}, generate(DEMO, anchor),
            progress=lambda written: progress.update(task, completed=written),
        )  # fmt: skip
    counts = outcome.counts
    console.print(
        f"data      {counts.fetched:,} records = {counts.stored:,} stored + {counts.updated:,} updated"
        f" + {counts.duplicate:,} duplicate + {counts.quarantined:,} quarantined;"
        f" {outcome.found.mentions:,} mentions of {len(outcome.found.names):,} domains"
        f" in {time.monotonic() - started:.1f} s",
        markup=False,
        soft_wrap=True,
    )


async def _show(database: Database) -> None:
    """The three short tables that the overview shows, too."""
    async with database.transaction(ANALYST) as connection:
        today = await new_today(connection, limit=5)
        top = (await list_domains(connection, limit=5)).rows
        rising = await trending(connection, limit=5)
    counted = {"domain_name": "domain", "mention_count": "mentions", "video_count": "videos"}
    for rows, title, columns in _tables(today, top, rising, counted):
        console.print()
        console.print(table(rows, title, columns) if rows else f"{title}: none")
    console.print()


def _tables(today: list[Any], top: list[Any], rising: list[Any], counted: dict[str, str]) -> Iterator[Any]:
    yield today, "New today", counted
    yield top, "Top mentioned", counted
    yield rising, "Trending, 7 days against the 7 before", TRENDING_COLUMNS


async def _look(conninfo: str) -> None:
    """Open the dashboard, sign in by its link, read its first page over HTTP, and close it again."""
    import aiohttp

    from harvester.web.door.door import Door
    from harvester.web.serve import serving

    door = Door()
    async with (
        serving(conninfo, door=door) as url,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), trust_env=False) as browser,
    ):
        console.print(f"ready {url}", markup=False, soft_wrap=True)
        async with browser.get(door.new_link(url)) as answer:
            status = f"HTTP/1.1 {answer.status} {answer.reason}, {answer.url.path}"
    console.print(f"checked   {status}", markup=False)
    if status != "HTTP/1.1 200 OK, /":
        raise typer.Exit(1)
