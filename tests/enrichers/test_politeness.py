"""Ten thousand domains fit into a night at the pace that nobody minds; the clock of these tests is a virtual one."""

from __future__ import annotations

import asyncio
import bisect
import heapq
from collections.abc import Sequence
from itertools import pairwise

import pytest

from harvester.enrichers.politeness import GAP, Politeness, SystemClock

pytestmark = pytest.mark.anyio
NIGHT = 8 * 3600.0


class VirtualClock:
    """Time that passes only where everybody waits, and then at once."""

    def __init__(self) -> None:
        self._now = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._count = 0

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self._now + seconds, self._count, woken))
        await woken.wait()

    async def run(self, *work: asyncio.Task[None]) -> None:
        """Let time pass until all work is done."""
        while not all(task.done() for task in work):
            for _ in range(2):  # Whoever was woken goes as far as it can.
                await asyncio.sleep(0)
            if self._sleepers and not all(task.done() for task in work):
                self._now, _, woken = heapq.heappop(self._sleepers)
                woken.set()
        for task in work:
            task.result()


def most_in_a_minute(times: Sequence[float]) -> int:
    """The most that any minute holds, whenever it begins; half open."""
    return max(bisect.bisect_left(times, time + 60 - 1e-6) - place for place, time in enumerate(times))


async def look_up(politeness: Politeness, clock: VirtualClock, seconds: float, begun: list[float]) -> None:
    """Three requests to a host of one's own, of which all take their time."""
    await politeness.turn()
    begun.append(clock.now())
    for _ in range(3):
        await politeness.approach(f"{len(begun)}.example")
        await clock.sleep(seconds / 3)


@pytest.mark.parametrize(
    ("domains", "seconds"), [(10_000, 11.0), (1_000, 0.3)], ids=["a night of slow ones", "an hour of quick ones"]
)
async def test_ten_thousand_domains_fit_into_a_night(domains: int, seconds: float) -> None:
    clock, begun = VirtualClock(), list[float]()
    politeness = Politeness(per_minute=30, clock=clock)
    waiting = list(range(domains))

    async def worker() -> None:
        while waiting:
            waiting.pop()
            await look_up(politeness, clock, seconds, begun)

    # As many at once as a worker takes of a batch.
    await clock.run(*(asyncio.create_task(worker()) for _ in range(10)))
    assert len(begun) == domains
    assert clock.now() < NIGHT * domains / 10_000
    assert most_in_a_minute(begun) <= 30


async def test_what_was_not_used_is_not_made_up_for() -> None:
    clock, begun = VirtualClock(), list[float]()
    politeness = Politeness(per_minute=30, clock=clock)

    async def work() -> None:
        await look_up(politeness, clock, 0.3, begun)
        await clock.sleep(3_600)
        for _ in range(40):
            await politeness.turn()
            begun.append(clock.now())

    await clock.run(asyncio.create_task(work()))
    assert most_in_a_minute(begun) <= 30


async def test_requests_to_one_host_keep_their_distance() -> None:
    clock, times = VirtualClock(), list[float]()
    politeness = Politeness(per_minute=600, clock=clock)

    async def work() -> None:
        await politeness.approach("t.example")
        times.append(clock.now())

    await clock.run(*(asyncio.create_task(work()) for _ in range(20)))
    assert [round(later - earlier, 6) for earlier, later in pairwise(times)] == [GAP] * 19


async def test_other_hosts_do_not_wait() -> None:
    clock = VirtualClock()
    politeness = Politeness(per_minute=600, clock=clock)
    for number in range(10_001):  # More than are remembered.
        await politeness.approach(f"{number}.example")
    assert clock.now() == 0.0


async def test_the_clock_of_production_passes() -> None:
    clock = SystemClock()
    before = clock.now()
    await clock.sleep(0.01)
    assert clock.now() > before
