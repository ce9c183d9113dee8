"""The list of runs: what each source brought, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.run_list import ListedRun, RunState, list_runs
from harvester.web.pages.filters import Given
from harvester.web.pages.query import PageQuery


class RunsQuery(PageQuery):
    """Which runs, and from where on."""

    source: Annotated[
        Annotated[str, Field(max_length=200)] | None,
        Field(description="Only runs of this source.", examples=["apify_comments"]),
        Given,
    ] = None
    state: Annotated[RunState | None, Field(description="Only runs in this state."), Given] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Runs at the most.")] = 50
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class RunsPage:
    """One page of the runs, newest first."""

    source: str | None
    state: str | None
    limit: int
    after: str | None
    nothing_stored: bool
    rows: Sequence[ListedRun]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, query: RunsQuery) -> RunsPage:
        """Read one page; raises InvalidCursor for an `after` that no page gave."""
        page = await list_runs(connection, source=query.source, state=query.state, limit=query.limit, after=query.after)
        stored = page.rows or (await list_runs(connection, limit=1)).rows
        return cls(query.source, query.state, query.limit, query.after, not stored, page.rows, page.next)
