"""What the sandbox itself counts: its quota, how answers ended, and how fast requests came."""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from harvester.sandbox.clock import Clock
from harvester.sandbox.modes import Limits
from harvester.sandbox.refusal import NO_QUOTA, TOO_FAST, Refusal

APIS = ("research", "commercial")


@dataclass(slots=True)
class Use:
    """What one API gave on one day."""

    requests: int = 0
    records: int = 0
    refused: int = 0
    """Requests beyond the day's quota; they count as nothing else."""


@dataclass(slots=True)
class _Burst:
    """The most requests within one second of the clock, of any kind and of one and the same."""

    second: int = 0
    now: Counter[str] = field(default_factory=Counter)
    most: int = 0
    most_alike: int = 0

    def count(self, key: str) -> None:
        second = int(time.monotonic())
        if second != self.second:
            self.second = second
            self.now.clear()
        self.now[key] += 1
        self.most = max(self.most, self.now.total())
        self.most_alike = max(self.most_alike, self.now[key])


class Meter:
    """The books of one client key."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.number = 0
        """Requests so far."""
        self.reset()

    def reset(self) -> None:
        """Forget all counts, those of the quota included."""
        self._days: defaultdict[str, dict[str, Use]] = defaultdict(lambda: {api: Use() for api in APIS})
        self._outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._minute: deque[float] = deque()
        self._burst = _Burst()

    def arrive(self, key: str) -> None:
        """Count that a request came, whatever becomes of it."""
        self.number += 1
        self._burst.count(key)

    def admit(self, api: str) -> None:
        """Count a request against the limits: failed ones count, too. Raises Refusal with 429 beyond a limit."""
        use = self.use(api)
        if use.requests >= self.limits.requests_per_day or use.records >= self.limits.records_per_day:
            use.refused += 1
            raise Refusal(429, "daily_quota_limit_exceeded", NO_QUOTA)
        use.requests += 1
        if self.limits.per_minute is not None:
            now = self.clock.now()
            while self._minute and self._minute[0] <= now - 60:
                self._minute.popleft()
            if len(self._minute) >= self.limits.per_minute:
                raise Refusal(429, "rate_limit_exceeded", TOO_FAST)
            self._minute.append(now)

    def gave(self, api: str, records: int) -> None:
        """Count the records of an answer, also of one that is torn on its way."""
        self.use(api).records += records

    def ended(self, endpoint: str, outcome: str) -> None:
        """Count how a request ended: `ok`, the code of the error, or the name of the fault."""
        self._outcomes[endpoint][outcome] += 1

    def use(self, api: str) -> Use:
        """Today's use of an API."""
        return self._days[self.clock.today().isoformat()][api]

    def state(self) -> dict[str, Any]:
        """Everything that was counted, for JSON."""
        return {
            "endpoints": {endpoint: dict(outcomes) for endpoint, outcomes in self._outcomes.items()},
            "days": {
                day: {
                    api: {"requests": use.requests, "records": use.records, "refused": use.refused}
                    for api, use in uses.items()
                }
                for day, uses in self._days.items()
            },
            "longest_burst": {"requests": self._burst.most, "same_request": self._burst.most_alike},
        }
