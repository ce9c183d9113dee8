"""The enrichers that a deployment may use, as its settings and its protocol have it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address

from harvester.enrichers.base import Enricher, permits
from harvester.enrichers.dns import DnsEnricher
from harvester.enrichers.guard import Guard
from harvester.enrichers.http import HttpEnricher
from harvester.enrichers.names import Names
from harvester.enrichers.politeness import Politeness
from harvester.enrichers.rdap import RdapEnricher
from harvester.enrichers.registration import OncePerRegistration
from harvester.errors import SettingsError
from harvester.model import LookUp, Pap

KINDS: tuple[LookUp, ...] = ("dns", "rdap", "http")
_DNS_PORT = 53


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the settings say about look-ups."""

    pap: Pap = "amber"
    resolvers: Sequence[tuple[str, int]] = ()
    """Address and port of each; empty for those of the system."""
    rdap: bool = False
    http_per_minute: int = 30
    contact: str | None = None

    def why_not(self, kind: LookUp) -> str | None:
        """Why a look-up of this kind is not made, as the end of its state `refused:…`; None where it is.

        >>> Allowed("amber").why_not("http"), Allowed("green").why_not("http"), Allowed("amber").why_not("dns")
        ('pap', 'no_contact', None)
        """
        if not permits(self.pap, kind):
            return "pap"
        if kind == "rdap" and not self.rdap:
            return "not_configured"
        if kind == "http" and not self.contact:
            return "no_contact"
        return None

    @property
    def kinds(self) -> list[LookUp]:
        """The look-ups that may be made."""
        return [kind for kind in KINDS if self.why_not(kind) is None]


@asynccontextmanager
async def enrichers_of(
    allowed: Allowed, registered: Callable[[str], str | None]
) -> AsyncIterator[Mapping[LookUp, Enricher]]:
    """The enrichers that may be used, for the length of the block; nothing is opened for those that may not.

    `registered` gives the name under which a registry knows a host. Raises SettingsError for a contact that cannot
    stand in a request.
    """
    kinds = allowed.kinds
    if not kinds:
        yield {}
        return
    async with Names(allowed.resolvers) as names:
        guard = Guard(names)
        made: dict[LookUp, Enricher] = {"dns": DnsEnricher(names)}
        if "rdap" in kinds:
            rdap = RdapEnricher(guard, registered, contact=allowed.contact)
            made["rdap"] = OncePerRegistration(rdap, registered)
        if "http" in kinds and allowed.contact:
            politeness = Politeness(per_minute=allowed.http_per_minute)
            made["http"] = HttpEnricher(guard, allowed.contact, politeness=politeness)
        yield {kind: made[kind] for kind in kinds}


def resolvers_of(text: str) -> list[tuple[str, int]]:
    """Read addresses of resolvers, separated by commas; raises SettingsError for what is none.

    >>> resolvers_of("192.0.2.1, 192.0.2.2:5353, [2001:db8::1]:53, 2001:db8::2")
    [('192.0.2.1', 53), ('192.0.2.2', 5353), ('2001:db8::1', 53), ('2001:db8::2', 53)]
    """
    return [_resolver(part.strip()) for part in text.split(",") if part.strip()]


def _resolver(text: str) -> tuple[str, int]:
    host, port = text, str(_DNS_PORT)
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        port = (rest.removeprefix(":") or port) if closed else ""
    elif text.count(":") == 1:
        host, _, port = text.partition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16
    try:
        address = str(ip_address(host))
    except ValueError:
        is_port = False
    if not is_port:
        raise SettingsError(
            f"HARVESTER_DNS_RESOLVERS cannot be used: {text!r} is no address.",
            hint="Write 192.0.2.1 or 192.0.2.1:53, separated by commas.",
        )
    return address, int(port)
