"""What a worker does beside its queues."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from harvester.enrichers.guard import Guard
from harvester.enrichers.names import Names
from harvester.jobs.list_fetching import fetching
from harvester.jobs.reference_lists import Fetch, add_fetched
from harvester.jobs.worker import CONNECTIONS, work
from harvester.sandbox.outside.name_server import NameServer
from harvester.sandbox.outside.web_server import Page, WebServer
from harvester.store.database import Database
from harvester.store.reference_list import NewList, list_by_name

pytestmark = pytest.mark.anyio
PATIENCE = 30.0


@asynccontextmanager
async def working(database: Database, fetch: Fetch) -> AsyncIterator[None]:
    """A worker that is told to stop at the end of the block, as a process is."""
    worker = asyncio.create_task(work(database, None, fetch=fetch))
    try:
        yield
    finally:
        await asyncio.sleep(0)
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(worker, PATIENCE)
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)


async def test_a_worker_fetches_a_list_that_is_due_and_leaves_one_that_is_not(conninfo: str) -> None:
    pages = {f"/{name}.txt": Page("velmora.shop\n") for name in ("due", "fresh")}
    async with (
        Database(conninfo, connections=CONNECTIONS) as database,
        NameServer({"lists.example": {"A": ["127.0.0.1"]}}) as outside,
        WebServer(pages) as server,
        Names([outside.address]) as names,
    ):
        fetch = fetching(Guard(names, admit=frozenset({server.address})), "https://example.org/about")
        for name in ("due", "fresh"):
            address = f"http://lists.example:{server.port}/{name}.txt"
            await add_fetched(database, NewList(name, "block", address, "MIT", 1), None, fetch)
            server.pages[f"/{name}.txt"] = Page("velmora.shop\nglow.shop\n")
        with psycopg.connect(conninfo) as owner:
            owner.execute(
                "update reference_list set tried_at = now() - interval '25 hours', refreshed_at = now() - interval"
                " '25 hours' where name = 'due'"
            )
        async with working(database, fetch):
            async with asyncio.timeout(PATIENCE):
                while (await list_by_name(database, "due")).entry_count != 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        assert (await list_by_name(database, "fresh")).entry_count == 1
