"""Names are resolved over real DNS: our own server on loopback plays the recursive resolver."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from ipaddress import ip_address

import pytest

from harvester.enrichers import names as names_module
from harvester.enrichers.names import Names, NameUnresolved
from harvester.sandbox.outside.name_server import Host, NameServer, Records

pytestmark = pytest.mark.anyio

WORLD: dict[str, Host | Records] = {
    "shop.example": Host({"A": ["192.0.2.7", "192.0.2.8"], "AAAA": ["2001:db8::7"]}, ttl=300),
    "www.shop.example": Host({"CNAME": ["Shop.Example."]}, ttl=60),
    "mapped.example": {"AAAA": ["::ffff:127.0.0.1"]},
    "mail.example": {
        "MX": ["20 b.mail.example.", "10 A.Mail.Example.", "10 a.mail.example."],
        "NS": ["ns1.mail.example."],
    },
    "nomail.example": {"MX": ["0 ."]},
    "lost.example": {"CNAME": ["nobody.example."]},
    "mute.example": {"CNAME": ["mail.example."]},
    "loop.example": {"CNAME": ["pool.example."]},
    "pool.example": {"CNAME": ["loop.example."]},
    "broken.example": Host(fault="servfail"),
    "closed.example": Host(fault="refused"),
    "silent.example": Host(fault="timeout"),
    "noise.example": Host(fault="garbage"),
    "long.example": Host({"A": [f"192.0.2.{n}" for n in range(200)]}),
    "cut.example": Host({"A": ["192.0.2.9"]}, fault="truncated"),
    "slow.example": Host({"A": ["192.0.2.10"]}, delay=0.02),
    "half.example": Host({"A": ["192.0.2.7"]}, fault="servfail", only=frozenset({"AAAA"})),
    "turning.example": Host(turns=({"A": ["93.184.215.14"]}, {"A": ["127.0.0.1"]})),
    "*.wild.example": {"A": ["192.0.2.99"]},
}


@pytest.fixture
async def server() -> AsyncIterator[NameServer]:
    async with NameServer(WORLD) as server:
        yield server


@pytest.fixture
async def names(server: NameServer) -> AsyncIterator[Names]:
    async with Names([server.address]) as names:
        yield names


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("shop.example", ["192.0.2.7", "192.0.2.8", "2001:db8::7"]),
        ("www.shop.example", ["192.0.2.7", "192.0.2.8", "2001:db8::7"]),
        ("mapped.example", ["::ffff:7f00:1"]),
        ("half.example", ["192.0.2.7"]),
        ("cut.example", ["192.0.2.9"]),
        ("slow.example", ["192.0.2.10"]),
        ("any.wild.example", ["192.0.2.99"]),
    ],
)
async def test_addresses_of_both_families_are_found_whatever_the_way(
    names: Names, host: str, expected: list[str]
) -> None:
    assert await names.addresses(host) == [ip_address(text) for text in expected]


async def test_an_answer_too_long_for_a_datagram_is_read_to_its_end_by_tcp(names: Names) -> None:
    assert len(await names.addresses("long.example")) == 200


async def test_each_question_gets_a_fresh_answer_where_none_may_be_kept(names: Names) -> None:
    answers = [str((await names.addresses("turning.example"))[0]) for _ in range(3)]
    assert answers == ["93.184.215.14", "127.0.0.1", "127.0.0.1"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("mail.example", "no_data"),
        ("mute.example", "no_data"),
        ("wild.example", "no_data"),
        ("nobody.example", "nxdomain"),
        ("lost.example", "nxdomain"),
        ("loop.example", "servfail"),
        ("broken.example", "servfail"),
        ("noise.example", "servfail"),
        ("closed.example", "refused"),
        (f"{'a' * 64}.example", "bad_name"),
        ("a b.example", "bad_name"),
        ("a..example", "bad_name"),
        ("пример.example", "bad_name"),
    ],
)
async def test_each_way_to_have_no_address_has_its_word(names: Names, host: str, expected: str) -> None:
    with pytest.raises(NameUnresolved) as caught:
        await names.addresses(host)
    assert caught.value.state == expected


async def test_silence_ends_in_time(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names_module, "SECONDS", 0.3)
    with pytest.raises(NameUnresolved, match="timeout"):
        await names.addresses("silent.example")


async def test_a_resolver_that_does_not_run_is_a_timeout() -> None:
    async with NameServer({}) as server:
        gone = server.address
    async with Names([gone]) as names:
        with pytest.raises(NameUnresolved, match="timeout"):
            await names.addresses("shop.example")


async def test_mail_hosts_come_by_preference_and_once(names: Names) -> None:
    assert (await names.ask("mail.example", "MX")).values == ("a.mail.example", "b.mail.example")
    assert (await names.ask("nomail.example", "MX")).values == ("",)


async def test_the_time_to_live_is_that_of_the_shortest_lived_record_on_the_way(names: Names) -> None:
    assert (await names.ask("www.shop.example", "A")).ttl == 60


async def test_what_was_kept_is_dropped_with_its_channel(
    server: NameServer, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three answers of two addresses are more than that, two are not. What is kept is not asked again, and weighs again.
    monkeypatch.setattr(names_module, "_BYTES_PER_CHANNEL", 7 << 10)
    for _ in range(7):
        await names.ask("shop.example", "A")
    assert len(server.asked) == 3


async def test_long_answers_are_dropped_sooner_than_short_ones(
    server: NameServer, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names_module, "_BYTES_PER_CHANNEL", 60 << 10)
    for host, times in (("shop.example", 20), ("long.example", 20)):
        for _ in range(times):
            await names.ask(host, "A")
    assert Counter(each.name for each in server.asked)["shop.example"] == 1
    assert Counter(each.name for each in server.asked)["long.example"] >= 20


async def test_a_channel_that_gave_way_still_answers_what_it_was_asked(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(names_module, "_BYTES_PER_CHANNEL", 1)
    found = await asyncio.gather(*(names.ask(host, "A") for host in ("slow.example", "shop.example") * 20))
    assert {answer.values for answer in found} == {("192.0.2.10",), ("192.0.2.7", "192.0.2.8")}


async def test_names_are_asked_only_within_their_block() -> None:
    with pytest.raises(RuntimeError):
        await Names().ask("shop.example", "A")
