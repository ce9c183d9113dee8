"""The overview: what is new, what rises, what came in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from harvester.store.database import Connection
from harvester.store.domain import DomainRow, NewDomain, count_platforms, list_domains, new_today
from harvester.store.run import RunRow, latest_runs
from harvester.store.statistics import (
    DayCount,
    PeriodCounts,
    TrendingDomain,
    mentions_per_day,
    period_counts,
    trending,
)
from harvester.web.pages.query import PlatformsQuery

DAYS = 30
TRENDING_DAYS = 7
_ROWS = 10
_RUNS = 5


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
    """The last 30 days at a glance."""

    as_of: datetime
    days: int
    nothing_stored: bool
    platforms: str
    platforms_hidden: int
    figures: Sequence[Figure]
    mentions_per_day: Sequence[DayCount]
    new_today: Sequence[NewDomain]
    trending_days: int
    trending: Sequence[TrendingDomain]
    top_mentioned: Sequence[DomainRow]
    latest_runs: Sequence[RunRow]

    @classmethod
    async def load(cls, connection: Connection, query: PlatformsQuery) -> OverviewPage:
        """Read it as it stands now; figures and chart count the big platforms in any case."""
        shown = query.platforms == "show"
        now = datetime.now(UTC)
        period = timedelta(days=DAYS)
        current = await period_counts(connection, now - period, now)
        past = await period_counts(connection, now - 2 * period, now - period)
        runs = await latest_runs(connection, limit=_RUNS)
        return cls(
            as_of=now,
            days=DAYS,
            nothing_stored=not (current.total_videos or current.total_comments or runs),
            platforms=query.platforms,
            platforms_hidden=0 if shown else await count_platforms(connection),
            figures=_figures(current, past),
            mentions_per_day=await mentions_per_day(connection, days=DAYS),
            new_today=await new_today(connection, platforms=shown, limit=_ROWS),
            trending_days=TRENDING_DAYS,
            trending=await trending(connection, days=TRENDING_DAYS, platforms=shown, limit=_ROWS),
            top_mentioned=(await list_domains(connection, platforms=shown, limit=_ROWS)).rows,
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
