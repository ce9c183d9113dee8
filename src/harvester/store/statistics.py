"""Figures over all that is stored; only shown mentions count, and days are days of UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from harvester.store.database import Connection
from harvester.store.statements import statements

_SQL = statements("statistics")


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """Counts of a period: `total_` is all discovered before its end, `new_` what was discovered within."""

    total_domains: int
    new_domains: int
    total_videos: int
    new_videos: int
    total_comments: int
    new_comments: int
    total_mentions: int
    new_mentions: int


@dataclass(frozen=True, slots=True)
class DashboardStats(PeriodCounts):
    """Counts of a period, and averages over the mentions within."""

    avg_domains_per_video: float
    avg_mentions_per_domain: float


@dataclass(frozen=True, slots=True)
class TrendingDomain:
    """A domain's mentions of the last days against as many days before."""

    domain_name: str
    current_mentions: int
    previous_mentions: int
    growth_rate: float
    """(current - previous) / (previous + 1): no past is not infinite."""
    velocity_score: float
    """(current - previous) / sqrt(current + previous + 1): the difference in units of its chance variation."""


@dataclass(frozen=True, slots=True)
class DayCount:
    """Shown mentions of one day (UTC)."""

    day: date
    mentions: int


@dataclass(frozen=True, slots=True)
class NewDomains:
    """Domains first seen on one day (UTC)."""

    day: date
    domains: int


async def dashboard_stats(connection: Connection, start: datetime, end: datetime) -> DashboardStats:
    """Figures from `start` up to, not including, `end`."""
    row = await (await connection.execute(_SQL["dashboard_stats"], {"start": start, "end": end})).fetchone()
    assert row is not None, "the function returns one row"
    averages = {name: float(value) for name, value in row.items() if name.startswith("avg_")}
    return DashboardStats(**{**row, **averages})


async def period_counts(connection: Connection, start: datetime, end: datetime) -> PeriodCounts:
    """The counts alone, which are as quick for a period that is over."""
    row = await (await connection.execute(_SQL["period_counts"], {"start": start, "end": end})).fetchone()
    assert row is not None, "the function returns one row"
    return PeriodCounts(**row)


async def trending(
    connection: Connection, *, days: int = 7, platforms: bool = True, limit: int = 50
) -> list[TrendingDomain]:
    """Domains of the last `days` days by momentum, the big platforms among them or not."""
    asked = {"days": days, "platforms": platforms, "limit": limit}
    rows = await (await connection.execute(_SQL["trending"], asked)).fetchall()
    return [TrendingDomain(**{name: row[name] for name in TrendingDomain.__slots__}) for row in rows]


async def mentions_per_day(connection: Connection, *, days: int = 30) -> list[DayCount]:
    """Mentions of each of the last `days` days, today last."""
    rows = await (await connection.execute(_SQL["mentions_per_day"], {"days": days})).fetchall()
    return [DayCount(**row) for row in rows]


async def domains_per_day(connection: Connection, *, days: int = 30) -> list[NewDomains]:
    """Domains first seen on each of the last `days` days, today last."""
    rows = await (await connection.execute(_SQL["domains_per_day"], {"days": days})).fetchall()
    return [NewDomains(**row) for row in rows]
