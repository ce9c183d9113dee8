"""How many mentions there are, and of which domains most, in bounded memory."""

from __future__ import annotations

from collections import Counter

MOST_DOMAINS = 50_000
"""Domains that are counted one by one at a time."""


class Tally:
    """Mentions, counted exactly by tier; and their most frequent domains.

    The counts of domains are exact up to MOST_DOMAINS of them. Beyond that the rarer half is forgotten whenever
    they become too many, so that a rare one may count for less than it is.

    >>> tally = Tally()
    >>> for name in ("velmora.com", "glow.shop", "velmora.com"):
    ...     tally.add(name, "shown")
    >>> tally.mentions, tally.shown, tally.domains(1)
    (3, 3, [('velmora.com', 2)])
    """

    def __init__(self, most_domains: int = MOST_DOMAINS) -> None:
        self.shown = 0
        self.held = 0
        self._most = most_domains
        self._names: Counter[str] = Counter()

    @property
    def mentions(self) -> int:
        """How many there are in both tiers."""
        return self.shown + self.held

    def add(self, domain_name: str, tier: str) -> None:
        """Count one mention."""
        if tier == "shown":
            self.shown += 1
        else:
            self.held += 1
        self._names[domain_name] += 1
        if len(self._names) > self._most:
            self._names = Counter(dict(self._names.most_common(self._most // 2)))

    def domains(self, limit: int) -> list[tuple[str, int]]:
        """The most frequent domains with their mentions, the most frequent first, equal ones by name."""
        return sorted(self._names.items(), key=lambda item: (-item[1], item[0]))[:limit]
