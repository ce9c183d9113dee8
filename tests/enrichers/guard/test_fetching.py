"""Whatever the other side does is a result, in time and in bounds."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import replace

import pytest
from tests.enrichers.guard.conftest import HASTY

from harvester.enrichers.guard import Guard
from harvester.enrichers.guard.decoding import Inflater, Undecodable, decoder
from harvester.enrichers.guard.fetching import Errand, Fetched, fetch, run
from harvester.enrichers.guard.limits import MEBIBYTE
from harvester.sandbox.outside.hostile import FAULTS, HostileServer
from harvester.sandbox.outside.web_server import Page, WebServer, redirect

pytestmark = pytest.mark.anyio
MakeGuard = Callable[..., Awaitable[Guard]]
SHOP = {"shop.example": {"A": ["127.0.0.1"]}, "other.example": {"A": ["127.0.0.1"]}}
ANSWERS: Mapping[str, tuple[str, ...]] = {
    "single_bomb": ("ok",),
    "double_bomb": ("ok",),
    "false_gzip": ("ok",),
    "empty_gzip": ("ok",),
    "endless_body": ("ok",),
    "endless_chunks": ("ok", "timeout", "too_long"),
    "endless_chunk_extension": ("too_long",),
    "endless_trailers": ("headers_too_large",),
    "slow_body": ("timeout",),
    "slow_headers": ("timeout",),
    "endless_header": ("headers_too_large",),
    "endless_headers": ("headers_too_large",),
    "large_headers": ("headers_too_large",),
    "endless_status": ("headers_too_large",),
    "endless_continues": ("too_long", "timeout"),
    "other_protocol": ("ok", "malformed"),
    "redirect_loop": ("redirect_loop",),
    "endless_redirects": ("too_many_redirects",),
    "hostile_redirect": ("refused:scheme", "malformed"),
    "short_of_its_length": ("incomplete",),
    "long_of_its_length": ("malformed", "ok"),
    "reset_in_mid_body": ("incomplete", "reset"),
    "reset_at_once": ("reset",),
    "no_answer": ("timeout",),
    "empty": ("reset",),
    "garbage": ("malformed",),
    "hostile_words": ("ok",),
}
"""The states that each fault may end in; what the machine's pace decides has two."""


async def fetched(guard: Guard, server: WebServer | HostileServer, path: str = "/", **how: object) -> Fetched:
    return await run(guard, f"http://shop.example:{server.port}{path}", Errand("test/1", **how))  # type: ignore[arg-type]


def test_every_fault_has_an_answer() -> None:
    assert set(ANSWERS) == set(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_hostile_server_gets_its_answer_in_time_and_in_bounds(fault: str, guarded: MakeGuard) -> None:
    async with HostileServer(fault) as server:
        guard = await guarded(SHOP, server.address)
        answer = await fetched(guard, server)
    assert answer.state in ANSWERS[fault]
    assert len(answer.body) <= MEBIBYTE
    assert answer.elapsed_ms < 12_000
    assert server.connections <= 6


@pytest.mark.parametrize("fault", ["endless_continues", "endless_chunks", "endless_chunk_extension", "slow_body"])
async def test_more_than_an_answer_may_have_is_not_received(fault: str, guarded: MakeGuard) -> None:
    """Whatever it is: content, headers, or the frames around them."""
    async with HostileServer(fault) as server:
        guard = await guarded(SHOP, server.address, limits=replace(HASTY, frame_bytes=50))
        answer = await fetched(guard, server, max_bytes=10)
    assert answer.state == "too_long"


async def test_a_page_is_fetched_whole(guarded: MakeGuard) -> None:
    async with WebServer(
        {"shop.example/a?b": Page("<p>hi", headers={"Server": "x", "Content-Type": "text/html"})}
    ) as server:
        answer = await fetched(await guarded(SHOP, server.address), server, "/a?b")
    assert (answer.state, answer.status, answer.body, answer.is_cut) == ("ok", 200, b"<p>hi", False)
    assert answer.headers["server"] == "x"
    [visited] = server.visited
    assert visited.headers == {
        "Host": f"shop.example:{server.port}",
        "User-Agent": "test/1",
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    }


async def test_the_first_form_of_fetching_takes_its_limits(guarded: MakeGuard) -> None:
    async with WebServer({"/": redirect("/next"), "/next": Page("x" * 100)}) as server:
        guard = await guarded(SHOP, server.address)
        url = f"http://shop.example:{server.port}/"
        answer = await fetch(guard, url, user_agent="test", accept="text/html", max_bytes=10)
        none = await fetch(guard, url, user_agent="test", method="HEAD", redirects=0)
    assert (answer.body, answer.is_cut) == (b"x" * 10, True)
    assert [hop.status for hop in answer.chain] == [302]
    assert none.state == "too_many_redirects"
    assert [visited.method for visited in server.visited] == ["GET", "GET", "HEAD"]


async def test_cookies_are_neither_kept_nor_sent(guarded: MakeGuard) -> None:
    pages = {
        "/": Page(status=302, headers={"Set-Cookie": "a=b", "Location": "/next"}),
        "/next": Page("hi"),
    }
    async with WebServer(pages) as server:
        await fetched(await guarded(SHOP, server.address), server)
    assert not any("Cookie" in visited.headers for visited in server.visited)


async def test_no_proxy_of_the_environment_is_used(guarded: MakeGuard, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    async with WebServer({"/": Page("hi")}) as server:
        answer = await fetched(await guarded(SHOP, server.address), server)
    assert answer.state == "ok"


async def test_each_redirect_is_a_connection_of_its_own(guarded: MakeGuard) -> None:
    async with WebServer({}) as server:
        server.pages |= {"/": redirect(f"http://other.example:{server.port}/b"), "other.example/b": redirect("/c")}
        server.pages |= {"other.example/c": Page("end")}
        answer = await fetched(await guarded(SHOP, server.address), server)
    assert answer.url == f"http://other.example:{server.port}/c"
    assert [hop.url for hop in answer.chain] == [
        f"http://shop.example:{server.port}/",
        f"http://other.example:{server.port}/b",
    ]
    assert all(visited.headers["Connection"] == "close" for visited in server.visited)


@pytest.mark.parametrize(
    ("page", "state"),
    [
        (redirect("ftp://shop.example/"), "refused:scheme"),
        (redirect("http://shop.example:22/"), "refused:port"),
        (redirect("http://a:b@shop.example/"), "refused:userinfo"),
        (redirect("http://[::1]/"), "refused:ip_literal"),
        (Page("no location", status=302, headers={}), "ok"),
        (Page("not modified", status=304, headers={"Location": "/x"}), "ok"),
    ],
    ids=range(6),
)
async def test_where_a_redirect_leads_is_judged(page: Page, state: str, guarded: MakeGuard) -> None:
    async with WebServer({"/": page}) as server:
        answer = await fetched(await guarded(SHOP, server.address), server)
    assert answer.state == state
    assert len(server.visited) == 1


async def test_what_a_redirect_says_is_kept_without_its_tricks(guarded: MakeGuard) -> None:
    async with HostileServer("hostile_redirect") as server:
        answer = await fetched(await guarded(SHOP, server.address), server)
    assert answer.state in {"refused:scheme", "malformed"}
    assert "\x1b" not in answer.url
    assert len(answer.url) <= 2_000
    answer.url.encode()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"hello " * 50)),
        ("x-gzip", gzip.compress(b"hello " * 20) + gzip.compress(b"hello " * 30)),
        ("GZip", gzip.compress(b"hello " * 50) + b"rubbish behind it"),
        ("deflate", zlib.compress(b"hello " * 50)),
        ("deflate", zlib.compress(b"hello " * 50, wbits=-15)),
        ("identity", b"hello " * 50),
    ],
    ids=["gzip", "members", "rubbish", "zlib", "raw", "identity"],
)
async def test_one_content_encoding_is_undone(coding: str, body: bytes, guarded: MakeGuard) -> None:
    async with WebServer({"/": Page(body, headers={"Content-Encoding": coding})}) as server:
        answer = await fetched(await guarded(SHOP, server.address), server)
    assert (answer.state, answer.body, answer.is_decoded) == ("ok", b"hello " * 50, True)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "gzip, br", "zstd", "gzip, identity"])
async def test_other_encodings_are_left_as_they_are(coding: str, guarded: MakeGuard) -> None:
    async with WebServer({"/": Page(b"packed", headers={"Content-Encoding": coding})}) as server:
        answer = await fetched(await guarded(SHOP, server.address), server)
    assert (answer.state, answer.body, answer.is_decoded) == ("ok", b"packed", False)


async def test_an_answer_that_is_exactly_as_long_as_allowed_is_whole(guarded: MakeGuard) -> None:
    async with WebServer({"/": Page(b"x" * 1_000)}) as server:
        guard = await guarded(SHOP, server.address)
        whole = await fetched(guard, server, max_bytes=1_000)
        cut = await fetched(guard, server, max_bytes=999)
    assert (len(whole.body), whole.is_cut) == (1_000, False)
    assert (len(cut.body), cut.is_cut) == (999, True)


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_a_bomb_gives_what_was_asked_for_and_no_more(step: int) -> None:
    packed = gzip.compress(bytes(4 * MEBIBYTE))
    inflater = Inflater("gzip")
    content = 0
    for place in range(0, len(packed), step):
        piece = inflater.feed(packed[place : place + step], 100_000 - content)
        content += len(piece)
        assert content <= 100_000
    assert content == 100_000


def test_members_that_end_with_a_piece_are_the_last() -> None:
    undo, _ = decoder("gzip")
    assert undo.feed(gzip.compress(b"a"), 10) == b"a"
    assert undo.feed(b"rubbish", 10) == b""


@pytest.mark.parametrize("size", [0, 7, 10_000])
def test_bytes_that_are_no_gzip_are_no_surprise(size: int) -> None:
    undo, is_known = decoder("gzip")
    assert is_known
    data = b"no gzip"[:size] * size
    with pytest.raises(Undecodable) if size else nullcontext():
        assert undo.feed(data, 10) == b""
