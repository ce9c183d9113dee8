"""A certificate that does not vouch for the name ends the attempt: nothing is sent to whoever shows it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest
from tests.enrichers.guard.certificates import Authority

from harvester.enrichers.guard import Guard
from harvester.enrichers.guard.fetching import fetch
from harvester.sandbox.outside.web_server import Page, WebServer, redirect

pytestmark = pytest.mark.anyio
MakeGuard = Callable[..., Awaitable[Guard]]
SHOP = {"shop.example": {"A": ["127.0.0.1"]}}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def test_a_good_certificate_is_accepted(authority: Authority, guarded: MakeGuard) -> None:
    async with WebServer({"/": Page("hi")}, tls=authority.server("shop.example")) as server:
        guard = await guarded(SHOP, server.address, tls=authority.trusted())
        fetched = await fetch(guard, f"https://shop.example:{server.port}/", user_agent="test")
    assert (fetched.state, fetched.tls_error, fetched.body) == ("ok", None, b"hi")


@pytest.mark.parametrize(
    ("certificate", "word"),
    [
        (lambda authority: authority.server("shop.example", days=-1), "expired"),
        (lambda authority: authority.server("other.example"), "wrong_name"),
        (lambda authority: authority.self_signed("shop.example"), "self_signed"),
    ],
    ids=["expired", "wrong name", "self-signed"],
)
async def test_a_bad_certificate_is_recorded_and_nothing_is_sent(
    certificate: Callable[[Authority], ssl.SSLContext], word: str, authority: Authority, guarded: MakeGuard
) -> None:
    async with (
        WebServer({"/": Page("hi")}, tls=certificate(authority)) as bad,
        WebServer({"/": redirect(f"https://shop.example:{bad.port}/")}, tls=authority.server("shop.example")) as good,
    ):
        guard = await guarded(SHOP, bad.address, good.address, tls=authority.trusted())
        at_once = await fetch(guard, f"https://shop.example:{bad.port}/", user_agent="test")
        at_last = await fetch(guard, f"https://shop.example:{good.port}/", user_agent="test")
    for fetched in (at_once, at_last):
        assert (fetched.state, fetched.tls_error, fetched.status) == ("tls_failed", word, None)
    assert bad.visited == []


async def test_an_issuer_whom_the_system_does_not_know_is_not_trusted(authority: Authority, guarded: MakeGuard) -> None:
    async with WebServer({"/": Page("hi")}, tls=authority.server("shop.example")) as server:
        guard = await guarded(SHOP, server.address, tls=None)
        fetched = await fetch(guard, f"https://shop.example:{server.port}/", user_agent="test")
    assert (fetched.state, fetched.tls_error) == ("tls_failed", "unknown_issuer")
    assert server.visited == []
    assert guard.tls.verify_mode is ssl.CERT_REQUIRED
    assert guard.tls.check_hostname


async def test_a_server_that_speaks_no_tls_is_recorded(guarded: MakeGuard) -> None:
    async with WebServer({"/": Page("hi")}) as server:
        guard = await guarded(SHOP, server.address)
        fetched = await fetch(guard, f"https://shop.example:{server.port}/", user_agent="test")
    assert fetched.state == "tls_failed"
    assert fetched.tls_error
    assert server.visited == []


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def cut(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize(("manner", "state"), [(silent, "tls_timeout"), (cut, "tls_failed")], ids=["silent", "cut"])
async def test_a_handshake_that_comes_to_nothing_is_recorded(
    manner: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], state: str, guarded: MakeGuard
) -> None:
    server = await asyncio.start_server(manner, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()[:2]
    async with server:
        guard = await guarded(SHOP, address)
        fetched = await fetch(guard, f"https://shop.example:{address[1]}/", user_agent="test")
        await asyncio.sleep(0.05)  # The server sees that we went.
    assert fetched.state == state
    assert fetched.tls_error
