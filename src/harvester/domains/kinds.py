"""What kind of service a host belongs to, by the dated lists beside this module.

The lists hold registrable names, and a name stands for every host below it, unless it is one of `tenants.txt`: there
the names below belong to customers. Customers under a suffix of the Public Suffix List (`shop.github.io`) have a
registrable name of their own, and so no kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from harvester.model import DomainKind

KINDS: tuple[DomainKind, ...] = ("platform", "shortener", "link_in_bio", "messenger")
"""Each has its list, under this name."""
KIND_LISTS_VERSION = "2026-11-26"
"""The day as of which the lists stand; each names it in its head."""


def listed_kind(domain_name: str, registrable_domain: str) -> DomainKind | None:
    """Give the kind of a host with its registrable domain, both A-labels; None for all that is not listed.

    >>> listed_kind("vm.tiktok.com", "tiktok.com"), listed_kind("tumblr.com", "tumblr.com")
    ('platform', 'platform')
    >>> listed_kind("freecoins.tumblr.com", "tumblr.com") is None
    True
    """
    kind = listed_names().get(registrable_domain)
    if kind is None or domain_name == registrable_domain or registrable_domain not in tenants():
        return kind
    return None


@cache
def listed_names() -> Mapping[str, DomainKind]:
    """Give every listed name with its kind."""
    return {name: kind for kind in KINDS for name in _names(kind)}


@cache
def tenants() -> frozenset[str]:
    """Give the listed names below which customers publish, though the Public Suffix List does not say so."""
    return frozenset(_names("tenants"))


def _names(name: str) -> list[str]:
    text = files(__package__).joinpath("kind_lists", f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]
