"""A dashboard on a real port, over a database with invented comments."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from tests.web.windows import browser, complaints, page

from harvester.jobs.collect import collect
from harvester.model import Ad, Comment, Creator, Video
from harvester.sandbox.generate import Scale, generate
from harvester.store.database import Database
from harvester.store.embedded import EmbeddedServer
from harvester.web.door.door import Door
from harvester.web.serve import serving

__all__ = ["browser", "complaints", "page"]
OpenSite = Callable[[str], AbstractContextManager[httpx.Client]]
SCALE = Scale(videos=60, comments=3_000, days=60)
UNWIELDY = [
    Video("7300000000000000001", username="v" * 200, is_promoted=True),
    Comment("7400000000000000001", "7300000000000000001", "overflow-probe.com " + "A" * 3_000, username="w" * 200),
    Comment(
        "7400000000000000002", "7300000000000000001", "Z\u0351\u036b\u0343" * 60 + " overflow-probe.com \u202e\u200b"
    ),
    Comment("7400000000000000003", "7300000000000000001", f"{'very-' * 12}long.{'very-' * 12}long.overflow-probe.com"),
    Video("7300000000000000002", username="v" * 200, caption=f"{'A' * 200} overflow-probe.com {'A' * 200}"),
    Comment("7400000000000000004", "7300000000000000001", "kin-probe.com, then shop.kin-probe.com"),
    Creator("x" * 200, bio_url=f"https://overflow-probe.com/{'p' * 2_000}"),
    Ad("1700000000000000001", title=f"{'Z' * 60} overflow-probe.com \u202e", advertiser_name="a" * 400),
    # A domain that no comment mentions.
    Creator("elsewhere", bio="all at seen-elsewhere-only.com and seen-elsewhere-only.com/now"),
    *(Ad(f"18000000000000000{number:02}", title="at seen-elsewhere-only.com") for number in range(30)),
]
"""Texts without a place to break, for pages that must not grow wider than their window."""
FOUND = [
    Video("7300000000000000003", username="lamps"),
    *(Comment(f"74000000000000001{number:02}", "7300000000000000003", f"Free lamp {number}: lamp-probe.com")
      for number in range(9)),
]  # fmt: skip
"""Comments that a search finds on more than one page, whatever words the invented days have."""


@pytest.fixture(scope="session")
def open_site() -> OpenSite:
    """Opens a dashboard on a database, and gives a client that speaks to it over HTTP, signed in by the link."""

    @contextmanager
    def site(conninfo: str) -> Iterator[httpx.Client]:
        ready, stop = threading.Event(), asyncio.Event()
        loop = asyncio.new_event_loop()
        urls: list[str] = []
        links: list[str] = []

        async def work() -> None:
            # Tests ask faster than any program may.
            door = Door(api_per_minute=100_000)
            async with serving(conninfo, door=door) as url:
                urls.append(url)
                links.append(door.new_link(url))
                ready.set()
                await stop.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
        thread.start()
        assert ready.wait(20), "the dashboard did not start"
        try:
            with httpx.Client(base_url=urls[0], timeout=30) as client:
                assert client.get(links[0]).status_code == 303
                yield client
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(20)
            loop.close()

    return site


@pytest.fixture(scope="session")
def filled(server: EmbeddedServer, template: str) -> str:
    """The address of a database with sixty invented days; tests only read it."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        copy = sql.SQL("create database web_filled template {}")
        connection.execute(copy.format(sql.Identifier(template)))
    conninfo = server.conninfo("web_filled")

    async def work() -> None:
        async with Database(conninfo) as database:
            await collect(database, "sandbox", {}, generate(SCALE, datetime.now(UTC)))
            await collect(database, "bare_csv", {"file": "W" * 400 + ".csv"}, UNWIELDY)
            await collect(database, "bare_csv", {"file": "lamps.csv"}, FOUND)

    asyncio.run(work())
    with psycopg.connect(conninfo) as owner:
        owner.execute(
            "update domain set kind = 'shortener', is_suspicious = true, is_verified = true, verified_at = now(),"
            " notes = repeat('note', 200), metadata = %s where domain_name = 'overflow-probe.com'",
            [Jsonb({"http": {"reachable": True, "status": 200, "server": "x" * 400}})],
        )
        # Other programs write mentions, too, and know of no address in a text.
        owner.execute(
            "update domain_mention m"
            " set occurrences = (select jsonb_agg(each - 'url') from jsonb_array_elements(occurrences) each)"
            " from comment c where c.id = m.comment_id and c.comment_id = '7400000000000000002'"
        )
    return conninfo


@pytest.fixture(scope="session")
def site(filled: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    """A client of the dashboard over the filled database."""
    with open_site(filled) as client:
        yield client


@pytest.fixture
def empty_site(conninfo: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    """A client of a dashboard over a database without anything."""
    with open_site(conninfo) as client:
        yield client
