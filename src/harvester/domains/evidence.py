"""What surrounds a host in its text, gathered once, so that the rules of the verdict read as sentences."""

from __future__ import annotations

import re
from typing import Final, final

from msgspec import Struct

from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.endings import NATIONAL_WORDS, SAFE, SURE_BESIDE
from harvester.domains.hosts import Host
from harvester.domains.labels import is_ending
from harvester.domains.letters import NAME
from harvester.domains.programs import FILE_TYPES
from harvester.domains.space_hints import tells_to_join
from harvester.domains.traits import (
    BEFORE_AT,
    BEFORE_PIECE,
    BEFORE_SPACE,
    COM,
    GLUED,
    MAY_BE_HINTED,
    OTHER_SIGNS,
    PATH,
    PREFIX,
    REVERSED,
    SPELLED_OUT,
    UNFINISHED,
    ahead,
    behind,
    of_kinds,
)
from harvester.domains.vocabulary import is_word, languages_around, languages_of
from harvester.domains.words import CONJUNCTIONS, ENGLISH_PREPOSITIONS, LEADING_WORDS, PREPOSITIONS

_QUOTES_AND_SPACES: Final = "\"'“* \t\n\r\xa0\u3000"
_LAST_WORD: Final = re.compile(rf"(?<![{NAME}])[{NAME}]++\Z")
_GO_TO: Final = re.compile(r"\b(?:go|going|head|over|logon|on|back|up)\s+to\s\Z", re.IGNORECASE)
_POINTER: Final = re.compile(r"(?:[:>→►»=~|•★☆♦✔]|[-–—]\s*|[\u2190-\u27bf\U0001f300-\U0001faff])[\s\"'“(\[]*\Z")
_FIRST_WORD: Final = re.compile(rf"[^\S\n]+([{NAME}]+)")
_LOST_LINK: Final = re.compile(r"\bhttps?\b(?!\s?[:/])")
_OTHER_SCRIPT: Final = re.compile("[\u0370-\u1dff\u2e80-\ud7ff]")
_FOREIGN_PREPOSITIONS: Final = PREPOSITIONS - ENGLISH_PREPOSITIONS - CONJUNCTIONS
_SEAM: Final = re.compile(rf"[.!?](?=([^\W\d_]{{2,}}+)(?![{NAME}./@:(])(\s?.?))(?<=[^\W\d_][.!?])")
"""A full stop with a letter before it and a word behind it: the word, and what stands behind that."""
_WORD_BEFORE_SEAM: Final = re.compile(rf"(?<![{NAME}./@])[^\W\d_]{{2,}}+\Z")
_LOOSE_STOP: Final = re.compile(r"[^\W_] [.,][^\W\d_]")
_LONGEST_BEFORE_SEAM: Final = 30
_SURE_ENDING: Final = rf"\.(?:{'|'.join(sorted(SURE_BESIDE))})"
_JOINT: Final = rf"\s?(?:[,/&+]|\b(?:{'|'.join(sorted(CONJUNCTIONS))})\b)\s?"
_PAIRED_AFTER: Final = re.compile(rf"{_JOINT}[0-9A-Za-z-]{{2,}}{_SURE_ENDING}(?![{NAME}])", re.IGNORECASE)
_PAIRED_BEFORE: Final = re.compile(rf"[0-9A-Za-z-]{{2}}{_SURE_ENDING}(?:/\S*)?{_JOINT}\Z", re.IGNORECASE)


class Verdict(Struct, frozen=True, gc=False):
    """How sure we are that the writer meant the host, 0 to 1, and why."""

    confidence: float
    reason: str


@final
class Evidence:
    """One candidate with its host and its surroundings in the folded text; what several rules ask is read once."""

    _languages: int = -1
    _seams: int = -1
    _last_word: str | None = None
    _next_word: str | None = None
    _is_led: bool | None = None

    def __init__(
        self, candidate: Candidate, host: Host, prefix: str, path: str, before: str, after: str, manner: int
    ) -> None:
        """Look at a candidate once for what the rules may be about; `manner` are the traits that its text tells."""
        found = host.traits | of_kinds(candidate.kinds) | behind(before[-3:]) | ahead(after[:2]) | manner
        if prefix:
            found |= PREFIX
        elif not found & UNFINISHED:
            found &= ~BEFORE_PIECE
        if path:
            found = (found | PATH) & ~COM
        elif not found & BEFORE_SPACE:
            found &= ~COM
        if prefix == "scheme" and not path and "@" in after:
            found |= BEFORE_AT
        if candidate.is_reversed:
            found |= REVERSED
        if candidate.glued:
            found |= GLUED
        self.candidate = candidate
        self.host = host
        self.prefix = prefix
        """`scheme`, `www` or empty."""
        self.path = path
        self.before = before
        """Up to 80 characters before the host and its prefix."""
        self.after = after
        """Up to 80 characters after the host (not after its path)."""
        self.traits = found
        """What a rule may have an opinion about."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """What joins the labels."""
        return self.candidate.kinds

    @property
    def has_only_dots(self) -> bool:
        """Nothing but full stops joins the labels."""
        return not self.traits & OTHER_SIGNS

    @property
    def is_spelled_out(self) -> bool:
        return self.traits & SPELLED_OUT != 0

    @property
    def ending_is_word(self) -> bool:
        """The ending is a word of a language that the text around may be in."""
        languages = languages_of(self.host.tld)
        return (languages != 0 and languages & self.languages != 0) or self.host.tld in NATIONAL_WORDS

    @property
    def languages(self) -> int:
        """The languages that the text around may be in, as a set of bits."""
        if self._languages < 0:
            self._languages = languages_around(self.before, self.after)
        return self._languages

    @property
    def last_word(self) -> str:
        """The word right before, in small letters; empty where a sign stands there."""
        if self._last_word is None:
            before = self.before.rstrip(_QUOTES_AND_SPACES)
            match = _LAST_WORD.search(before[before.rfind(" ") + 1 :]) if before else None
            self._last_word = match[0].lower().lstrip("-") if match else ""
        return self._last_word

    @property
    def opens_clause(self) -> bool:
        """The text, a line or a clause starts with the name."""
        before = self.before.rstrip(" \"'“(")
        return not before[-1:].isalnum() and before[-1:] not in {"_", "-", ","}

    @property
    def is_led(self) -> bool:
        """A word or a sign right before the host says that an address comes."""
        if self._is_led is None:
            self._is_led = self._has_lead or self.has_space_hint or self._is_in_other_script
        return self._is_led

    @property
    def is_led_by_word(self) -> bool:
        """What leads to it is a word, and no mere picture."""
        return self.is_led and self.last_word in LEADING_WORDS

    @property
    def _has_lead(self) -> bool:
        word = self.last_word
        if word:
            return word in LEADING_WORDS or (word == "to" and _GO_TO.search(self.before) is not None)
        return _POINTER.search(self.before[-8:]) is not None or self.has_lost_link

    @property
    def _is_in_other_script(self) -> bool:
        """The words on both sides are in a script of their own: no sentence of theirs ends in Latin letters."""
        if self.before.isascii() and self.after.isascii():
            return False
        before, after = self.last_word, self.next_word
        if not (before or after) or not (self.host.name.isascii() and self.host.tld.isascii()):
            return False
        return all(_OTHER_SCRIPT.match(word) for word in (before, after) if word)

    @property
    def is_led_surely(self) -> bool:
        """What leads to it is more than a preposition."""
        is_weak = self.last_word in PREPOSITIONS and not _GO_TO.search(self.before)
        return self.is_led and not is_weak

    @property
    def is_led_abroad(self) -> bool:
        """A preposition that is none of English leads to it."""
        return self.last_word in _FOREIGN_PREPOSITIONS

    @property
    def has_space_hint(self) -> bool:
        """The text says that spaces are to be taken out."""
        return self.traits & MAY_BE_HINTED != 0 and self.kinds != ("dot",) and tells_to_join(self.after)

    @property
    def seams(self) -> int:
        """How many other full stops around it lack the space that ends a sentence: a habit of the writer's."""
        if self._seams < 0:
            around = f"{self.before}\n{self.after}"
            self._seams = sum([_is_seam(around, stop) for stop in _SEAM.finditer(around)])
        return self._seams

    @property
    def has_loose_stops(self) -> bool:
        """Other full stops around it have a space before them and none behind: a habit of the writer's, too."""
        return _LOOSE_STOP.search(self.before) is not None or _LOOSE_STOP.search(self.after) is not None

    @property
    def has_host_beside(self) -> bool:
        """A comma or an "or" joins it to a name with an ending that is no word."""
        return _PAIRED_AFTER.match(self.after) is not None or _PAIRED_BEFORE.search(self.before[-60:]) is not None

    @property
    def has_lost_link(self) -> bool:
        """A bare `http` follows: the link behind a title was taken out."""
        return "http" in self.after and _LOST_LINK.search(self.after) is not None

    @property
    def next_word(self) -> str:
        if self._next_word is None:
            match = _FIRST_WORD.match(self.after) if self.traits & BEFORE_SPACE else None
            self._next_word = match[1] if match else ""
        return self._next_word

    @property
    def runs_on(self) -> bool:
        """A word follows in small letters, or in a script that has no others: the sentence goes on through the dot."""
        first = self.next_word[:1]
        is_alike = not self.host.name.isascii() and first.isalpha() and not first.isupper()
        return first.islower() or is_alike or self._is_elided

    @property
    def stops(self) -> bool:
        """The text, the line or the sentence ends here, or a sign follows."""
        return not self.next_word and not self._is_elided

    @property
    def _is_elided(self) -> bool:
        return self.after[:1] in {"'", "’", "´"} and "a" <= self.after[1:2] <= "z"


def _is_seam(text: str, stop: re.Match[str]) -> bool:
    """Words on both sides of a full stop, and no host or file."""
    place = stop.start()
    before = _WORD_BEFORE_SEAM.search(text[max(place - _LONGEST_BEFORE_SEAM, 0) : place])
    if before is None:
        return False
    word, ending, behind = before[0].lower(), stop[1].lower(), stop[2]
    if ending in SAFE:
        return is_word(word)
    if is_ending(ending):
        return is_word(word) or (behind[:1] == " " and behind[1:].islower())
    return ending not in FILE_TYPES
