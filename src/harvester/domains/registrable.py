"""Where a host name is split: the Public Suffix List (publicsuffix.org), ICANN and private sections.

The list is the one that the package `publicsuffixlist` carries; it is read once, at the first question.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, NamedTuple

import idna

from harvester.domains.kinds import listed_kind
from harvester.model import Domain, DomainKind

_STATES: Final = frozenset("gov gob gouv gub govt".split())
"""What a public suffix begins with where a state gives out the names."""
_OFFICES: Final = frozenset("nhs.uk police.uk".split())


class Rules(NamedTuple):
    """One section of the list or both; the names are A-labels in lower case."""

    suffixes: frozenset[str]
    """Names under which others are registered."""
    wildcards: frozenset[str]
    """Names of which every child is a suffix, as they are themselves (`*.ck`)."""
    exceptions: frozenset[str]
    """Names that a wildcard would make a suffix and that are none (`!www.ck`)."""

    def suffix_of(self, domain_name: str) -> str | None:
        """Give the longest suffix that a name ends in, or the name itself; None where no rule fits."""
        rest = domain_name
        while True:
            _, dot, parent = rest.partition(".")
            if rest in self.suffixes or rest in self.wildcards:
                return rest
            if not dot:
                return None
            if parent in self.wildcards:
                return parent if rest in self.exceptions else rest
            rest = parent


_ONION_KEY: Final = re.compile(r"[a-z2-7]{56}|[a-z2-7]{16}")
"""The key of a service, of version 3 or 2, in base 32: no other names stand before `onion` (Tor's rend-spec-v3)."""


@cache
def icann_rules() -> Rules:
    """Give the rules of the ICANN section: where registries sell names."""
    return _rules(_sections()[0])


@cache
def all_rules() -> Rules:
    """Give the rules of both sections: registries, and those who rent out names under their own."""
    return _rules(_sections()[0] + _sections()[1])


@cache
def _sections() -> tuple[list[str], list[str]]:
    text = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text(encoding="utf-8")
    icann, _, private = text.partition("===BEGIN PRIVATE DOMAINS===")
    return _names(icann), _names(private)


def _names(section: str) -> list[str]:
    return [line.split()[0] for line in section.splitlines() if line.strip() and not line.startswith("//")]


def _rules(names: list[str]) -> Rules:
    return Rules(
        frozenset(_ascii(name) for name in names if name[0] not in "*!"),
        frozenset(_ascii(name[2:]) for name in names if name.startswith("*.")),
        frozenset(_ascii(name[1:]) for name in names if name[0] == "!"),
    )


def _ascii(name: str) -> str:
    return name if name.isascii() else idna.encode(name, uts46=True).decode("ascii")


def split(domain_name: str) -> Domain | None:
    """Split a normalised host (A-labels, lower case); None where no name can be registered there.

    None for an unknown top-level domain and for a bare ICANN suffix, unless a state answers at it; a private
    suffix is a host like any other, because its owner does.

    >>> split("shop.tinyloopz.co.uk").registrable_domain
    'tinyloopz.co.uk'
    >>> split("github.io").registrable_domain
    'github.io'
    >>> split("gov.uk").registrable_domain
    'gov.uk'
    >>> split("co.uk") is None and split("name.invalid") is None and split("velmora.onion") is None
    True
    """
    suffix = all_rules().suffix_of(domain_name)
    if suffix is None or (suffix == domain_name and is_public_suffix(domain_name) and not is_state(domain_name)):
        return None
    own = domain_name[: -len(suffix) - 1]
    subdomain, _, label = own.rpartition(".")
    if suffix == "onion" and not _ONION_KEY.fullmatch(label):
        return None
    registrable_domain = f"{label}.{suffix}" if label else suffix
    return Domain(
        domain_name=domain_name,
        unicode_name=_unicode_name(domain_name) if "xn--" in domain_name else domain_name,
        tld=suffix.rpartition(".")[2],
        public_suffix=suffix,
        registrable_domain=registrable_domain,
        subdomain=subdomain,
        kind=listed_kind(domain_name, registrable_domain),
    )


def kind_of(domain_name: str) -> DomainKind | None:
    """Give the kind of service that a normalised host belongs to; None where it is none of the listed ones.

    >>> kind_of("bit.ly"), kind_of("docs.google.com"), kind_of("chat.whatsapp.com")
    ('shortener', 'platform', 'messenger')
    >>> kind_of("github.io"), kind_of("freecoins.github.io"), kind_of("velmora.shop")
    ('platform', None, None)
    """
    domain = split(domain_name)
    return domain.kind if domain else None


def is_state(domain_name: str) -> bool:
    """Say whether a name is of the suffixes that are sites as well: a state answers there.

    >>> is_state("gov.uk"), is_state("gob.mx"), is_state("co.uk"), is_state("sp.gov.br")
    (True, True, False, False)
    """
    label, _, country = domain_name.partition(".")
    return (label in _STATES and len(country) == 2) or domain_name in _OFFICES


@lru_cache(maxsize=16_384)
def is_public_suffix(name: str) -> bool:
    """Say whether names are registered directly under this one, by ICANN's rules (`com`, `co.uk`).

    >>> is_public_suffix("com.br"), is_public_suffix("github.io"), is_public_suffix("netba")
    (True, False, False)
    """
    return icann_rules().suffix_of(name) == name


def is_top_level(label: str) -> bool:
    """Say whether a label, as an A-label, is a top-level domain."""
    return label in top_level_domains()


@cache
def top_level_domains() -> frozenset[str]:
    """Give every top-level domain as an A-label; `za` is named by the rules for its second levels alone."""
    rules = icann_rules()
    return frozenset(name.rpartition(".")[2] for name in rules.suffixes | rules.wildcards)


def _unicode_name(domain_name: str) -> str:
    return ".".join(_unicode_label(label) for label in domain_name.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
