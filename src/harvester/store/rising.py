"""Domains that rise, and what their newest mentions have in common: where they stand, who posts there, how written."""

from __future__ import annotations

from dataclasses import dataclass

from harvester.store.database import Connection
from harvester.store.statements import statements
from harvester.store.statistics import TrendingDomain

NEWEST = 100
"""Mentions of each domain that are read to tell why it rises."""
_SQL = statements("rising")


@dataclass(frozen=True, slots=True)
class RisingDomain(TrendingDomain):
    """A domain by momentum, and why it rises: what is told of its newest mentions of these days."""

    unicode_name: str
    kind: str | None
    is_suspicious: bool
    is_verified: bool
    read_mentions: int
    videos_here: int
    creators_here: int
    promoted_here: int
    """How many of them stand under promoted videos."""
    usual_method: str | None
    main_username: str | None
    """The creator with most of them; None where no creator is known."""
    main_mentions: int
    """How many are that creator's."""


async def rising(
    connection: Connection, *, days: int = 7, platforms: bool = True, limit: int = 10
) -> list[RisingDomain]:
    """Domains of the last `days` days by momentum, the big platforms among them or not."""
    asked = {"days": days, "platforms": platforms, "limit": limit, "newest": NEWEST}
    return [RisingDomain(**row) for row in await (await connection.execute(_SQL["rising"], asked)).fetchall()]
