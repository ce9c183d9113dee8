"""One person's requests leave room for those of others, however many and slow they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psycopg
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from harvester.store.api_key import create_key
from harvester.store.database import WORKER, Database
from harvester.web.app import create_app
from harvester.web.door.door import Door
from harvester.web.identity import local_admin
from harvester.web.turns import MOST_AT_ONCE, MOST_IN_LINE, Turns

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def two_programs(database: Database) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """Clients of one dashboard, each with a key of its own."""
    app = create_app(database, hosts=frozenset({"desk"}), door=Door())
    clients = []
    for name in ("hasty", "patient"):
        async with database.transaction(WORKER) as connection:
            key = await create_key(connection, name, "read")
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {key}"}
        clients.append(httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers))
    async with clients[0], clients[1]:
        yield clients[0], clients[1]


async def test_whoever_asks_for_much_that_is_slow_leaves_connections_to_others(conninfo: str) -> None:
    async with Database(conninfo) as database, two_programs(database) as (hasty, patient):
        with psycopg.connect(conninfo) as blocker:
            blocker.execute("lock table public.run in access exclusive mode")
            asked = [asyncio.create_task(hasty.get("/api/v1/runs")) for _ in range(8)]
            await asyncio.sleep(0.2)
            async with asyncio.timeout(6):
                answer = await patient.get("/api/v1/videos")
            assert answer.status_code == 200
            assert not any(each.done() for each in asked)
        assert [(await each).status_code for each in asked] == [200] * len(asked)


async def test_one_person_reads_one_table_at_a_time(conninfo: str) -> None:
    async with Database(conninfo) as database, two_programs(database) as (hasty, patient):
        with psycopg.connect(conninfo) as blocker:
            blocker.execute("lock table public.video in access exclusive mode")
            first = asyncio.create_task(hasty.get("/api/v1/videos.csv"))
            await asyncio.sleep(0.2)
            second = await hasty.get("/api/v1/domains.csv")
            assert (second.status_code, second.json()["code"]) == (429, "busy")
            assert (await patient.get("/api/v1/domains.csv")).status_code == 200
        assert (await first).status_code == 200
        assert (await hasty.get("/api/v1/domains.csv")).status_code == 200


async def test_a_line_has_an_end_and_a_place_is_free_when_an_answer_begins() -> None:
    go, begun, statuses = asyncio.Event(), list[int](), list[int]()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append(1)
        await go.wait()
        await PlainTextResponse("here")(scope, receive, send)

    turns = Turns(page)

    async def ask(*, to_stop: bool = False) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                if to_stop:
                    raise OSError("the reader has gone")

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "state": {"identity": local_admin()}}
        await turns(scope, receive, send)

    asked = [asyncio.create_task(ask(to_stop=place == 0)) for place in range(MOST_IN_LINE)]
    await asyncio.sleep(0)
    assert len(begun) == MOST_AT_ONCE
    await ask()
    assert statuses == [429]
    go.set()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [OSError]
    assert statuses == [429] + [200] * MOST_IN_LINE
    assert turns._lines == {}
