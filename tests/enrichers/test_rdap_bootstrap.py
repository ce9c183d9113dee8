"""The list of registries that this version came with, and how a new one is read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harvester.domains.registrable import icann_rules
from harvester.enrichers.guard.target import parse
from harvester.enrichers.rdap_bootstrap import read, shipped

GOOD: dict[str, Any] = {
    "version": "1.0",
    "publication": "2026-09-30T23:00:03Z",
    "services": [
        [["com", "NET"], ["http://rdap.example.com/", "https://rdap.example.com/v1"]],
        [["org"], ["https://rdap.example.org/"]],
        [["plain"], ["http://rdap.example.plain/"]],
        [["co.za"], ["https://rdap.example.za/"]],
        [["za"], ["https://rdap.other.za/"]],
    ],
}


def written(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


@pytest.mark.parametrize(
    ("domain", "server"),
    [
        ("shop.com", "https://rdap.verisign.com/com/v1/"),
        ("shop.net", "https://rdap.verisign.com/net/v1/"),
        ("shop.org", "https://rdap.publicinterestregistry.org/rdap/"),
        ("shop.info", "https://rdap.identitydigital.services/rdap/"),
        ("shop.xyz", "https://rdap.centralnic.com/xyz/"),
        ("shop.top", "https://rdap.zdnsgtld.com/top/"),
        ("shop.shop", "https://rdap.gmoregistry.net/rdap/"),
        ("shop.online", "https://rdap.radix.host/rdap/"),
        ("shop.site", "https://rdap.radix.host/rdap/"),
        ("shop.store", "https://rdap.radix.host/rdap/"),
        ("shop.club", "https://rdap.nic.club/"),
        ("shop.vip", "https://rdap.nic.vip/"),
        ("shop.app", "https://pubapi.registry.google/rdap/"),
        ("shop.dev", "https://pubapi.registry.google/rdap/"),
        ("shop.co.uk", "https://rdap.nominet.uk/uk/"),
        ("shop.io", None),
        ("shop.ru", None),
        ("shop.de", None),
        ("com", None),
    ],
)
def test_the_shipped_list_names_the_registry_or_none(domain: str, server: str | None) -> None:
    assert shipped().server(domain) == server


def test_the_shipped_list_holds_known_endings_and_addresses_that_the_guard_reads() -> None:
    bootstrap = shipped()
    assert len(bootstrap.servers) > 1_000
    assert [ending for ending in bootstrap.servers if icann_rules().suffix_of(f"name.{ending}") is None] == []
    for server in set(bootstrap.servers.values()):
        assert parse(server).scheme == "https"
        assert server.endswith("/")


def test_a_list_is_read_as_rfc_9224_has_it() -> None:
    bootstrap = read(written())
    assert bootstrap.published_at.isoformat() == "2026-09-30T23:00:03+00:00"
    assert bootstrap.server("shop.com") == bootstrap.server("shop.net") == "https://rdap.example.com/v1/"
    assert bootstrap.server("shop.co.za") == "https://rdap.example.za/"
    assert bootstrap.server("shop.org.za") == "https://rdap.other.za/"
    assert bootstrap.server("shop.plain") is None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"<html>", "no bootstrap registry"),
        (b"[" * 100_000, "no bootstrap registry"),
        (written(version="2.0"), "version 2.0"),
        (written(publication="yesterday"), "no bootstrap registry"),
        (written(publication="2026-09-30T23:00:03"), "no time zone"),
        (written(services=[["com"], ["https://rdap.example.com/"]]), "no bootstrap registry"),
        (written(services=GOOD["services"] * 2), "com twice"),
        (written(services=[[["com"], ["https://rdap.example.com/"]]]), "lacks net, org"),
        (written(services=[]), "lacks com, net, org"),
        (written(services=[[["com", "net", "org"], ["https://user@rdap.example/", "ftp://a/", "https://["]]]), "lacks"),
    ],
    ids=[
        "html", "deep", "version", "no day", "no zone", "shape", "twice", "two missing", "empty", "no usable address",
    ],
)  # fmt: skip
def test_what_is_no_such_list_is_refused_with_the_reason(content: bytes, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read(content)
