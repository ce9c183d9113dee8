"""Enrichers that answer from a table, and desks that use them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from harvester.enrichers.base import Enricher
from harvester.jobs.enriching import EnrichingDesk
from harvester.model import Enrichment, LookUp
from harvester.store.database import Database


class Table:
    """An enricher whose answers stand in a table; it notes whom it was asked about, and whether two asked at once."""

    def __init__(
        self, kind: LookUp = "dns", facts: Mapping[str, Mapping[str, Any]] | None = None, *, seconds: float = 0.0
    ) -> None:
        self.kind: LookUp = kind
        self._facts = facts or {}
        self._seconds = seconds
        self.asked: Counter[str] = Counter()
        self._at_once: Counter[str] = Counter()
        self.most_at_once = 0

    async def look_up(self, domain_name: str) -> Enrichment:
        self.asked[domain_name] += 1
        self._at_once[domain_name] += 1
        self.most_at_once = max(self.most_at_once, self._at_once[domain_name])
        try:
            await asyncio.sleep(self._seconds)
        finally:
            self._at_once[domain_name] -= 1
        now = datetime.now(UTC)
        facts = {"state": "ok", **self._facts.get(domain_name, {})}
        if facts["state"] == "raise":
            raise ValueError("nobody foresaw it")
        result = {**facts, "checked_at": now.isoformat().replace("+00:00", "Z")}
        state = str(facts["state"])
        return Enrichment(domain_name, self.kind, state, result, now, is_alive=state == "ok")


@asynccontextmanager
async def a_desk(conninfo: str, *enrichers: Enricher, **options: Any) -> AsyncIterator[EnrichingDesk]:
    """A desk with a database of its own."""
    options.setdefault("dns_per_second", 500)
    async with Database(conninfo, connections=8) as database:
        yield EnrichingDesk(database, {each.kind: each for each in enrichers}, **options)
