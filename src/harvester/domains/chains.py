"""Chains: labels with a possible dot between each and the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from harvester.domains.dots import MOST_DOTS, Dot
from harvester.domains.endings import FREE, KNOWN_HOSTS, SAFE
from harvester.domains.labels import Label, is_ending, label_after, label_before
from harvester.domains.words import LEADING_WORDS

_SLASHES: Final = frozenset("/\\")


class Chain(Struct, frozen=True, gc=False):
    """Labels with a possible dot between each and the next."""

    text: str
    """The folded text in which they stand."""
    labels: list[Label]
    dots: list[Dot]

    @property
    def opens_clause(self) -> bool:
        """The text, a line, or what follows a mark or a leading word ("visit") starts with the first label."""
        start = self.labels[0].start
        before = self.text[max(start - 30, 0) : start]
        if not before[-2:].strip() or not (before[-1].isspace() and before[-2].isalnum()):
            return True
        return before.split()[-1].lower() in LEADING_WORDS

    @property
    def runs_on(self) -> bool:
        """A word in small letters follows the last label."""
        end = self.labels[-1].end
        return self.text[end : end + 1].isspace() and self.text[end + 1 : end + 2].islower()


def find_chains(text: str, found: Sequence[Dot]) -> list[Chain]:
    """Give the chains that some possible dots make of a folded text, in order."""
    chains: list[Chain] = []
    labels: list[Label] = []
    dots: list[Dot] = []
    for place, dot in enumerate(found, 1):
        if place == MOST_DOTS:
            # The chain that is open here may go on beyond the limit: a piece of it would be a wrong host.
            return chains
        # No label goes beyond the next dot.
        upcoming = found[place].start if place < len(found) else len(text)
        right = label_after(text, dot, upcoming)
        if right is None:
            continue
        goes_on = bool(labels) and labels[-1].end == dot.start
        left = labels[-1] if goes_on else label_before(text, dot.start, is_apart=dot.kind in ("word", "bracketed"))
        if left is None or _starts_sentence(text, left, dot, right):
            continue
        if not goes_on:
            if dots:
                chains.append(Chain(text, labels, dots))
            labels, dots = [left], []
        if labels:
            labels.append(right)
            dots.append(dot)
    if dots:
        chains.append(Chain(text, labels, dots))
    return chains


def _starts_sentence(text: str, left: Label, dot: Dot, right: Label) -> bool:
    """See a full stop, a space and an ending that is a word (`for him. So`), unless a path follows."""
    if dot.kind not in ("spaced", "wrapped") or not dot.clings_left or text[right.end : right.end + 1] in _SLASHES:
        return False
    before, after = left.text.lower(), right.text.lower()
    is_word = after.isascii() and after not in SAFE and after not in FREE and is_ending(after)
    return is_word and before not in {"co", "blogspot"} and f"{before}.{after}" not in KNOWN_HOSTS


def full_stops(text: str, start: int, end: int) -> list[Dot]:
    """Give the full stops of a span in which nothing else stands between labels."""
    places = [place for place in range(start, end) if text[place] == "."]
    return [Dot(place, place + 1, "dot", is_even=True) for place in places]
