"""Collecting under all faults by workers that are killed, again and again, each time in another world.

Each round compares what three workers left, killed at random under a tight quota, with a collection that nothing
disturbed, as tests/jobs/test_collection_crash.py does once with a small world. The exit code says whether a round
failed; its seed gives the same world, faults and victims again.

    make soak                       # ten minutes
    make soak SEED=7 MINUTES=60     # from another seed on, and longer
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from random import Random

from tests.jobs.collecting import a_world
from tests.jobs.test_collection_crash import disturbed_collection, undisturbed_collection
from tests.jobs.test_crash import database_of

from harvester.cli.logs import log_from
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate

TEMPLATE = "soak_template"
SECONDS = 900.0
"""A round that takes longer hangs."""


async def soaked(server: EmbeddedServer, seed: int) -> str:
    """One round; what was seen."""
    draw = Random(seed)
    videos, rate, kills = draw.randint(20, 70), draw.uniform(0.02, 0.05), draw.randint(9, 30)
    comments = videos * draw.randint(20, 60)
    with a_world(videos, comments, seed=seed) as world:
        with database_of(server, TEMPLATE) as conninfo:
            undisturbed = await undisturbed_collection(conninfo, world, rate=rate)
        with database_of(server, TEMPLATE) as conninfo:
            seen = await disturbed_collection(
                conninfo, world, undisturbed, seed=seed, rate=rate, kills=kills, seconds=SECONDS
            )
    return f"{videos} videos, {comments:,} comments, faults at {rate:.1%}: {seen}"


async def migrated(conninfo: str) -> None:
    """Bring a database to the schema."""
    async for _ in migrate(conninfo):
        pass


def main(seed: int, minutes: float) -> int:
    """Rounds until the time is over, at least one; how many failed."""
    log_from("error")
    end, rounds, failed = time.monotonic() + minutes * 60, 0, 0
    with tempfile.TemporaryDirectory() as name, EmbeddedServer(Path(name, "home")).running() as server:
        server.ensure_database(TEMPLATE)
        asyncio.run(migrated(server.conninfo(TEMPLATE)))
        while not rounds or time.monotonic() < end:
            try:
                print(f"seed {seed + rounds}: {asyncio.run(soaked(server, seed + rounds))}", flush=True)
            except Exception:  # noqa: BLE001  The next round may say something else.
                failed += 1
                print(f"seed {seed + rounds}: FAILED\n{traceback.format_exc()}", flush=True)
            rounds += 1
    print(f"{rounds} rounds, {failed} failed")
    return failed


if __name__ == "__main__":
    sys.exit(min(1, main(int(os.environ.get("SEED") or 1), float(os.environ.get("MINUTES") or 10))))
