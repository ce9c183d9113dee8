"""Fetches from servers in a process of its own, and prints what that cost: `bench_guard.py` starts it."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path

from harvester.enrichers.guard import Guard, Limits
from harvester.enrichers.guard.fetching import fetch
from harvester.enrichers.names import Names


def peak_mebibytes() -> float:
    """The most memory that this process ever had in use."""
    status = Path("/proc/self/status")
    if status.exists():
        # `ru_maxrss` would hold that of the process which started this one, too.
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


async def work(name_server: int, servers: dict[str, int], limits: Limits) -> None:
    """Ask the servers one after the other; a line of JSON for each."""
    async with Names([("127.0.0.1", name_server)]) as names:
        guard = Guard(names, admit=frozenset(("127.0.0.1", port) for port in servers.values()), limits=limits)
        print(json.dumps(["none", "ok", 0, 0, peak_mebibytes()]), flush=True)
        for fault, port in servers.items():
            answer = await fetch(guard, f"http://shop.example:{port}/", user_agent="test")
            print(json.dumps([fault, answer.state, answer.elapsed_ms, len(answer.body), peak_mebibytes()]), flush=True)


if __name__ == "__main__":
    asked = json.loads(sys.stdin.read())
    asyncio.run(work(asked["name_server"], asked["servers"], Limits(**asked["limits"])))
