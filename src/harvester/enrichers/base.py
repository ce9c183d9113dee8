"""What every enricher is, and which of them a deployment may use."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from harvester.model import Enrichment, LookUp, Pap

_ORDER: tuple[Pap, ...] = ("red", "amber", "green")
NEEDS: Mapping[LookUp, Pap] = MappingProxyType({"dns": "amber", "rdap": "amber", "http": "green"})
"""The least strict protocol under which each look-up may be made."""


class Enricher(Protocol):
    """Asks one kind of outside service about domains."""

    kind: LookUp

    async def look_up(self, domain_name: str) -> Enrichment:
        """Ask about a domain, named by its A-label.

        Whatever the outside does is a result with its own state; nothing of it is raised.
        """
        ...


def permits(pap: Pap, kind: LookUp) -> bool:
    """Whether a deployment under this protocol may make such a look-up.

    >>> permits("amber", "dns"), permits("amber", "http"), permits("red", "dns")
    (True, False, False)
    """
    return _ORDER.index(pap) >= _ORDER.index(NEEDS[kind])
