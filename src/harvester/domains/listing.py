"""A name on somebody's list of names: in our form, or why it is none, and what it would take along."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal, NamedTuple

from harvester.domains.kinds import listed_names
from harvester.domains.normalise import normalise_host, to_ascii
from harvester.domains.registrable import all_rules, is_top_level

Flag = Literal["platform", "public_suffix"]


class Listing(NamedTuple):
    """A listed name, in A-labels and lower case."""

    domain_name: str
    flag: Flag | None
    """Set where more people answer at the name, or below it, than a list can mean."""


class Unlisted(NamedTuple):
    """What is listed is no name that comments could mention, with why in one word."""

    reason: Literal["address", "no_name", "unknown_suffix"]


def listing_of(written: str) -> Listing | Unlisted:
    """Bring a listed name into our form. A leading `www.` goes, as it does in what we store.

    >>> listing_of("WWW.Velmora.Shop."), listing_of("tiktok.com").flag, listing_of("co.uk").flag
    (Listing(domain_name='velmora.shop', flag=None), 'platform', 'public_suffix')
    >>> listing_of("192.0.2.7").reason, listing_of("velmora.invalid").reason, listing_of("no name").reason
    ('address', 'unknown_suffix', 'no_name')
    """
    name = normalise_host(written)
    if name is None:
        label = to_ascii(written.strip(" ."))
        if label is not None and is_top_level(label):
            return Listing(label, "public_suffix")
        return Unlisted("address" if _is_address(written) else "no_name")
    suffix = all_rules().suffix_of(name)
    if suffix is None:
        return Unlisted("address" if _is_address(name) else "unknown_suffix")
    if suffix == name:
        return Listing(name, "public_suffix")
    return Listing(name, "platform" if listed_names().get(name) == "platform" else None)


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[] "))
    except ValueError:
        return False
    return True
