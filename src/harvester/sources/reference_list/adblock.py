"""Filters of ad blockers, of which only those count that block a whole host.

Adblock Plus: "How to write filters" (help.adblockplus.org); AdGuard: "DNS filtering rules syntax" (adguard-dns.io).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from harvester.sources.reference_list import hosts, plain
from harvester.sources.reference_list.base import PATH, Named, Skipped

_ELEMENTS = re.compile(r"#@?[?$%]*#")
"""Rules about parts of a page."""
_WHOLE_HOST = re.compile(r"\|\|([^/^*|$?:\s]+)\^?\|?(?:\$(.*))?", re.DOTALL)
_HARMLESS_OPTIONS = frozenset("all document doc important popup third-party 3p subdocument frame network".split())
"""Options under which a filter still speaks of the host as a whole."""


def read(line: str) -> Iterator[Named | Skipped]:
    """Read one line.

    >>> list(read("||velmora.shop^")), list(read("||velmora.shop/ad.js")), list(read("@@||velmora.shop^"))
    ([Named(name='velmora.shop', covers_subdomains=True)], [Skipped(reason='path')], [Skipped(reason='exception')])
    """
    text = line.strip()
    if not text or text.startswith("!") or (text.startswith("[") and text.endswith("]")):
        return
    if text.startswith("@@"):
        yield Skipped("exception")
    elif _ELEMENTS.search(text):
        yield Skipped("page_element")
    elif text.startswith("#"):
        return
    elif text.startswith("||"):
        yield _host_rule(text)
    elif any(mark in text for mark in "*^$|"):
        yield Skipped("pattern")
    else:
        # Filters for DNS may hold lines of hosts files, and names alone.
        yield from hosts.read(text) if " " in text else plain.read(text)


def _host_rule(text: str) -> Named | Skipped:
    whole = _WHOLE_HOST.fullmatch(text)
    if whole is None:
        return PATH if "/" in text and "*" not in text else Skipped("pattern")
    options = [each.strip() for each in (whole[2] or "").split(",") if each.strip()]
    if not set(options) <= _HARMLESS_OPTIONS:
        return Skipped("options")
    return Named(whole[1], covers_subdomains=True)
