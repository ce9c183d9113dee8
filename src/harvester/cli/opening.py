"""Opens the database that the settings name: a server by its address, or our own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from harvester.settings import load_settings
from harvester.store.database import Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, require_current

EVIDENCE = "harvester"
"""The database of the embedded server that holds what was really collected."""
DEMONSTRATION = "harvester_demo"
"""The database of the embedded server that holds invented data only."""

T = TypeVar("T")


def backups_folder() -> Path:
    """Where backups go that nobody gave a name."""
    return load_settings().home / "backups"


@contextmanager
def evidence_conninfo() -> Iterator[str]:
    """The address of the evidence; the embedded server runs at least for the length of the block."""
    settings = load_settings()
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    with EmbeddedServer(settings.home).running() as server:
        server.ensure_database(EVIDENCE)
        yield server.conninfo(EVIDENCE)


@asynccontextmanager
async def evidence(conninfo: str, *, in_bulk: bool = False) -> AsyncIterator[Database]:
    """The open database of the evidence; work `in_bulk` gives way to who waits for a page.

    Our own server is brought to the schema of this version without a word; one that belongs to others
    is changed by `harvester db migrate` alone, so SchemaOutdated is raised where it lacks something.
    """
    async with Database(conninfo, in_bulk=in_bulk) as database:
        if load_settings().database_url is None:
            async for _ in migrate(conninfo, backups=backups_folder()):
                pass
        else:
            await require_current(conninfo)
        yield database


def with_evidence(work: Callable[[Database], Coroutine[Any, Any, T]], *, in_bulk: bool = False) -> T:
    """Run one piece of work on the database of the evidence, and return its result."""

    async def opened(conninfo: str) -> T:
        async with evidence(conninfo, in_bulk=in_bulk) as database:
            return await work(database)

    with evidence_conninfo() as conninfo:
        return asyncio.run(opened(conninfo))
