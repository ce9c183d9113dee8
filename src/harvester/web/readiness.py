"""Whether the database has every migration that this version needs, asked so seldom that anybody may ask."""

from __future__ import annotations

import asyncio
import time

from harvester.store.database import Database
from harvester.store.migrations import require_current

SECONDS = 10.0
"""For which an answer that all is there is good: the question takes a connection of its own."""


class Readiness:
    """What a balancer or an operator wants to know before they send anybody here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._good_until = 0.0
        self._alone = asyncio.Lock()

    async def check(self) -> None:
        """Raises SchemaOutdated where a migration is missing, DatabaseUnavailable where no server answers."""
        async with self._alone:
            if time.monotonic() < self._good_until:
                return
            await require_current(self._database.conninfo)
            self._good_until = time.monotonic() + SECONDS
