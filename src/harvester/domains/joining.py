"""Names that were torn apart before their first dot: by a line break, a hyphen, or by being several words."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import replace

from harvester.domains.candidates import Candidate, Label
from harvester.domains.dots import Kind
from harvester.domains.endings import PLAIN
from harvester.domains.letters import NAME
from harvester.domains.words import DOT_WORDS, LEADING_WORDS, PLATFORMS, PREPOSITIONS, SENTENCE_WORDS, SITE_VERBS

_WORD_BEFORE = re.compile(rf"([{NAME}]*[^\W_][{NAME}]*)(\s{{1,2}})$")
_LABELS_BEFORE = re.compile(rf"((?:[{NAME}]+\.)+)([{NAME}]+)\s$")
_MOST_WORDS = 3
_REACH = 120
"""Code points to look back."""


def join_broken(text: str, candidate: Candidate, host_starts: Container[int]) -> Candidate:
    """Give the candidate with the pieces of its first label that were torn off, if any.

    `host_starts` are the places right behind a scheme: a piece that stands there belongs to the address.
    """
    first = candidate.labels[0]
    before = text[max(first.start - _REACH, 0) : first.start]
    offset = first.start - len(before)
    torn = _WORD_BEFORE.search(before)
    if torn and offset + torn.start() in host_starts:
        is_torn = torn[1].endswith("-") or first.text.startswith("-") or "\n" in torn[2]
        if is_torn:
            return _with_first(candidate, Label(torn[1] + first.text, offset + torn.start(), first.end))
    platform = _LABELS_BEFORE.search(before)
    if platform and (platform[2] + first.text).lower() in PLATFORMS:
        return _with_platform(candidate, platform, offset)
    if first.text.startswith("-") and not re.search(rf"[{NAME}]\s?$", before):
        name = first.text.lstrip("-")
        return _with_first(candidate, Label(name, first.end - len(name), first.end)) if name else candidate
    if candidate.kinds[0] == "word" and candidate.labels[-1].text.lower() in PLAIN:
        return _with_words(candidate, before, offset)
    return candidate


def _with_first(candidate: Candidate, label: Label) -> Candidate:
    return replace(candidate, labels=(label, *candidate.labels[1:]))


def _with_platform(candidate: Candidate, match: re.Match[str], offset: int) -> Candidate:
    """`shop.blog spot.com`: the service's name was written in two words."""
    first = candidate.labels[0]
    position = offset + match.start()
    labels: list[Label] = []
    for name in match[1].rstrip(".").split("."):
        labels.append(Label(name, position, position + len(name)))
        position += len(name) + 1
    service = Label(match[2] + first.text, position, first.end)
    kinds: tuple[Kind, ...] = tuple("dot" for _ in labels)
    return replace(candidate, labels=(*labels, service, *candidate.labels[1:]), kinds=kinds + candidate.kinds)


def _with_words(candidate: Candidate, before: str, offset: int) -> Candidate:
    """`Quiet River dot com`: capitalised words, or those between "to" and "dot", are one name."""
    first = candidate.labels[0]
    words: list[tuple[str, int]] = []
    is_introduced = False
    if first.text.lower() in SENTENCE_WORDS and not first.text.istitle():
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
        if word.lower() in SENTENCE_WORDS and not (word.istitle() and first.text.istitle()):
            break
        words.insert(0, (word, offset + match.start()))
        before = before[: match.start()]
    if first.text.istitle():
        while words and not words[0][0].istitle():
            words.pop(0)
        is_title = bool(words) and all(word.istitle() for word, _ in words)
    else:
        is_title = False
    if not words or not (is_title or (is_introduced and len(words) < _MOST_WORDS)):
        return candidate
    name = "".join(word for word, _ in words) + first.text
    return _with_first(candidate, Label(name, words[0][1], first.end))
