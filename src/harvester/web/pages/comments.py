"""The search for comments; without words, the newest that mention a domain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import Field

from harvester.store.comment import CommentRow, comments_with_domains, find_comments
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.video import is_any_stored
from harvester.web.highlight import Hit, hits
from harvester.web.pages.filters import Day
from harvester.web.pages.query import PageQuery


class WordsQuery(PageQuery):
    """Which comments."""

    q: Annotated[
        str,
        Field(
            max_length=200,
            description="Only comments that hold all these words, whole and in any case; without any, those that "
            "mention a domain.",
            examples=["casino bonus"],
        ),
    ] = ""
    seen_from: Annotated[
        date | None, Field(description="First seen on this day (UTC) or later.", examples=["2025-09-01"]), Day
    ] = None


class CommentsQuery(WordsQuery):
    """Which of them."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Comments at the most.")] = 25
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class FoundComment(CommentRow):
    """One comment, with the places of the words that were looked for."""

    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class CommentsPage:
    """One page of comments, newest first."""

    q: str
    seen_from: date | None
    limit: int
    after: str | None
    nothing_stored: bool
    rows: Sequence[FoundComment]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, query: CommentsQuery) -> CommentsPage:
        """Read one page; raises InvalidCursor for an `after` that no page gave."""
        words = query.q.strip()
        if words:
            page = await find_comments(connection, words, limit=query.limit, after=query.after)
        else:
            page = await comments_with_domains(connection, limit=query.limit, after=query.after)
        stored = page.rows or await is_any_stored(connection)
        # The newest come first, so the list ends where the first one is too old.
        since = datetime.combine(query.seen_from or date.min, time.min, UTC)
        found = [row for row in page.rows if row.discovered_at >= since]
        rows = [
            FoundComment(**{field.name: getattr(row, field.name) for field in fields(row)}, hits=hits(row.text, words))
            for row in found
        ]
        further = page.next if len(found) == len(page.rows) else None
        return cls(words, query.seen_from, query.limit, query.after, not stored, rows, further)
