"""Runs as they are read: what each source brought."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harvester.store.database import Connection
from harvester.store.statements import statements

_SQL = statements("run")


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


async def finished_request(connection: Connection, source: str, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What was asked of the latest finished run of `source` whose request holds all of `request`."""
    row = await (
        await connection.execute(_SQL["finished_request"], {"source": source, "request": json.dumps(request)})
    ).fetchone()
    return row["request"] if row else None
