"""Runs: labels with a full stop between each and the next, and nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, final

from harvester.domains.dots import MOST_DOTS, Kind
from harvester.domains.endings import KNOWN_HOSTS, SAFE
from harvester.domains.letters import NAME
from harvester.domains.registrable import top_level_domains
from harvester.domains.vocabulary import is_word
from harvester.domains.words import COM_SPELLINGS, SENTENCE_WORDS

_RUN: Final = re.compile(rf"(?<![{NAME}])[{NAME}]++(?:\.[{NAME}]++)+")


@final
class Run:
    """What can be told of a run, wherever it stands."""

    def __init__(self, text: str) -> None:
        labels = tuple(text.split("."))
        self.labels = labels
        self.kinds: tuple[Kind, ...] = tuple("dot" for _ in labels[1:])
        self.joins_sentences = len(labels) == 2 and _joins_sentences(*labels)
        """`great.so`: a word of every day, a full stop, another word."""
        self.is_simple = labels[-1].lower() in top_level_domains() and _is_simple(text, labels)
        """It can be but one host: no sentence ends in it, no ending is spelled in a special way."""
        self.has_ending = any(map(_may_be_ending, labels[1:]))
        """One of its labels may be an ending, so that it may be a host at all."""


@lru_cache(maxsize=16_384)
def run_of(text: str) -> Run:
    """Read a run by itself."""
    return Run(text)


def _joins_sentences(first: str, second: str) -> bool:
    name, ending = first.lower(), second.lower()
    is_known = ending in SAFE or ending in COM_SPELLINGS or f"{name}.{ending}" in KNOWN_HOSTS
    return name in SENTENCE_WORDS and not is_known and ending in top_level_domains()


def _may_be_ending(label: str) -> bool:
    """Letters that are none stay none, whatever stands behind them."""
    ending = label.lower()
    is_plain = len(ending) > 2 and ending.isascii() and ending.isalpha()
    return not is_plain or ending in top_level_domains() or ending in COM_SPELLINGS


_MOST_LABELS: Final = 10
"""More of them are read label by label."""


def _is_simple(run: str, labels: tuple[str, ...]) -> bool:
    if not run.isascii() or len(labels) > _MOST_LABELS:
        return False
    if len(labels) == 2:
        return labels[0].lower() != "www"
    is_even = run.islower() or (run.isupper() and "I" not in labels)
    return (
        is_even
        and ".c0m." not in run
        and (labels[-1] in SAFE or labels[-2].lower() not in SAFE or not is_word(labels[-1]))
    )


def run_spans(text: str) -> list[tuple[int, int]]:
    """Give the spans of the runs of a text; each starts behind the last space before its first inner full stop."""
    spans: list[tuple[int, int]] = []
    end, place = 0, -1
    while (place := text.find(".", max(place + 1, end))) >= 0 and len(spans) < MOST_DOTS:
        if not text[place + 1 : place + 2].strip():
            continue
        start = text.rfind(" ", end, place) + 1 or end
        space = text.find(" ", place)
        word = (text[start:space] if space >= 0 else text[start:]).rstrip(".")
        if _is_run(word):
            end = start + len(word)
        elif match := _RUN.search(text, start):
            start, end = match.span()
        else:
            break
        spans.append((start, end))
    return spans


def _is_run(word: str) -> bool:
    """Nothing but letters and digits of ASCII between full stops, as most runs are."""
    return word.isascii() and word.replace(".", "").isalnum() and word[0] != "." and "." in word and ".." not in word
