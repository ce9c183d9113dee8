"""What a visit to a domain's web server brings, from real servers on loopback."""

from __future__ import annotations

import hashlib

import pytest
from tests.enrichers.guard.conftest import TRUST
from tests.enrichers.visiting import CLOSED, NOW, PAGE, enricher, looked_up

from harvester.enrichers.guard import Guard
from harvester.enrichers.http import HttpEnricher
from harvester.enrichers.names import Names
from harvester.enrichers.politeness import Politeness
from harvester.errors import SettingsError
from harvester.sandbox.outside.name_server import Host
from harvester.sandbox.outside.web_server import Page, WebServer, redirect

pytestmark = pytest.mark.anyio


async def test_a_site_without_tls_is_read_over_http() -> None:
    async with WebServer({"shop.example/": PAGE}) as server:
        found = await looked_up(server)
    url = f"http://shop.example:{server.port}/"
    elapsed = found.result["elapsed_ms"]
    assert isinstance(elapsed, int)
    assert found.result == {
        "reachable": True,
        "state": "ok",
        "https": "connect_refused",
        "status": 200,
        "method": "GET",
        "url": url,
        "final_url": url,
        "redirects": [],
        "server": "nginx/1.2",
        "content_type": "text/html",
        "title": "Glow & co",
        "parked": None,
        "sha256": hashlib.sha256(b"<title>Glow &amp; co</title>").hexdigest(),
        "bytes": 28,
        "cut": False,
        "tls_error": None,
        "elapsed_ms": elapsed,
        "checked_at": "2026-11-02T12:00:00Z",
    }
    assert (found.domain_name, found.kind, found.state, found.is_alive, found.checked_at) == (
        *("shop.example", "http", "ok", True),
        NOW,
    )
    assert [(visited.method, visited.path) for visited in server.visited] == [
        ("GET", "/robots.txt"),
        ("HEAD", "/"),
        ("GET", "/"),
    ]
    assert {visited.headers["User-Agent"] for visited in server.visited} == {
        "tiktok-domain-harvester/0.1.0 (+https://example.org/us)"
    }


async def test_where_a_domain_leads_is_kept() -> None:
    async with WebServer({}) as server:
        other = f"http://other.example:{server.port}"
        server.pages |= {"shop.example/": redirect(f"{other}/deal", 301), "other.example/deal": PAGE}
        found = await looked_up(server)
    assert found.result["url"] == f"http://shop.example:{server.port}/"
    assert found.result["final_url"] == f"{other}/deal"
    assert found.result["redirects"] == [{"url": f"http://shop.example:{server.port}/", "status": 301}]
    # The page is fetched where HEAD was led to, and robots.txt of each server is asked once.
    assert [(visited.method, visited.host, visited.path) for visited in server.visited] == [
        ("GET", "shop.example", "/robots.txt"),
        ("HEAD", "shop.example", "/"),
        ("GET", "other.example", "/robots.txt"),
        ("HEAD", "other.example", "/deal"),
        ("GET", "other.example", "/deal"),
    ]


async def test_a_domain_that_leads_inside_did_answer_and_leads_nowhere() -> None:
    async with WebServer({"/": redirect("http://169.254.169.254/latest/meta-data/")}) as server:
        found = await looked_up(server)
    assert (found.state, found.is_alive) == ("refused:ip_literal", True)
    assert (found.result["status"], found.result["reachable"]) == (302, True)
    assert found.result["final_url"] == "http://169.254.169.254/latest/meta-data/"


async def test_a_name_that_leads_inside_is_refused_without_a_packet() -> None:
    async with WebServer({"/": PAGE}) as server, enricher(("192.0.2.1", server.port)) as asker:
        found = await asker.look_up("shop.example")
    assert (found.state, found.is_alive, found.result["reachable"]) == ("refused:loopback", False, False)
    assert server.visited == []


async def test_a_parked_domain_is_told() -> None:
    async with WebServer({"/": Page("<title>shop.example is for sale</title>")}) as server:
        found = await looked_up(server)
    assert found.result["parked"] == "for_sale:title"
    assert found.is_alive


async def test_a_page_in_an_unknown_encoding_is_kept_as_its_hash() -> None:
    async with WebServer(
        {"/": Page(b"brotli", headers={"Content-Type": "text/html", "Content-Encoding": "br"})}
    ) as server:
        found = await looked_up(server)
    assert found.result["sha256"] == hashlib.sha256(b"brotli").hexdigest()
    assert "title" not in found.result


async def test_a_name_that_nobody_has_is_a_result() -> None:
    async with enricher(CLOSED, hosts={"broken.example": Host(fault="servfail")}) as asker:
        assert (await asker.look_up("nobody.example")).state == "unresolved:nxdomain"
        found = await asker.look_up("broken.example")
    assert (found.state, found.is_alive) == ("unresolved:servfail", False)


async def test_a_domain_where_nobody_listens_is_a_result() -> None:
    async with enricher(CLOSED) as asker:
        found = await asker.look_up("shop.example")
    assert (found.state, found.result["https"], found.result["reachable"]) == (
        "connect_refused",
        "connect_refused",
        False,
    )
    assert not {"status", "server", "method", "url"} & found.result.keys()


@pytest.mark.parametrize("contact", ["", "a b", "x\r\nX-Evil: 1", "ü@example.org", "me(at)example", "x" * 300])
def test_a_contact_that_cannot_stand_in_a_header_is_refused(contact: str) -> None:
    guard = Guard(Names(), tls=TRUST)
    with pytest.raises(SettingsError):
        HttpEnricher(guard, contact)


async def test_without_a_pace_of_its_own_it_keeps_the_usual_one() -> None:
    begun: list[float] = []

    class Clock:
        def now(self) -> float:
            return 0.0

        async def sleep(self, seconds: float) -> None:
            begun.append(seconds)

    async with enricher(CLOSED, politeness=Politeness(per_minute=30, gap=0, clock=Clock())) as asker:
        await asker.look_up("nobody.example")
        await asker.look_up("nobody.example")
    assert begun == [2.0]
