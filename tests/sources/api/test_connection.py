"""One request over HTTP, within bounds."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from aiohttp import web
from tests.sources.api.scripted import Said, Script, serving

from harvester.errors import SettingsError
from harvester.sources.api.connection import MOST_BYTES, Broken, Connection

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "url",
    [
        "http://open.tiktokapis.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "https://key:secret@open.tiktokapis.com",
        "https://open.tiktokapis.com/?a=b",
        "https://open.tiktokapis.com/#a",
        "https://open.tiktokapis.com:http",
        "ftp://127.0.0.1",
        "open.tiktokapis.com",
        "https://",
        "https://[::1",
        "",
    ],
)
def test_no_secret_is_sent_where_others_could_read_it(url: str) -> None:
    with pytest.raises(SettingsError, match="HARVESTER_TIKTOK_URL") as caught:
        Connection(url)
    assert "secret@" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["https://open.tiktokapis.com", "http://127.0.0.1:8001", "http://127.8.0.1", "http://[::1]:80", "http://localhost"],
)
def test_https_and_this_machine_are_asked(url: str) -> None:
    Connection(url)


async def test_a_request_names_the_harvester_keeps_no_cookie_and_follows_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    away = Said("", 307, {"Location": "/elsewhere", "Set-Cookie": "a=b"})
    async with serving(Script([away])) as script, Connection(script.url) as connection:
        replies = [await connection.post("/path/", b"{}", "application/json", token="clt.1") for _ in range(2)]
    assert [reply.status for reply in replies] == [307, 307]
    assert {request.path for request in script.requests} == {"/path/"}
    headers = script.requests[-1].headers
    assert headers["User-Agent"].startswith("tiktok-domain-harvester/")
    assert headers["Authorization"] == "Bearer clt.1"
    assert "Cookie" not in headers


async def test_an_answer_ends_at_a_bound_also_when_it_is_packed() -> None:
    bomb = Said(gzip.compress(b" " * (4 * MOST_BYTES)), headers={"Content-Encoding": "gzip"})
    async with serving(Script([bomb])) as script, Connection(script.url) as connection:
        with pytest.raises(Broken, match="too_large"):
            await connection.post("/", b"{}", "application/json")


async def _hang(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def _drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(100):
        await response.write(b" ")
        await asyncio.sleep(0.05)
    return response


async def _close(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def _tear(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"data": {')
    assert request.transport is not None
    request.transport.close()
    return response


@pytest.mark.parametrize(
    ("handler", "code"),
    [
        (_hang, "timeout"),
        (_drip, "timeout"),
        (_close, "ServerDisconnectedError"),
        (_tear, "ClientPayloadError"),
        (Said(b"\x1f\x8bnonsense", headers={"Content-Encoding": "gzip"}), "ClientPayloadError"),
    ],
)
async def test_an_answer_that_does_not_come_whole_is_broken(handler: object, code: str) -> None:
    async with serving(Script([handler])) as script, Connection(script.url, seconds=0.3) as connection:  # type: ignore[list-item]
        with pytest.raises(Broken) as caught:
            await connection.post("/", b"{}", "application/json")
    assert caught.value.code == code


async def test_where_nobody_listens_the_connection_is_broken() -> None:
    async with Connection("http://127.0.0.1:9") as connection:
        with pytest.raises(Broken, match="ClientConnectorError"):
            await connection.post("/", b"{}", "application/json")
