"""Look-ups counted as they come, for monitoring: each row is read once, and none that was there before.

They are never counted as a whole, because there may be a hundred million. A counter may begin at nothing with its
process: monitoring asks how much it rises.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from harvester.store.database import WORKER, Database
from harvester.store.statements import statements

LAG_SECONDS = 60.0
"""Rows are counted when they are so old: by then every transaction that could still write one before them has ended."""
_SQL = statements("metrics")


class LookUpTally:
    """Counts the look-ups of all workers from the first question on, by kind and state."""

    def __init__(self, lag_seconds: float = LAG_SECONDS) -> None:
        self._lag = lag_seconds
        self._upto: UUID | None = None
        self._counts: Counter[tuple[str, str]] = Counter()
        self._alone = asyncio.Lock()

    async def read(self, database: Database) -> Mapping[tuple[str, str], int]:
        """How many there were since the first question; raises DatabaseUnavailable."""
        async with self._alone, database.transaction(WORKER) as connection:
            row = await (await connection.execute(_SQL["look_up_mark"], {"lag": self._lag})).fetchone()
            assert row is not None, "the statement gives one row"
            if self._upto is not None:
                asked = {"from": self._upto, "to": row["mark"]}
                rows = await (await connection.execute(_SQL["look_ups_between"], asked)).fetchall()
                self._counts.update({(each["kind"], each["state"]): each["look_ups"] for each in rows})
            # A clock that was set back reads nothing twice.
            self._upto = max(self._upto or row["mark"], row["mark"])
        return dict(self._counts)
