"""Everything that may stand between two labels: the full stop and whatever is put in its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from harvester.domains.endings import SAFE
from harvester.domains.letters import BULLETS, EMOJI, NAME
from harvester.domains.words import DOT_WORDS, UNSPACED_DOT_WORDS

Kind = Literal["dot", "bracketed", "bullet", "emoji", "word", "spaced", "wrapped", "double", "comma"]

WEAK: frozenset[Kind] = frozenset({"bullet", "emoji", "word", "spaced", "wrapped", "double", "comma"})
"""Kinds that ordinary prose has too: they join labels only where the ending asks for it."""

_WORDS = "|".join(re.escape(word) for word in sorted(DOT_WORDS, key=len, reverse=True))
_GLUED_WORDS = "|".join(UNSPACED_DOT_WORDS)
_OPEN, _CLOSE = r"[\[({<«【「『〔《]", r"[\])}>»】」』〕》]"
_QUOTE = "[\"'“”‘’*~|`]"
_SIGN = "[\"'“”‘’*~|`=+:/_-]"
"""What may stand on both sides of the word for a dot; some of it makes a face with a mere dot (`-.-`)."""
_ENDING = "|".join(sorted(SAFE, key=len, reverse=True))

_SPOT = re.compile(rf"[.,;!’¦{BULLETS}{EMOJI}\[({{<«【「『〔《\"'“”‘’*~|`=+:/_-]")
"""Where a dot may begin, unless it is a word."""
_MARK = re.compile(
    rf"""(?P<bracketed>
        {_OPEN}{{1,3}}\s{{0,2}}(?:[.,{BULLETS}]|{_WORDS}|{_GLUED_WORDS})\s{{0,2}}{_CLOSE}{{1,3}}
      | \.{_OPEN}\s?{_CLOSE}
      | {_OPEN}\s?{_CLOSE}(?:\.|(?=(?:com|net|org)(?![{NAME}])))
      | {_OPEN}\s{{0,2}}(?:\.|{_WORDS})\s{{0,2}}(?=[a-z]{{2,6}}\s?{_CLOSE})
      | {_OPEN}\s?(?:{_WORDS})\s?(?=(?:{_ENDING})(?![{NAME}]))
      | {_SIGN}{{1,2}}\s?(?:{_WORDS})\s?{_SIGN}{{1,2}}
      | {_QUOTE}\s?\.\s?{_QUOTE} | /\./
    )
    | (?P<bullet>[{BULLETS}])
    | (?P<emoji>[{EMOJI}](?=\s?(?:{_ENDING})(?![{NAME}])))
    | (?P<double>\.,|,\.)
    | (?P<comma>[;!'’¦](?=(?:com|net|org)(?![{NAME}]))|,(?=\s?(?:com|net|c0m)(?![{NAME}])|(?:{_ENDING})(?![{NAME}])))
    | (?P<dot>\.+)""",
    re.IGNORECASE | re.VERBOSE,
)
_SPOKEN = re.compile(
    rf"(?P<word>(?<=\s)(?:{_WORDS})(?=\s)|{_GLUED_WORDS}|(?<=\s)(?:dot|punto|ponto|point|punkt|nokta)(?=com(?![{NAME}])))"
    rf"|(?P<shouted>(?<=[{NAME}])(?:dot(?=(?-i:com|net|org|info|xyz|top|shop)(?![{NAME}]))"
    rf"|(?:punto|ponto|nokta)(?=com(?![{NAME}]))))",
    re.IGNORECASE,
)
_SPELLED_WWW = ("double u", "Double u", "double-u", "doubleu")
"""The end of a spoken `www`, behind which the dot starts no name."""
_SPACES = re.compile(r"\s{0,4}")


class Dot(Struct, frozen=True, gc=False):
    """One possible dot, with the spaces around it, as a span of the folded text."""

    start: int
    end: int
    kind: Kind
    is_even: bool
    """Both sides have a space, or none has: prose writes `one. Two`, seldom `one . two`."""
    clings_right: bool = False
    """A space stands before it and none after: `name .com`, which prose hardly writes."""
    word: str = ""
    """The spoken word, in small letters."""

    @property
    def clings_left(self) -> bool:
        """A space stands after it and none before, as behind every sentence."""
        return not self.is_even and not self.clings_right


def find_dots(text: str) -> Iterator[Dot]:
    """Yield every possible dot of a folded text in order; an ellipsis is none.

    >>> [dot.kind for dot in find_dots("a.b (dot) c punto d . e...f")]
    ['dot', 'bracketed', 'word', 'spaced']
    """
    for group, start, end in sorted(_marks(text), key=lambda mark: mark[1]):
        left = _spaces_before(text, start)
        spaces = _SPACES.match(text, end)
        right = spaces.end() if spaces else end
        kind = _kind(group, text, (left, start), (end, right))
        word = text[start:end].lower() if group == "word" else ""
        yield Dot(left, right, kind, (left < start) == (end < right), left < start and end == right, word)


def _marks(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield what may be a dot by itself, without spaces; a word in brackets counts with its brackets."""
    spoken = list(_SPOKEN.finditer(text))
    ends = [match.end() for match in spoken]
    starts, closed = [-1], [-1]
    done = 0
    for spot in _SPOT.finditer(text):
        place = spot.start()
        if place < done:
            continue
        match = _MARK.match(text, place)
        if match is None:
            continue
        group = match.lastgroup or "dot"
        if group == "bracketed":
            starts.append(place)
            closed.append(match.end())
        else:
            inside = bisect_right(ends, place)
            if inside < len(spoken) and spoken[inside].start() <= place:
                continue
        done = match.end()
        if group != "dot" or done - place <= 2:
            yield group, place, done
    for match in spoken:
        if text[: match.start()].rstrip().endswith(_SPELLED_WWW):
            continue
        if match.start() >= closed[bisect_right(starts, match.start()) - 1]:
            yield match.lastgroup or "word", match.start(), match.end()


def _spaces_before(text: str, end: int) -> int:
    start = end
    while start > 0 and end - start < 4 and text[start - 1].isspace():
        start -= 1
    return start


_KIND_OF_GROUP: dict[str, Kind] = {
    "bracketed": "bracketed",
    "shouted": "bracketed",
    "word": "word",
    "comma": "comma",
    "emoji": "emoji",
    "double": "double",
}


def _kind(group: str, text: str, left: tuple[int, int], right: tuple[int, int]) -> Kind:
    """Name the kind of a dot; `left` and `right` are the spans of the spaces on its sides."""
    is_spaced = left[0] < left[1] or right[0] < right[1]
    if group in _KIND_OF_GROUP:
        return _KIND_OF_GROUP[group]
    if group == "dot" and left[1] + 1 < right[0]:
        return "double"
    if is_spaced:
        return "wrapped" if "\n" in text[left[0] : right[1]] else "spaced"
    return "bullet" if group == "bullet" else "dot"
