"""The real enrichers at work: a name server, a registry and a web server on loopback, and what is stored of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from tests.jobs.enriching import a_desk
from tests.jobs.test_enriching import work_off
from tests.store.looked import put_domains, rows

from harvester.domains.registered import registered_name
from harvester.enrichers.dns import DnsEnricher
from harvester.enrichers.guard import Guard
from harvester.enrichers.http import HttpEnricher
from harvester.enrichers.names import Names
from harvester.enrichers.politeness import Politeness
from harvester.enrichers.rdap import RdapEnricher
from harvester.enrichers.rdap_bootstrap import Bootstrap
from harvester.enrichers.rdap_pace import Pace
from harvester.jobs.enriching import EnrichingDesk
from harvester.sandbox.outside.name_server import Host, NameServer
from harvester.sandbox.outside.registry import Registration, Registry
from harvester.sandbox.outside.web_server import Page, WebServer

pytestmark = pytest.mark.anyio

CLOSED = 9
"""A port where nobody listens."""
HOSTS = {
    "glow.com": {"A": ["127.0.0.1"], "MX": ["10 mail.glow.com."]},
    "inside.com": {"A": ["10.0.0.7"]},
    "broken.com": Host(fault="servfail"),
    "rdap.registry.org": {"A": ["127.0.0.1"]},
}
STATES = """
select d.domain_name, jsonb_object_agg(e.kind, e.state) as states
from enrichment e join domain d on d.id = e.domain_id group by 1
"""


@asynccontextmanager
async def outside(conninfo: str) -> AsyncIterator[tuple[EnrichingDesk, WebServer]]:
    """A desk whose enrichers reach our own servers."""
    pages = {"glow.com/": Page("<title>Glow</title>", headers={"Content-Type": "text/html", "Server": "nginx"})}
    async with (
        NameServer(HOSTS) as name_server,
        Names([name_server.address]) as names,
        WebServer(pages) as web,
        Registry({"glow.com": Registration(registrar="Name Sellers")}) as registry,
    ):
        ours = {web.address, ("127.0.0.1", registry.port), ("127.0.0.1", CLOSED)}
        guard = Guard(names, admit=frozenset(ours))
        bootstrap = Bootstrap(datetime(2026, 1, 1, tzinfo=UTC), {"com": f"http://rdap.registry.org:{registry.port}/"})
        enrichers = (
            DnsEnricher(names),
            RdapEnricher(guard, registered_name, bootstrap=bootstrap, pace=Pace(0.0)),
            HttpEnricher(
                guard, "https://example.org/us", politeness=Politeness(6_000, gap=0.0), ports=(CLOSED, web.port)
            ),
        )
        async with a_desk(conninfo, *enrichers, http_per_minute=600) as desk:
            yield desk, web


async def test_what_the_outside_says_is_stored_as_the_contract_has_it(conninfo: str) -> None:
    put_domains(conninfo, "glow.com", "inside.com", "broken.com", "nobody.com")
    async with outside(conninfo) as (desk, web):
        await work_off(desk)
        visited = {each.host.partition(":")[0] for each in web.visited}
    told = {row["domain_name"]: row["states"] for row in rows(conninfo, STATES)}
    assert told["glow.com"] == {"dns": "ok", "rdap": "ok", "http": "ok"}
    assert told["nobody.com"] == {"dns": "nxdomain", "rdap": "not_found", "http": "unresolved:nxdomain"}
    assert told["broken.com"]["dns"] == "servfail"
    assert told["inside.com"]["dns"] == "ok"
    assert told["inside.com"]["http"].startswith("refused:")
    assert visited == {"glow.com"}
    [glow] = rows(conninfo, "select metadata, verified_at from domain where domain_name = 'glow.com'")
    assert glow["metadata"]["dns"]["a"] == ["127.0.0.1"]
    assert glow["metadata"]["whois"]["registrar"] == "Name Sellers"
    assert (glow["metadata"]["http"]["status"], glow["metadata"]["http"]["title"]) == (200, "Glow")
    assert glow["verified_at"] is not None
    # What a site inside of our networks would say is not asked, and takes nobody's place.
    [inside] = rows(conninfo, "select metadata from domain where domain_name = 'inside.com'")
    assert "http" not in inside["metadata"]
    assert rows(conninfo, "select 1 from enrichment where state in ('broken', 'unstorable')") == []
