"""What is asked of a web server, in which order, and when nothing more is."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.enrichers.guard.certificates import Authority
from tests.enrichers.guard.conftest import HASTY
from tests.enrichers.visiting import PAGE, enricher, looked_up

from harvester.sandbox.outside.hostile import FAULTS, HostileServer
from harvester.sandbox.outside.name_server import Host
from harvester.sandbox.outside.web_server import Page, WebServer, redirect

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def test_https_is_tried_first_and_is_enough(authority: Authority) -> None:
    tls = authority.server("shop.example")
    async with (
        WebServer({"/": PAGE}, tls=tls) as secure,
        WebServer({"/": PAGE}) as plain,
        enricher(plain.address, secure.address, trust=authority.trusted()) as asker,
    ):
        found = await asker.look_up("shop.example")
    assert found.result["url"] == f"https://shop.example:{secure.port}/"
    assert found.result["https"] == "ok"
    assert plain.visited == []


async def test_a_certificate_that_fails_ends_the_visit(authority: Authority) -> None:
    """Not without verification, and not over plain HTTP, which would verify nothing either."""
    tls = authority.server("shop.example", days=-1)
    async with (
        WebServer({"/": PAGE}, tls=tls) as secure,
        WebServer({"/": PAGE}) as plain,
        enricher(plain.address, secure.address, trust=authority.trusted()) as asker,
    ):
        found = await asker.look_up("shop.example")
    assert (found.state, found.is_alive) == ("tls_failed", False)
    assert found.result["tls_error"] == "expired"
    assert found.result["reachable"] is False
    assert "status" not in found.result
    assert plain.visited == secure.visited == []


async def test_a_name_that_turns_inside_between_two_requests_is_refused_when_it_does() -> None:
    """The resolver gives a good address for robots.txt, and ours for the page (DNS rebinding)."""
    good, ours = {"A": ["127.0.0.9"]}, {"A": ["127.0.0.1"]}
    hosts = {"shop.example": Host(turns=(good, good, ours))}
    async with (
        WebServer({"/": PAGE}, host="127.0.0.9") as server,
        enricher(server.address, ("127.0.0.9", 9), hosts=hosts) as asker,
    ):
        found = await asker.look_up("shop.example")
    assert (found.state, found.is_alive) == ("refused:loopback", True)
    assert [visited.path for visited in server.visited] == ["/robots.txt"]


@pytest.mark.parametrize(
    ("page", "state", "paths"),
    [
        (Page("User-agent: *\nDisallow: /"), "refused:robots", ["/robots.txt"]),
        (Page("down", status=503), "refused:robots", ["/robots.txt"]),
        (Page("slower", status=429), "refused:robots", ["/robots.txt"]),
        (Page("no", status=403), "ok", ["/robots.txt", "/", "/"]),
        (redirect("/robots.txt"), "ok", ["/robots.txt", "/", "/"]),
        (redirect("http://127.0.0.1/"), "refused:ip_literal", ["/robots.txt"]),
        (Page("<html>not found"), "ok", ["/robots.txt", "/", "/"]),
    ],
    ids=range(7),
)
async def test_robots_txt_is_heeded(page: Page, state: str, paths: list[str]) -> None:
    async with WebServer({"/robots.txt": page, "/": PAGE}) as server:
        found = await looked_up(server)
    assert found.state == state
    assert [visited.path for visited in server.visited] == paths


async def test_a_refusal_of_robots_is_still_an_answer() -> None:
    async with WebServer({"/robots.txt": Page("down", status=503, headers={"Retry-After": "120"})}) as server:
        found = await looked_up(server)
    assert found.is_alive
    assert (found.result["status"], found.result["url"]) == (503, f"http://shop.example:{server.port}/robots.txt")
    assert found.retry_after == 120.0


async def test_a_site_to_which_others_redirect_says_no_as_well() -> None:
    async with WebServer({}) as server:
        server.pages |= {"shop.example/": redirect(f"http://other.example:{server.port}/")}
        server.pages |= {"other.example/robots.txt": Page("User-agent: *\nDisallow: /"), "other.example/": PAGE}
        found = await looked_up(server)
    assert (found.state, found.result["status"]) == ("refused:robots", 302)
    assert ("other.example", "/") not in {(visited.host, visited.path) for visited in server.visited}


async def test_robots_txt_is_asked_for_once_a_day() -> None:
    async with WebServer({"/": PAGE}) as server, enricher(server.address) as asker:
        await asker.look_up("shop.example")
        await asker.look_up("shop.example")
    assert [visited.path for visited in server.visited].count("/robots.txt") == 1


@pytest.mark.parametrize(
    ("page", "methods"),
    [
        (Page(b"PK", headers={"Content-Type": "application/zip"}), ["HEAD"]),
        (Page("x", headers={"Content-Type": "TEXT/HTML;charset=x"}), ["HEAD", "GET"]),
        (Page("x", headers={"Content-Type": ""}), ["HEAD", "GET"]),
        (Page("no HEAD here", status=405, headers={"Content-Type": "text/plain"}), ["HEAD", "GET"]),
    ],
    ids=["file", "page", "unnamed", "no HEAD"],
)
async def test_only_what_may_be_a_page_is_fetched(page: Page, methods: list[str]) -> None:
    async with WebServer({"/": page}) as server:
        found = await looked_up(server)
    assert [visited.method for visited in server.visited if visited.path == "/"] == methods
    assert (found.state, found.result["method"], found.result["status"]) == ("ok", methods[-1], page.status)


@pytest.mark.parametrize(
    ("fault", "decent"),
    [*((fault, frozenset({"/robots.txt"})) for fault in FAULTS), ("slow_headers", frozenset()), ("empty", frozenset())],
)
async def test_a_hostile_server_is_answered_in_time_by_a_block_that_can_be_stored(
    fault: str, decent: frozenset[str]
) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    async with HostileServer(fault, decent=decent) as server:
        found = await looked_up(server, seconds=0.6)
    assert loop.time() - start < 12
    text = json.dumps(found.result, ensure_ascii=False, allow_nan=False).encode().decode()
    assert "\\u0000" not in text
    assert isinstance(found.result["reachable"], bool)
    # A server that answered robots.txt is alive, whatever it does to the rest.
    assert found.is_alive or not decent
    for key, kind in {"status": int, "server": str, "method": str, "url": str}.items():
        assert isinstance(found.result.get(key, kind()), kind)


async def test_the_limit_of_time_holds_for_all_requests_together() -> None:
    async with HostileServer("slow_body", decent=frozenset({"/robots.txt"})) as server:
        found = await looked_up(server, seconds=0.2)
    assert found.state == "timeout"
    assert found.result["elapsed_ms"] < HASTY.total * 1000
