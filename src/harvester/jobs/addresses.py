"""Reads a field that holds an address and nothing else: whoever fills it in means a host, however it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from harvester.domains import extract, parse_domain
from harvester.model import Mention

CONFIDENCE = 0.98
"""Of a host that stands in such a field without a scheme."""
CONFIDENCE_WITH_SCHEME = 0.99

_ADDRESS = re.compile(
    r"""\A\s*(?P<whole>(?:(?P<scheme>https?):[\\/]*(?:[^\s/?\#\\@]{1,200}@)?|[\\/]*)
        (?P<host>[^\s/?\#\\@:]{1,1000})(?P<path>(?::\d{1,5})?(?:[/?\#\\]\S*)?))\s*\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_WWW = re.compile(r"www\.", re.IGNORECASE)


def read_address(text: str) -> Sequence[Mention]:
    """The domain of an address; what a comment of these words would mention where they are none.

    >>> [(each.domain.domain_name, each.text, each.url) for each in read_address(" www.Glow.shop/win?a=1 ")]
    [('glow.shop', 'www.Glow.shop/win?a=1', 'www.glow.shop/win?a=1')]
    >>> [each.text for each in read_address("great.so")], read_address("none")
    (['great.so'], [])
    >>> read_address("mailto:me@glow.shop")
    []
    """
    match = _ADDRESS.match(text)
    domain = parse_domain(match["host"]) if match else None
    if match is None or domain is None:
        return extract(text)
    scheme, path = match["scheme"], match["path"]
    www = "www." if _WWW.match(match["host"]) else ""
    is_bare = not (scheme or path)
    start, end = match.span("host" if is_bare else "whole")
    url = None if is_bare else f"{scheme.lower() + '://' if scheme else ''}{www}{domain.domain_name}{path}"
    confidence = CONFIDENCE_WITH_SCHEME if scheme else CONFIDENCE
    return [Mention(domain, text[start:end], start, end, confidence, "url" if scheme else "bare", url)]
