"""`harvester db verify`, `harvester db cleanup` and `harvester db health`."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from harvester.cli.opening import evidence_conninfo, with_evidence
from harvester.cli.output import AsJson, Form, console, print_json, printable, show, table
from harvester.errors import SettingsError
from harvester.settings import load_settings
from harvester.store.advice import advice, size
from harvester.store.database import Database
from harvester.store.health import Health, read_health
from harvester.store.migrations import require_current
from harvester.store.retention import Deleted, clean_up
from harvester.store.verification import Difference, differences, repair


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(epilog="Example: harvester db verify --repair")(verify)
    app.command(epilog="Example: harvester db cleanup --days 365")(cleanup)
    app.command(epilog="Example: harvester db health")(health)


def verify(
    repairing: Annotated[bool, typer.Option("--repair", help="Set what is wrong to what the rows say.")] = False,
    as_json: AsJson = False,
) -> None:
    """Count every stored statistic anew and name each difference; exit code 1 where one is left."""

    async def work(database: Database) -> list[Difference]:
        return await (repair(database) if repairing else differences(database))

    found = with_evidence(work)
    show(
        found, Form.JSON if as_json else Form.TABLE, row_type=Difference,
        title="Repaired" if repairing else "Differences",
        columns={"kind": "kind", "name": "name", "field": "field", "stored": "stored", "actual": "actual"},
        empty="none; every counter is what its rows say",
    )  # fmt: skip
    if found and not repairing:
        raise typer.Exit(1)


def cleanup(
    days: Annotated[
        int | None, typer.Option(min=1, max=36500, help="Days to keep. Default: HARVESTER_RETENTION_DAYS.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Delete what was discovered longer ago; domains with a verdict or a note keep their evidence."""
    kept = days if days is not None else load_settings().retention_days
    if kept is None:
        raise SettingsError(
            "How many days are to be kept was not said.", hint="Say --days 365, or set HARVESTER_RETENTION_DAYS."
        )

    async def work(database: Database) -> Deleted:
        return await clean_up(database, kept)

    deleted = with_evidence(work)
    if as_json:
        print_json(deleted)
    else:
        counts = (f"{count:,} {name.removesuffix('_deleted')}" for name, count in asdict(deleted).items())
        console.print(f"deleted {', '.join(counts)}", markup=False)


def health(as_json: AsJson = False) -> None:
    """Print sizes, growth, indexes, dead rows and costs, and what they ask you to do."""

    async def work(conninfo: str) -> Health:
        await require_current(conninfo)
        return await read_health(conninfo)

    with evidence_conninfo() as conninfo:
        found = asyncio.run(work(conninfo))
    wanted = advice(found, datetime.now(UTC))
    if as_json:
        print_json({"health": found, "advice": wanted})
        return
    server = found.server
    console.print(
        f"PostgreSQL {server.version}, {size(server.database_bytes)}; "
        f"{server.connections} of {server.most_connections} connections; "
        f"use is counted since {server.counted_since:%Y-%m-%d %H:%M} UTC",
        markup=False,
    )
    _print_tables(found)
    console.print()
    for sentence in wanted or ["All is well: there is nothing to do."]:
        console.print(f"- {printable(sentence)}", markup=False)


def _print_tables(found: Health) -> None:
    bytes_of = {"total_bytes": "bytes", "week_bytes": "in 7 days", "month_bytes": "in 30 days"}
    rows = {"table_name": "table", "row_estimate": "rows", **bytes_of, "dead_rows": "dead rows"}
    parts = (
        (found.tables, "Tables", {**rows, "row_level_security": "row security"}),
        (found.indexes[:15], "Largest indexes", {"index_name": "index", "index_bytes": "bytes", "scans": "scans"}),
        (
            [each for each in found.triggers if each.calls],
            "Triggers",
            {"function_name": "function", "table_names": "tables", "calls": "calls", "total_ms": "ms"},
        ),
        (
            found.slow_statements,
            "Slowest statements",
            {"mean_ms": "mean ms", "calls": "calls", "statement": "statement"},
        ),
    )
    for each, title, columns in parts:
        if each:
            console.print()
            console.print(table(each, title, columns))
