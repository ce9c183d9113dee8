"""Which registry answers for which ending: IANA's bootstrap registry for domains (RFC 9224).

The list stands in `rdap_dns.json` beside this file, with the day of its publication. To refresh it, fetch
https://data.iana.org/rdap/dns.json, see that `read` accepts it, and put it in the place of that file, as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from urllib.parse import urlsplit

import msgspec

_EXPECTED = frozenset({"com", "net", "org"})
"""Endings without which a file is not IANA's, whatever else it holds."""


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """The list of one day."""

    published_at: datetime
    servers: Mapping[str, str]
    """Ending, of one label or more → the address that every question to its registry begins with, slash included."""

    def server(self, domain_name: str) -> str | None:
        """The registry's address by the longest ending that is listed; None where no registry is known.

        >>> Bootstrap(datetime(2026, 1, 1), {"com": "https://rdap.example/"}).server("shop.com")
        'https://rdap.example/'
        """
        _, _, ending = domain_name.partition(".")
        while ending:
            if ending in self.servers:
                return self.servers[ending]
            _, _, ending = ending.partition(".")
        return None


class _File(msgspec.Struct):
    version: str
    publication: datetime
    services: list[tuple[list[str], list[str]]]


@cache
def shipped() -> Bootstrap:
    """The list that this version came with."""
    return read(files("harvester.enrichers").joinpath("rdap_dns.json").read_bytes())


def read(content: bytes) -> Bootstrap:
    """Read a file in IANA's form; raises ValueError that says what is wrong with it.

    Of several addresses the first one with https counts. An ending whose registry has none is left out: who asks in
    the clear tells the whole way what is looked into, and cannot know who answers.
    """
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"This is no bootstrap registry of RFC 9224: {error}.") from error
    if file.version != "1.0":
        raise ValueError(f"The bootstrap registry has version {file.version}; version 1.0 is understood.")
    if file.publication.tzinfo is None:
        raise ValueError("The bootstrap registry's day of publication has no time zone.")
    servers: dict[str, str] = {}
    for endings, addresses in file.services:
        address = next((address for address in addresses if _is_usable(address)), None)
        for ending in endings:
            name = ending.lower().strip(".")
            if name in servers:
                raise ValueError(f"The bootstrap registry lists {name} twice.")
            if address is not None:
                servers[name] = address if address.endswith("/") else f"{address}/"
    missing = sorted(_EXPECTED - servers.keys())
    if missing:
        raise ValueError(f"The bootstrap registry lacks {', '.join(missing)}.")
    return Bootstrap(file.publication, MappingProxyType(servers))


def _is_usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return (
            parts.scheme == "https" and bool(parts.hostname) and not (parts.username or parts.query or parts.fragment)
        )
    except ValueError:
        return False
