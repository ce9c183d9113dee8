"""`harvester up`: the dashboard, the REST API and a worker, by one command and in one process group."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from harvester.cli.child import kept_running
from harvester.cli.logs import Level, log_from
from harvester.cli.output import complaints, console
from harvester.cli.serve import show_pages


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester up --port 8080")(up)


def up(
    host: Annotated[
        str, typer.Option(help="A loopback address; any other where people sign in with Supabase.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port.")] = 8642,
    has_worker: Annotated[
        bool, typer.Option("--worker/--no-worker", help="Whether a worker runs beside the dashboard.")
    ] = True,
    log_level: Annotated[
        Level, typer.Option("--log", help="Log events of this level and above of both, as JSON lines.")
    ] = "warning",
) -> None:
    """Run the dashboard, the REST API and a worker until Ctrl-C or SIGTERM; all end together, in order.

    The worker is a process of its own, so that reading comments never slows a page. Where it dies it is started again;
    where the dashboard dies the worker ends, too. Each runs alone as well: harvester serve, harvester worker.
    """
    log_from(log_level)
    command = [sys.executable, "-m", "harvester", "worker", "--tethered", "--log", log_level]

    async def worker() -> None:
        await kept_running(command, started=_say_started, ended=_say_ended)

    show_pages(host, port, *((worker,) if has_worker else ()))


def _say_started(pid: int) -> None:
    console.print(f"worker {pid}", markup=False)


def _say_ended(how: str, wait: float) -> None:
    complaints.print(f"harvester: the worker {how}; another one starts in {wait:.0f} s", markup=False, soft_wrap=True)
