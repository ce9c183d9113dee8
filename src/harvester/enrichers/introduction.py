"""How we introduce ourselves to whomever we ask: the product, its version, and where its operator is reached."""

from __future__ import annotations

import re

from harvester import __version__
from harvester.errors import SettingsError

PRODUCT = "tiktok-domain-harvester"
_CONTACT = re.compile(r"[!-'*-~]{3,200}")
"""Printable, without blanks and the brackets that end a comment in a header (RFC 9110, section 5.6.5)."""


def user_agent(contact: str | None) -> str:
    """The text of the header `User-Agent`; raises SettingsError for a contact that cannot stand in a header.

    >>> user_agent("abuse@example.org").partition("/")[0], user_agent("abuse@example.org").partition(" ")[2]
    ('tiktok-domain-harvester', '(+abuse@example.org)')
    """
    if contact is None:
        return f"{PRODUCT}/{__version__}"
    if not _CONTACT.fullmatch(contact):
        raise SettingsError(
            "HARVESTER_CONTACT cannot be used: it is no address of a page or mailbox.",
            hint="It looks like https://example.org/about or abuse@example.org.",
        )
    return f"{PRODUCT}/{__version__} (+{contact})"
