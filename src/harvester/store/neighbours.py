"""What stands beside a domain: its days, the videos and creators that carry it, other domains there, its siblings.

All of it is taken from a bounded number of rows that an index gives: the newest mentions, and few of each day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from harvester.store.database import Connection
from harvester.store.statements import statements
from harvester.store.statistics import DayCount

NEWEST = 1_000
"""The newest mentions from which videos and creators are told, and the siblings that are looked at."""
SHOWN = 10
"""Rows of each table."""
_COMMENTS, _VIDEOS, _MENTIONS = 200, 30, 100
"""Comments and videos that are searched for neighbours, and mentions that are read of each."""
_COUNTED = 400_000
"""Mentions that the days of one domain count together at the most."""
_SQL = statements("neighbours")


@dataclass(frozen=True, slots=True)
class CarryingVideo:
    """A video under which the domain is mentioned."""

    video_id: str
    video_username: str | None
    caption: str | None
    is_promoted: bool
    mentions_here: int


@dataclass(frozen=True, slots=True)
class CarryingCreator:
    """A creator under whose videos the domain is mentioned."""

    video_username: str
    videos_here: int
    mentions_here: int
    is_promoted: bool


@dataclass(frozen=True, slots=True)
class Carriers:
    """The first of both, and from how many of the newest mentions they were told."""

    read_mentions: int
    videos: Sequence[CarryingVideo]
    creators: Sequence[CarryingCreator]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another domain in the same comments, or under the same videos."""

    domain_name: str
    unicode_name: str
    kind: str | None
    is_suspicious: bool
    is_verified: bool
    same_comments: int
    same_videos: int


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another domain under the same registrable domain."""

    domain_name: str
    unicode_name: str
    kind: str | None
    is_suspicious: bool
    is_verified: bool
    mention_count: int


def most_of_a_day(days: int) -> int:
    """How many mentions of one day are counted where so many days are asked for; a day with more has at least these.

    >>> most_of_a_day(30)
    13333
    """
    return _COUNTED // days


async def domain_days(connection: Connection, domain_id: UUID, *, days: int = 30) -> list[DayCount]:
    """Mentions of a domain on each of the last `days` days, today last; no day counts beyond `most_of_a_day`."""
    asked = {"domain_id": domain_id, "days": days, "most": most_of_a_day(days)}
    return [DayCount(**row) for row in await (await connection.execute(_SQL["domain_days"], asked)).fetchall()]


async def carriers(connection: Connection, domain_id: UUID) -> Carriers:
    """The videos and creators of the newest mentions, those with most of them first."""
    asked = {"domain_id": domain_id, "newest": NEWEST, "limit": SHOWN}
    videos = await (await connection.execute(_SQL["carrying_videos"], asked)).fetchall()
    creators = await (await connection.execute(_SQL["carrying_creators"], asked)).fetchall()
    return Carriers(
        videos[0]["read_mentions"] if videos else 0,
        [CarryingVideo(**{name: row[name] for name in CarryingVideo.__slots__}) for row in videos],
        [CarryingCreator(**row) for row in creators],
    )


async def neighbours(connection: Connection, domain_id: UUID) -> list[Neighbour]:
    """Domains that stand in the same comments, then those under the same videos."""
    asked = {
        "domain_id": domain_id, "comments": _COMMENTS, "videos": _VIDEOS, "mentions": _MENTIONS, "limit": SHOWN,
    }  # fmt: skip
    return [Neighbour(**row) for row in await (await connection.execute(_SQL["neighbours"], asked)).fetchall()]


async def siblings(connection: Connection, domain_id: UUID, registrable_domain: str) -> list[Sibling]:
    """Domains under the same registrable domain, the most mentioned first."""
    asked = {"domain_id": domain_id, "registrable_domain": registrable_domain, "newest": NEWEST, "limit": SHOWN}
    return [Sibling(**row) for row in await (await connection.execute(_SQL["siblings"], asked)).fetchall()]
