"""Runs as they are looked through: all of them, page by page, each with what was wrong and what is in quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg import sql

from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.run import RunRow
from harvester.store.statements import statements

_SQL = statements("run")
RunState = Literal["running", "finished", "failed", "stopped"]


@dataclass(frozen=True, slots=True)
class ListedRun(RunRow):
    """One run, with all that it counted."""

    id: UUID
    domains_added: int
    mentions_added: int
    """Shown and held."""
    errors: Mapping[str, int]
    """How often each thing was wrong, by code; a repair is counted, too."""
    in_quarantine: Mapping[str, int]
    """The records that the run refused and nothing has released since, by reason."""


async def list_runs(
    connection: Connection,
    *,
    source: str | None = None,
    state: RunState | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[ListedRun]:
    """One page of the runs, newest first; `after` is the `next` of the page before.

    Raises InvalidCursor for any other `after`.
    """
    limit = max(1, min(limit, MOST_ROWS))
    asked: dict[str, Any] = {"source": source and source.replace("\0", ""), "state": state, "limit": limit + 1}
    beyond = sql.SQL("true")
    if after is not None:
        asked["value"], asked["id"] = decode_cursor(after, "started", datetime)
        beyond = sql.SQL("(started_at, id) < (%(value)s, %(id)s)")
    rows = await (await connection.execute(sql.SQL(_SQL["list_runs"]).format(after=beyond), asked)).fetchall()
    listed = [ListedRun(**row) for row in rows[:limit]]
    last = listed[-1] if len(rows) > limit else None
    return Page(listed, encode_cursor("started", last.started_at, last.id) if last else None)
