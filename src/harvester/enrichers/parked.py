"""Whether a page is its owner's own, or what a registrar, a dealer or a fresh server shows where there is none yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

MARKETS = frozenset(
    """afternic.com atom.com brandbucket.com brandpa.com buydomains.com dan.com domainmarket.com efty.com
    forsale.godaddy.com hugedomains.com perfectdomain.com sedo.com squadhelp.com undeveloped.com
    uniregistry.com""".split()
)
"""Where names are sold: a domain that leads there is for sale. As of November 2026, as all lists here."""
SERVICES = frozenset(
    """above.com bodis.com bodiscdn.com d38psrni17bvxu.cloudfront.net
    parking.godaddy.com parkingcrew.net parkingpage.namecheap.com parklogic.com sedoparking.com
    skenzo.com voodoo.com""".split()
)
"""Companies that fill unused names with advertisements: a page that loads from them, or leads to them, is theirs."""
INLINE: Mapping[bytes, str] = MappingProxyType(
    {
        b"/adsense/domains/caf.js": "google_adsense_for_domains",
        b"data-adblockkey=": "acceptable_ads_key",
        b"img1.wsimg.com/parking-lander/": "godaddy.com",
        b'window.location.href="/lander"': "godaddy.com",
        b'window.park = "ey': "bodis.com",
    }
)
"""What only such pages hold."""
DEFAULT_TITLES: Mapping[str, str] = MappingProxyType(
    {
        "apache2 debian default page: it works": "apache",
        "apache2 ubuntu default page: it works": "apache",
        "default web site page": "cpanel",
        "domain default page": "plesk",
        "iis windows": "iis",
        "iis windows server": "iis",
        "iis7": "iis",
        "parked domain name on hostinger dns system": "hostinger",
        "test page for the nginx http server on fedora": "nginx",
        "web server's default page": "plesk",
        "welcome to nginx!": "nginx",
    }
)
"""Titles of the pages that servers show before anybody puts something there."""

_SCANNED = 128 * 1024
_LOADED = re.compile(rb"src\s{0,4}=\s{0,4}[\"']?(?:https?:)?//([a-z0-9.-]{1,253})")
_WW = re.compile(r"ww[0-9]{1,3}\.")
_FOR_SALE = re.compile(
    r"(?:(?:this|the) (?:premium )?(?:domain|website|web site)(?: name)? (?:is|may be) "
    r"(?:for sale|available for purchase)"
    r"|(?:premium )?domain(?: name)? for sale|buy this domain(?: name)?)[ !.]*"
)


def parked(domain_name: str, host: str, title: str | None, headers: Mapping[str, str], body: bytes) -> str | None:
    """Why a page is taken for parked, as `<kind>:<whose or where>`; None for a page of somebody's own.

    `host` is the one that the last redirect led to. Kinds are `for_sale`, `parking_service`, `default_page` and
    `suspended`. Precision comes first: a page that speaks of selling domains is not parked.

    >>> parked("glow.shop", "www.hugedomains.com", None, {}, b"")
    'for_sale:hugedomains.com'
    >>> parked("glow.shop", "glow.shop", "This domain is for sale!", {}, b"")
    'for_sale:title'
    >>> parked("glow.shop", "glow.shop", "How to tell that this domain is for sale", {}, b"") is None
    True
    """
    if (market := _among(host, MARKETS)) and not _among(domain_name, MARKETS):
        return f"for_sale:{market}"
    service = _service(domain_name, host, headers, body[:_SCANNED].lower())
    if service:
        return f"parking_service:{service}"
    return _by_title(domain_name, title or "")


def _service(domain_name: str, host: str, headers: Mapping[str, str], body: bytes) -> str | None:
    if _among(domain_name, SERVICES):
        return None
    if _WW.match(host) and host.split(".", 1)[1] == domain_name:
        # `ww25.name.com`: how several of these companies tell what they have counted already.
        return "ww_host"
    if "x-adblock-key" in headers:
        return "acceptable_ads_key"
    inline = next((whose for text, whose in INLINE.items() if text in body), None)
    return (
        inline
        or _among(host, SERVICES)
        or next((found for name in _loaded(body) if (found := _among(name, SERVICES))), None)
    )


def _loaded(body: bytes) -> Iterator[str]:
    return (match[1].decode() for match in _LOADED.finditer(body))


def _by_title(domain_name: str, title: str) -> str | None:
    words = " ".join(title.lower().split())
    if words in DEFAULT_TITLES:
        return f"default_page:{DEFAULT_TITLES[words]}"
    if words in {"account suspended", "this account has been suspended"}:
        return "suspended:title"
    # Many put the name first: `glow.shop is for sale`, `glow.shop - This website is for sale! - glow Resources`.
    without = words.removeprefix(f"{domain_name} ").removeprefix("- ")
    if _FOR_SALE.fullmatch(words) or (without != words and (without == "is for sale" or _FOR_SALE.match(without))):
        return "for_sale:title"
    return None


def _among(host: str, names: frozenset[str]) -> str | None:
    """The name that a host is, or lies below."""
    labels = host.split(".")
    return next((name for place in range(len(labels)) if (name := ".".join(labels[place:])) in names), None)
