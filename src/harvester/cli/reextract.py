"""`harvester reextract`: stored comments, read again by the rules of this version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsJson, complaints, console, print_json, printable
from harvester.cli.progress import progress
from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs import reextract as job
from harvester.jobs.tally import Tally
from harvester.store.database import Database
from harvester.store.reextraction import Renewed

_NAMED_DOMAINS = 10
_NAMED_DOMAINS_AS_JSON = 100

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would change; write nothing.")]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester reextract --dry-run")(reextract)


def reextract(
    older_than: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Only comments read by rules before this version, or by none: 2026.11.1"),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Read stored comments again that were read by other rules than those of this version.

    Says first which mentions appear, vanish and move between shown and held, then replaces them. A mention that a
    person judged stays as it is. Interrupted, the same command goes on.
    """

    async def work(database: Database) -> dict[str, Any]:
        stale = await job.stale(database, older_than)
        with progress("compared", "comments") as advance:
            tallies = await job.compare(database, stale, lambda done: advance(done, done / stale.comments))
        if not as_json:
            _print_changes(stale, tallies)
        written = None
        if stale.comments and not dry_run:
            with progress("read again", "comments") as advance:
                written = await job.reextract(database, stale, lambda done: advance(done, done / stale.comments))
        if written and not as_json:
            _print_written(written)
        return _as_json(stale, tallies, written)

    try:
        answer = with_evidence(work)
    except KeyboardInterrupt:
        complaints.print("Stopped; what was written stays. Say the same command again to go on.", markup=False)
        raise
    if as_json:
        print_json(answer)


def _print_changes(stale: job.Stale, tallies: Mapping[str, Tally]) -> None:
    if not stale.comments:
        lines = [f"no comment is to be read again; the rules are those of {EXTRACTOR_VERSION}"]
    else:
        versions = (f"{version or 'none'} ({comments:,})" for version, comments in stale.versions.items())
        lines = [f"{stale.comments:,} comments, read by the rules of {', '.join(versions)}; now {EXTRACTOR_VERSION}:"]
    for change, tally in tallies.items():
        if not tally.mentions:
            continue
        lines.append(
            f"  {change}: {tally.mentions:,} mentions ({tally.shown:,} shown, {tally.held:,} held)"
            f" – {job.CHANGES[change]}"
        )
        lines.append("    " + ", ".join(f"{name} {mentions:,}" for name, mentions in tally.domains(_NAMED_DOMAINS)))
    if stale.comments and not any(tally.mentions for tally in tallies.values()):
        lines.append("  every mention stays in its tier, and none is new")
    console.print("\n".join(map(printable, lines)), markup=False, soft_wrap=True)


def _print_written(written: Renewed) -> None:
    console.print(
        f"{written.comments:,} comments read again: {written.added:,} mentions added, {written.removed:,} removed,"
        f" {written.renewed:,} renewed; {written.domains:,} domains added",
        markup=False,
        soft_wrap=True,
    )
    if written.refused:
        complaints.print(
            f"{written.refused:,} comments stay as they were: the database refuses what is found in them."
            " Please report it.",
            markup=False,
            soft_wrap=True,
        )


def _as_json(stale: job.Stale, tallies: Mapping[str, Tally], written: Renewed | None) -> dict[str, Any]:
    return {
        "version": EXTRACTOR_VERSION,
        "comments": stale.comments,
        "versions": [{"version": version, "comments": comments} for version, comments in stale.versions.items()],
        "changes": {change: _tally(tally) for change, tally in tallies.items()},
        "written": asdict(written) if written else None,
    }


def _tally(tally: Tally) -> dict[str, Any]:
    names = tally.domains(_NAMED_DOMAINS_AS_JSON)
    return {
        "mentions": tally.mentions,
        "shown": tally.shown,
        "held": tally.held,
        "domains": [{"domain_name": name, "mentions": mentions} for name, mentions in names],
    }
