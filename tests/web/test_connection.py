"""A connection ends where its client keeps it waiting: over a real socket, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from uvicorn.server import ServerState

from harvester.web import connection
from harvester.web.serve import serving

pytestmark = pytest.mark.anyio
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET /healthz HTTP/1.1\r\nHost: %b\r\n\r\n"
POST = b"POST /sign-out HTTP/1.1\r\nHost: %b\r\nContent-Length: 500\r\n\r\na="
PATIENCE = 20
"""Seconds until a test gives up; all that it waits for happens in a fraction of one."""


@contextlib.asynccontextmanager
async def connected(conninfo: str) -> AsyncIterator[tuple[Streams, bytes]]:
    async with serving(conninfo) as url:
        address = httpx.URL(url)
        reader, writer = await asyncio.open_connection(address.host, address.port)
        try:
            yield (reader, writer), address.netloc
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def dripped(streams: Streams, endless: bytes) -> bytes:
    """What comes back until the connection ends, while a byte is sent now and then."""
    reader, writer = streams

    async def drip() -> None:
        with contextlib.suppress(OSError):
            while True:
                writer.write(endless)
                await writer.drain()
                await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(PATIENCE):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        dripping.cancel()
        await asyncio.gather(dripping, return_exceptions=True)


@pytest.mark.parametrize(
    ("begun", "endless"),
    [(b"", b""), (b"GET / HT", b""), (b"GET / HTTP/1.1\r\nX: ", b"x"), (POST, b""), (POST, b"x")],
    ids=["nothing", "half a line", "a head byte by byte", "half a body", "a body byte by byte"],
)
async def test_a_request_that_does_not_end_is_not_waited_for(
    conninfo: str, begun: bytes, endless: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.3)
    async with connected(conninfo) as (streams, host):
        streams[1].write(begun % host if b"%b" in begun else begun)
        await dripped(streams, endless)


async def test_neither_is_the_second_one_of_a_connection(conninfo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(conninfo) as (streams, host):
        reader, writer = streams
        writer.write(GET % host)
        assert b"200 OK" in await reader.readuntil(b'{"status":"ok"}')
        monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.3)
        writer.write(b"GET /")
        assert (await dripped(streams, b"")).strip() == b""


async def test_requests_that_come_to_their_end_go_on_for_as_long_as_they_like(
    conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connected(conninfo) as (streams, host):
        reader, writer = streams
        for cut in (1, 20, -1):
            # In two pieces, and longer in all than one request may take.
            monkeypatch.setattr(connection, "REQUEST_SECONDS", 2)
            request = GET % host
            writer.write(request[:cut])
            await asyncio.sleep(0.2)
            writer.write(request[cut:])
            assert b"200 OK" in await asyncio.wait_for(reader.readuntil(b'{"status":"ok"}'), PATIENCE)
            await asyncio.sleep(0.6)


async def test_an_answer_that_nobody_reads_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    # The protocol alone, behind an application that writes without end.
    ended = asyncio.Event()
    chunk = b"x" * 65536

    async def endless(scope: object, receive: object, send: object) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
        while True:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})  # type: ignore[operator]

    monkeypatch.setattr(connection, "UNREAD_SECONDS", 0.3)
    config = uvicorn.Config(endless, lifespan="off", log_config=None)  # type: ignore[arg-type]

    class Watched(connection.Connection):
        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            for task in self.tasks:
                task.cancel()
            ended.set()

    state = ServerState()
    listening = await asyncio.get_running_loop().create_server(lambda: Watched(config, state, {}), "127.0.0.1", 0)
    async with listening:
        _, writer = await asyncio.open_connection(*listening.sockets[0].getsockname(), limit=1)
        writer.write(GET % b"localhost")
        await asyncio.wait_for(ended.wait(), PATIENCE)
        writer.close()
        await asyncio.gather(*state.tasks, return_exceptions=True)
