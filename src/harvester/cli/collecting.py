"""What `harvester worker` and `harvester collect run` share: the way to the APIs, and enough connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from harvester.cli.opening import evidence, evidence_conninfo
from harvester.settings import load_credentials, load_settings
from harvester.store.database import Database
from harvester.store.quota import Limits

if TYPE_CHECKING:
    from harvester.jobs.worker import Access


def limits() -> Limits:
    """What the settings allow a day."""
    settings = load_settings()
    return Limits(settings.tiktok_requests_per_day, settings.tiktok_records_per_day)


def access() -> Access:
    """How the APIs are reached; raises CredentialsMissing and SettingsError before anything is opened."""
    from harvester.jobs.worker import Access

    settings = load_settings()
    return Access(
        settings.tiktok_url,
        load_credentials(settings),
        limits(),
        patience=settings.tiktok_patience,
        ads_per_page=settings.tiktok_ads_per_page,
    )


def with_workers(work: Callable[[Database], Awaitable[None]]) -> None:
    """Run one piece of work with as many connections as a worker needs."""
    from harvester.jobs.worker import CONNECTIONS

    async def opened(conninfo: str) -> None:
        async with evidence(conninfo):
            pass
        async with Database(conninfo, connections=CONNECTIONS) as database:
            await work(database)

    with evidence_conninfo() as conninfo:
        asyncio.run(opened(conninfo))
