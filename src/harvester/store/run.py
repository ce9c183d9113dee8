"""Runs as they are read: what each source brought."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg.rows import DictRow

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.ids import uuid7
from harvester.store.statements import statements

_SQL = statements("run")


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What became of the records of one batch: `fetched = stored + updated + duplicate + quarantined`."""

    fetched: int = 0
    stored: int = 0
    updated: int = 0
    duplicate: int = 0
    quarantined: int = 0
    mentions: int = 0
    """Mentions that the batch added, shown and held."""
    domains: int = 0
    """Domains that the batch added."""
    sightings: int = 0
    """Sightings that the batch added, shown and held."""


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What became of the records of one run: `fetched = stored + updated + duplicate + quarantined`."""

    fetched: int
    stored: int
    updated: int
    duplicate: int
    quarantined: int
    mention_count: int
    """Mentions that the run added, shown and held."""
    domain_count: int
    """Domains that the run added."""
    errors: Mapping[str, int]
    """How often each thing was wrong, by code."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run with its counts: `fetched = stored + updated + duplicate + quarantined`."""

    source: str
    file: str | None
    state: str
    fetched: int
    stored: int
    updated: int
    duplicate: int
    quarantined: int
    started_at: datetime
    finished_at: datetime | None


async def latest_runs(connection: Connection, *, limit: int = 5) -> list[RunRow]:
    """The newest runs."""
    rows = await (await connection.execute(_SQL["latest_runs"], {"limit": limit})).fetchall()
    return [
        RunRow(file=row["request"].get("file"), **{name: row[name] for name in RunRow.__slots__ if name != "file"})
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SameAgain:
    """A run over a content that was imported before, since when nothing was deleted: it was not read again."""

    counts: RunCounts
    imported_at: datetime
    """When the import before began."""


async def same_again(
    database: Database, source: str, request: Mapping[str, Any], extractor_version: str
) -> SameAgain | None:
    """Note a run over what was asked for before and imported to the end; None where it has to be read.

    What was merged once stays merged: while nothing was deleted, the same observations say nothing new.
    """
    asked = {
        "id": uuid7(), "source": source, "request": json.dumps(request), "sha256": request["sha256"],
        "extractor_version": extractor_version,
    }  # fmt: skip

    async def work() -> DictRow | None:
        async with database.transaction(WORKER) as connection:
            before = await (await connection.execute(_SQL["run_over_the_same"], asked)).fetchone()
            if before is not None:
                noted = {**asked, **before, "errors": json.dumps(before["errors"])}
                await connection.execute(_SQL["note_same_again"], noted)
            return before

    before = await attempted(work, "Earlier imports could not be looked up")
    if before is None:
        return None
    fetched, quarantined = before["fetched"], before["quarantined"]
    counts = RunCounts(fetched, 0, 0, fetched - quarantined, quarantined, 0, 0, before["errors"])
    return SameAgain(counts, before["started_at"])


async def stop_forgotten(connection: Connection, sources: Sequence[str], silence: timedelta) -> int:
    """Mark open runs of these sources as stopped that nobody goes on with, nor has written to for so long; how many.

    A worker leaves one behind that is killed before anything refers to the run. Those of files are not meant.
    """
    asked = {"sources": list(sources), "silence": silence}
    return (await connection.execute(_SQL["stop_forgotten"], asked)).rowcount


async def finished_request(connection: Connection, source: str, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What was asked of the latest finished run of `source` whose request holds all of `request`."""
    row = await (
        await connection.execute(_SQL["finished_request"], {"source": source, "request": json.dumps(request)})
    ).fetchone()
    return row["request"] if row else None
