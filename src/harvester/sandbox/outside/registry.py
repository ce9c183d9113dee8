"""Our own registry on loopback: it answers RDAP questions about domains that tests make up, well or badly."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from aiohttp import web

Fault = Literal["rate_limited", "broken", "busy", "html", "huge", "deep", "lying", "other_domain", "redirect"]
"""`rate_limited` is 429 and `busy` 503, each with `Retry-After`; `broken` is 500; `html` is a page with status 200;
`huge` is longer than anyone reads, `deep` nested 100,000 times, `lying` has members of wrong types; `other_domain`
speaks of another name; `redirect` sends to `referral`."""

_HUGE = 2 * 1024 * 1024
_DEEP = 100_000


@dataclass(frozen=True, slots=True)
class Registration:
    """What the registry knows about a domain, and how it answers."""

    registered_at: str | None = "2026-01-02T03:04:05Z"
    expires_at: str | None = "2027-01-02T03:04:05Z"
    changed_at: str | None = "2026-03-04T05:06:07.890Z"
    registrar: str | None = "Name Sellers, Inc."
    registrar_id: str = "9999"
    abuse_email: str = "abuse@registrar.example"
    abuse_phone: str = "tel:+1.5555550100"
    status: tuple[str, ...] = ("client transfer prohibited",)
    nameservers: tuple[str, ...] = ("NS1.HOST.EXAMPLE", "ns2.host.example")
    is_signed: bool = False
    redacted: tuple[Mapping[str, Any], ...] = ()
    """As RFC 9537 has it."""
    referral: str | None = None
    """The registrar's own address for the same domain."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Further members of the answer, or others in the place of ours."""
    fault: Fault | None = None
    retry_after: str = ""


class Question(NamedTuple):
    """A question that arrived."""

    domain: str
    user_agent: str
    accept: str


class Registry:
    """Answers `/domain/…` on a free port of 127.0.0.1 for the length of a block; others are 404.

    It speaks HTTP, over TLS where it is given a context.
    """

    def __init__(self, domains: Mapping[str, Registration], *, tls: ssl.SSLContext | None = None) -> None:
        self.domains = dict(domains)
        self._tls = tls
        self.asked: list[Question] = []
        """Every question so far, in the order of its arrival."""
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/domain/{name}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].lower()
        headers = request.headers
        self.asked.append(Question(name, headers.get("User-Agent", ""), headers.get("Accept", "")))
        domain = self.domains.get(name)
        if domain is None:
            return _rdap({"errorCode": 404, "title": "Object not found"}, 404)
        if domain.fault in _STATUSES:
            status = _STATUSES[domain.fault]
            answer = _rdap({"errorCode": status, "title": "No answer"}, status)
            if domain.retry_after:
                answer.headers["Retry-After"] = domain.retry_after
            if domain.fault == "redirect":
                answer.headers["Location"] = domain.referral or "/"
            return answer
        return _bad(domain, name) or _rdap(described(name, domain))


_STATUSES = {"rate_limited": 429, "broken": 500, "busy": 503, "redirect": 302}


def described(name: str, domain: Registration) -> dict[str, Any]:
    """The answer about a domain in the form of RFC 9083, as registries of generic endings give it."""
    times = (
        ("registration", domain.registered_at),
        ("expiration", domain.expires_at),
        ("last changed", domain.changed_at),
        ("last update of RDAP database", "2026-11-01T00:00:00Z"),
    )
    answer: dict[str, Any] = {
        "objectClassName": "domain",
        "rdapConformance": ["rdap_level_0", "icann_rdap_response_profile_1", "redacted"],
        "ldhName": name.upper(),
        "status": list(domain.status),
        "events": [{"eventAction": action, "eventDate": time} for action, time in times if time],
        "entities": [_registrar(domain)] if domain.registrar else [],
        "nameservers": [{"objectClassName": "nameserver", "ldhName": host} for host in domain.nameservers],
        "secureDNS": {"delegationSigned": domain.is_signed},
        "redacted": list(domain.redacted),
    }
    if domain.referral:
        answer["links"] = [{"rel": "related", "href": domain.referral, "type": "application/rdap+json"}]
    return {**answer, **domain.more}


def _registrar(domain: Registration) -> dict[str, Any]:
    return {
        "objectClassName": "entity",
        "roles": ["registrar"],
        "publicIds": [{"type": "IANA Registrar ID", "identifier": domain.registrar_id}],
        "vcardArray": card(fn=domain.registrar or ""),
        "entities": [
            {
                "objectClassName": "entity",
                "roles": ["abuse"],
                "vcardArray": card(fn="Abuse desk", email=domain.abuse_email, tel=domain.abuse_phone),
            }
        ],
    }


def card(**properties: str) -> list[Any]:
    """A jCard (RFC 7095) with these properties, all of them texts."""
    return ["vcard", [["version", {}, "text", "4.0"], *([name, {}, "text", text] for name, text in properties.items())]]


def _bad(domain: Registration, name: str) -> web.Response | None:
    """The answer of a fault that lies in the content."""
    match domain.fault:
        case "html":
            return web.Response(text="<!doctype html><title>Welcome</title>", content_type="text/html")
        case "huge":
            return _rdap({**described(name, domain), "remarks": "x" * _HUGE})
        case "deep":
            return web.Response(text='{"a":' * _DEEP + "1" + "}" * _DEEP, content_type="application/rdap+json")
        case "lying":
            return _rdap({**described(name, domain), "events": "yesterday", "status": {"active": True}})
        case "other_domain":
            return _rdap(described("other.example", domain))
    return None


def _rdap(answer: Mapping[str, Any], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(answer), status=status, content_type="application/rdap+json")
