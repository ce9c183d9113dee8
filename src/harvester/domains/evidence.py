"""What surrounds a host in its text, gathered once, so that the rules of the verdict read as sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.endings import KNOWN_HOSTS, PARTICLES, SAFE
from harvester.domains.letters import NAME
from harvester.domains.words import LEADING_WORDS, PREPOSITIONS, SENTENCE_WORDS, SPACE_HINTS
from harvester.model import Domain

_LAST_WORD = re.compile(rf"([{NAME}]*[^\W_][{NAME}]*)[\"'“*\s]*$")
_GO_TO = re.compile(r"\b(?:go|going|head|over|logon|on|back|up)\s+to\s$", re.IGNORECASE)
_POINTER = re.compile(r"(?:[:>→►»=~|•★☆♦✔]|[-–—]\s*|[\u2190-\u27bf\U0001f300-\U0001faff])[\s\"'“(\[]*$")
_FIRST_WORD = re.compile(rf"\s+([{NAME}]+)")
_LOST_LINK = re.compile(r"\bhttps?\b(?!\s?[:/])")
_CAMEL_CASE = re.compile(r"[a-z][A-Z]")


class Verdict(NamedTuple):
    """How sure we are that the writer meant the host, 0 to 1, and why."""

    confidence: float
    reason: str


@dataclass(frozen=True)
class Evidence:
    """One candidate with its domain and its surroundings in the folded text."""

    candidate: Candidate
    domain: Domain
    prefix: str
    """`scheme`, `www` or empty."""
    path: str
    before: str
    """Up to 80 characters before the host and its prefix."""
    after: str
    """Up to 80 characters after the host (not after its path)."""
    is_spelled_out: bool = False
    """The host was put together from spaced letters behind a spaced beginning."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return self.candidate.kinds

    @property
    def tld(self) -> str:
        return self.domain.unicode_name.rpartition(".")[2]

    @property
    def ending(self) -> str:
        """The last label as written."""
        return self.candidate.labels[-1].text

    @cached_property
    def name(self) -> str:
        """The label that was registered, as written."""
        index = len(self.candidate.labels) - self.domain.public_suffix.count(".") - 2
        return self.candidate.labels[max(index, 0)].text

    @property
    def has_second_level(self) -> bool:
        """Names are registered below two labels or more (`co.uk`), or the host has a subdomain."""
        return "." in self.domain.public_suffix

    @property
    def is_known(self) -> bool:
        return self.domain.registrable_domain in KNOWN_HOSTS or self.domain.domain_name in KNOWN_HOSTS

    @property
    def is_safe(self) -> bool:
        return self.tld in SAFE or not self.tld.isascii() or self.has_second_level

    @property
    def is_particle(self) -> bool:
        return self.tld in PARTICLES

    @cached_property
    def is_sentence_word(self) -> bool:
        return self.name.lower() in SENTENCE_WORDS

    @cached_property
    def looks_made_up(self) -> bool:
        """Digits among letters, or capitals inside: names have them, words have not."""
        name = self.name
        has_digits = any(c.isdigit() for c in name) and not name[0].isdigit() and len(name) >= 5
        return has_digits or (bool(_CAMEL_CASE.search(name)) and len(name) >= 6)

    @cached_property
    def is_led(self) -> bool:
        """A word or a sign right before the host says that an address comes."""
        word = _LAST_WORD.search(self.before)
        if self.has_space_hint:
            return True
        if word:
            return word[1].lower() in LEADING_WORDS or bool(_GO_TO.search(self.before))
        return bool(_POINTER.search(self.before)) or bool(_LOST_LINK.search(self.after))

    @property
    def is_led_surely(self) -> bool:
        """What leads to it is more than a preposition."""
        word = _LAST_WORD.search(self.before)
        is_weak = word is not None and word[1].lower() in PREPOSITIONS and not _GO_TO.search(self.before)
        return self.is_led and not is_weak

    @property
    def has_space_hint(self) -> bool:
        """The text says that spaces are to be taken out."""
        after = self.after.lower()
        return self.kinds != ("dot",) and any(hint in after for hint in SPACE_HINTS)

    @cached_property
    def has_lost_link(self) -> bool:
        """A bare `http` follows: the link behind a title was taken out."""
        return bool(_LOST_LINK.search(self.after))

    @cached_property
    def next_word(self) -> str:
        match = _FIRST_WORD.match(self.after)
        return match[1] if match else ""

    @property
    def runs_on(self) -> bool:
        """A word in small letters follows: the sentence goes on through the dot."""
        return self.next_word[:1].islower() or bool(re.match(r"['’´][a-z]", self.after))

    @property
    def stops(self) -> bool:
        """The text, the line or the sentence ends here, or a sign follows."""
        return not self.next_word and not re.match(r"['’´][a-z]", self.after)
