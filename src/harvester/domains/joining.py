"""Names that were torn apart before their first dot: by a line break, a hyphen, or by being several words."""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec.structs import replace

from harvester.domains.addresses import scheme_before
from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.letters import NAME
from harvester.domains.vocabulary import is_word
from harvester.domains.words import (
    ARTICLES,
    DOT_WORDS,
    HYPHEN_WORDS,
    LEADING_WORDS,
    NAME_PARTICLES,
    PLATFORMS,
    PREPOSITIONS,
    SENTENCE_WORDS,
    SITE_VERBS,
    SPACE_HINTS,
)

_WORD_BEFORE = re.compile(rf"(?<![{NAME}])([{NAME}]*[^\W_][{NAME}]*|-)(\s{{1,2}})\Z")
_LABELS_BEFORE = re.compile(rf"(?<![{NAME}.])((?:[{NAME}]+\.)+)([{NAME}]+)\s\Z")
_HAS_START = re.compile(r"[/\\]|www\.", re.IGNORECASE)
_ENDS_IN_NAME = re.compile(rf"[{NAME}]\s?\Z")
_LATIN = re.compile("[0-9A-Za-z\u00c0-\u024f\u1e00-\u1eff_-]+")
_MOST_WORDS = 5
_FEW_WORDS = 2
"""Words that open a clause and stand right before a name may belong to it, even if it is no word."""
_SHORT_NAME = 9
_REACH = 120
"""Code points to look back, and ahead for a hint."""


def join_broken(text: str, candidate: Candidate) -> Candidate:
    """Give the candidate with the pieces of its first label that were torn off, if any."""
    first = candidate.labels[0]
    is_apart = text[candidate.start - 1 : candidate.start].isspace()
    if not is_apart and first[0] != "-":
        return candidate
    before = text[max(candidate.start - _REACH, 0) : candidate.start]
    offset = candidate.start - len(before)
    whole = _with_torn_start(text, candidate, before, offset) or _with_platform(candidate, before, offset)
    if whole:
        return whole
    if first[0] == "-" and not _ENDS_IN_NAME.search(before):
        name = first.lstrip("-")
        return _with_first(candidate, name, candidate.start + len(first) - len(name)) if name else candidate
    return _with_words(text, candidate, before, offset) if is_apart and candidate.kinds[0] != "bullet" else candidate


def _with_torn_start(text: str, candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`https://vel-` and `mora.com` on the next line: what stands behind a scheme or `www.` belongs to the address."""
    torn = _WORD_BEFORE.search(before) if _HAS_START.search(before) else None
    first = candidate.labels[0]
    if torn is None or not (torn[1].endswith("-") or first[0] == "-" or "\n" in torn[2]):
        return None
    start = offset + torn.start()
    if not scheme_before(text, start) and not before[: torn.start()].lower().endswith("www."):
        return None
    return _with_first(candidate, torn[1] + first, start)


def _with_platform(candidate: Candidate, before: str, offset: int) -> Candidate | None:
    """`shop.blog spot.com`, `tiny url.com`: the service's name was written in two words."""
    first = candidate.labels[0]
    if first.lower() not in _PLATFORM_TAILS:
        return None
    word = _WORD_BEFORE.search(before)
    if word is None or (word[1] + first).lower() not in PLATFORMS:
        return None
    labels = _LABELS_BEFORE.search(before)
    names = labels[1].rstrip(".").split(".") if labels else []
    start = offset + (labels.start() if labels else word.start())
    kinds: tuple[Kind, ...] = tuple("dot" for _ in names)
    labels_read = (*names, word[1] + first, *candidate.labels[1:])
    return replace(candidate, labels=labels_read, start=start, kinds=kinds + candidate.kinds)


_PLATFORM_TAILS = frozenset(name[cut:] for name in PLATFORMS for cut in range(1, len(name)))


def _with_first(candidate: Candidate, label: str, start: int) -> Candidate:
    return replace(candidate, labels=(label, *candidate.labels[1:]), start=start)


class Words(NamedTuple):
    """The words right before a name, from left to right with their places, and what stands before them."""

    words: list[tuple[str, int]]
    opens: bool
    """They open a clause: the text, a line, or what follows a mark."""
    is_introduced: bool
    """Something that leads to an address stands before them: a verb, a preposition, the word for a site."""
    has_article: bool = False
    """An article stands before them."""


def _with_words(text: str, candidate: Candidate, before: str, offset: int) -> Candidate:
    """`Quiet River dot com`, `quick pay loop . com (remove spaces)`: several words are one name."""
    first = candidate.labels[0]
    is_spoken = candidate.kinds[0] == "word"
    around = text[candidate.end : candidate.end + _REACH].lower()
    is_hinted = any(hint in around for hint in SPACE_HINTS)
    if not is_spoken and not is_hinted:
        return candidate
    if first.lower() in SENTENCE_WORDS and not first.istitle() and not is_hinted:
        return candidate
    found = _words_before(before, offset, first, is_hinted=is_hinted)
    words = found.words
    if first.istitle() and not is_hinted:
        while words and not words[0][0].istitle():
            words.pop(0)
        is_whole = bool(words) and all(word.istitle() for word, _ in words)
    elif is_hinted:
        is_whole = len(words) < _MOST_WORDS
    else:
        has_hyphen = len(words) > 1 and words[-1][0].lower() in HYPHEN_WORDS
        # A name that is no word needs no other words; a word may be the last of several.
        is_name = not is_word(first) and not has_hyphen
        if is_name and not (_may_belong(first, found) and candidate.spoken.startswith("d")):
            return candidate
        words = words[-2:] if has_hyphen else words
        is_whole = has_hyphen or (not is_name and (found.opens or found.is_introduced))
    if not words:
        return candidate
    if not is_whole:
        return replace(candidate, may_be_longer=True)
    return _with_first(candidate, _joined([word for word, _ in words], first), words[0][1])


def _may_belong(first: str, found: Words) -> bool:
    """`sleepy badger dot com`, `the lazy badger dot com`: a short name that is no word we know, after some that are."""
    few = 0 < len(found.words) <= _FEW_WORDS and all(is_word(word) for word, _ in found.words)
    return few and len(first) <= _SHORT_NAME and (found.opens or found.has_article)


def _joined(words: list[str], first: str) -> str:
    parts = ["-" if word.lower() in HYPHEN_WORDS else word for word in words]
    return "".join(parts) + first


def _words_before(before: str, offset: int, first: str, *, is_hinted: bool) -> Words:
    words: list[tuple[str, int]] = []
    is_title, is_latin = first.istitle(), first.isascii()
    while len(words) < _MOST_WORDS:
        match = _WORD_BEFORE.search(before)
        if match is None or "\n" in match[2]:
            return Words(words, opens=True, is_introduced=False)
        word = match[1].lower()
        is_inside = is_hinted and word in NAME_PARTICLES
        if word in DOT_WORDS or (word == "-" and not is_hinted):
            return Words([], opens=False, is_introduced=False)
        if not is_inside and (word in LEADING_WORDS or word in PREPOSITIONS or word in SITE_VERBS):
            return Words(words, opens=False, is_introduced=True)
        if not is_inside and word in SENTENCE_WORDS and not (is_title and match[1].istitle()):
            return Words(words, opens=False, is_introduced=False, has_article=word in ARTICLES)
        if not is_latin or not _LATIN.fullmatch(match[1]):
            return Words(words, opens=False, is_introduced=False)
        words.insert(0, (match[1], offset + match.start()))
        before = before[: match.start()]
    return Words(words, opens=False, is_introduced=False)
