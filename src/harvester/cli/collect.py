"""`harvester collect`: collecting from TikTok's APIs, how it stands, and the switch that stops it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.collecting import access, limits, with_workers
from harvester.cli.opening import with_evidence
from harvester.cli.output import AsJson, console, print_json, printable, table
from harvester.store.database import WORKER, Database
from harvester.store.pause import pause, resume

if TYPE_CHECKING:
    from harvester.jobs.plan import Planned
    from harvester.store.collecting import CollectionState

app = typer.Typer(help="Collect from TikTok's APIs, within the day's quota.", no_args_is_help=True)

LONGEST_REASON = 1_000
_RUN_COLUMNS = {
    "source": "source", "asked": "asked", "state": "state", "fetched": "fetched", "stored": "stored",
    "updated": "updated", "duplicate": "duplicate", "quarantined": "refused", "mention_count": "mentions",
    "started_at": "began (UTC)",
}  # fmt: skip
_JOB_COLUMNS = {"task": "job", "state": "state", "jobs": "how many"}


@app.command(epilog="Example: harvester collect run")
def run(
    verbose: Annotated[bool, typer.Option("--verbose", help="Log each request that failed, and each job.")] = False,
) -> None:
    """Collect all that can be collected now, then stop: good for cron. `harvester worker` goes on for ever."""
    from harvester.cli.logs import log_from
    from harvester.jobs.worker import work_off
    from harvester.store.collecting import collection_state

    log_from("info" if verbose else "error")
    way = access()

    async def work(database: Database) -> None:
        await work_off(database, way, planned=_say)
        async with database.transaction(WORKER) as connection:
            _show(await collection_state(connection, limits(), runs=0))

    with_workers(work)


@app.command(epilog="Example: harvester collect status --json")
def status(as_json: AsJson = False) -> None:
    """Show the switch, what is left of the day's quota, the videos, the queue and the latest runs."""
    from harvester.store.collecting import collection_state

    async def work(database: Database) -> CollectionState:
        async with database.transaction(WORKER) as connection:
            return await collection_state(connection, limits())

    state = with_evidence(work)
    if as_json:
        print_json(asdict(state))
    else:
        _show(state)


@app.command("pause", epilog='Example: harvester collect pause --reason "the key is being changed"')
def pause_(
    reason: Annotated[str | None, typer.Option(help="Why, for those who ask later.")] = None,
) -> None:
    """Stop every request to TikTok's APIs within seconds, on all machines; nothing that was collected is lost."""
    if reason is not None and len(reason) > LONGEST_REASON:
        raise typer.BadParameter(f"A reason has {LONGEST_REASON:,} characters at the most.")

    async def work(database: Database) -> None:
        await pause(database, reason)

    with_evidence(work)
    console.print("paused; let it go on: harvester collect resume", markup=False)


@app.command("resume", epilog="Example: harvester collect resume")
def resume_() -> None:
    """Let requests go on."""

    async def work(database: Database) -> None:
        await resume(database)

    with_evidence(work)
    console.print("collecting goes on, where a worker runs", markup=False)


def _say(planned: Planned) -> None:
    parts = [f"{count:,} {name}" for name, count in asdict(planned).items() if count]
    console.print(f"planned   {', '.join(parts)}", markup=False)


def _show(state: CollectionState) -> None:
    lines = [_pause_line(state)]
    lines += [
        f"quota     {each.api}: {each.requests:,} of {each.request_limit:,} requests and {each.records:,} of"
        f" {each.record_limit:,} records left, more at {each.until:%Y-%m-%d %H:%M} UTC"
        for each in state.quota
    ]
    videos = state.videos
    lines.append(
        f"videos    {videos.videos:,}, of them {videos.under_way:,} under way, {videos.due:,} due,"
        f" {videos.given_up:,} gone; {_next_due(videos.next_due_at)}"
    )
    failed = sum(each.jobs for each in state.jobs if each.state in {"failed", "aborted"})
    if failed:
        lines.append(f"failed    {failed:,} jobs were given up: harvester job list")
    console.print("\n".join(printable(line) for line in lines), markup=False, soft_wrap=True)
    waiting = [each for each in state.jobs if each.state in {"todo", "doing"}]
    if waiting:
        console.print(table(waiting, "Queue", _JOB_COLUMNS))
    if state.runs:
        console.print(table(state.runs, "Latest runs", _RUN_COLUMNS))


def _pause_line(state: CollectionState) -> str:
    if not state.pause.is_paused:
        return "requests  allowed"
    since = f" since {state.pause.changed_at:%Y-%m-%d %H:%M} UTC" if state.pause.changed_at else ""
    return f"requests  STOPPED{since}: {state.pause.reason or 'no reason was given'}"


def _next_due(moment: datetime | None) -> str:
    return f"the next is due at {moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else "none is due later"
