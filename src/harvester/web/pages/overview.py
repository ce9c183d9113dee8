"""The overview: what is new, what rises and why, what waits for a person, what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from harvester.store.attention import Collecting, Need, attention
from harvester.store.database import Connection
from harvester.store.domain import DomainRow, NewDomain, count_platforms, list_domains, new_today
from harvester.store.domain_filter import DomainFilter
from harvester.store.rising import RisingDomain, rising
from harvester.store.run import RunRow, latest_runs
from harvester.store.statistics import (
    DayCount,
    NewDomains,
    PeriodCounts,
    domains_per_day,
    mentions_per_day,
    period_counts,
)
from harvester.web.pages.query import PlatformsQuery

TRENDING_DAYS = 7
"""Trends of longer periods take too long to count at every visit (docs/reference/performance.md)."""
_ROWS = 10
_RUNS = 5


def _whole(value: object) -> object:
    # Addresses carry texts; what is no number is refused by the list of periods.
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 5 else value


Days = Annotated[
    Literal[7, 30, 90, 365], BeforeValidator(_whole), Field(description="Length of the period in days of UTC.")
]


class OverviewQuery(PlatformsQuery):
    """Which period."""

    days: Days = 30


@dataclass(frozen=True, slots=True)
class Figure:
    """One count of the period with its past."""

    name: str
    new: int
    previous: int
    change: float | None
    total: int


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """A number of days, today the last, at a glance."""

    as_of: datetime
    days: int
    since: date
    nothing_stored: bool
    platforms: str
    platforms_hidden: int
    figures: Sequence[Figure]
    needs: Sequence[Need]
    collecting: Collecting
    mentions_per_day: Sequence[DayCount]
    domains_per_day: Sequence[NewDomains]
    new_today: Sequence[NewDomain]
    trending_days: int
    trending: Sequence[RisingDomain]
    top_mentioned: Sequence[DomainRow]
    latest_runs: Sequence[RunRow]

    @classmethod
    async def load(cls, connection: Connection, query: OverviewQuery) -> OverviewPage:
        """Read it as it stands now; figures and charts count the big platforms in any case."""
        shown = query.platforms == "show"
        # To the next full minute: nothing is seen in the future, and an answer without news stays the same.
        now = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        since = (now - timedelta(minutes=1)).date() - timedelta(days=query.days - 1)
        start, period = datetime.combine(since, time.min, UTC), timedelta(days=query.days)
        current = await period_counts(connection, start, now)
        past = await period_counts(connection, start - period, now - period)
        runs = await latest_runs(connection, limit=_RUNS)
        trending = await rising(connection, days=TRENDING_DAYS, platforms=shown, limit=_ROWS)
        unjudged = sum(not (row.is_suspicious or row.is_verified) for row in trending if row.velocity_score > 0)
        needs, collecting = await attention(connection, since, rising=unjudged, platforms=shown)
        return cls(
            as_of=now,
            days=query.days,
            since=since,
            nothing_stored=not (current.total_videos or current.total_comments or runs),
            platforms=query.platforms,
            platforms_hidden=0 if shown else await count_platforms(connection),
            figures=_figures(current, past),
            needs=needs,
            collecting=collecting,
            mentions_per_day=await mentions_per_day(connection, days=query.days),
            domains_per_day=await domains_per_day(connection, days=query.days),
            new_today=await new_today(connection, platforms=shown, limit=_ROWS),
            trending_days=TRENDING_DAYS,
            trending=trending,
            top_mentioned=(
                await list_domains(connection, wanted=DomainFilter(platforms=query.platforms), limit=_ROWS)
            ).rows,
            latest_runs=runs,
        )


def _figures(current: PeriodCounts, past: PeriodCounts) -> list[Figure]:
    return [
        _figure("domains", current.new_domains, past.new_domains, current.total_domains),
        _figure("mentions", current.new_mentions, past.new_mentions, current.total_mentions),
        _figure("comments", current.new_comments, past.new_comments, current.total_comments),
        _figure("videos", current.new_videos, past.new_videos, current.total_videos),
    ]


def _figure(name: str, new: int, previous: int, total: int) -> Figure:
    return Figure(name, new, previous, round((new - previous) / previous, 4) if previous else None, total)
