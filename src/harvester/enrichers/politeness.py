"""How often the web servers of strangers are asked: so many domains a minute, and none of them in a hurry."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

GAP = 0.5
"""Seconds between two requests to one host, whatever leads us there."""
_MOST_HOSTS = 10_000


class Clock(Protocol):
    """A clock that never goes back, and a way to wait by it; tests have one of their own."""

    def now(self) -> float:
        """Seconds since any moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """That of this machine."""

    def now(self) -> float:
        """Seconds since this machine was started."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait in truth."""
        await asyncio.sleep(seconds)


class Politeness:
    """Gives each look-up its turn, and each request to a host its distance from the one before.

    Turns are evenly spread: no minute, whenever it begins, holds more than so many. One object is for one process;
    several that share a limit get a part of it each.
    """

    def __init__(self, per_minute: float, *, gap: float = GAP, clock: Clock | None = None) -> None:
        self._interval = 60 / per_minute
        self._gap = gap
        self._clock = clock or SystemClock()
        self._next_turn = float("-inf")
        self._free: dict[str, float] = {}
        """When a host may be asked again, for those that were asked last, in the order of their requests."""

    async def turn(self) -> None:
        """Wait until another domain may be looked up."""
        now = self._clock.now()
        mine = max(now, self._next_turn)
        self._next_turn = mine + self._interval
        await self._wait(mine - now)

    async def approach(self, host: str) -> None:
        """Wait until this host may be sent another request."""
        now = self._clock.now()
        mine = max(now, self._free.pop(host, now))
        self._free[host] = mine + self._gap
        if len(self._free) > _MOST_HOSTS:
            self._free.pop(next(iter(self._free)))
        await self._wait(mine - now)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._clock.sleep(seconds)
