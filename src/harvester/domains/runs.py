"""Runs: labels with a full stop between each and the next, and nothing else."""

from __future__ import annotations

import re
from typing import Final, final

from harvester.domains.dots import MOST_DOTS, Kind
from harvester.domains.endings import KNOWN_HOSTS, SAFE
from harvester.domains.hosts import host_of
from harvester.domains.letters import NAME, UNSPACED
from harvester.domains.registrable import is_public_suffix, top_level_domains
from harvester.domains.vocabulary import is_word
from harvester.domains.words import COM_SPELLINGS, SENTENCE_WORDS

_RUN: Final = re.compile(rf"(?<![{NAME}])[{NAME}]++(?:\.[{NAME}]++)+")
_NO_LABEL: Final = frozenset({"", " ", ".", "\n"})
"""What stands behind most full stops."""


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
        self.host = host_of(labels) if self.is_simple else None
        """The host that it is by itself."""
        self.has_ending = any(map(_may_be_ending, labels[1:]))
        """One of its labels may be an ending, so that it may be a host at all."""


def run_of(text: str) -> Run:
    """Read a run by itself."""
    run = _RUNS.get(text)
    if run is None:
        if len(_RUNS) >= _MOST_RUNS:
            _RUNS.clear()
        run = _RUNS[text] = Run(text)
    return run


_MOST_RUNS: Final = 16_384
_RUNS: Final[dict[str, Run]] = {}
"""Those read last. A dict that is emptied when it is full touches less memory at each look-up than a cache that keeps
its entries in the order of their use."""


def _joins_sentences(first: str, second: str) -> bool:
    name, ending = first.lower(), second.lower()
    is_known = ending in SAFE or ending in COM_SPELLINGS or f"{name}.{ending}" in KNOWN_HOSTS
    return name in SENTENCE_WORDS and not is_known and ending in top_level_domains()


def _may_be_ending(label: str) -> bool:
    """Letters that are none stay none, whatever stands behind them, and so do digits."""
    ending = label.lower()
    is_plain = ending.isascii() and (ending.isdigit() or (len(ending) > 2 and ending.isalpha()))
    return not is_plain or ending in top_level_domains() or ending in COM_SPELLINGS


_GLUED: Final = re.compile(f"[{UNSPACED}\u05d0-\u05ea\u0620-\u06ff]-?[0-9-]*[A-Za-z]")
"""A letter of a script that clings to a Latin name behind it."""
_MOST_LABELS: Final = 10
"""More of them are read label by label."""


def _is_simple(run: str, labels: tuple[str, ...]) -> bool:
    if len(labels) == 2:
        return labels[0].lower() != "www" and (run.isascii() or not _GLUED.search(labels[0]))
    if not run.isascii() or len(labels) > _MOST_LABELS or ".c0m." in run:
        return False
    is_even = run.islower() or (run.isupper() and "I" not in labels) or all(map(str.istitle, labels))
    ending, level = labels[-1], labels[-2]
    may_start = ending not in SAFE and level.lower() in SAFE and is_word(ending)
    return is_even and (not may_start or is_public_suffix(f"{level}.{ending}".lower()))


def run_spans(text: str) -> list[tuple[int, int]]:
    """Give the spans of the runs of a text; each starts behind the last space or slash before its first full stop."""
    spans: list[tuple[int, int]] = []
    end, place = 0, text.find(".")
    while place >= 0 and len(spans) < MOST_DOTS:
        if text[place + 1 : place + 2] in _NO_LABEL:
            place = text.find(".", place + 1)
            continue
        start = max(text.rfind(" ", end, place), text.rfind("/", end, place)) + 1
        match = _RUN.search(text, start or end)
        if match is None:
            break
        spans.append(match.span())
        end = match.end()
        place = text.find(".", end)
    return spans
