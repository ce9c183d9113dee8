"""What a DNS look-up keeps, and what it does not claim to know."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from harvester.enrichers import names as names_module
from harvester.enrichers.dns import MOST, DnsEnricher
from harvester.enrichers.names import Names
from harvester.sandbox.outside.name_server import Host, NameServer, Records

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
NOTHING: Mapping[str, Any] = {"a": [], "aaaa": [], "cname": None, "mx": False, "mx_hosts": [], "ns": []}
SHOP: Records = {
    "A": ["93.184.215.14"],
    "AAAA": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "MX": ["10 mx.shop.example."],
    "NS": ["ns2.host.example.", "ns1.host.example."],
}


def only(fault: Any, *record_types: str, records: Records = SHOP) -> Host:
    return Host(records, fault=fault, only=frozenset(record_types))


PADDING = ".".join(["\\255" * 60] * 4)
"""250 bytes of a name, a thousand letters of its text."""
WORLD: dict[str, Host | Records] = {
    "shop.example": Host(SHOP, ttl=300),
    "alias.example": Host({"CNAME": ["shop.example."]}, ttl=30),
    "dangling.example": {"CNAME": ["gone.example."]},
    "bare.example": {},
    "nomail.example": {"A": ["93.184.215.14"], "MX": ["0 ."]},
    "inside.example": {"A": ["127.0.0.1", "10.0.0.7"], "AAAA": ["::1"]},
    "sink.example": {"A": ["0.0.0.0"]},
    "*.wild.example": {"A": ["93.184.215.99"]},
    "broken.example": Host(fault="servfail"),
    "closed.example": Host(fault="refused"),
    "silent.example": Host(fault="timeout"),
    "half.example": only("servfail", "AAAA", "CNAME", "MX"),
    "unsure.example": only("refused", "AAAA", records={}),
    "hostile.example": {
        "NS": [f"{label}.example." for label in ("\\000\\255\\010", "<script>", "a\\.b", "\\034\\092\\032'")],
        "MX": [f"10 {n:03}.{PADDING}." for n in range(150)],
    },
    "crowd.example": {"A": [f"192.0.{n // 250}.{n % 250}" for n in range(1_000)]},
}


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    async with NameServer(WORLD) as server:
        yield server


@pytest.fixture
async def enricher(server: NameServer) -> AsyncIterator[DnsEnricher]:
    async with Names([server.address]) as names:
        yield DnsEnricher(names, now=lambda: NOW)


async def test_all_five_types_are_asked_for_and_kept(server: NameServer, enricher: DnsEnricher) -> None:
    found = await enricher.look_up("shop.example")
    assert found.result == {
        "a": ["93.184.215.14"],
        "aaaa": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
        "cname": None,
        "mx": True,
        "mx_hosts": ["mx.shop.example"],
        "ns": ["ns1.host.example", "ns2.host.example"],
        "ttl": 300,
        "state": "ok",
        "checked_at": "2026-11-01T09:30:00Z",
    }
    assert (found.domain_name, found.kind, found.state, found.checked_at) == ("shop.example", "dns", "ok", NOW)
    assert found.is_alive
    assert sorted(asked.record_type for asked in server.asked) == ["A", "AAAA", "CNAME", "MX", "NS"]


@pytest.mark.parametrize(
    ("domain", "state", "facts"),
    [
        ("bare.example", "no_data", NOTHING),
        ("nobody.example", "nxdomain", NOTHING),
        ("dangling.example", "nxdomain", {**NOTHING, "cname": "gone.example"}),
        ("broken.example", "servfail", {}),
        ("closed.example", "refused", {}),
        ("half.example", "ok", {"a": SHOP["A"], "ns": ["ns1.host.example", "ns2.host.example"], "ttl": 0}),
        ("unsure.example", "refused", {key: value for key, value in NOTHING.items() if key != "aaaa"}),
        ("nomail.example", "ok", {**NOTHING, "a": ["93.184.215.14"], "ttl": 0}),
        ("bad name.example", "refused:bad_name", {}),
    ],
)
async def test_what_could_not_be_learnt_is_never_an_empty_fact(
    enricher: DnsEnricher, domain: str, state: str, facts: Mapping[str, Any]
) -> None:
    found = await enricher.look_up(domain)
    assert found.state == state
    assert found.result == {**facts, "state": state, "checked_at": "2026-11-01T09:30:00Z"}
    assert found.is_alive is (state == "ok")


async def test_a_resolver_that_keeps_silent_is_waited_for_once(
    enricher: DnsEnricher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names_module, "SECONDS", 0.3)
    found = await enricher.look_up("silent.example")
    assert found.state == "timeout"
    assert found.result.keys() == {"state", "checked_at"}


async def test_an_alias_is_kept_beside_the_addresses_it_leads_to(enricher: DnsEnricher) -> None:
    found = await enricher.look_up("alias.example")
    assert (found.result["cname"], found.result["a"]) == ("shop.example", ["93.184.215.14"])
    assert found.result["ttl"] == 30


@pytest.mark.parametrize(
    ("domain", "addresses"),
    [
        ("inside.example", ["10.0.0.7", "127.0.0.1", "::1"]),
        ("sink.example", ["0.0.0.0"]),
        ("made-up.wild.example", ["93.184.215.99"]),
    ],
)
async def test_strange_addresses_are_kept_as_they_are_answered(
    enricher: DnsEnricher, domain: str, addresses: list[str]
) -> None:
    found = await enricher.look_up(domain)
    assert found.result["a"] + found.result["aaaa"] == addresses


async def test_a_crowd_of_addresses_is_cut(enricher: DnsEnricher) -> None:
    assert len((await enricher.look_up("crowd.example")).result["a"]) == MOST


async def test_hostile_names_are_kept_as_printable_text_of_bounded_size(enricher: DnsEnricher) -> None:
    result = (await enricher.look_up("hostile.example")).result
    assert len(result["ns"]) == 4
    assert len(result["mx_hosts"]) == MOST
    assert all(name.isascii() and name.isprintable() for name in result["ns"] + result["mx_hosts"])
    assert max(map(len, result["mx_hosts"])) == 253
    # The database takes 64 KiB for a look-up.
    assert len(json.dumps(dict(result))) < 40_000


async def test_answers_in_another_order_are_the_same_facts(enricher: DnsEnricher) -> None:
    results = [(await enricher.look_up("inside.example")).result for _ in range(5)]
    assert all(result == results[0] for result in results)
