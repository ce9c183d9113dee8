"""What a database wants every day, whoever does it: sizes sampled, domains and trends counted, what is old deleted."""

from __future__ import annotations

import asyncio
import logging

from harvester.errors import HarvesterError
from harvester.store.database import Database
from harvester.store.health import sample_sizes
from harvester.store.retention import Deleted, clean_up
from harvester.store.verification import count_domains, renew_trends

SECONDS = 6 * 60 * 60.0
"""Between two rounds: a day is met although the machine sleeps, and a round with nothing to do costs nothing."""

_log = logging.getLogger(__name__)


async def upkeep(database: Database, retention_days: int | None) -> Deleted:
    """One round; several at the same moment, from several processes, do each thing once.

    Nothing is deleted while no days are set.
    """
    await sample_sizes(database)
    await count_domains(database)
    await renew_trends(database)
    return Deleted() if retention_days is None else await clean_up(database, retention_days)


async def keep_up(database: Database, retention_days: int | None, *, seconds: float = SECONDS) -> None:
    """Rounds until it is cancelled; one that fails is logged, and the next one tries again."""
    while True:
        try:
            deleted = await upkeep(database, retention_days)
        except HarvesterError as error:
            _log.warning("upkeep failed: %s", error)
        else:
            if deleted != Deleted():
                _log.info("upkeep deleted %s", deleted)
        await asyncio.sleep(seconds)
