"""`harvester worker`: collects from TikTok's APIs until it is stopped."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from harvester.cli.collecting import with_workers
from harvester.cli.logs import Level, log_from


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
) -> None:
    """Ask the discoveries and harvest their videos as the day's quota allows, until Ctrl-C or SIGTERM.

    Start it as often as you like, on as many machines: all share the queue and the quota of one database.
    """
    from harvester.jobs.worker import STALLED_SECONDS, work

    log_from(log_level)
    with_workers(partial(work, stalled_seconds=stalled_seconds or STALLED_SECONDS))
