"""A host by itself, wherever it stands: its domain, and what can be told from its labels alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, final

from harvester.domains import traits
from harvester.domains.endings import KNOWN_HOSTS, NATIONAL_WORDS, PARTICLES, SAFE
from harvester.domains.imitated import IMITATED
from harvester.domains.letters import CYRILLIC_LOOKALIKES, LOOKALIKES, UNSPACED
from harvester.domains.normalise import normalise_host
from harvester.domains.programs import PACKAGES, PRODUCTS
from harvester.domains.registrable import is_state, split
from harvester.domains.vocabulary import is_word, languages_named, languages_of
from harvester.domains.words import DOT_WORDS, HONORIFICS, MAIL_HOSTS, SENTENCE_WORDS
from harvester.model import Domain

_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_OTHER_SCRIPT: Final = re.compile("[\u0370-\u03ff\u0400-\u1dff]")
_CAMEL_CASE: Final = re.compile(r"[a-z][A-Z]")
_DIGIT: Final = re.compile(r"\d")
_MEASURE: Final = re.compile(
    r"(?:rm|rp|rs|usd|inr|idr|myr|php|eur|gbp)\d+(?:k|m|jt|rb)?"
    r"|\d+(?:am|pm|th|st|nd|rd|k|kg|km|cm|mm|gb|mb|min|mins|h|hr|hrs|sec|uhr|ml|lb|lbs|yo|yrs"
    r"|tr|jt|rb|juta|ribu|mil|tl|er|ère|ere|eme|ème|nde|e)",
    re.IGNORECASE,
)
_MOST: Final = 16_384
"""Hosts that are remembered: a stream of comments names the same ones again and again."""


@final
class Host:
    """The labels of a host as meant, its domain, and what they say by themselves."""

    _is_word: bool | None = None

    def __init__(self, labels: tuple[str, ...], domain: Domain, *, is_mixed: bool) -> None:
        levels = domain.public_suffix.count(".")
        tld = domain.unicode_name.rpartition(".")[2]
        self.labels, self.domain = labels, domain
        self.has_mixed_scripts = is_mixed
        """A label was written in letters of two scripts that look alike."""
        self.name = labels[max(len(labels) - levels - 2, 0)]
        """The label that was registered, as written."""
        self.ending = labels[-1]
        """The last label as written."""
        self.tld = tld
        """The last label in small letters, in Unicode."""
        self.is_safe = levels > 0 or tld in SAFE or (not tld.isascii() and tld not in NATIONAL_WORDS)
        """The ending is no word of any language, or has two labels."""
        self.is_known = _is_known(domain)
        """Everybody knows it."""
        word = self.name.lower()
        self.is_sentence_word = word in SENTENCE_WORDS or word in DOT_WORDS
        """The name is a word of every day."""
        self.is_package = len(labels) > 2 and labels[0].lower() in PACKAGES
        """It reads as a package of Java does, from the top to the bottom."""
        self.traits = self._traits(word)
        """What the rules may say of it, wherever it stands."""

    def _traits(self, word: str) -> int:
        labels, domain = self.labels, self.domain
        found = traits.ANY | traits.of_ending(self.ending, self.tld)
        if (
            not self.is_safe
            or self.is_package
            or word in HONORIFICS
            or domain.domain_name in PRODUCTS
            or is_state(domain.domain_name)
        ):
            found |= traits.ODD
        if len(self.name) <= 3 or len(labels) == 1 or labels[-2][0].isdigit() or is_measure(self.name):
            found |= traits.SHORT
        if self.is_known:
            found |= traits.KNOWN
        if word in MAIL_HOSTS:
            found |= traits.MAIL
        return found | traits.MIXED if self.has_mixed_scripts else found

    @property
    def has_second_level(self) -> bool:
        """Names are registered below two labels or more (`co.uk`)."""
        return "." in self.domain.public_suffix

    @property
    def is_measure(self) -> bool:
        return is_measure(self.name)

    @property
    def is_particle(self) -> bool:
        return self.tld in PARTICLES

    @property
    def is_word(self) -> bool:
        """The name is a word of some language: before a Latin word for its ending, any one of another script."""
        if self._is_word is None:
            is_foreign = not self.is_safe and self.tld.isascii() and _OTHER_SCRIPT.search(self.name) is not None
            self._is_word = is_foreign or is_word(self.name) or is_doubled(self.name)
        return self._is_word

    @property
    def ends_in_unspaced(self) -> bool:
        """The name ends in a letter of a script that puts no spaces between words."""
        return not self.name.isascii() and _UNSPACED.match(self.name[-1]) is not None

    @property
    def looks_made_up(self) -> bool:
        """Digits among letters, or capitals inside: names have them, words have not."""
        name = self.name
        if len(name) < 3 or (name.isalpha() and (name.islower() or name.isupper())):
            return False
        has_digits = not name[0].isdigit() and _DIGIT.search(name) is not None and not is_doubled(name)
        return has_digits or (len(name) >= 6 and _CAMEL_CASE.search(name) is not None)


@lru_cache(maxsize=_MOST)
def host_of(labels: tuple[str, ...]) -> Host | None:
    """Read labels as a host; None where they name no domain.

    All letters of a label that is sold are of one script (ICANN's guidelines for internationalised names): where Latin
    ones stand beside Cyrillic or Greek ones that look alike the Latin name is meant, unless it is one that is imitated.
    Before a Cyrillic ending it is the Cyrillic one.

    >>> host_of(("vеlmora", "com")).domain.domain_name, host_of(("p\u0430ypal", "com")).domain.domain_name
    ('velmora.com', 'xn--pypal-4ve.com')
    """
    is_mixed = has_mixed_scripts(".".join(labels))
    if is_mixed:
        meant = tuple([_as_meant(label, labels[-1]) for label in labels])
        domain = parse_domain(".".join(meant))
        if domain and not _is_imitated(domain):
            return Host(meant, domain, is_mixed=True)
    domain = parse_domain(".".join(labels))
    return Host(labels, domain, is_mixed=is_mixed) if domain else None


def _is_imitated(domain: Domain) -> bool:
    """Say whether a look-alike of a domain would pass itself off as it: a name that everybody trusts."""
    is_public = domain.tld in {"gov", "mil"} or is_state(domain.public_suffix)
    return is_public or domain.kind is not None or domain.registrable_domain in IMITATED or _is_known(domain)


def _is_known(domain: Domain) -> bool:
    return domain.registrable_domain in KNOWN_HOSTS or domain.domain_name in KNOWN_HOSTS


def _as_meant(label: str, ending: str) -> str:
    """Write a mixed label in one script if it can be: in Cyrillic before a Cyrillic ending, else in Latin."""
    if not has_mixed_scripts(label):
        return label
    letters = CYRILLIC_LOOKALIKES if _script(ending[0]) == "Cyrillic" else LOOKALIKES
    meant = label.lower().translate(letters)
    return label if has_mixed_scripts(meant) else meant


def is_doubled(text: str) -> bool:
    """Say whether a text is an Indonesian word that is said twice, as chats write it.

    >>> is_doubled("ulang2"), is_doubled("velmora2")
    (True, False)
    """
    return text[-1] == "2" and languages_of(text[:-1]) & languages_named("id") != 0


def is_measure(text: str) -> bool:
    """Say whether a text is a number with its unit, a time or an ordinal.

    >>> is_measure("7pm"), is_measure("64GB"), is_measure("7seas")
    (True, True, False)
    """
    return _MEASURE.fullmatch(text) is not None


def parse_domain(host: str) -> Domain | None:
    """Normalise and split any text that is a host and nothing else; None where it names no domain.

    >>> parse_domain("WWW.Bücher.example.CO.UK").domain_name
    'xn--bcher-kva.example.co.uk'
    >>> parse_domain("no domain") is None
    True
    """
    name = normalise_host(host)
    return split(name) if name else None


def has_mixed_scripts(unicode_name: str) -> bool:
    """Say whether one label mixes Latin with Greek or Cyrillic letters, which look alike (UTS 39).

    >>> has_mixed_scripts("pаypal.com"), has_mixed_scripts("кино.com"), has_mixed_scripts("bücher.de")
    (True, False, False)
    """
    if unicode_name.isascii():
        return False
    for label in unicode_name.split("."):
        scripts = {_script(letter) for letter in label} - {""}
        if "Latin" in scripts and len(scripts) > 1:
            return True
    return False


def _script(letter: str) -> str:
    """Tell Latin, Greek and Cyrillic apart, whose letters look alike; others have no part in look-alikes."""
    if letter.isascii():
        return "Latin" if letter.isalpha() else ""
    if "\u0370" <= letter <= "\u03ff" or "\u1f00" <= letter <= "\u1fff":
        return "Greek"
    if "\u0400" <= letter <= "\u052f":
        return "Cyrillic"
    return "Latin" if "\u00c0" <= letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff" else ""
