"""Comments with the domains they mention: all that hold some words, all under a video, the newest of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import statements

_SQL = statements("comment")


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment, with every place in it where a domain is shown."""

    comment_id: str
    text: str
    username: str | None
    posted_at: datetime | None
    discovered_at: datetime
    like_count: int | None
    video_id: str
    video_username: str | None
    video_url: str | None
    is_promoted: bool
    sources: Sequence[str]
    """The APIs and export formats that brought it, sorted; none where it was stored before they were kept."""
    spans: Sequence[Mapping[str, Any]]
    """In the order of the text: domain_name, text, start, end, confidence, method, url."""


async def find_comments(
    connection: Connection, words: str, *, limit: int = 50, after: str | None = None
) -> Page[CommentRow]:
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
        [_comment(row) for row in rows[:limit]],
        encode_cursor("found", last["discovered_at"], last["id"]) if last else None,
    )


async def comments_with_domains(
    connection: Connection, *, video_id: UUID | None = None, limit: int = 50, after: str | None = None
) -> Page[CommentRow]:
    """One page of the comments that mention a domain, newest first; of one video (the key of its row), or of all.

    `after` is the `next` of the page before; raises InvalidCursor for any other.
    """
    limit = max(1, min(limit, MOST_ROWS))
    asked: dict[str, Any] = {"video_id": video_id, "limit": limit + 1}
    beyond, under = sql.SQL("true"), sql.SQL("true" if video_id is None else "m.video_id = %(video_id)s")
    if after is not None:
        asked["value"], asked["id"] = decode_cursor(after, "mentioned", datetime)
        beyond = sql.SQL("(m.discovered_at, m.id) < (%(value)s, %(id)s)")
    statement = sql.SQL(_SQL["comments_with_domains"]).format(video=under, after=beyond)
    rows = await (await connection.execute(statement, asked)).fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [_comment(row) for row in rows[:limit]],
        encode_cursor("mentioned", last["mentioned_at"], last["mention_key"]) if last else None,
    )


def _comment(row: Mapping[str, Any]) -> CommentRow:
    return CommentRow(**{name: row[name] for name in CommentRow.__slots__})
