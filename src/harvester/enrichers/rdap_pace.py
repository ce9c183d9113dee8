"""How often each registry is asked: one question after the other, and none while it wants to be left alone."""

from __future__ import annotations

from harvester.enrichers.politeness import Clock, SystemClock

SECONDS_BETWEEN = 2.0
"""From one question to a registry until the next."""
LONGEST_WAIT = 60.0
"""Whoever would have to wait for longer is told so, instead of holding a worker."""
LONGEST_REST = 86_400.0
"""A registry that wants to be left alone for longer is asked again after a day."""
_MOST_HOSTS = 2_000


class Pace:
    """The pauses of one process; servers are told apart by their host, whatever number of endings they answer for."""

    def __init__(self, seconds_between: float = SECONDS_BETWEEN, *, clock: Clock | None = None) -> None:
        self._seconds_between = seconds_between
        self._clock = clock or SystemClock()
        self._free: dict[str, float] = {}
        """When a server may be asked again, as far as we are concerned."""
        self._rested: dict[str, float] = {}
        """When it wants to be asked again."""

    async def turn(self, host: str) -> float:
        """Wait for a turn with a server.

        Gives 0 when it may be asked now; else it must not be, and may be in so many seconds.
        """
        now = self._clock.now()
        mine = max(now, self._free.get(host, now))
        wait = max(mine, self._rested.get(host, now)) - now
        if wait > LONGEST_WAIT or self._rested.get(host, now) > now:
            return wait
        self._forget(now)
        self._free[host] = mine + self._seconds_between
        if wait > 0:
            await self._clock.sleep(wait)
        # Others were asking meanwhile: the server may have had enough of them.
        return max(0.0, self._rested.get(host, 0.0) - self._clock.now())

    def rest(self, host: str, seconds: float) -> float:
        """Leave a server alone for so long, a day at most; gives how long that is in the end."""
        now = self._clock.now()
        until = max(self._rested.get(host, now), now + min(max(seconds, 0.0), LONGEST_REST))
        self._rested[host] = until
        return until - now

    def _forget(self, now: float) -> None:
        """Drop what is past, once there is much of it: referrals may lead to ever new hosts."""
        if len(self._free) + len(self._rested) > _MOST_HOSTS:
            self._free = {host: free for host, free in self._free.items() if free > now}
            self._rested = {host: rested for host, rested in self._rested.items() if rested > now}
