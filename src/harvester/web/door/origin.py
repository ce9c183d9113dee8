"""Addresses of servers, as browsers compare them (RFC 6454)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port, in lower case; the port is always there."""

    scheme: str
    host: str
    port: int

    @property
    def is_secure(self) -> bool:
        """Whether nobody can read along."""
        return self.scheme == "https"

    @property
    def authority(self) -> str:
        """What a browser writes in the header `Host`."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _PORTS[self.scheme] else f"{name}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}"


def origin_of(url: str) -> Origin | None:
    """The origin of an address that has nothing behind it but a slash; None for any other text.

    >>> str(origin_of("HTTPS://Desk.example.org:443/")), origin_of("https://a@desk/"), origin_of("null")
    ('https://desk.example.org', None, None)
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in _PORTS or "@" in parts.netloc or not url.isprintable() or " " in url:
        return None
    if parts.path.strip("/") or parts.query or parts.fragment:
        return None
    return Origin(parts.scheme, host, port or _PORTS[parts.scheme])


def is_of_this_machine(host: str) -> bool:
    """Whether a host is a loopback address.

    >>> is_of_this_machine("::1"), is_of_this_machine("localhost"), is_of_this_machine("localhost.example.org")
    (True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def network_of(host: str) -> str:
    """By what attempts from an address are counted: itself, or of IPv6 the /64, which one connection has to itself.

    >>> network_of("192.0.2.7"), network_of("2001:db8:0:1:aaaa::1"), network_of("::ffff:192.0.2.7"), network_of("x")
    ('192.0.2.7', '2001:db8:0:1::/64', '192.0.2.7', 'x')
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if address.version == 4:
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


def origin_asked(request: Request, public: Origin | None) -> Origin:
    """The origin under which this request came in; the guard has compared its `Host` with the names that are ours."""
    host = request.headers.get("host", "").lower()
    if public is not None and host in (public.authority, f"{public.authority}:{public.port}"):
        return public
    return origin_of(f"http://{host}") or Origin("http", host, 80)
