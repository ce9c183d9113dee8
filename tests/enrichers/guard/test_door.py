"""Nothing is sent to where a stranger may not send us, whichever way it is named: a canary on loopback stays silent."""

from __future__ import annotations

import ast
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path

import pytest
from tests.enrichers.guard.canary import Canary, dialled
from tests.enrichers.guard.test_addresses import CLOUDS, RANGES
from tests.enrichers.guard.test_target import SPELLINGS

from harvester.enrichers.guard import Guard
from harvester.enrichers.guard.fetching import fetch
from harvester.enrichers.guard.refusal import Broken, TargetRefused
from harvester.enrichers.guard.target import parse
from harvester.sandbox.outside.name_server import Host
from harvester.sandbox.outside.web_server import Page, WebServer, redirect
from harvester.settings import Settings

pytestmark = pytest.mark.anyio
MakeGuard = Callable[..., Awaitable[Guard]]
ELSEWHERE = "192.0.2.1"
"""Admitting an address that nobody dials lets a port through, and so leaves it to the address to be refused."""
SOURCES = Path(__file__).parents[3] / "src" / "harvester"


async def state(guard: Guard, url: str) -> str:
    return (await fetch(guard, url, user_agent="test")).state


def record(address: str) -> dict[str, list[str]]:
    return {"AAAA" if ":" in address else "A": [address]}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_no_spelling_of_an_address_is_dialled(spelling: str, guarded: MakeGuard, bird: Canary) -> None:
    guard = await guarded({}, (ELSEWHERE, bird.port))
    async with WebServer({"/": redirect(f"http://{spelling}:{bird.port}/")}) as server:
        redirecting = await guarded({"shop.example": record("127.0.0.1")}, server.address, (ELSEWHERE, bird.port))
        with dialled() as connections:
            at_once = await state(guard, f"http://{spelling}:{bird.port}/")
            at_last = await fetch(redirecting, f"http://shop.example:{server.port}/", user_agent="test")
    assert at_once.startswith("refused:")
    assert at_last.state == at_once
    assert len(at_last.chain) == 1
    assert connections == [server.address]
    assert bird.calls == 0


@pytest.mark.parametrize("network", RANGES, ids=str)
async def test_no_answer_of_dns_leads_into_a_range(
    network: IPv4Network | IPv6Network, guarded: MakeGuard, bird: Canary
) -> None:
    """By its name, and by a redirect to it."""
    hosts = {"first.example": record(str(network[0])), "last.example": record(str(network[-1]))}
    pages = {f"/{name}": redirect(f"http://{name}:{bird.port}/") for name in hosts}
    async with WebServer(pages) as server:
        hosts["shop.example"] = record("127.0.0.1")
        guard = await guarded(hosts, server.address, (ELSEWHERE, bird.port))
        with dialled() as connections:
            for name in pages:
                assert (await state(guard, f"http://{name[1:]}:{bird.port}/")).startswith("refused:")
        assert connections == []
        with dialled() as connections:
            for name in pages:
                url = f"http://shop.example:{server.port}{name}"
                assert (await state(guard, url)).startswith("refused:")
        assert connections == [server.address] * 2
    assert bird.calls == 0


async def test_no_answer_of_dns_leads_to_the_service_of_a_cloud(guarded: MakeGuard) -> None:
    addresses = [address for address in CLOUDS if "%" not in address]
    guard = await guarded({f"n{place}.example": record(address) for place, address in enumerate(addresses)})
    with dialled() as connections:
        for place in range(len(addresses)):
            assert (await state(guard, f"https://n{place}.example/")).startswith("refused:")
    assert connections == []


async def test_internal_names_are_not_even_resolved(guarded: MakeGuard, bird: Canary) -> None:
    guard = await guarded({"localhost": record("127.0.0.1")}, (ELSEWHERE, bird.port))
    assert await state(guard, f"http://localhost:{bird.port}/") == "refused:internal_name"
    assert bird.calls == 0


@pytest.mark.parametrize("others", [["9.9.9.9", "127.0.0.1"], ["127.0.0.1", "9.9.9.9"]])
async def test_a_host_with_one_address_of_ours_among_its_own_is_refused(
    others: list[str], guarded: MakeGuard, bird: Canary
) -> None:
    guard = await guarded({"mixed.example": {"A": others}}, (ELSEWHERE, bird.port))
    with dialled() as connections:
        assert await state(guard, f"http://mixed.example:{bird.port}/") == "refused:mixed_addresses"
    assert connections == []


async def test_a_name_that_turns_to_loopback_is_refused_when_it_does(guarded: MakeGuard, bird: Canary) -> None:
    """The resolver gives a good address first, and ours when it is asked again (DNS rebinding)."""
    async with WebServer({"/": redirect("/again"), "/again": Page("once more")}, host="127.0.0.9") as server:
        turns = (record("127.0.0.9"), record("127.0.0.1"))
        guard = await guarded({"turning.example": Host(turns=turns)}, server.address, (ELSEWHERE, bird.port))
        with dialled() as connections:
            fetched = await fetch(guard, f"http://turning.example:{server.port}/", user_agent="test")
    assert (fetched.state, len(fetched.chain)) == ("refused:loopback", 1)
    assert connections == [server.address]
    assert bird.calls == 0


async def test_the_address_is_judged_again_where_it_is_dialled(guarded: MakeGuard, bird: Canary) -> None:
    guard = await guarded({}, (ELSEWHERE, bird.port))
    with dialled() as connections, pytest.raises(TargetRefused) as refused:
        await guard.connect(parse(f"http://shop.example:{bird.port}/"), [ip_address("127.0.0.1")])
    assert refused.value.reason == "loopback"
    assert connections == []


@pytest.mark.parametrize("port", [22, 25, 0, 8080, 5432, 65535, 99999])
async def test_ports_other_than_those_of_the_web_are_refused(port: int, guarded: MakeGuard) -> None:
    guard = await guarded({"shop.example": record("9.9.9.9")})
    assert await state(guard, f"http://shop.example:{port}/") == "refused:port"


async def test_only_the_exact_pair_is_let_through(guarded: MakeGuard, bird: Canary) -> None:
    hosts = {"one.example": record("127.0.0.1"), "two.example": record("127.0.0.2")}
    guard = await guarded(hosts, ("127.0.0.2", bird.port))
    assert guard.reason(ip_address("127.0.0.2"), bird.port) is None
    assert guard.reason(ip_address("127.0.0.2"), 80) == "loopback"
    assert await state(guard, f"http://one.example:{bird.port}/") == "refused:loopback"
    assert bird.calls == 0


async def test_what_the_deployment_calls_its_own_is_refused(guarded: MakeGuard) -> None:
    guard = await guarded({"db.example": record("9.9.9.9")}, refuse=[ip_network("9.9.9.9/32")])
    with dialled() as connections:
        assert await state(guard, "https://db.example/") == "refused:ours"
    assert connections == []


async def test_an_unknown_name_is_a_result(guarded: MakeGuard) -> None:
    guard = await guarded({"broken.example": Host(fault="servfail"), "bare.example": {}})
    assert await state(guard, "https://nobody.example/") == "unresolved:nxdomain"
    assert await state(guard, "https://broken.example/") == "unresolved:servfail"
    assert await state(guard, "https://bare.example/") == "unresolved:no_data"


async def test_where_nobody_listens_the_next_address_is_tried(guarded: MakeGuard) -> None:
    async with WebServer({"/": Page("here")}, host="127.0.0.1") as server:
        guard = await guarded(
            {"shop.example": {"A": ["127.0.0.1", "127.0.0.2"]}, "closed.example": record("127.0.0.2")},
            server.address,
            ("127.0.0.2", server.port),
        )
        fetched = await fetch(guard, f"http://shop.example:{server.port}/", user_agent="test")
        assert (fetched.state, fetched.body) == ("ok", b"here")
        assert await state(guard, f"http://closed.example:{server.port}/") == "connect_refused"


@contextmanager
def deaf(port: int) -> Iterator[None]:
    """Lets connections to 127.0.0.2 hang: a listener that accepts none, whose queue is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.2", port))
        listener.listen(0)
        for _ in range(3):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.2", port))
        yield


async def test_an_address_that_swallows_packets_takes_its_share_of_the_time_and_no_more(guarded: MakeGuard) -> None:
    async with WebServer({"/": Page("here")}, host="127.0.0.1") as server:
        pairs = server.address, ("127.0.0.2", server.port)
        guard = await guarded({"deaf.example": record("127.0.0.2")}, *pairs)
        with deaf(server.port):
            assert await state(guard, f"http://deaf.example:{server.port}/") == "connect_timeout"
            target = parse(f"http://shop.example:{server.port}/")
            dialled = await guard.connect(target, [ip_address("127.0.0.2"), ip_address("127.0.0.1")])
        assert dialled.getpeername() == server.address
        dialled.close()


async def test_a_network_that_cannot_be_reached_is_a_result(guarded: MakeGuard) -> None:
    guard = await guarded({}, ("255.255.255.255", 80))
    with pytest.raises(Broken) as broken:
        await guard.connect(parse("http://shop.example/"), [ip_address("255.255.255.255")])
    assert broken.value.state == "unreachable"


def test_nothing_but_a_test_can_let_an_address_through() -> None:
    """No code of the product admits one, and no setting, variable or option could name one."""
    admitting = [
        str(file.relative_to(SOURCES))
        for file in SOURCES.rglob("*.py")
        if "admit" in (text := file.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.keyword) and node.arg == "admit"
    ]
    assert admitting == []
    assert not [name for name in Settings.model_fields if "admit" in name or "allow" in name or "guard" in name]
