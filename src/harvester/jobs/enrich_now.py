"""Looks domains up because somebody asks now: stored ones under the lease, as workers do, others without a trace."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

from harvester.errors import EnrichmentPaused
from harvester.jobs.enriching import LEASE, EnrichingDesk, asked, look_up
from harvester.model import Enrichment, LookUp
from harvester.store.database import WORKER
from harvester.store.look_up import enrol_named, take_named
from harvester.store.pace import begin
from harvester.store.pause import pause_state

_AGAIN_SECONDS = 0.5
"""Between two looks whether a domain that a worker has in hand is free, or whether the pace allows another."""
_PATIENCE = LEASE.total_seconds() + 30
"""Seconds after which a domain that nobody lets go of, or that is deleted meanwhile, is left alone."""
_AT_ONCE = 50
"""Domains that are asked about together; each group is written before the next is asked."""


async def look_up_now(
    desk: EnrichingDesk, kind: LookUp, names: Sequence[str], stored: set[str]
) -> AsyncIterator[Enrichment]:
    """What each domain's look-up of one kind tells, as it comes in.

    Those of `stored` are written, each while nobody else asks the same; where a worker does, this waits until it is
    done, for two minutes and a half at the longest. Raises EnrichmentPaused where look-ups are stopped.
    """
    for start in range(0, len(names), _AT_ONCE):
        group = names[start : start + _AT_ONCE]
        for told in await _stored(desk, kind, [name for name in group if name in stored]):
            yield told
        for told in await _strange(desk, kind, [name for name in group if name not in stored]):
            yield told


async def _stored(desk: EnrichingDesk, kind: LookUp, names: Sequence[str]) -> list[Enrichment]:
    told: list[Enrichment] = []
    if names:
        await enrol_named(desk.database, names, [kind])
    waiting, moved = list(names), time.monotonic()
    while waiting and time.monotonic() - moved < _PATIENCE:
        await check_allowed(desk)
        begun = time.monotonic()
        taken = await take_named(desk.database, waiting, kind, LEASE, desk.pace(kind))
        some = await look_up(desk, kind, taken, begun=begun)
        told += some
        if some:
            moved = time.monotonic()
            waiting = [name for name in waiting if name not in {each.domain_name for each in some}]
        else:
            await asyncio.sleep(_AGAIN_SECONDS)
    return told


async def _strange(desk: EnrichingDesk, kind: LookUp, names: Sequence[str]) -> list[Enrichment]:
    told: list[Enrichment] = []
    waiting = list(names)
    while waiting:
        await check_allowed(desk)
        pace = desk.pace(kind)
        allowed = len(waiting) if pace is None else await begin(desk.database, kind, len(waiting), pace)
        some, waiting = waiting[:allowed], waiting[allowed:]
        told += await asyncio.gather(*(asked(desk.enrichers[kind], name) for name in some))
        if waiting and not some:
            await asyncio.sleep(_AGAIN_SECONDS)
    return told


async def check_allowed(desk: EnrichingDesk) -> None:
    """Raises EnrichmentPaused where an operator has stopped all look-ups."""
    async with desk.database.transaction(WORKER) as connection:
        state = await pause_state(connection, "enrichment")
    if state.is_paused:
        raise EnrichmentPaused(
            f"All look-ups are stopped{f': {state.reason}' if state.reason else ''}.",
            hint="Let them go on: harvester enrichment resume",
        )
