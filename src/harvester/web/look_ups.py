"""Look-ups for HTML: facts in words of people, and how old they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harvester.exports.defanged import defanged
from harvester.exports.document import write_json

_LABELS: Mapping[str, str] = {
    "a": "IPv4 addresses", "aaaa": "IPv6 addresses", "cname": "alias of", "mx": "takes mail",
    "mx_hosts": "mail servers", "ns": "name servers", "ttl": "seconds to live", "reachable": "answers",
    "url": "asked", "final_url": "led to", "redirects": "by way of", "tls_error": "wrong certificate",
    "elapsed_ms": "milliseconds", "content_type": "content", "sha256": "SHA-256 of the page",
    "created_at": "registered", "expires_at": "expires", "updated_at": "changed", "nameservers": "name servers",
    "asked": "asked about", "cut": "was cut",
}  # fmt: skip
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s]*")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def fact_label(name: str) -> str:
    """What a fact is called.

    >>> fact_label("mx"), fact_label("tls_version")
    ('takes mail', 'tls version')
    """
    return _LABELS.get(name) or _harmless(name.replace("_", " "))


def fact_text(value: Any) -> str:
    """A fact as text; addresses are defanged wherever they stand.

    >>> fact_text(["192.0.2.1", "192.0.2.2"]), fact_text(True), fact_text(None)
    ('192.0.2.1, 192.0.2.2', 'yes', 'none')
    >>> fact_text([{"url": "http://glow.shop/", "status": 301}])
    'hxxp://glow[.]shop/ 301'
    """
    match value:
        case None | [] | "":
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return _harmless(value)
        case Mapping():
            return " ".join(map(fact_text, value.values()))
        case list() | tuple():
            return ", ".join(map(fact_text, value))
    return write_json(value)


def _harmless(text: str) -> str:
    """A text of a stranger whose addresses are defanged, those within addresses as well.

    >>> _harmless("at http://a.example/?to=https://shops.example")
    'at hxxp://a[.]example/?to=hxxps://shops[.]example'
    """
    return _ADDRESS.sub(lambda match: defanged(match[0]), text)


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago that was, in the greatest unit that fits.

    >>> age(datetime(2026, 11, 26, 9, tzinfo=UTC), datetime(2026, 11, 26, 12, 30, tzinfo=UTC))
    '3 h ago'
    """
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    for length, unit in _UNITS:
        if seconds >= length:
            return f"{int(seconds // length)} {unit} ago"
    return "just now"
