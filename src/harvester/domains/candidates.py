"""Where a host may be written, and how: chains of labels, read as hosts by their endings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, final

from harvester.domains.chains import Chain, find_chains, full_stops
from harvester.domains.dots import Dot, Kind, find_dots
from harvester.domains.endings import PARTICLES, SAFE
from harvester.domains.forms import ALL
from harvester.domains.hosts import Host
from harvester.domains.labels import is_ending, is_suffix
from harvester.domains.letters import UNSPACED
from harvester.domains.registrable import all_rules
from harvester.domains.runs import run_of, run_spans
from harvester.domains.units import Unit, units_of
from harvester.domains.vocabulary import languages_of
from harvester.domains.words import FUNCTION_WORDS, SENTENCE_WORDS

_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_GLUED_BEFORE: Final = re.compile(
    f".*(?:[{UNSPACED}](?=[0-9-]*[A-Za-z])|[\u05d0-\u05ea\u0620-\u06ff]-?(?=[0-9]*[A-Za-z]))(?=[0-9A-Za-z-]+$)",
    re.DOTALL,
)
"""Letters that cling to a Latin name, with a hyphen those of Hebrew and Arabic; before mere digits they are the name
(`…ノート24.jp`)."""
_WORD_AFTER: Final = re.compile(r"\s+(\w+)")
_SMALL_WORDS: Final = SENTENCE_WORDS | FUNCTION_WORDS
_LONGEST_RUN: Final = 1_000
"""Code points of labels with full stops alone; the longest host has 253 octets."""


@final
class Candidate:
    """One host that may be meant: its labels as read, where it stands, and the dots that join the labels."""

    is_even: bool = True
    """No dot has a space on one side only."""
    clings_right: bool = False
    """The last dot has a space before it and none after (`name .com`)."""
    spoken: str = ""
    """The word that stands for the last dot, if one does."""
    glued: str = ""
    """Letters of a script without spaces that stood before the name and were cut off."""
    may_be_longer: bool = False
    """A word before the name may belong to it."""
    is_reversed: bool = False
    """It was written from its end to its start."""
    known_host: Host | None = None
    """What its labels name, where that was read before."""

    def __init__(self, labels: tuple[str, ...], start: int, end: int, kinds: tuple[Kind, ...]) -> None:
        self.labels = labels
        self.start = start
        self.end = end
        self.kinds = kinds

    def with_labels(self, labels: tuple[str, ...], start: int, kinds: tuple[Kind, ...]) -> Candidate:
        """Give the same candidate with other labels before the last one, from another place on."""
        other = Candidate(labels, start, self.end, kinds)
        other.is_even, other.clings_right, other.spoken = self.is_even, self.clings_right, self.spoken
        other.glued, other.may_be_longer, other.is_reversed = self.glued, self.may_be_longer, self.is_reversed
        return other

    def in_doubt(self) -> Candidate:
        """Give the same candidate, before which a word may belong to the name."""
        other = self.with_labels(self.labels, self.start, self.kinds)
        other.may_be_longer = True
        return other

    @property
    def host(self) -> str:
        return ".".join(self.labels)


def find_candidates(text: str, forms: int = ALL) -> list[Candidate]:
    """Give the hosts that a folded text may hold, in order of start; ones that cannot be left out.

    >>> [candidate.host for candidate in find_candidates("see name . com or my.shop.net. Bye")]
    ['name.com', 'my.shop.net']
    """
    return _read_all(text, find_dots(text, forms))


def find_plain_candidates(text: str) -> list[Candidate]:
    """Give what `find_candidates` does, sooner, for a text in which nothing but full stops joins labels.

    >>> [candidate.host for candidate in find_plain_candidates("see name.com or my.shop.net. Bye")]
    ['name.com', 'my.shop.net']
    """
    found: list[Candidate] = []
    may_hold_address = "/" in text or "www" in text
    may_be_of_person = "@" in text and not may_hold_address
    for start, end in run_spans(text):
        run = run_of(text[start:end])
        if run.joins_sentences and not may_hold_address and _is_apart(text, start, end):
            continue
        if run.is_simple:
            # What clings to its hyphen does not cling to the name.
            if may_be_of_person and run.labels[0][0] != "-" and is_of_person(text, start, end):
                continue
            candidate = Candidate(run.labels, start, end, run.kinds)
            candidate.known_host = run.host
            found.append(candidate)
        elif run.has_ending and end - start <= _LONGEST_RUN:
            found += _read_all(text, full_stops(text, start, end))
    return found


def is_of_person(text: str, start: int, end: int) -> bool:
    """Say whether the sign of an e-mail address or a handle clings to a span."""
    return text[start - 1 : start] == "@" or text[end : end + 1] == "@"


def _is_apart(text: str, start: int, end: int) -> bool:
    """Nothing clings to it."""
    return (start == 0 or text[start - 1] == " ") and text[end : end + 1] in {"", " ", "!"}


def _read_all(text: str, dots: Sequence[Dot]) -> list[Candidate]:
    found: list[Candidate] = []
    for chain in find_chains(text, dots):
        if len(chain.dots) > 1:
            found += _read(chain)
        elif _is_host(chain):
            found.append(_candidate(chain, 0, 1))
    return found


def _is_host(chain: Chain) -> bool:
    """Two labels, as most chains have, are one host or none: what `_read` would make of them."""
    left, right = chain.labels
    return is_ending(right.text) and left.text.lower() != "www"


_JOINING: Final[frozenset[Kind]] = frozenset({"spaced", "word", "bracketed", "comma", "bullet", "double"})
"""Kinds of dots behind which a complete host may go on."""


def _read(chain: Chain) -> list[Candidate]:
    """Read a chain from left to right: each run that ends in a known ending closes a host."""
    found: list[Candidate] = []
    units = units_of(chain)
    taken = -1
    pending: tuple[int, int] | None = None
    for index, (first, last) in enumerate(units):
        if pending and _prolongs(chain, pending, (first, last)):
            pending = (pending[0], last)
            taken = index
            continue
        if not is_ending(chain.labels[last].text):
            continue
        start = first
        if _is_suffix_only(chain, first, last):
            if index - 1 <= taken:
                continue
            start = _leftmost(chain, units, index, taken)
        elif first == last:
            continue
        if start + 1 == last and chain.labels[start].text.lower() == "www":
            continue
        if pending:
            found.append(_candidate(chain, *pending))
        pending, taken = (start, last), index
    if pending:
        found.append(_candidate(chain, *pending))
    return found


def _is_suffix_only(chain: Chain, first: int, last: int) -> bool:
    if first == last:
        return True
    if first == 0:
        return False
    name = ".".join(label.text for label in chain.labels[first : last + 1])
    dot = chain.dots[first - 1]
    is_meant = dot.kind in ("word", "bracketed") or dot.clings_right or (dot.kind == "spaced" and dot.is_even)
    return is_suffix(name) or (is_meant and all_rules().suffix_of(name.lower()) == name.lower())


def _leftmost(chain: Chain, units: list[Unit], index: int, taken: int) -> int:
    """Go left from a lone ending: the run before it belongs to it, more only where they are alike."""
    joint = chain.dots[units[index][0] - 1]
    start = reached = index - 1
    while start - 1 > taken:
        dot = chain.dots[units[start][0] - 1]
        label = chain.labels[units[start - 1][1]].text
        if label.lower() == "www":
            return units[start - 1][0]
        is_alike = (dot.kind, dot.is_even) == (joint.kind, joint.is_even)
        if dot.clings_left and dot.end - dot.start > joint.end - joint.start:
            # "the over 50s.  velmora. net": two spaces end a sentence.
            break
        opens = units[start - 1][0] == 0 and chain.opens_clause
        is_whole = is_ending(label) and (len(label) == 2 or label.lower() in SAFE)
        is_prose = dot.kind != "word" and (label.lower() in SENTENCE_WORDS or is_whole)
        if not is_alike or (is_prose and not opens):
            break
        start -= 1
        if dot.is_even or dot.clings_right or _opens_name(chain, units[start]):
            reached = start
    return units[reached][0]


def _opens_name(chain: Chain, unit: Unit) -> bool:
    """Before an uneven dot, a run that is no mere last word of a sentence: digits, a dot, or a clause's start."""
    label = chain.labels[unit[0]]
    has_digits = any(character.isdigit() for character in label.text)
    return unit[0] < unit[1] or has_digits or (unit[0] == 0 and chain.opens_clause)


def _prolongs(chain: Chain, pending: tuple[int, int], unit: Unit) -> bool:
    """What follows a complete host belongs to it where it makes a longer suffix (`name . com . br`)."""
    dot = chain.dots[unit[0] - 1]
    if pending[1] + 1 != unit[0] or dot.kind not in _JOINING:
        return False
    last = chain.labels[pending[1]].text.lower()
    labels = [label.text for label in chain.labels[unit[0] : unit[1] + 1]]
    if all(len(label) == 2 and is_ending(label) and not label.istitle() for label in labels):
        joint = chain.dots[pending[1] - 1]
        is_alike = joint.kind == dot.kind and (last in {"com", "co"} or (joint.is_even and dot.kind == "spaced"))
        return _adds_country(dot, last, labels[0].lower(), is_alike=is_alike, is_word=_is_small_word(chain, unit[0]))
    if labels[0].lower() in {"com", "net", "org"} and (last not in SAFE or dot.kind == "bullet"):
        return True
    if len(labels) > 1 or (dot.kind != "word" and (labels[0].istitle() or _is_small_word(chain, unit[0]))):
        return False
    return _adds_suffix(dot, f"{last}.{labels[0].lower()}")


def _is_small_word(chain: Chain, place: int) -> bool:
    """See a word in a label that is a country as well: it is a small one, and another of its language follows."""
    label = chain.labels[place]
    following = _WORD_AFTER.match(chain.text, label.end)
    word = label.text.lower()
    is_small = word in _SMALL_WORDS or word in PARTICLES
    return is_small and following is not None and languages_of(word) & languages_of(following[1]) != 0


def _adds_country(dot: Dot, last: str, country: str, *, is_alike: bool, is_word: bool) -> bool:
    is_longer = is_suffix(f"{last}.{country}")
    if is_longer and (dot.clings_right or (is_alike and dot.is_even and not is_word)):
        return True
    may_be_word = country in PARTICLES or (not dot.is_even and country not in SAFE)
    return (is_longer or is_alike) and not (dot.kind == "spaced" and last != "co" and may_be_word)


def _adds_suffix(dot: Dot, suffix: str) -> bool:
    """`name dot co dot nr`; or, as in `name . web . app`, a suffix that its owner rents out."""
    return is_suffix(suffix) if dot.kind == "word" else dot.is_even and all_rules().suffix_of(suffix) == suffix


def _candidate(chain: Chain, first: int, last: int) -> Candidate:
    labels = [label.text for label in chain.labels[first : last + 1]]
    if labels[0].lower() == "w-w-w":
        labels[0] = "www"
    start = chain.labels[first].start
    dots = chain.dots[first:last]
    glued = None if labels[0].isascii() else _GLUED_BEFORE.match(labels[0])
    if glued:
        labels[0] = labels[0][glued.end() :]
        start += glued.end()
    candidate = Candidate(tuple(labels), start, chain.labels[last].end, tuple([dot.kind for dot in dots]))
    candidate.is_even = all(dot.is_even for dot in dots)
    candidate.clings_right = dots[-1].clings_right
    candidate.spoken = dots[-1].word
    candidate.glued = glued[0] if glued else ""
    return candidate
