"""Looks domains up: a batch of one kind at a time, under a lease, written as the answers come in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import uniform
from uuid import UUID

import structlog

from harvester.enrichers.base import Enricher
from harvester.enrichers.times import utc_now, written
from harvester.jobs.schedule import is_failure, next_look_up
from harvester.model import Enrichment, LookUp
from harvester.store.database import Database
from harvester.store.look_up import Answer, Taken, TakenLookUp, record, release, take_due
from harvester.store.pace import Pace
from harvester.store.pause import is_paused

_log = structlog.get_logger()
LEASE = timedelta(seconds=120)
"""For which a batch is in one worker's hands; so long is what a dead worker had left alone."""
LONGEST_BATCH = 80.0
"""Seconds after which no more of a batch is asked: well before others may take it."""
BATCH_SECONDS = 10
"""Of DNS that one batch holds at the pace of its worker."""
WATCH_SECONDS = 1.0
"""Between two looks at the switch, and between two writings of what came in."""
JITTER = 0.1
"""Share by which a wait is longer or shorter, so that what began together does not stay together."""
_AT_ONCE: Mapping[LookUp, int] = {"dns": 500, "rdap": 4, "http": 10}
"""Look-ups of a batch that are on their way at a time."""
_BATCH: Mapping[LookUp, int] = {"dns": 2000, "rdap": 20, "http": 30}


class Pacer:
    """Lets so many begin a second, evenly; shared by all that one process does."""

    def __init__(self, per_second: int) -> None:
        self._interval = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        at = max(self._next, time.monotonic())
        self._next = at + self._interval
        if (wait := at - time.monotonic()) > 0:
            await asyncio.sleep(wait)


@dataclass(frozen=True, slots=True)
class EnrichingDesk:
    """Everything that a job of enriching works with."""

    database: Database
    enrichers: Mapping[LookUp, Enricher]
    """What settings and protocol allow; nothing else is asked."""
    dns_per_second: int = 100
    http_per_minute: int = 30
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process is to end: what is not asked yet is given back."""
    pacers: dict[LookUp, Pacer] = field(default_factory=dict)

    def batch(self, kind: LookUp) -> int:
        """Domains that one job takes at the most."""
        return min(_BATCH[kind], self.dns_per_second * BATCH_SECONDS) if kind == "dns" else _BATCH[kind]

    def pace(self, kind: LookUp) -> Pace | None:
        """How fast all workers together may ask; None where each looks after itself."""
        return Pace(self.http_per_minute) if kind == "http" else None

    async def turn(self, kind: LookUp) -> None:
        """Wait until this process may ask the next one."""
        if kind == "dns":
            await self.pacers.setdefault(kind, Pacer(self.dns_per_second)).turn()


async def look_up_due(desk: EnrichingDesk, kind: LookUp) -> int:
    """Look up a batch of what is due; how many look-ups were written."""
    if kind not in desk.enrichers:
        return 0
    begun = time.monotonic()
    taken = await take_due(desk.database, kind, desk.batch(kind), LEASE, desk.pace(kind))
    return len(await look_up(desk, kind, taken, begun=begun))


async def look_up(desk: EnrichingDesk, kind: LookUp, taken: Taken, *, begun: float) -> list[Enrichment]:
    """Ask about what is in hand since `begun`, and write it; what was told, apart from what was given back.

    It ends early where look-ups are stopped, this process is to end, or the lease is nearly over.
    """
    batch = _Batch(desk, kind, taken)
    try:
        await batch.ask(begun + LONGEST_BATCH)
    finally:
        # Told to stop or not: what was asked is on record, and the rest is free for others.
        await asyncio.shield(batch.end())
    return batch.told


class _Batch:
    """Some look-ups of one kind on their way."""

    def __init__(self, desk: EnrichingDesk, kind: LookUp, taken: Taken) -> None:
        self._desk = desk
        self._kind = kind
        self._taken = taken
        self._waiting = list(reversed(taken.look_ups))
        self._answers: list[Answer] = []
        self._settled: set[UUID] = set()
        self.told: list[Enrichment] = []

    async def ask(self, deadline: float) -> None:
        """Ask, and write what came in now and then, until all is asked or it is time to stop."""
        askers = [asyncio.create_task(self._ask_on()) for _ in range(min(len(self._waiting), _AT_ONCE[self._kind]))]
        try:
            while askers:
                ended, on_their_way = await asyncio.wait(askers, timeout=WATCH_SECONDS)
                for each in ended:
                    each.result()
                if not on_their_way or await self._is_to_stop(deadline):
                    break
                await self._write()
        finally:
            for each in askers:
                each.cancel()
            await asyncio.gather(*askers, return_exceptions=True)

    async def end(self) -> None:
        """Write what came in, and give back what did not."""
        await self._write()
        await release(
            self._desk.database, self._taken.mark,
            [each.id for each in self._taken.look_ups if each.id not in self._settled],
        )  # fmt: skip

    async def _is_to_stop(self, deadline: float) -> bool:
        if self._desk.closing.is_set() or time.monotonic() > deadline:
            return True
        return await is_paused(self._desk.database, "enrichment")

    async def _ask_on(self) -> None:
        while self._waiting:
            taken = self._waiting.pop()
            await self._desk.turn(self._kind)
            told = await asked(self._desk.enrichers[self._kind], taken.domain_name)
            self._answers.append(_answer(taken, told))

    async def _write(self) -> None:
        answers, self._answers = self._answers, []
        try:
            await record(self._desk.database, self._taken.mark, answers)
        except BaseException:
            self._answers = answers + self._answers
            raise
        self._settled |= {each.id for each in answers}
        self.told += [each.enrichment for each in answers]


async def asked(enricher: Enricher, domain_name: str) -> Enrichment:
    """What it says; a fault of our own is a result as well, `broken`, so that it keeps no other from being asked."""
    try:
        return await enricher.look_up(domain_name)
    except Exception:  # noqa: BLE001  Nobody foresaw it: where it came from is logged.
        _log.exception("look_up_broken", kind=enricher.kind)
        now = utc_now()
        return Enrichment(domain_name, enricher.kind, "broken", {"checked_at": written(now)}, now)


def _answer(taken: TakenLookUp, told: Enrichment) -> Answer:
    wait = next_look_up(told, taken.failure_count, taken.since_seen)
    # Jitter guards nothing; it never makes a wait shorter than what whoever was asked wants.
    spread = wait * uniform(0, JITTER)  # noqa: S311
    return Answer(taken.id, told, wait + spread, is_failure=is_failure(told.state))


def kinds_of(desk: EnrichingDesk) -> Sequence[LookUp]:
    """What this process may ask, the quickest first."""
    order: tuple[LookUp, ...] = ("dns", "rdap", "http")
    return [kind for kind in order if kind in desk.enrichers]
