"""What look-ups give is what the database takes as the blocks of a domain's metadata."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.types.json import Jsonb

from harvester.enrichers.dns import DnsEnricher
from harvester.enrichers.guard import Guard
from harvester.enrichers.names import Names
from harvester.enrichers.rdap import RdapEnricher
from harvester.enrichers.rdap_bootstrap import Bootstrap
from harvester.enrichers.rdap_pace import Pace
from harvester.model import Enrichment
from harvester.sandbox.outside.name_server import Host, NameServer
from harvester.sandbox.outside.registry import Registration, Registry

pytestmark = pytest.mark.anyio
HOSTS = {
    "shop.example": {"A": ["192.0.2.7"], "MX": ["10 mx.shop.example."], "NS": ["ns.shop.example."]},
    "alias.example": {"CNAME": ["shop.example."]},
    "broken.example": Host(fault="servfail"),
    "rdap.registry.com": {"A": ["127.0.0.1"]},
}
REGISTRATIONS = {
    "shop.example": Registration(),
    "bare.example": Registration(registered_at=None, expires_at=None, registrar=None),
    "broken.example": Registration(fault="broken"),
}
DOMAINS = [*HOSTS, *REGISTRATIONS, "nobody.example", "nobody.unknown"]


async def found() -> list[Enrichment]:
    async with Registry(REGISTRATIONS) as registry, NameServer(HOSTS) as server, Names([server.address]) as names:
        guard = Guard(names, admit=frozenset({("127.0.0.1", registry.port)}))
        bootstrap = Bootstrap(
            datetime(2026, 11, 1, tzinfo=UTC), {"example": f"http://rdap.registry.com:{registry.port}/"}
        )
        registrable: Callable[[str], str | None] = str
        enrichers = (DnsEnricher(names), RdapEnricher(guard, registrable, bootstrap=bootstrap, pace=Pace(0)))
        return [await enricher.look_up(domain) for enricher in enrichers for domain in DOMAINS]


async def test_the_database_takes_every_block(direct_conninfo: str) -> None:
    looked_up = await found()
    assert {one.state for one in looked_up} >= {"ok", "nxdomain", "servfail", "not_found", "unsupported", "unavailable"}
    with psycopg.connect(direct_conninfo) as connection:
        for one in looked_up:
            block = {"dns": "dns", "rdap": "whois"}[one.kind]
            row = connection.execute(
                "select private.is_domain_metadata(%s)", [Jsonb({block: dict(one.result)})]
            ).fetchone()
            assert row == (True,), one
