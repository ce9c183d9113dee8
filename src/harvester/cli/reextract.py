"""`harvester reextract`: what is stored, read again by the rules of this version."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsJson, DryRun, complaints, console, print_json, printable
from harvester.cli.progress import progress
from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs import reextract as job
from harvester.jobs.rereading import compare_elsewhere, reread_elsewhere, stale_elsewhere
from harvester.jobs.tally import Tally
from harvester.store.database import Database
from harvester.store.reextraction import Renewed
from harvester.store.rereading import RenewedSightings

_NAMED_DOMAINS = 10
_NAMED_DOMAINS_AS_JSON = 100


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of records that are read again, and the words for it."""

    records: str
    found: str
    field: str
    """Its name in JSON."""
    stale: Callable[[Database, str | None], Awaitable[job.Stale]]
    compare: Callable[[Database, job.Stale, job.Progress], Awaitable[dict[str, Tally]]]
    read: Callable[[Database, job.Stale, job.Progress], Awaitable[Renewed | RenewedSightings]]


_COMMENTS = _Kind("comments", "mentions", "comments", job.stale, job.compare, job.reextract)
_ELSEWHERE = _Kind(
    "captions, profiles and ads", "sightings", "records", stale_elsewhere, compare_elsewhere, reread_elsewhere
)


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: harvester reextract --dry-run")(reextract)


def reextract(
    older_than: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Only what was read by rules before this version, or by none: 2026.11.1"),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Read stored comments, captions, profiles and ads again that were read by other rules than those of this version.

    Says first which mentions appear, vanish and move between shown and held, then replaces them. A mention that a
    person judged stays as it is. Interrupted, the same command goes on.
    """

    async def work(database: Database) -> dict[str, Any]:
        of_comments = await _reread(database, older_than, _COMMENTS, dry_run=dry_run, as_json=as_json)
        elsewhere = await _reread(database, older_than, _ELSEWHERE, dry_run=dry_run, as_json=as_json)
        return {"version": EXTRACTOR_VERSION, **of_comments, "elsewhere": elsewhere}

    try:
        answer = with_evidence(work, in_bulk=True)
    except KeyboardInterrupt:
        complaints.print("Stopped; what was written stays. Say the same command again to go on.", markup=False)
        raise
    if as_json:
        print_json(answer)


async def _reread(
    database: Database, older_than: str | None, kind: _Kind, *, dry_run: bool, as_json: bool
) -> dict[str, Any]:
    """Compare and read again one kind of records; what became of it, for JSON."""
    stale = await kind.stale(database, older_than)
    with progress("compared", kind.records) as advance:
        tallies = await kind.compare(database, stale, lambda done: advance(done, done / stale.records))
    if not as_json:
        _print_changes(stale, tallies, kind)
    written = None
    if stale.records and not dry_run:
        with progress("read again", kind.records) as advance:
            written = await kind.read(database, stale, lambda done: advance(done, done / stale.records))
    if written and not as_json:
        _print_written(written, kind)
    return {
        kind.field: stale.records,
        "versions": [{"version": version, kind.field: records} for version, records in stale.versions.items()],
        "changes": {change: _tally(tally, kind) for change, tally in tallies.items()},
        "written": asdict(written) if written else None,
    }


def _print_changes(stale: job.Stale, tallies: Mapping[str, Tally], kind: _Kind) -> None:
    if not stale.records:
        if kind is _ELSEWHERE:
            return
        lines = [f"no comment is to be read again; the rules are those of {EXTRACTOR_VERSION}"]
    else:
        versions = (f"{version or 'none'} ({records:,})" for version, records in stale.versions.items())
        read_by = ", ".join(versions)
        lines = [f"{stale.records:,} {kind.records}, read by the rules of {read_by}; now {EXTRACTOR_VERSION}:"]
    for change, tally in tallies.items():
        if not tally.mentions:
            continue
        lines.append(
            f"  {change}: {tally.mentions:,} {kind.found} ({tally.shown:,} shown, {tally.held:,} held)"
            f" – {job.CHANGES[change]}"
        )
        lines.append("    " + ", ".join(f"{name} {mentions:,}" for name, mentions in tally.domains(_NAMED_DOMAINS)))
    if stale.records and not any(tally.mentions for tally in tallies.values()):
        lines.append(f"  every {kind.found.removesuffix('s')} stays in its tier, and none is new")
    console.print("\n".join(map(printable, lines)), markup=False, soft_wrap=True)


def _print_written(written: Renewed | RenewedSightings, kind: _Kind) -> None:
    records = written.comments if isinstance(written, Renewed) else written.records
    console.print(
        f"{records:,} {kind.records} read again: {written.added:,} {kind.found} added, {written.removed:,} removed,"
        f" {written.renewed:,} renewed; {written.domains:,} domains added",
        markup=False,
        soft_wrap=True,
    )
    if written.refused:
        complaints.print(
            f"{written.refused:,} {kind.records} stay as they were: the database refuses what is found in them."
            " Please report it.",
            markup=False,
            soft_wrap=True,
        )


def _tally(tally: Tally, kind: _Kind) -> dict[str, Any]:
    names = tally.domains(_NAMED_DOMAINS_AS_JSON)
    return {
        kind.found: tally.mentions,
        "shown": tally.shown,
        "held": tally.held,
        "domains": [{"domain_name": name, kind.found: mentions} for name, mentions in names],
    }
