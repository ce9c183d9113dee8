"""What an RDAP look-up keeps of a registry's answer, asked over real DNS and HTTP through the guard."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.enrichers.guard.certificates import Authority

from harvester.enrichers.guard import Guard
from harvester.enrichers.names import Names
from harvester.enrichers.rdap import RdapEnricher
from harvester.enrichers.rdap_bootstrap import Bootstrap
from harvester.enrichers.rdap_pace import Pace
from harvester.errors import SettingsError
from harvester.sandbox.outside.name_server import NameServer
from harvester.sandbox.outside.registry import Fault, Registration, Registry

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
TRUST = ssl.create_default_context()
"""Made once: it reads a hundred certificates."""
ENVELOPE = frozenset({"asked", "registry", "state", "checked_at", "reason"})


class Clock:
    """A clock that only waiting moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def registrable(domain_name: str) -> str | None:
    """Two labels; none of `com` alone."""
    labels = domain_name.split(".")
    return ".".join(labels[-2:]) if len(labels) > 1 else None


@asynccontextmanager
async def asking(domains: Mapping[str, Registration], **options: Any) -> AsyncIterator[tuple[RdapEnricher, Registry]]:
    """An enricher, and the registry that it asks about all that ends in `.example`."""
    async with Registry(domains) as registry, asking_of(registry, registry, **options) as rdap:
        yield rdap, registry


@asynccontextmanager
async def asking_of(
    registry: Registry, registrar: Registry, *, tls: ssl.SSLContext | None = None, **options: Any
) -> AsyncIterator[RdapEnricher]:
    """An enricher for a registry that runs, by https where `tls` says whom to trust, and for its registrar."""
    hosts = {
        "rdap.registry.com": {"A": ["127.0.0.1"]},
        "rdap.registrar.com": {"A": ["127.0.0.1"]},
        "rdap.inside.com": {"A": ["10.0.0.7"]},
    }
    bootstrap = Bootstrap(
        NOW,
        {
            "example": f"http{'s' if tls else ''}://rdap.registry.com:{registry.port}/",
            "inside": "http://rdap.inside.com/",
            "lost": "http://rdap.nowhere.com/",
        },
    )
    async with NameServer(hosts) as server, Names([server.address]) as names:
        admit = frozenset({("127.0.0.1", registry.port), ("127.0.0.1", registrar.port)})
        guard = Guard(names, admit=admit, tls=tls or TRUST)
        options = {"pace": Pace(clock=Clock()), "now": lambda: NOW} | options
        yield RdapEnricher(guard, registrable, bootstrap=bootstrap, **options)


async def test_the_facts_of_a_registration_are_kept() -> None:
    async with asking({"shop.example": Registration(is_signed=True)}, contact="https://desk.example") as (
        rdap,
        registry,
    ):
        found = await rdap.look_up("www.shop.example")
    assert found.result == {
        "asked": "shop.example",
        "registry": f"http://rdap.registry.com:{registry.port}/",
        "created_at": "2026-01-02T03:04:05Z",
        "expires_at": "2027-01-02T03:04:05Z",
        "updated_at": "2026-03-04T05:06:07Z",
        "registrar": "Name Sellers, Inc.",
        "registrar_id": "9999",
        "abuse_email": "abuse@registrar.example",
        "abuse_phone": "+1.5555550100",
        "status": ["client transfer prohibited"],
        "nameservers": ["ns1.host.example", "ns2.host.example"],
        "is_signed": True,
        "withheld": [],
        "state": "ok",
        "checked_at": "2026-11-01T09:30:00Z",
    }
    assert (found.domain_name, found.kind, found.state, found.checked_at) == ("www.shop.example", "rdap", "ok", NOW)
    assert not found.is_alive
    [question] = registry.asked
    assert question.domain == "shop.example"
    assert question.user_agent.endswith("(+https://desk.example)")
    assert question.accept == "application/rdap+json"


@pytest.mark.parametrize(
    ("domain", "registration", "state"),
    [
        ("gone.example", None, "not_found"),
        ("com", None, "unsupported"),
        ("shop.unknown", None, "unsupported"),
        ("shop.inside", None, "refused:private"),
        ("shop.lost", None, "unavailable"),
        ("shop.example", Registration(fault="rate_limited", retry_after="120"), "rate_limited"),
        ("shop.example", Registration(fault="broken"), "unavailable"),
        ("shop.example", Registration(fault="busy"), "unavailable"),
        ("shop.example", Registration(fault="html"), "malformed"),
        ("shop.example", Registration(fault="huge"), "malformed"),
        ("shop.example", Registration(fault="deep"), "malformed"),
        ("shop.example", Registration(fault="lying"), "malformed"),
        ("shop.example", Registration(fault="other_domain"), "malformed"),
        ("shop.example", Registration(fault="redirect", referral="http://169.254.169.254/"), "refused:ip_literal"),
        ("shop.example", Registration(fault="redirect", referral="http://rdap.inside.com/"), "refused:private"),
        ("shop.example", Registration(more={"entities": {"roles": "registrar"}}), "malformed"),
        ("shop.example", Registration(more={"ldhName": None}), "malformed"),
        ("shop.example", Registration(more={"objectClassName": "entity"}), "malformed"),
    ],
)
async def test_no_answer_is_a_state_and_never_a_fact(
    domain: str, registration: Registration | None, state: str
) -> None:
    async with asking({"shop.example": registration} if registration else {}) as (rdap, _):
        found = await rdap.look_up(domain)
    assert found.state == found.result["state"] == state
    assert found.result.keys() <= ENVELOPE
    assert not found.is_alive


@pytest.mark.parametrize(
    ("registration", "state", "lacking", "withheld"),
    [
        (
            Registration(registered_at=None, redacted=({"name": {"description": "Creation Date"}},)),
            "redacted",
            "created_at",
            ["created_at"],
        ),
        (
            Registration(
                registrar=None,
                redacted=({"prePath": "$.entities[?(@.roles[0]=='registrar')]", "method": "removal"},),
            ),
            "redacted",
            "registrar",
            ["registrar"],
        ),
        (
            Registration(
                redacted=(
                    {"name": {"type": "Registrant Name"}, "method": "emptyValue"},
                    {"name": {"type": "Tech Email"}, "method": "replacementValue"},
                    {"name": {"description": "Jane Doe's cat"}},
                    "Jane Doe",
                )
            ),
            "ok",
            "registrant",
            ["other", "registrant", "tech"],
        ),
        (Registration(registered_at=None), "ok", "created_at", []),
    ],
)
async def test_what_is_withheld_is_told_from_what_is_missing(
    registration: Registration, state: str, lacking: str, withheld: list[str]
) -> None:
    async with asking({"shop.example": registration}) as (rdap, _):
        found = await rdap.look_up("shop.example")
    assert found.state == state
    assert lacking not in found.result
    assert found.result["withheld"] == withheld


@pytest.mark.parametrize(
    ("registration", "facts"),
    [
        (Registration(registered_at="0000-00-00T00:00:00Z"), {"created_at": None}),
        (Registration(registered_at="0001-01-01T00:00:00Z"), {"created_at": None}),
        (Registration(registered_at="1995-08-14T06:00:00+02:00"), {"created_at": "1995-08-14T04:00:00Z"}),
        (Registration(registered_at="2026-01-02T03:04:05"), {"created_at": None}),
        (Registration(status=("clientHold", "server-hold", "jane doe")), {"status": ["client hold", "server hold"]}),
        (Registration(status=("jane doe",)), {"status": None}),
        (Registration(status=()), {"status": []}),
        (Registration(nameservers=("not a host", "<script>")), {"nameservers": None}),
        (Registration(nameservers=tuple(f"ns{n}.example" for n in range(500))), {"nameservers": 20}),
        (Registration(registrar="A\u202e\x00\n<b>B</b>" + "x" * 5_000), {"registrar": 200}),
        (Registration(registrar_id="none"), {"registrar_id": None}),
        (Registration(abuse_email="a@b.example\r\nBcc: c@d.example"), {"abuse_email": None}),
        (Registration(abuse_phone="javascript:alert(1)"), {"abuse_phone": None}),
    ],
)
async def test_a_value_that_cannot_be_is_left_out(registration: Registration, facts: Mapping[str, Any]) -> None:
    async with asking({"shop.example": registration}) as (rdap, _):
        found = await rdap.look_up("shop.example")
    assert found.state == "ok"
    for key, fact in facts.items():
        value = found.result.get(key)
        assert (len(value) if isinstance(fact, int) else value) == fact


async def test_a_registry_that_wants_rest_is_left_alone_until_it_is_over() -> None:
    clock = Clock()
    busy = Registration(fault="rate_limited", retry_after="120")
    async with asking({"shop.example": busy}, pace=Pace(clock=clock)) as (rdap, registry):
        assert (await rdap.look_up("shop.example")).retry_after == 120
        clock.seconds += 30
        again = await rdap.look_up("other.example")
        assert (again.state, again.retry_after) == ("rate_limited", 90)
        assert len(registry.asked) == 1
        clock.seconds += 90
        assert (await rdap.look_up("other.example")).state == "not_found"
        assert len(registry.asked) == 2


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("", 60), ("nonsense", 60), ("0", 0), ("Sun, 01 Nov 2026 09:31:30 GMT", 90), ("9" * 12, 86_400)],
)
async def test_the_rest_is_as_long_as_the_registry_says_within_reason(retry_after: str, seconds: float) -> None:
    async with asking({"shop.example": Registration(fault="rate_limited", retry_after=retry_after)}) as (rdap, _):
        assert (await rdap.look_up("shop.example")).retry_after == seconds


@pytest.mark.parametrize(
    ("domain", "fault", "reason"),
    [
        ("shop.lost", "broken", "unresolved:nxdomain"),
        ("shop.example", "broken", "status_500"),
        ("shop.example", "busy", "status_503"),
    ],
)
async def test_a_registry_that_does_not_answer_leaves_a_reason(domain: str, fault: Fault, reason: str) -> None:
    async with asking({"shop.example": Registration(fault=fault, retry_after="30")}) as (rdap, _):
        found = await rdap.look_up(domain)
    assert (found.state, found.result["reason"]) == ("unavailable", reason)
    assert found.retry_after == (30 if reason == "status_503" else None)


async def test_a_contact_that_cannot_stand_in_a_header_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(SettingsError, match="HARVESTER_CONTACT"):
        async with asking({}, contact="me\r\nX-Evil: 1"):
            pass


async def test_a_referral_is_followed_only_where_that_is_wanted() -> None:
    registration = Registration(abuse_email="", referral="http://rdap.registrar.com/domain/shop.example")
    async with asking({"shop.example": registration}) as (rdap, registry):
        found = await rdap.look_up("shop.example")
    assert "referral" not in found.result
    assert len(registry.asked) == 1


@pytest.mark.parametrize(
    ("registrars", "state", "phone"),
    [
        (Registration(abuse_phone="+1.222", expires_at="2039-01-01T00:00:00Z", registrar="Liars"), "ok", "+1.222"),
        (Registration(fault="other_domain"), "malformed", None),
        (Registration(fault="broken"), "unavailable", None),
        (None, "not_found", None),
    ],
)
async def test_a_registrar_fills_in_only_what_the_registry_leaves_out(
    registrars: Registration | None, state: str, phone: str | None
) -> None:
    async with Registry({"shop.example": registrars} if registrars else {}) as registrar:
        referral = f"http://rdap.registrar.com:{registrar.port}/domain/shop.example"
        async with (
            Registry({"shop.example": Registration(abuse_phone="", referral=referral)}) as registry,
            asking_of(registry, registrar, follows_referrals=True) as rdap,
        ):
            found = await rdap.look_up("shop.example")
    assert (found.state, found.result["referral"]) == ("ok", state)
    assert found.result.get("abuse_phone") == phone
    assert found.result["expires_at"] == "2027-01-02T03:04:05Z"
    assert found.result["registrar"] == "Name Sellers, Inc."
    assert len(registrar.asked) == 1


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("http://127.0.0.1/", "refused:ip_literal"),
        ("http://rdap.inside.com/domain/shop.example", "refused:private"),
        ("file:///etc/passwd", "refused:scheme"),
        ("http://[", "refused:ip_literal"),
    ],
)
async def test_a_referral_leads_nowhere_that_the_guard_does_not_go(address: str, state: str) -> None:
    registrations = {"shop.example": Registration(referral=address)}
    async with asking(registrations, follows_referrals=True) as (rdap, registry):
        found = await rdap.look_up("shop.example")
    assert (found.state, found.result["referral"]) == ("ok", state)
    assert found.result["registrar"] == "Name Sellers, Inc."
    assert len(registry.asked) == 1


@pytest.mark.parametrize("fault", ["redirect", None])
async def test_a_registry_with_tls_leads_nobody_to_a_place_without(fault: Fault | None, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with (
        Registry({"shop.example": Registration()}) as plain,
        Registry({}, tls=authority.server("rdap.registry.com")) as registry,
        asking_of(registry, plain, tls=authority.trusted(), follows_referrals=True) as rdap,
    ):
        referral = f"http://rdap.registrar.com:{plain.port}/domain/shop.example"
        registry.domains["shop.example"] = Registration(fault=fault, referral=referral)
        found = await rdap.look_up("shop.example")
    assert (found.state, found.result.get("referral")) == (
        ("refused:not_https", None) if fault else ("ok", "refused:not_https")
    )
    assert (len(registry.asked), plain.asked) == (1, [])


async def test_a_registry_whose_certificate_is_wrong_is_not_believed(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with (
        Registry({"shop.example": Registration()}, tls=authority.self_signed("rdap.registry.com")) as registry,
        asking_of(registry, registry, tls=authority.trusted()) as rdap,
    ):
        found = await rdap.look_up("shop.example")
    assert (found.state, found.result["reason"]) == ("unavailable", "tls_failed")
    assert registry.asked == []
