"""Comments as they are searched: all that hold some words, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import statements

_SQL = statements("comment")


@dataclass(frozen=True, slots=True)
class FoundComment:
    """One comment that holds the words."""

    comment_id: str
    text: str
    username: str | None
    posted_at: datetime | None
    discovered_at: datetime
    video_id: str
    video_username: str | None


async def find_comments(
    connection: Connection, words: str, *, limit: int = 50, after: str | None = None
) -> Page[FoundComment]:
    """One page of the comments that hold all words, newest first.

    Words are whole ones, in any case; what is written without spaces is found as a part, from two letters on. Without
    a word nothing is found. `after` is the `next` of the page before.
    Raises InvalidCursor for any other `after`.
    """
    limit = max(1, min(limit, MOST_ROWS))
    asked: dict[str, Any] = {"words": words.replace("\0", " "), "limit": limit + 1, "before": None, "before_id": None}
    if after is not None:
        asked["before"], asked["before_id"] = decode_cursor(after, "found", datetime)
    rows = await (await connection.execute(_SQL["find_comments"], asked)).fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [_found(row) for row in rows[:limit]],
        encode_cursor("found", last["discovered_at"], last["id"]) if last else None,
    )


def _found(row: Mapping[str, Any]) -> FoundComment:
    return FoundComment(**{name: row[name] for name in FoundComment.__slots__})
