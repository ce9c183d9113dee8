"""`harvester stats` and `harvester trending`: the figures of the overview."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from harvester.cli.opening import with_evidence
from harvester.cli.output import AsCsv, AsJson, form_of, show
from harvester.store.database import ANALYST, Database
from harvester.store.statistics import DashboardStats, TrendingDomain, dashboard_stats
from harvester.store.statistics import trending as trending_domains

TRENDING_COLUMNS = {
    "domain_name": "domain",
    "current_mentions": "mentions",
    "previous_mentions": "before",
    "growth_rate": "growth",
    "velocity_score": "velocity",
}
_STATS_COLUMNS = {
    "new_domains": "new domains", "total_domains": "of", "new_mentions": "new mentions", "total_mentions": "of",
    "new_comments": "new comments", "total_comments": "of", "new_videos": "new videos", "total_videos": "of",
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(epilog="Example: harvester stats --days 7")(stats)
    app.command(epilog="Example: harvester trending --days 1 --limit 10 --json")(trending)


def stats(
    days: Annotated[int, typer.Option(min=1, max=3650, help="The last so many days.")] = 30,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Count what was discovered in the last days, and in all."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> DashboardStats:
        end = datetime.now(UTC)
        async with database.transaction(ANALYST) as connection:
            return await dashboard_stats(connection, end - timedelta(days=days), end)

    show(
        [with_evidence(work)], form, row_type=DashboardStats, title=f"The last {days} days", columns=_STATS_COLUMNS,
        empty="",
    )  # fmt: skip


def trending(
    days: Annotated[int, typer.Option(min=1, max=3650, help="Compare the last so many days with those before.")] = 7,
    limit: Annotated[int, typer.Option(min=1, help="How many at the most.")] = 20,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List the domains that gained the most momentum."""
    form = form_of(as_json=as_json, as_csv=as_csv)

    async def work(database: Database) -> list[TrendingDomain]:
        async with database.transaction(ANALYST) as connection:
            return await trending_domains(connection, days=days, limit=limit)

    show(
        with_evidence(work), form, row_type=TrendingDomain, title=f"Trending, {days} days against the {days} before",
        columns=TRENDING_COLUMNS, empty="no domain was mentioned",
    )  # fmt: skip
