"""What settings and protocol allow is built, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.jobs.enriching import Table

from harvester.domains.registered import registered_name
from harvester.enrichers.catalog import Allowed, enrichers_of, resolvers_of
from harvester.enrichers.registration import FRESH, OncePerRegistration
from harvester.errors import SettingsError
from harvester.model import Pap
from harvester.sandbox.outside.name_server import NameServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("pap", "rdap", "contact", "kinds"),
    [
        ("red", True, "https://example.org/us", set()),
        ("amber", False, None, {"dns"}),
        ("amber", True, "https://example.org/us", {"dns", "rdap"}),
        ("green", False, None, {"dns"}),
        ("green", True, "https://example.org/us", {"dns", "rdap", "http"}),
    ],
)
async def test_what_may_be_asked_is_what_is_built(pap: Pap, rdap: bool, contact: str | None, kinds: set[str]) -> None:
    allowed = Allowed(pap, rdap=rdap, contact=contact)
    assert set(allowed.kinds) == kinds
    async with enrichers_of(allowed, registered_name) as made:
        assert set(made) == kinds
        assert all(kind == enricher.kind for kind, enricher in made.items())


async def test_the_resolvers_that_are_set_are_asked() -> None:
    async with (
        NameServer({"glow.com": {"A": ["192.0.2.1"]}}) as server,
        enrichers_of(Allowed("amber", [server.address]), registered_name) as made,
    ):
        told = await made["dns"].look_up("glow.com")
    assert told.result["a"] == ["192.0.2.1"]
    assert server.asked


@pytest.mark.parametrize("text", ["resolver.example", "192.0.2.1:0", "192.0.2.1:99999", "192.0.2", "[::1", "1.1.1.1:²"])
def test_what_is_no_address_of_a_resolver_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="HARVESTER_DNS_RESOLVERS"):
        resolvers_of(text)


async def test_a_registry_is_asked_once_about_all_hosts_of_a_name_until_that_is_stale() -> None:
    now = [datetime.now(UTC)]
    rdap = Table("rdap", {"failing.com": {"state": "unavailable"}})
    once = OncePerRegistration(rdap, registered_name, now=lambda: now[0])
    told = [await once.look_up(name) for name in ("glow.com", "a.glow.com", "b.glow.com", "failing.com", "failing.com")]
    assert [each.domain_name for each in told[:3]] == ["glow.com", "a.glow.com", "b.glow.com"]
    assert rdap.asked == {"glow.com": 1, "failing.com": 2}
    now[0] += FRESH + timedelta(minutes=1)
    await asyncio.gather(once.look_up("c.glow.com"))
    assert rdap.asked["c.glow.com"] == 1
