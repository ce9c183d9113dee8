"""Where a host name is split: the Public Suffix List (publicsuffix.org), ICANN and private sections.

The list is the one that the package `publicsuffixlist` carries; it is read once, at the first question.
"""

from __future__ import annotations

from functools import cache, lru_cache

import idna
from publicsuffixlist import PublicSuffixList

from harvester.model import Domain


@cache
def _all_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@cache
def _icann_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False, only_icann=True)


@lru_cache(maxsize=65_536)
def split(domain_name: str) -> Domain | None:
    """Split a normalised host (A-labels, lower case); None where no name can be registered there.

    None for an unknown top-level domain and for a bare ICANN suffix; a private suffix is a host like any
    other, because its owner answers at it.

    >>> split("shop.tinyloopz.co.uk").registrable_domain
    'tinyloopz.co.uk'
    >>> split("github.io").registrable_domain
    'github.io'
    >>> split("co.uk") is None and split("name.invalid") is None
    True
    """
    suffix = _all_suffixes().publicsuffix(domain_name)
    if suffix is None or _icann_suffixes().publicsuffix(domain_name) == domain_name:
        return None
    labels = domain_name.split(".")
    own = max(len(labels) - suffix.count(".") - 2, 0)
    return Domain(
        domain_name=domain_name,
        unicode_name=_unicode_name(domain_name),
        tld=labels[-1],
        public_suffix=suffix,
        registrable_domain=".".join(labels[own:]),
        subdomain=".".join(labels[:own]),
    )


@lru_cache(maxsize=16_384)
def is_public_suffix(name: str) -> bool:
    """Say whether names are registered directly under this one, by ICANN's rules (`com`, `co.uk`).

    >>> is_public_suffix("com.br"), is_public_suffix("github.io"), is_public_suffix("netba")
    (True, False, False)
    """
    return _icann_suffixes().publicsuffix(name) == name


def is_top_level(label: str) -> bool:
    """Say whether a label, as an A-label, is a top-level domain.

    `za` is the one country code that the list names only by its second levels.
    """
    return is_public_suffix(label) or is_public_suffix(f"co.{label}")


def _unicode_name(domain_name: str) -> str:
    return ".".join(_unicode_label(label) for label in domain_name.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
