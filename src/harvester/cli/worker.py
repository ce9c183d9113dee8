"""`harvester worker`: collects from TikTok's APIs, and looks domains up, until it is stopped."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.collecting import access, with_workers
from harvester.cli.enriching import allowed, enriching_desk
from harvester.cli.logs import Level, log_from
from harvester.errors import CredentialsMissing
from harvester.settings import load_settings
from harvester.store.database import Database

if TYPE_CHECKING:
    from harvester.jobs.worker import Access


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester worker")(worker)


def worker(
    log_level: Annotated[
        Level, typer.Option("--log", help="Log events of this level and above, as JSON lines.")
    ] = "info",
    stalled_seconds: Annotated[
        float | None,
        typer.Option(min=0.5, hidden=True, help="Take a worker without a sign of life for so long for dead."),
    ] = None,
    tethered: Annotated[
        bool, typer.Option("--tethered", hidden=True, help="End in order when the standard input ends.")
    ] = False,
) -> None:
    """Collect as the day's quota allows, and look domains up as the protocol allows, until Ctrl-C or SIGTERM.

    Start it as often as you like, on as many machines: all share the queues, the quota and the paces of one database.
    Without TikTok's credentials it collects nothing, and looks domains up all the same.
    """
    import structlog

    from harvester.jobs.list_fetching import list_fetching
    from harvester.jobs.worker import STALLED_SECONDS, work

    log_from(log_level)
    if tethered:
        threading.Thread(target=_end_with_input, daemon=True).start()
    log = structlog.get_logger()
    may = allowed()
    way = _access(enriches=bool(may.kinds))
    if way is None:
        log.warning("collects_nothing", reason="no credentials of TikTok are set", looks_up=may.kinds)
    if not may.kinds:
        log.info("looks_up_nothing", pap=may.pap)

    async def opened(database: Database) -> None:
        fetching = list_fetching(may.pap, may.resolvers, may.contact)
        async with enriching_desk(database, may) as desk, fetching as fetch:
            await work(
                database, way, desk if may.kinds else None,
                # Under PAP red every list would be marked as one that gives nothing.
                fetch=fetch if may.pap != "red" else None,
                stalled_seconds=stalled_seconds or STALLED_SECONDS,
            )  # fmt: skip

    with_workers(opened)


def _end_with_input() -> None:
    """Be told to stop when whoever started this has ended, however that was: the system closes their end of it."""
    # Read past the buffer, whose lock a thread would hold when the interpreter ends.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _access(*, enriches: bool) -> Access | None:
    """The way to the APIs; None where no credentials are set at all, and there is other work to do."""
    settings = load_settings()
    named = (settings.tiktok_client_key, settings.tiktok_client_secret, settings.tiktok_credentials_file)
    try:
        return access()
    except CredentialsMissing:
        if any(named) or not enriches:
            raise
        return None
