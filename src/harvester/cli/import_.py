"""`harvester import`: exported files into the database, each with a report."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from itertools import chain
from typing import Annotated, Any

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsJson, complaints, console, print_json, printable
from harvester.cli.progress import progress
from harvester.errors import SettingsError, SourceError
from harvester.jobs.import_file import FileReport, import_document
from harvester.sources.base import Options
from harvester.sources.documents import Unread, documents
from harvester.sources.fields import time as time_of
from harvester.store.database import Database


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("import", epilog="Example: harvester import comments.csv videos.ndjson")(import_)


def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Exported files, folders of them, archives; - is standard input."),
    ],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Name a column of a table: --map text=komentar"),
    ] = None,
    observed_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When the files were collected, if they do not say: 2026-01-31T12:00Z"),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Read a file once more that was imported before, as after a repair.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import files of any known format, told by their content.

    Ends with a report for each file. A damaged row goes to quarantine with its reason; a file that cannot
    be read is named, the others go on, and the exit code is 2.
    """
    options = Options(columns_of(mapping or []), _observed_at(observed_at))
    try:
        outcomes = with_evidence(lambda database: _import_all(database, files, options, again=again), in_bulk=True)
    except KeyboardInterrupt:
        complaints.print("Stopped; what was written stays. Say the same command again to go on.", markup=False)
        raise
    if as_json:
        print_json([_as_json(outcome) for outcome in outcomes])
    else:
        for outcome in outcomes:
            _report(outcome)
    if any(isinstance(outcome, Unread) for outcome in outcomes):
        raise typer.Exit(SourceError.exit_code)


async def _import_all(
    database: Database, files: list[str], options: Options, *, again: bool
) -> list[FileReport | Unread]:
    outcomes: list[FileReport | Unread] = []
    for document in chain.from_iterable(map(documents, files)):
        if isinstance(document, Unread):
            outcomes.append(document)
            continue
        with progress(document.name, "records") as advance:
            try:
                outcomes.append(await import_document(database, document, options, advance, again=again))
            except SourceError as error:
                outcomes.append(Unread(document.name, error))
    return outcomes


def _report(outcome: FileReport | Unread) -> None:
    if isinstance(outcome, Unread):
        complaints.print(
            f"{printable(outcome.error.message)}\n  {printable(outcome.error.hint)}", markup=False, soft_wrap=True
        )
        return
    counts, found = outcome.outcome.counts, outcome.outcome.found
    records = f"{counts.fetched:,} records = {counts.stored:,} stored + {counts.updated:,} updated"
    added = f"{counts.mention_count:,} mentions and {counts.domain_count:,} domains added, held ones included"
    lines = [
        f"{outcome.file}: {outcome.title}{_resumed(outcome)}",
        f"  {records} + {counts.duplicate:,} duplicate + {counts.quarantined:,} quarantined",
        f"  {found.mentions:,} mentions of {len(found.names):,} domains found in new texts; {added}",
    ]
    for reason, number in sorted(counts.errors.items()):
        samples = outcome.outcome.samples.get(reason, [])
        lines.append(f"  {reason}: {number:,}" + (f", as in: {samples[0]}" if samples else ""))
    console.print("\n".join(map(printable, lines)), markup=False, soft_wrap=True)


def _resumed(outcome: FileReport) -> str:
    if outcome.imported_at is not None:
        return f", imported before, at {outcome.imported_at:%Y-%m-%d %H:%M} (UTC): not read once more"
    done = outcome.outcome.resumed_at
    return f", went on after the {done:,} records that an earlier import had written" if done else ""


def _as_json(outcome: FileReport | Unread) -> dict[str, Any]:
    if isinstance(outcome, Unread):
        error = outcome.error
        return {"file": outcome.name, "error": {"code": error.code, "message": error.message, "hint": error.hint}}
    counts, found = outcome.outcome.counts, outcome.outcome.found
    return {
        "file": outcome.file,
        "format": outcome.source,
        "imported_at": outcome.imported_at,
        "resumed_at": outcome.outcome.resumed_at,
        **asdict(counts),
        "errors": dict(counts.errors),
        "mentions_found": found.mentions,
        "mentions_held": found.held,
        "domains_found": len(found.names),
        "samples": dict(outcome.outcome.samples),
    }


def columns_of(mapping: list[str]) -> dict[str, str]:
    """The pairs of `--map FIELD=COLUMN`; raises SettingsError for what is no pair."""
    pairs = {}
    for each in mapping:
        field, sign, column = each.partition("=")
        if not sign or not field or not column:
            raise SettingsError(f"--map {each} names no column.", hint="Write it as --map text=komentar.")
        pairs[field.strip()] = column.strip()
    return pairs


def _observed_at(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = time_of(text)
    if moment is None:
        raise SettingsError(f"--observed-at {text} is no time.", hint="Write it as 2026-01-31T12:00Z.")
    return moment
