"""What hostile web servers cost a worker: the goal is an answer in less than 12 s each, in less than 200 MiB in all.

The servers, on loopback, are in this process; a second one fetches from them, with the limits of production. The
baseline is the same process before its first fetch.

    python benchmarks/bench_guard.py    # about a minute
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from harvester.enrichers.guard import Limits
from harvester.sandbox.outside.hostile import FAULTS, HostileServer
from harvester.sandbox.outside.name_server import NameServer

ROOT = Path(__file__).parents[1]
MOST_SECONDS, MOST_MEBIBYTES = 12.0, 200.0


class Cost(NamedTuple):
    """What one server cost; `mebibytes` is the peak of the process until then."""

    fault: str
    state: str
    elapsed_ms: int
    body: int
    mebibytes: float


async def measure(limits: Limits) -> list[Cost]:
    """Fetch from each hostile server, one after the other; the first row is the process before that."""
    async with AsyncExitStack() as stack:
        names = await stack.enter_async_context(NameServer({"shop.example": {"A": ["127.0.0.1"]}}))
        servers: Mapping[str, int] = {
            fault: (await stack.enter_async_context(HostileServer(fault))).port for fault in FAULTS
        }
        worker = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "benchmarks" / "guard_worker.py"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        )
        asked = {"name_server": names.port, "servers": servers, "limits": asdict(limits)}
        said, _ = await worker.communicate(json.dumps(asked).encode())
    return [Cost(*json.loads(line)) for line in said.splitlines()]


def main() -> None:
    """Print a line for each server; exit 1 where a goal was missed."""
    before, *costs = asyncio.run(measure(Limits()))
    for cost in costs:
        print(f"{cost.fault:26} {cost.state:20} {cost.elapsed_ms / 1000:6.2f} s  {cost.body:9,} bytes kept")
    slowest, peak = max(cost.elapsed_ms for cost in costs) / 1000, costs[-1].mebibytes
    print(f"\nslowest {slowest:.2f} s (goal: less than {MOST_SECONDS:g} s)")
    print(f"peak {peak:.0f} MiB (goal: less than {MOST_MEBIBYTES:g} MiB), {before.mebibytes:.0f} MiB before the first")
    sys.exit(slowest >= MOST_SECONDS or peak >= MOST_MEBIBYTES)


if __name__ == "__main__":
    main()
