"""The list of videos under which a domain is mentioned, and one of them with the comments that do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from harvester.store.comment import CommentRow, comments_with_domains
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS
from harvester.store.video import VideoFacts, VideoFilter, VideoRow, is_any_stored, list_videos, video_by_id
from harvester.web.pages.filters import Day
from harvester.web.pages.query import Columns, PageQuery

VideoSort = Literal["discovered", "views"]
"""The names of `store.video.SORTS`; a test holds them equal."""
VideoColumn = Literal[
    "video_id", "video_username", "caption", "video_url", "is_promoted", "view_count", "posted_at", "discovered_at",
    "unique_domains_mentioned", "total_domain_mentions", "comments_with_domains", "mentioned_domains",
]  # fmt: skip
"""The columns of `store.video.VideoRow`; a test holds them equal."""


class VideoColumnsQuery(PageQuery):
    """Which columns, in which order."""

    columns: Annotated[
        tuple[VideoColumn, ...],
        Field(
            description="Columns of the page and of CSV, in this order, with commas between; else those of the house, "
            "and all in CSV. A row of JSON holds every field.",
            examples=["video_id,view_count,posted_at"],
        ),
        Columns,
    ] = ()


class VideoFilterQuery(PageQuery):
    """Which videos, in which order."""

    username: Annotated[
        str, Field(max_length=200, description="Only videos of this creator: the whole handle.", examples=["glowdeals"])
    ] = ""
    promoted: Annotated[bool, Field(description="Only videos marked as advertising or paid partnership.")] = False
    seen_from: Annotated[
        date | None, Field(description="First seen on this day (UTC) or later.", examples=["2025-09-01"]), Day
    ] = None
    sort: Annotated[VideoSort, Field(description="Order, from the newest or the most watched on.")] = "discovered"

    def wanted(self) -> VideoFilter:
        """The filter that the store takes."""
        return VideoFilter(self.username, self.promoted, self.seen_from)


class VideosQuery(VideoFilterQuery, VideoColumnsQuery):
    """Which of them."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows at the most.")] = 50
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class VideosPage:
    """One page of the videos under which a domain is mentioned."""

    username: str
    promoted: bool
    seen_from: date | None
    sort: str
    columns: Sequence[str]
    limit: int
    after: str | None
    nothing_stored: bool
    rows: Sequence[VideoRow]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, query: VideosQuery) -> VideosPage:
        """Read one page; raises InvalidCursor for an `after` that no page gave."""
        page = await list_videos(
            connection, wanted=query.wanted(), sort=query.sort, limit=query.limit, after=query.after
        )
        stored = page.rows or await is_any_stored(connection)
        return cls(
            query.username.strip(), query.promoted, query.seen_from, query.sort, query.columns, query.limit,
            query.after, not stored, page.rows, page.next,
        )  # fmt: skip


class VideoQuery(PageQuery):
    """Which of the comments."""

    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Comments at the most.")] = 25
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class VideoPage:
    """What is known about one video, and the comments under it that mention a domain."""

    facts: VideoFacts
    limit: int
    after: str | None
    comments: Sequence[CommentRow]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, video_id: str, query: VideoQuery) -> VideoPage:
        """Read one video by TikTok's id; raises NotFound, and InvalidCursor for a cursor that no page gave."""
        facts = await video_by_id(connection, video_id)
        page = await comments_with_domains(connection, video_id=facts.id, limit=query.limit, after=query.after)
        return cls(facts, query.limit, query.after, page.rows, page.next)
