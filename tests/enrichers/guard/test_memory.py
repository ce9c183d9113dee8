"""No hostile server fills the memory of the worker that asks it."""

from __future__ import annotations

import pytest
from benchmarks.bench_guard import MOST_MEBIBYTES, measure

from harvester.enrichers.guard import Limits
from harvester.sandbox.outside.hostile import FAULTS

pytestmark = pytest.mark.anyio


async def test_all_hostile_servers_together_stay_below_200_mebibytes() -> None:
    """With the sizes of production; `benchmarks/bench_guard.py` does it with the times of production, too."""
    costs = await measure(Limits(connect=0.5, tls=0.5, first_byte=0.5, total=0.5))
    assert [cost.fault for cost in costs[1:]] == list(FAULTS)
    assert costs[-1].mebibytes < MOST_MEBIBYTES
