"""What every test may ask for: a real PostgreSQL, and a migrated database of its own in it."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql
from tests.pooler import pooler, through

from harvester.store.binaries import binaries_in
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate

# Nothing is in it but work, which only the process that commands are forked off needs.
collect_ignore = ["warm.py"]

TEMPLATE = "harvester_template"
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes: more than four servers write, with all that the tests leave in them."""

# How long an example takes says nothing on a machine that does other things as well.
settings.register_profile("harvester", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("harvester")
_numbers = count(1)


def pytest_configure() -> None:
    """Let the tests write to memory where there is room: a database of some 350 files for each costs a disk dearly."""
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Packed bytes hold the time: processes that share the tests would each call one by a name of its own."""
    return argname if isinstance(val, bytes) and (b"\0" in val or not val.isascii()) else None


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio, as the product does."""
    return "asyncio"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A server for the whole session: the wheel's, or that of the folder in HARVESTER_TEST_POSTGRES.

    Each process that runs tests has its own: roles belong to a whole server, and some tests change them.
    """
    folder = os.environ.get("HARVESTER_TEST_POSTGRES")
    binaries = binaries_in(Path(folder)) if folder else None
    with EmbeddedServer(tmp_path_factory.mktemp("server"), binaries).running() as running:
        yield running


@pytest.fixture(scope="session")
def template(server: EmbeddedServer) -> str:
    """The name of a database with all migrations, to be copied."""
    server.ensure_database(TEMPLATE)

    async def work() -> None:
        async for _ in migrate(server.conninfo(TEMPLATE)):
            pass

    asyncio.run(work())
    return TEMPLATE


@pytest.fixture(scope="session")
def pooled(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Turns a database's address into the one that the tests use.

    With HARVESTER_TEST_POOLER set that is an address behind a transaction pooler, else the same.
    """
    if not os.environ.get("HARVESTER_TEST_POOLER"):
        yield str
        return
    with pooler(server, tmp_path_factory.mktemp("pooler")) as port:
        yield partial(through, port)


@pytest.fixture
def direct_conninfo(server: EmbeddedServer, template: str) -> Iterator[str]:
    """The address of an empty, migrated database that belongs to this test alone, past any pooler."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        # Half the work of writing every page to the log; no checkpoint waits for a disk where the files lie in memory.
        copy = sql.SQL("create database {} template {} strategy file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        yield server.conninfo(name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def conninfo(direct_conninfo: str, pooled: Callable[[str], str]) -> str:
    """The same database, at the address that the product is given."""
    return pooled(direct_conninfo)
