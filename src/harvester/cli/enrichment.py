"""`harvester enrichment`: how look-ups of domains stand, and the switch that stops them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsJson, console, print_json, printable, table
from harvester.store.database import WORKER, Database
from harvester.store.pause import PauseState, pause, pause_state, resume

if TYPE_CHECKING:
    from harvester.store.look_up import LookUpStatus

app = typer.Typer(help="Look-ups of domains: how they stand, and their switch.", no_args_is_help=True)

LONGEST_REASON = 1_000
_COLUMNS = {
    "kind": "asked", "domains": "domains", "due": "due", "in_hand": "in hand", "never_asked": "never asked",
    "failing": "failing", "next_due_at": "next due (UTC)",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EnrichmentState:
    """How look-ups stand."""

    pap: str
    allowed: list[str]
    """What this machine's settings allow."""
    pause: PauseState
    look_ups: list[LookUpStatus]


@app.command(epilog="Example: harvester enrichment status --json")
def status(as_json: AsJson = False) -> None:
    """Show the switch, what the settings allow, and what is due of each kind."""
    from harvester.cli.enriching import allowed
    from harvester.store.look_up import look_up_status

    may = allowed()

    async def work(database: Database) -> EnrichmentState:
        async with database.transaction(WORKER) as connection:
            switch = await pause_state(connection, "enrichment")
            return EnrichmentState(may.pap, list(may.kinds), switch, await look_up_status(connection))

    state = with_evidence(work)
    if as_json:
        print_json(asdict(state))
        return
    lines = [
        _pause_line(state.pause),
        f"protocol  PAP {state.pap}: {', '.join(state.allowed) or 'nothing'} may be asked",
    ]
    console.print("\n".join(printable(line) for line in lines), markup=False, soft_wrap=True)
    if state.look_ups:
        console.print(table(state.look_ups, "Look-ups", _COLUMNS))
    else:
        console.print("look-ups  none yet: a worker puts the stored domains onto the books", markup=False)


@app.command("pause", epilog='Example: harvester enrichment pause --reason "a resolver complained"')
def pause_(
    reason: Annotated[str | None, typer.Option(help="Why, for those who ask later.")] = None,
) -> None:
    """Stop every look-up of domains within seconds, on all machines; nothing that was told is lost."""
    if reason is not None and len(reason) > LONGEST_REASON:
        raise typer.BadParameter(f"A reason has {LONGEST_REASON:,} characters at the most.")

    async def work(database: Database) -> None:
        await pause(database, reason, what="enrichment")

    with_evidence(work)
    console.print("paused; let it go on: harvester enrichment resume", markup=False)


@app.command("resume", epilog="Example: harvester enrichment resume")
def resume_() -> None:
    """Let look-ups go on."""

    async def work(database: Database) -> None:
        await resume(database, what="enrichment")

    with_evidence(work)
    console.print("look-ups go on, where a worker runs", markup=False)


def _pause_line(state: PauseState) -> str:
    if not state.is_paused:
        return "look-ups  allowed"
    since = f" since {state.changed_at:%Y-%m-%d %H:%M} UTC" if state.changed_at else ""
    return f"look-ups  STOPPED{since}: {state.reason or 'no reason was given'}"
