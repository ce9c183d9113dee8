"""`harvester quarantine`: the records that were refused, why, and another try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, console, form_of, print_json, printable, show
from harvester.cli.paging import first_rows
from harvester.store.database import ANALYST, Database
from harvester.store.quarantine import (
    Kind,
    QuarantineCount,
    QuarantinedRecord,
    QuarantineRow,
    list_quarantine,
    quarantine_counts,
    quarantined_record,
)  # fmt: skip

if TYPE_CHECKING:
    from harvester.jobs.retry import Retried

app = typer.Typer(help="Records that were refused, each with its reason and raw form.", no_args_is_help=True)

Source = Annotated[str | None, typer.Option(metavar="NAME", help="Only records of this source: apify_comments")]
Reason = Annotated[str | None, typer.Option(metavar="CODE", help="Only records refused for this reason: ruined_id")]

_SHOWN_BYTES = 4_000
_COLUMNS = {
    "id": "id",
    "source": "source",
    "reason": "reason",
    "file": "file",
    "place": "place",
    "detail": "what was wrong",
    "created_at": "refused (UTC)",
}
_COUNT_COLUMNS = {
    "source": "source", "reason": "reason", "records": "records", "first_at": "first (UTC)", "last_at": "last (UTC)",
}  # fmt: skip


@app.command("list", epilog="Example: harvester quarantine list --reason missing_text --limit 20")
def list_(
    source: Source = None,
    reason: Reason = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 50,
    counts: Annotated[bool, typer.Option("--counts", help="Only how many, by source and reason.")] = False,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List refused records, newest first."""
    form = form_of(as_json=as_json, as_csv=as_csv)
    if counts:
        show(
            with_evidence(_counts), form, row_type=QuarantineCount, title="Quarantine", columns=_COUNT_COLUMNS,
            empty="no record was refused",
        )  # fmt: skip
        return
    kind = Kind(source, reason)

    async def work(database: Database) -> list[QuarantineRow]:
        return await first_rows(database, partial(list_quarantine, kind=kind), limit)

    show(
        with_evidence(work), form, row_type=QuarantineRow, title="Quarantine, newest first", columns=_COLUMNS,
        empty="no such record was refused",
    )  # fmt: skip


@app.command("show", epilog="Example: harvester quarantine show 019ab3c2")
def show_(
    key: Annotated[str, typer.Argument(metavar="ID", help="Its id, or the first six characters of it or more.")],
    as_json: AsJson = False,
) -> None:
    """Show one refused record: why, where it stood, and its raw form."""

    async def work(database: Database) -> QuarantinedRecord:
        async with database.transaction(ANALYST) as connection:
            return await quarantined_record(connection, key)

    record = with_evidence(work)
    raw = record.raw.decode("utf-8", "backslashreplace")
    if as_json:
        print_json({**asdict(record), "raw": raw})
        return
    stood = f"{record.file or 'no file'}, {record.place or 'place unknown'}"
    lines = [
        f"{record.id}  {record.source}  {record.reason}",
        f"  {record.detail}",
        f"  {stood}, refused {record.created_at:%Y-%m-%d %H:%M} (UTC)",
        f"  {record.raw_bytes:,} bytes:" + (f" (the first {_SHOWN_BYTES:,})" if len(raw) > _SHOWN_BYTES else ""),
        raw[:_SHOWN_BYTES],
    ]
    shown = (printable(line) for part in lines for line in part.split("\n"))
    console.print("\n".join(shown), markup=False, soft_wrap=True)


@app.command("retry", epilog="Example: harvester quarantine retry --source bare_csv --map text=komentar")
def retry_(
    key: Annotated[str | None, typer.Argument(metavar="ID", help="Only this one, by its id or beginning.")] = None,
    source: Source = None,
    reason: Reason = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="Name a column of their table: --map text=komentar"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Read refused records again, from their stored raw form; what can be read now leaves quarantine.

    Needed after an update that reads a format better, or with `--map` after a column was not recognised.
    """
    from harvester.cli.import_ import columns_of
    from harvester.jobs.retry import retry

    columns = columns_of(mapping or [])

    async def work(database: Database) -> list[Retried]:
        kind = Kind(source, reason)
        if key is not None:
            async with database.transaction(ANALYST) as connection:
                record = await quarantined_record(connection, key)
            kind = Kind(record.source, None, record.id)
        return await retry(database, kind, columns)

    outcomes = with_evidence(work)
    if as_json:
        print_json([_as_json(outcome) for outcome in outcomes])
        return
    if not outcomes:
        console.print("no such record was refused", markup=False)
    for outcome in outcomes:
        counts = outcome.counts
        console.print(
            f"{outcome.source}: {outcome.released:,} read now ({counts.stored:,} stored + {counts.updated:,} updated"
            f" + {counts.duplicate:,} duplicate), {counts.quarantined:,} still refused",
            markup=False,
            soft_wrap=True,
        )


async def _counts(database: Database) -> list[QuarantineCount]:
    async with database.transaction(ANALYST) as connection:
        return await quarantine_counts(connection)


def _as_json(outcome: Retried) -> Mapping[str, Any]:
    return {"source": outcome.source, "released": outcome.released, **asdict(outcome.counts)}
