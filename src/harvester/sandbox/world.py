"""The videos and comments that the sandbox serves, in a SQLite database that ends with it.

A million comments neither fill the memory nor make a page slow: every list is read by its places, which an index keeps.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Self

from harvester.model import Comment, Video
from harvester.sandbox.creators import creator
from harvester.sandbox.draws import drawn
from harvester.sandbox.generate import DEMO, SEED, Scale, generate
from harvester.sandbox.library import content, invent_ads
from harvester.sandbox.redaction import redacted
from harvester.sandbox.times import day_of, length_of

Row = sqlite3.Row
DELETED = 0.02
"""The share of videos that are gone from the beginning: nothing is said of them any more."""
_CHUNK = 20_000
_SCHEMA = """
create table video (
    id integer primary key, username text, caption text, words text, hashtags text, region text, posted integer,
    day integer, views integer, likes integer, comments integer, shares integer, duration integer, length text,
    music_id integer, label text, brand text, is_deleted integer
);
create index video_day on video (day);
create table comment (
    id integer, video_id integer, parent_id integer, rank integer, place integer, text text, likes integer,
    replies integer, posted integer, served_at real
);
create table creator (
    username text primary key, state text, display_name text, bio text, bio_url text, is_verified integer,
    followers integer, following integer, likes integer, videos integer
);
create table content (
    id text primary key, posted integer, day integer, label text, brand text, username text, country text,
    video_url text
);
create table ad (
    id integer primary key, title text, landing_url text, advertiser_id integer, advertiser text, paid_for_by text,
    username text, followers integer, country text, first_day integer, last_day integer, reach integer, state text
);
"""
_INDEXES = """
create unique index comment_rank on comment (parent_id, rank);
create unique index comment_place on comment (video_id, place);
create index content_day on content (day);
create index ad_day on ad (first_day);
"""


class World:
    """One invented TikTok. A context manager: its rows are gone after the block.

    `rank` counts the comments of one list (those of a video, or the replies of a comment) from 0, `place` those of a
    video together with their replies. A top-level comment's `parent_id` is its video, as in the Research API.
    """

    def __init__(self, anchor: datetime, seed: int = SEED) -> None:
        self.anchor = anchor
        self.seed = seed
        # A database without a name is a temporary file of SQLite's own, which it opens only once memory is short.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.row_factory = sqlite3.Row
        self._database.executescript(f"pragma journal_mode = off; pragma synchronous = off; {_SCHEMA}")

    @classmethod
    def invent(cls, scale: Scale = DEMO, *, anchor: datetime | None = None, seed: int = SEED) -> Self:
        """The world of `generate`, which ends at the anchor (this minute), with creators, contents and ads."""
        world = cls(anchor or datetime.now(UTC).replace(second=0, microsecond=0), seed)
        world._fill(generate(scale, world.anchor, seed))
        return world

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """What a statement selects."""
        return self._database.execute(statement, values).fetchall()

    def row(self, statement: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row that a statement selects, or None."""
        row: Row | None = self._database.execute(statement, values).fetchone()
        return row

    def comments(self, list_id: int, first: int, most: int, *, with_replies: bool = False) -> list[Row]:
        """Comments of one list from a rank on; with replies, those of a video from a place on."""
        statement = (
            "select rowid, * from comment where video_id = ? and place >= ? order by place limit ?"
            if with_replies
            else "select rowid, * from comment where parent_id = ? and rank >= ? order by rank limit ?"
        )
        return self.rows(statement, (list_id, first, most))

    def length(self, list_id: int, *, with_replies: bool = False) -> int:
        """How many comments a list has."""
        statement = (
            "select max(place) + 1 as length from comment where video_id = ?"
            if with_replies
            else "select max(rank) + 1 as length from comment where parent_id = ?"
        )
        found = self.row(statement, (list_id,))
        return (found and found["length"]) or 0

    def is_deleted(self, list_id: int) -> bool:
        """Whether the video of a list of comments was taken down."""
        found = self.row(
            """select is_deleted from video
               where id = coalesce((select video_id from comment where parent_id = ?1 limit 1), ?1)""",
            (list_id,),
        )
        return bool(found and found["is_deleted"])

    def served(self, comments: Sequence[Row], now: float) -> None:
        """Note when these comments were served first."""
        fresh = [(now, row["rowid"]) for row in comments if row["served_at"] is None]
        if fresh:
            self._database.execute("begin")
            self._database.executemany("update comment set served_at = ? where rowid = ?", fresh)
            self._database.execute("commit")

    def add_comment(self, video_id: int, text: str, posted: int, parent_id: int | None = None) -> int:
        """Post a comment, or a reply, under a video that exists; gives its id. Raises LookupError where it does not."""
        if self.row("select 1 from video where id = ? and is_deleted = 0", (video_id,)) is None:
            raise LookupError(f"There is no video {video_id}.")
        parent = video_id if parent_id is None else parent_id
        if parent != video_id and not self.row(
            "select 1 from comment where video_id = ? and id = ? and parent_id = video_id", (video_id, parent)
        ):
            raise LookupError(f"There is no comment {parent} under the video {video_id} that could be replied to.")
        place = self.length(video_id, with_replies=True)
        comment_id = posted << 32 | (place * 2_654_435_761 + video_id) & 0xFFFF_FFFF
        self._database.execute(
            "insert into comment values (?, ?, ?, ?, ?, ?, 0, 0, ?, null)",
            (comment_id, video_id, parent, self.length(parent), place, redacted(text), posted),
        )
        self._database.execute("update video set comments = comments + 1 where id = ?", (video_id,))
        if parent != video_id:
            self._database.execute(
                "update comment set replies = replies + 1 where video_id = ? and id = ?", (video_id, parent)
            )
        return comment_id

    def delete_video(self, video_id: int) -> None:
        """Take a video down. Raises LookupError where there is none."""
        if self._database.execute("update video set is_deleted = 1 where id = ?", (video_id,)).rowcount == 0:
            raise LookupError(f"There is no video {video_id}.")

    def first_served(self) -> Iterator[dict[str, Any]]:
        """The comments that were served, each with the Unix second of the first time."""
        statement = "select id, video_id, served_at from comment where served_at is not null order by served_at"
        for row in self._database.execute(statement):
            yield {"id": str(row["id"]), "video_id": str(row["video_id"]), "served_at": row["served_at"]}

    def forget_served(self) -> None:
        """Forget which comments were served when."""
        self._database.execute("update comment set served_at = null where served_at is not null")

    def _fill(self, records: Iterator[Video | Comment]) -> None:
        places: Counter[int] = Counter()
        self._database.execute("begin")
        while chunk := list(islice(records, _CHUNK)):
            videos, comments = [], []
            for record in chunk:
                if isinstance(record, Video):
                    # A video's comments come before the next video: its counts are needed no longer.
                    places.clear()
                    videos.append(_video(record, self.seed))
                else:
                    comments.append(_comment(record, places))
            self._insert("video", videos)
            self._insert("comment", comments)
        creators = self.rows("select username, count(*) as videos from video group by username order by username")
        self._insert("creator", [creator(row["username"], row["videos"], self.seed) for row in creators])
        promoted = self.rows("select * from video where label is not null order by id")
        self._insert("content", [content(video, self.seed) for video in promoted])
        self._insert("ad", list(invent_ads(promoted, self.anchor, self.seed)))
        self._database.execute("commit")
        self._database.executescript(_INDEXES)

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._database.executemany(f"insert into {table} values ({marks})", rows)  # noqa: S608 - names of ours.


def _video(video: Video, seed: int) -> tuple[Any, ...]:
    draw = drawn(seed, "video", video.video_id)
    caption = video.caption or ""
    hashtags = " ".join(word[1:] for word in caption.casefold().split() if word.startswith("#"))
    seconds = 4 + int(draw() * draw() * 420)
    posted = int(video.posted_at.timestamp()) if video.posted_at else 0
    brands = (video.promotion or {}).get("brands") or [None]
    return (
        int(video.video_id), video.username, caption, caption.casefold(), f" {hashtags} ", video.region_code, posted,
        day_of(posted), video.view_count, video.like_count, video.comment_count, video.share_count, seconds,
        length_of(seconds), 7_000_000_000_000_000_000 + int(draw() * 400), (video.promotion or {}).get("label"),
        brands[0], draw() < DELETED,
    )  # fmt: skip


def _comment(comment: Comment, places: Counter[int]) -> tuple[Any, ...]:
    video_id = int(comment.video_id or 0)
    parent_id = int(comment.parent_ref or video_id)
    # The video is one list by rank and another by place: its negative id counts the places.
    rank, place = places[parent_id], places[-video_id]
    places[parent_id] += 1
    places[-video_id] += 1
    posted = int(comment.posted_at.timestamp()) if comment.posted_at else 0
    return (
        int(comment.comment_id or 0), video_id, parent_id, rank, place, redacted(comment.text), comment.like_count,
        comment.reply_count, posted, None,
    )  # fmt: skip
