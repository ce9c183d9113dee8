"""Videos as they are read: those under which a domain is mentioned, and one with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql

from harvester.errors import NotFound, SettingsError
from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import statements

_SQL = statements("video")
SORTS: Mapping[str, tuple[LiteralString, type[int] | type[datetime]]] = {
    "discovered": ("v.discovered_at", datetime),
    # Behind all others stand those whose views no source told.
    "views": ("coalesce(v.view_count, -1)", int),
}
"""The orders of the list, all from the greatest on, each driven by an index."""


@dataclass(frozen=True, slots=True)
class VideoFilter:
    """Which videos are meant; as it stands, all."""

    username: str | None = None
    """The creator's handle, exactly, with or without @."""
    promoted: bool = False
    """Only those that a source marked as advertising or paid partnership."""
    seen_from: date | None = None
    """The first day (UTC) on which a collector first saw them."""

    def condition(self) -> tuple[sql.Composable, dict[str, Any]]:
        """A condition on `public.video v` and its parameters."""
        username = (self.username or "").replace("\0", "").strip().removeprefix("@")
        parts = [sql.SQL("v.username = %(username)s")] if username else []
        parts += [sql.SQL("v.is_promoted")] if self.promoted else []
        if self.seen_from is not None:
            parts.append(sql.SQL("v.discovered_at >= %(seen_from)s::date::timestamp at time zone 'UTC'"))
        asked = {"username": username, "seen_from": self.seen_from}
        return sql.SQL(" and ").join(parts) if parts else sql.SQL("true"), asked


ALL_VIDEOS = VideoFilter()


@dataclass(frozen=True, slots=True)
class VideoRow:
    """One video of the list, with what its comments mention."""

    video_id: str
    video_username: str | None
    caption: str | None
    video_url: str | None
    is_promoted: bool
    view_count: int | None
    posted_at: datetime | None
    discovered_at: datetime
    unique_domains_mentioned: int
    total_domain_mentions: int
    comments_with_domains: int
    mentioned_domains: Sequence[str]
    """The most mentioned first; at most ten."""


@dataclass(frozen=True, slots=True)
class VideoFacts(VideoRow):
    """All that is stored about one video."""

    id: UUID
    like_count: int | None
    share_count: int | None
    stated_comments: int | None
    """How many comments it has, by TikTok's own count."""
    region_code: str | None
    promotion: Mapping[str, Any] | None
    last_crawled_at: datetime | None


async def list_videos(
    connection: Connection,
    *,
    wanted: VideoFilter = ALL_VIDEOS,
    sort: str = "discovered",
    limit: int = 50,
    after: str | None = None,
) -> Page[VideoRow]:
    """One page of the videos under which a domain is mentioned; `after` is the `next` of the page before.

    Raises InvalidCursor for any other `after`, and SettingsError for an unknown sort.
    """
    position, kind = order_of(sort)
    limit = max(1, min(limit, MOST_ROWS))
    only, asked = wanted.condition()
    asked["limit"] = limit + 1
    beyond: sql.Composable = sql.SQL("true")
    if after is not None:
        asked["value"], asked["id"] = decode_cursor(after, sort, kind)
        beyond = sql.SQL("({position}, v.id) < (%(value)s, %(id)s)").format(position=sql.SQL(position))
    statement = sql.SQL(_SQL["list_videos"]).format(filter=only, after=beyond, position=sql.SQL(position))
    rows = await (await connection.execute(statement, asked)).fetchall()
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        [VideoRow(**{name: row[name] for name in VideoRow.__slots__}) for row in rows[:limit]],
        encode_cursor(sort, last["position"], last["id"]) if last else None,
    )


async def is_any_stored(connection: Connection) -> bool:
    """Whether there is a video at all, with domains or without; no comment is without its video."""
    row = await (await connection.execute(_SQL["any_video"])).fetchone()
    return bool(row and row["is_any"])


async def video_by_id(connection: Connection, video_id: str) -> VideoFacts:
    """One video by TikTok's id; raises NotFound."""
    row = await (await connection.execute(_SQL["video_by_id"], {"video_id": video_id.replace("\0", "")})).fetchone()
    if row is None:
        raise NotFound("No video with that id is stored.", hint="See the list of videos.")
    return VideoFacts(**row)


def order_of(sort: str) -> tuple[LiteralString, type[int] | type[datetime]]:
    """What the list is sorted by, in SQL, and its type; raises SettingsError for an unknown name."""
    if sort not in SORTS:
        raise SettingsError(f"There is no order {sort!r}.", hint=f"Orders are: {', '.join(SORTS)}.")
    return SORTS[sort]
