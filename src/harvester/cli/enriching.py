"""What `harvester worker` and `harvester enrich` share: the look-ups that settings and protocol allow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from harvester.settings import load_settings
from harvester.store.database import Database

if TYPE_CHECKING:
    from harvester.enrichers.catalog import Allowed
    from harvester.jobs.enriching import EnrichingDesk


def allowed() -> Allowed:
    """What may be asked; raises SettingsError before anything is opened."""
    from harvester.enrichers.catalog import Allowed, resolvers_of

    settings = load_settings()
    return Allowed(
        settings.pap,
        resolvers_of(settings.dns_resolvers),
        rdap=settings.rdap,
        http_per_minute=settings.http_per_minute,
        contact=settings.contact,
    )


@asynccontextmanager
async def enriching_desk(database: Database, may: Allowed) -> AsyncIterator[EnrichingDesk]:
    """All that enriching of one process works with."""
    from harvester.domains.registered import registered_name
    from harvester.enrichers.catalog import enrichers_of
    from harvester.jobs.enriching import EnrichingDesk

    async with enrichers_of(may, registered_name) as enrichers:
        yield EnrichingDesk(
            database, enrichers, dns_per_second=load_settings().dns_per_second, http_per_minute=may.http_per_minute
        )
