"""Names that were torn apart before their first dot: by a line break, a hyphen, or by being several words."""

from __future__ import annotations

import re

from msgspec.structs import replace

from harvester.domains.addresses import scheme_before
from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.endings import PLAIN
from harvester.domains.letters import NAME
from harvester.domains.words import DOT_WORDS, LEADING_WORDS, PLATFORMS, PREPOSITIONS, SENTENCE_WORDS, SITE_VERBS

_WORD_BEFORE = re.compile(rf"(?<![{NAME}])([{NAME}]*[^\W_][{NAME}]*)(\s{{1,2}})\Z")
_LABELS_BEFORE = re.compile(rf"(?<![{NAME}.])((?:[{NAME}]+\.)+)([{NAME}]+)\s\Z")
_ENDS_IN_NAME = re.compile(rf"[{NAME}]\s?\Z")
_MOST_WORDS = 3
_REACH = 120
"""Code points to look back."""


def join_broken(text: str, candidate: Candidate) -> Candidate:
    """Give the candidate with the pieces of its first label that were torn off, if any."""
    first = candidate.labels[0]
    is_apart = text[candidate.start - 1 : candidate.start].isspace()
    if not is_apart and first[0] != "-":
        return candidate
    before = text[max(candidate.start - _REACH, 0) : candidate.start]
    offset = candidate.start - len(before)
    torn = _WORD_BEFORE.search(before) if is_apart and ("/" in before or "\\" in before) else None
    is_torn = torn and (torn[1].endswith("-") or first[0] == "-" or "\n" in torn[2])
    if torn and is_torn and scheme_before(text, offset + torn.start()):
        return _with_first(candidate, torn[1] + first, offset + torn.start())
    platform = _LABELS_BEFORE.search(before) if is_apart and first.lower() in _PLATFORM_TAILS else None
    if platform and (platform[2] + first).lower() in PLATFORMS:
        return _with_platform(candidate, platform, offset)
    if first[0] == "-" and not _ENDS_IN_NAME.search(before):
        name = first.lstrip("-")
        return _with_first(candidate, name, candidate.start + len(first) - len(name)) if name else candidate
    if candidate.kinds[0] == "word" and candidate.labels[-1].lower() in PLAIN:
        return _with_words(candidate, before, offset)
    return candidate


_PLATFORM_TAILS = frozenset(name[cut:] for name in PLATFORMS for cut in range(1, len(name)))


def _with_first(candidate: Candidate, label: str, start: int) -> Candidate:
    return replace(candidate, labels=(label, *candidate.labels[1:]), start=start)


def _with_platform(candidate: Candidate, match: re.Match[str], offset: int) -> Candidate:
    """`shop.blog spot.com`: the service's name was written in two words."""
    names = match[1].rstrip(".").split(".")
    service = match[2] + candidate.labels[0]
    kinds: tuple[Kind, ...] = tuple("dot" for _ in names)
    return replace(
        candidate,
        labels=(*names, service, *candidate.labels[1:]),
        start=offset + match.start(),
        kinds=kinds + candidate.kinds,
    )


def _with_words(candidate: Candidate, before: str, offset: int) -> Candidate:
    """`Quiet River dot com`: capitalised words, or those between "to" and "dot", are one name."""
    first = candidate.labels[0]
    words: list[tuple[str, int]] = []
    is_introduced = False
    if first.lower() in SENTENCE_WORDS and not first.istitle():
        return candidate
    while len(words) < _MOST_WORDS:
        match = _WORD_BEFORE.search(before)
        if match is None or "\n" in match[2]:
            break
        word = match[1]
        if word.lower() in DOT_WORDS:
            return candidate
        if word.lower() in LEADING_WORDS | PREPOSITIONS | SITE_VERBS:
            is_introduced = True
            break
        if word.lower() in SENTENCE_WORDS and not (word.istitle() and first.istitle()):
            break
        words.insert(0, (word, offset + match.start()))
        before = before[: match.start()]
    if first.istitle():
        while words and not words[0][0].istitle():
            words.pop(0)
        is_title = bool(words) and all(word.istitle() for word, _ in words)
    else:
        is_title = False
    if not words or not (is_title or (is_introduced and len(words) < _MOST_WORDS)):
        return candidate
    return _with_first(candidate, "".join(word for word, _ in words) + first, words[0][1])
