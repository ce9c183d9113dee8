"""The one reading of an address, from its text to the socket: who reads it twice, reads it in two ways."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

import idna

from harvester.enrichers.guard.refusal import TargetRefused

LONGEST_URL = 8_000
"""Octets that everybody must be able to handle: RFC 9110, section 4.1."""
PORTS = {"http": 80, "https": 443}

_CONTROL = re.compile(r"[\x00-\x20\x7f]")
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?P<authority>[^/?#\\]*)(?P<path>[^#]*))?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PORT = re.compile(r":([0-9]{0,5})\Z")
_LDH_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)")
"""A last label that is a number makes the whole an IPv4 address (WHATWG URL Standard, "ends in a number")."""
_LONGEST_NAME = 253
_KEPT = "/?%:@!$&'()*+,;=~-._[]"
"""What may stand in a path or query as it is (RFC 3986, section 3.3)."""

INTERNAL = """
localhost local localdomain internal intranet private corp home lan home.arpa onion alt
metadata.tencentyun.com
""".split()
"""Names that mean something else in each network: those set aside by RFC 6761, 6762, 7686, 8375 and 9476, by ICANN
(internal, corp, home) or by custom, and one cloud's own service; with all below them."""
_SERVICES = frozenset({"metadata", "instance-data"})
"""First labels under which clouds tell their guests who they are, and with which keys."""


@dataclass(frozen=True, slots=True)
class Target:
    """One resource of one server, in the only spelling that is used from here on."""

    scheme: str
    host: str
    """A-labels in lower case, without a last dot: no address in any spelling, no name of an inner network."""
    port: int
    path: str
    """With its query; it starts with a slash, and holds printable ASCII without blanks."""

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            # It would become a part of the host's name.
            raise TargetRefused("bad_url")

    @property
    def origin(self) -> str:
        """Scheme, host, and the port where it is not the scheme's own."""
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.path

    def redirected(self, location: str) -> Target:
        """The target that a header `Location` names; raises TargetRefused.

        >>> Target("https", "name.com", 443, "/a/b?c").redirected("../d e").url
        'https://name.com/d%20e'
        """
        location = location.strip(" \t")
        if location.startswith("//"):
            return parse(f"{self.scheme}:{location}")
        if _SCHEME.match(location):
            return parse(location)
        path, _, _ = location.partition("#")
        if path.startswith("/"):
            return Target(self.scheme, self.host, self.port, _clean_path(path))
        # What is left are a path from here on or a query: neither can lead to another server. The stand-in for one
        # keeps the path from growing out of its root.
        joined = urljoin(f"http://here{self.path}", _clean_path(path, lead=""))
        return Target(self.scheme, self.host, self.port, joined.removeprefix("http://here"))


def parse(url: str) -> Target:
    """Read an absolute address; raises TargetRefused for whatever is no plain address of a server on the internet.

    >>> parse("HTTPS://Bücher.example.:443/ä?q").url
    'https://xn--bcher-kva.example/%C3%A4?q'
    """
    match = _URL.match(url)
    if match is None or len(url) > LONGEST_URL:
        raise TargetRefused("bad_url")
    scheme = match["scheme"].lower()
    if scheme not in PORTS:
        raise TargetRefused("scheme")
    authority = match["authority"]
    if not authority or _CONTROL.search(authority):
        raise TargetRefused("bad_url")
    if "@" in authority:
        raise TargetRefused("userinfo")
    written = _PORT.search(authority)
    host = parse_host(authority[: written.start()] if written else authority)
    port = int(written[1]) if written and written[1] else PORTS[scheme]
    return Target(scheme, host, port, _clean_path(match["path"]))


def parse_host(text: str) -> str:
    """Read a host as the resolver will be asked for it; raises TargetRefused for an address in any spelling.

    The mapping is UTS 46, non-transitional: it turns circled digits into digits and ideographic full stops into dots.

    >>> parse_host("Name.COM.")
    'name.com'
    """
    if "[" in text or ":" in text:
        raise TargetRefused("ip_literal")
    host = _to_ascii(text)
    host = host.removesuffix(".")
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise TargetRefused("ip_literal")
    if len(host) > _LONGEST_NAME or not _LDH_NAME.fullmatch(host):
        raise TargetRefused("bad_name")
    if len(labels) == 1 or labels[0] in _SERVICES or any(f".{host}".endswith(f".{name}") for name in INTERNAL):
        raise TargetRefused("internal_name")
    return host


def _to_ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        # On much longer text than a name can be, idna takes long.
        return idna.encode(text[: 4 * _LONGEST_NAME], uts46=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise TargetRefused("bad_name") from None


def _clean_path(path: str, lead: str = "/") -> str:
    path = path.strip(" \t")
    if _CONTROL.search(path.replace(" ", "")):
        raise TargetRefused("bad_url")
    try:
        # Headers come as bytes: those that are no UTF-8 are written as they came.
        cleaned = quote(path.encode("utf-8", "surrogateescape"), safe=_KEPT)
    except UnicodeEncodeError:
        raise TargetRefused("bad_url") from None
    if len(cleaned) > LONGEST_URL:
        raise TargetRefused("bad_url")
    return cleaned if cleaned.startswith(lead) else lead + cleaned
