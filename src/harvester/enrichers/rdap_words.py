"""Words that RDAP answers may hold, and ours for them: whatever is none of these is not repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

_STATUS = """
validated, renew prohibited, update prohibited, transfer prohibited, delete prohibited, proxy, private, removed,
obscured, associated, active, inactive, locked, pending create, pending renew, pending transfer, pending update,
pending delete, add period, auto renew period, client delete prohibited, client hold, client renew prohibited,
client transfer prohibited, client update prohibited, pending restore, redemption period, renew period,
server delete prohibited, server renew prohibited, server transfer prohibited, server update prohibited, server hold,
transfer period, administrative, reserved
"""
RDAP_STATUS: Mapping[str, str] = MappingProxyType(
    {"".join(status.split()): " ".join(status.split()) for status in _STATUS.split(",")}
)
"""IANA's registry "RDAP JSON Values", type `status`, each by its letters alone: so EPP's `clientHold` fits, too."""

_PLACES: Sequence[tuple[str, str]] = (
    ("registrant", "registrant"),
    ("administrative", "admin"),
    ("admin", "admin"),
    ("technical", "tech"),
    ("tech", "tech"),
    ("billing", "billing"),
    ("abuse", "abuse"),
    ("registrar", "registrar"),
    ("registration", "created_at"),
    ("creation date", "created_at"),
    ("expiration", "expires_at"),
    ("expiry", "expires_at"),
    ("last changed", "updated_at"),
    ("updated date", "updated_at"),
    ("nameserver", "nameservers"),
    ("name server", "nameservers"),
    ("status", "status"),
)
"""What stands in the name or path of a redacted member → our word; the first that fits counts."""
_WORDS = ("name", "prePath", "postPath", "replacementPath")


def withheld(redacted: Sequence[Any]) -> tuple[str, ...]:
    """What an answer says that it keeps back (RFC 9537, section 4.2), in our words, each once.

    >>> withheld([{"name": {"type": "Registrant Email"}}, {"prePath": "$.events[?(@.eventAction=='expiration')]"}])
    ('expires_at', 'registrant')
    """
    return tuple(sorted({_word(one) for one in redacted}))


def _word(one: Any) -> str:
    if not isinstance(one, dict):
        return "other"
    name = one.get("name")
    texts = [*name.values()] if isinstance(name, dict) else []
    texts += [one.get(key) for key in _WORDS[1:]]
    said = " ".join(text[:300].lower() for text in texts if isinstance(text, str))
    return next((word for part, word in _PLACES if part in said), "other")
