"""Registries are asked one question after the other, each at its own pace, by a clock that nobody waits for."""

from __future__ import annotations

import asyncio

import pytest

from harvester.enrichers.rdap_pace import LONGEST_REST, Pace

pytestmark = pytest.mark.anyio


class Clock:
    """Sleepers wake in the order of their time; the clock jumps from one to the next."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.seconds + seconds, future))
        await future

    async def run(self) -> None:
        """Until nobody sleeps."""
        await asyncio.sleep(0)
        while self._sleepers:
            self._sleepers.sort(key=lambda sleeper: sleeper[0])
            self.seconds, future = self._sleepers.pop(0)
            future.set_result(None)
            for _ in range(3):
                await asyncio.sleep(0)


async def turns(pace: Pace, clock: Clock, hosts: list[str]) -> list[tuple[str, float, float]]:
    """Who had a turn when, or was told to come back after how long."""

    async def turn(host: str) -> tuple[str, float, float]:
        wait = await pace.turn(host)
        return host, clock.now(), wait

    asked = [asyncio.create_task(turn(host)) for host in hosts]
    await clock.run()
    return list(await asyncio.gather(*asked))


async def test_questions_to_one_registry_have_their_distance_and_others_do_not_wait_for_it() -> None:
    clock = Clock()
    pace = Pace(2, clock=clock)
    assert await turns(pace, clock, ["a", "a", "b", "a", "b"]) == [
        ("a", 0, 0), ("a", 2, 0), ("b", 0, 0), ("a", 4, 0), ("b", 2, 0),
    ]  # fmt: skip


async def test_nobody_waits_longer_than_a_minute() -> None:
    clock = Clock()
    pace = Pace(25, clock=clock)
    assert await turns(pace, clock, ["a"] * 5) == [("a", 0, 0), ("a", 25, 0), ("a", 50, 0), ("a", 0, 75), ("a", 0, 75)]


async def test_who_waits_while_a_registry_has_enough_does_not_ask_it() -> None:
    clock = Clock()
    pace = Pace(2, clock=clock)
    waiting = [asyncio.create_task(pace.turn("a")) for _ in range(2)]
    await asyncio.sleep(0)
    pace.rest("a", 100)
    await clock.run()
    assert await asyncio.gather(*waiting) == [0, 98]


@pytest.mark.parametrize(("seconds", "rest"), [(30, 30), (-5, 0), (1e12, LONGEST_REST)])
async def test_a_rest_lasts_as_asked_within_a_day(seconds: float, rest: float) -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    assert pace.rest("a", seconds) == rest
    assert await pace.turn("a") == rest


async def test_a_shorter_rest_does_not_end_a_longer_one() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    pace.rest("a", 100)
    assert pace.rest("a", 10) == 100


async def test_ever_new_hosts_are_forgotten() -> None:
    clock = Clock()
    pace = Pace(clock=clock)
    for number in range(5_000):
        clock.seconds += 1
        assert await pace.turn(f"host{number}") == 0
    assert len(pace._free) < 2_100
