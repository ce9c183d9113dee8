"""`harvester serve`: the dashboard and the REST API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.collecting import limits
from harvester.cli.logs import Level, log_from
from harvester.cli.opening import evidence, evidence_conninfo
from harvester.cli.output import console
from harvester.errors import SettingsError
from harvester.jobs.upkeep import keep_up
from harvester.settings import Settings, load_jwt_secret, load_settings, trusted_proxies
from harvester.store.database import Database

if TYPE_CHECKING:
    from harvester.web.door.door import Door
    from harvester.web.serve import Beside


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester serve --port 8080")(serve)


def serve(
    host: Annotated[
        str, typer.Option(help="A loopback address; any other where people sign in with Supabase.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8642,
    log_level: Annotated[
        Level, typer.Option("--log", help="Log requests (info) and what went wrong, as JSON lines.")
    ] = "warning",
) -> None:
    """Show the dashboard until Ctrl-C; the REST API is under /api/v1.

    Without a Supabase project it prints a link that signs the person at this machine in, once.
    """
    log_from(log_level)
    show_pages(host, port)


def show_pages(host: str, port: int, *beside: Beside) -> None:
    """Serve the dashboard of the settings until it is told to stop, with the daily upkeep and more beside it."""
    from harvester.store.metrics import Policy
    from harvester.web.serve import serve as serve_pages
    from harvester.web.serve import serving

    settings = load_settings()
    door = door_of(settings)
    proxies = trusted_proxies(settings)
    policy = Policy(limits(), settings.retention_days)

    async def prepare(conninfo: str) -> None:
        async with evidence(conninfo):
            pass

    with evidence_conninfo() as conninfo:

        async def upkeep() -> None:
            async with Database(conninfo, connections=1) as database:
                await keep_up(database, settings.retention_days)

        asyncio.run(prepare(conninfo))
        site = serving(conninfo, host, port, door=door, proxies=proxies, policy=policy)
        serve_pages(site, on_ready=lambda url: say_ready(url, door), beside=(upkeep, *beside))


def door_of(settings: Settings) -> Door:
    """The door that the settings describe. Raises SettingsError where they do not fit together."""
    from harvester.web.door.door import Door, Supabase

    url, key = settings.supabase_url, settings.supabase_publishable_key
    if (url is None) != (key is None):
        missing = "HARVESTER_SUPABASE_PUBLISHABLE_KEY" if key is None else "HARVESTER_SUPABASE_URL"
        raise SettingsError(f"{missing} is not set.", hint="Sign-in needs both: see docs/howto/sign-in.md.")
    supabase = None
    if url is not None and key is not None:
        supabase = Supabase(url, key.get_secret_value(), load_jwt_secret(settings))
    return Door(
        supabase,
        public_url=settings.public_url,
        session_hours=settings.session_hours,
        api_per_minute=settings.api_per_minute,
        announce=say_link,
    )


def say_ready(url: str, door: Door) -> None:
    """Print how to sign in, where that is by a link, then that the dashboard answers."""
    if door.supabase is None:
        say_link(door.new_link(url))
    console.print(f"ready {url}", markup=False, soft_wrap=True)


def say_link(link: str) -> None:
    """Print a link that signs somebody in, for whoever sees this terminal."""
    console.print(f"sign in once {link}", markup=False, soft_wrap=True)
