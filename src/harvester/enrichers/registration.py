"""Asks a registry once about a name under which many hosts stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from harvester.enrichers.base import Enricher
from harvester.enrichers.times import utc_now
from harvester.model import Enrichment, LookUp

FRESH = timedelta(hours=12)
"""For so long what a registry said of a name is good for all hosts under it."""
_TOLD = frozenset({"ok", "redacted", "not_found"})
_MOST = 20_000


class OncePerRegistration:
    """An enricher over that of RDAP: what it told of `shop.example` holds for `www2.shop.example` too.

    `checked_at` is when the registry was asked in truth. Kept for one process.
    """

    kind: LookUp = "rdap"

    def __init__(
        self, enricher: Enricher, registered: Callable[[str], str | None], *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._enricher = enricher
        self._registered = registered
        self._now = now
        self._told: dict[str, Enrichment] = {}
        """By registered name, in the order in which they were asked."""

    async def look_up(self, domain_name: str) -> Enrichment:
        """What the registry said of its registered name lately, else what it says now."""
        name = self._registered(domain_name) or domain_name
        known = self._told.get(name)
        if known is not None and self._now() - known.checked_at < FRESH:
            return replace(known, domain_name=domain_name)
        told = await self._enricher.look_up(domain_name)
        if told.state in _TOLD:
            self._told.pop(name, None)
            self._told[name] = told
            if len(self._told) > _MOST:
                self._told.pop(next(iter(self._told)))
        return told
