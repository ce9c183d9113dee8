"""The part of the demonstration that collects: from a sandbox that plays TikTok's APIs meanwhile."""

from __future__ import annotations

import time
from collections.abc import Set

from harvester.cli.logs import log_from
from harvester.cli.output import console
from harvester.jobs.worker import CONNECTIONS, Access, work_off
from harvester.model import Credentials
from harvester.sandbox.generate import SEED, Scale
from harvester.sandbox.modes import Modes
from harvester.sandbox.server import serving
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.sandbox.world import World
from harvester.store.database import WORKER, Database
from harvester.store.discovery import DiscoverySource, add_discovery, list_discoveries
from harvester.store.quota import Limits

_DISCOVERIES: Set[DiscoverySource] = frozenset({"commercial_contents", "ads"})
"""What is collected, each by the name of its source."""


async def collect_promoted(conninfo: str) -> None:
    """Collect promoted videos and ads, as a worker does; once, and say what came of it."""
    log_from("error")
    async with Database(conninfo, connections=CONNECTIONS) as database:
        await _collect(database)


async def _collect(database: Database) -> None:
    async with database.transaction(WORKER) as connection:
        known = {each.name: each.last_finished_at for each in await list_discoveries(connection)}
    if all(known.get(name) for name in _DISCOVERIES):
        console.print("collected in place", markup=False)
        return
    started = time.monotonic()
    for name in _DISCOVERIES - known.keys():
        await add_discovery(database, name, name, {})
    # A month of a few videos, so that a day's quota is not needed.
    with World.invent(Scale(videos=40, comments=2_000), seed=SEED + 1) as world:
        async with serving(world, modes=Modes(replies="within")) as url:
            credentials = Credentials(CLIENT_KEY, CLIENT_SECRET)
            await work_off(database, Access(url, credentials, Limits(requests=1_000, records=100_000)))
    async with database.transaction(WORKER) as connection:
        listed = {each.name: each for each in await list_discoveries(connection)}
    videos = listed["commercial_contents"]
    console.print(
        f"collected {videos.comments:,} comments of {videos.videos:,} promoted videos and {listed['ads'].records:,} ads"
        f" from a sandbox of TikTok's APIs in {time.monotonic() - started:.1f} s",
        markup=False,
        soft_wrap=True,
    )
