"""Everything that may stand between two labels: the full stop and whatever is put in its place."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from itertools import islice
from operator import itemgetter
from typing import Final, Literal

from msgspec import Struct

from harvester.domains.endings import SAFE
from harvester.domains.forms import ALL, SIGNED, SPOKEN
from harvester.domains.letters import BULLETS, EMOJI, NAME, SPACE, all_but, small
from harvester.domains.words import DOT_WORDS, UNSPACED_DOT_WORDS

Kind = Literal["dot", "bracketed", "bullet", "emoji", "word", "spaced", "wrapped", "double", "comma"]

WEAK: Final[frozenset[Kind]] = frozenset({"bullet", "emoji", "word", "spaced", "wrapped", "double", "comma"})
"""Kinds that ordinary prose has too: they join labels only where the ending asks for it."""

_WORDS: Final = "|".join(re.escape(word) for word in sorted(DOT_WORDS, key=len, reverse=True))
_FIRST_LETTERS: Final = "".join(sorted({word[0] for word in DOT_WORDS}))
_GLUED_WORDS: Final = "|".join(UNSPACED_DOT_WORDS)
_GLUED_LETTERS: Final = "".join(sorted({word[0] for word in UNSPACED_DOT_WORDS}))
_OPEN, _CLOSE = r"[\[({<«【「『〔《]", r"[\])}>»】」』〕》]"
_QUOTE: Final = "[\"'“”‘’*~|`]"
_SIGN: Final = f"[\"'“”‘’*~|`=+:/_{EMOJI}-]"
"""What may stand on both sides of the word for a dot; some of it makes a face with a mere dot (`-.-`)."""
_ENDING: Final = "|".join(sorted(SAFE, key=len, reverse=True))

_NO_MARKS: Final = all_but(f".,;:!'’¦%&{BULLETS}{EMOJI}[({{<«【「『〔《")
"""What begins no mark; that a character is one of them is seen sooner than that it is none of the others."""
# The patterns are for texts of small letters.
_MARK: Final = re.compile(
    rf"""[^{_NO_MARKS}](?:
        (?P<bracketed>
            2e(?<=%2e)
          | \#(?<=&\#)(?:0{{0,4}}46|x0{{0,4}}2e);
          | period(?<=&period);
          | {_OPEN}(?<=\.{_OPEN})(?:\s?{_CLOSE}|(?=\s?(?:com|net|org)\s?{_CLOSE}))
          | (?<={_OPEN})(?:
                {_OPEN}{{0,2}}\s{{0,2}}(?:[.,{BULLETS}]|{_WORDS}|{_GLUED_WORDS})\s{{0,2}}{_CLOSE}{{1,3}}
              | \s?{_CLOSE}(?:\.(?:(?!\s)|(?=\s{{1,2}}(?:{_ENDING})(?![{NAME}])))|(?=(?:com|net|org)(?![{NAME}])))
              | \s{{0,2}}(?:\.|{_WORDS})\s{{0,2}}(?=[a-z]{{2,6}}\s?{_CLOSE})
              | \s?(?:{_WORDS})\s?(?=(?:{_ENDING})(?![{NAME}]))
            )
        )
      | (?P<double>,(?<=\.,)|\.(?<=,\.))
      | (?P<dot>(?<=\.)\.*)
      | (?P<comma>
            (?<=[{NAME}][;:!'’¦])(?=(?:com|net|org)(?![{NAME}]))
          | (?<=,)(?=\s?(?:com|net|c0m)(?![{NAME}])|(?:{_ENDING})(?![{NAME}]))
        )
      | (?P<bullet>(?<=[{BULLETS}]))
      | (?P<emoji>(?<=[{EMOJI}])(?=[^\S\n]?(?:{_ENDING})(?![{NAME}])))
    )""",
    re.VERBOSE,
)
"""What may be a dot, unless it is a word or stands between signs; by its first character, which is found soonest, and
then by the second, which is looked at sooner than back."""
_SIGNED: Final = re.compile(rf"{_SIGN}{{1,2}}\s?(?:{_WORDS})\s?{_SIGN}{{1,2}}|{_QUOTE}\s?\.\s?{_QUOTE}|/\./")
"""In a text of small letters."""
_SPOKEN: Final = re.compile(
    rf"""[{SPACE}dpn{_GLUED_LETTERS}](?:
        (?<=[{SPACE}])(?=[{_FIRST_LETTERS}])
            (?P<word>(?:{_WORDS})(?=\s)|(?:dot|punto|ponto|point|punkt|nokta)(?=com(?![{NAME}])))
      | (?P<shouted>
            ot(?<=dot)(?=(?:com|net|org|info|xyz|top|shop)(?![{NAME}]))
          | (?:unto(?<=punto)|onto(?<=ponto)|okta(?<=nokta))(?=com(?![{NAME}]))
        )
      | (?P<capitals>ot(?<=dot)(?=[a-z]{{2}}))
      | (?<=[{_GLUED_LETTERS}])(?P<glued>{"|".join(f"(?<={word[0]}){word[1:]}" for word in UNSPACED_DOT_WORDS)})
    )""",
    re.VERBOSE,
)
"""The words, in a text of small letters; by the first character, as `_MARK`."""
_THREE: Final = "triple three tres três trois drei drie tre tri trzy три üç tiga".split()
_SPELLED_WWW: Final = (
    *("double u ", "double-u ", "doubleu ", "dub dub dub ", "3 w ", "3w ", "3x w ", "w3 ", "doble u ", "doble ve "),
    *("uve doble ", "double v ", "double vé ", "dábliu ", "dablju ", "дабл ю ", "вэ вэ вэ ", "ввв "),
    *(f"{letter} {letter} {letter} " for letter in ("vu", "wu", "we", "weh", "ve", "vé")),
    *(f"{three}{gap}w " for three in _THREE for gap in " -"),
)
"""The end of a spoken `www`, in small letters; behind it the dot starts no name."""
MOST_DOTS: Final = 2_000
"""Possible dots that are read in one text; TikTok's longest texts have a few thousand characters."""
_MOST_SPACES: Final = 4
_MOST_FULL_STOPS: Final = 2


Mark = tuple[str, int, int]
"""How a possible dot is written, and its span."""


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


def find_dots(text: str, forms: int = ALL) -> list[Dot]:
    """Give every possible dot of a folded text in order; an ellipsis is none.

    Words and dots between signs are looked for where the `forms` of the text have them.

    >>> [dot.kind for dot in find_dots("a.b (dot) c punto d . e...f")]
    ['dot', 'bracketed', 'word', 'spaced']
    """
    return [_dot(text, *mark) for mark in _marks(text, forms)]


def _dot(text: str, group: str, start: int, end: int) -> Dot:
    left = _spaces_before(text, start) if text[start - 1 : start].isspace() else start
    right = _spaces_behind(text, end) if text[end : end + 1].isspace() else end
    is_behind_space, is_before_space = left < start, end < right
    kind = _KIND_OF_GROUP.get(group)
    if kind is None and group == "dot" and start + 1 < end:
        kind = "double"
    if kind is None:
        is_spaced = is_behind_space or is_before_space
        kind = ("wrapped" if "\n" in text[left:right] else "spaced") if is_spaced else _BARE_KIND[group]
    word = text[start:end].lower() if kind == "word" else ""
    return Dot(left, right, kind, is_behind_space == is_before_space, is_behind_space and not is_before_space, word)


def _marks(text: str, forms: int) -> list[Mark]:
    """Give what may be a dot by itself, without spaces; what stands in brackets or between signs counts with them.

    Of a text with more than `MOST_DOTS` of them nothing is read behind the last that counts.
    """
    lowered = small(text)
    if not forms & (SPOKEN | SIGNED):
        marks = [(match.lastgroup or "dot", *match.span()) for match in _MARK.finditer(lowered)]
        return [mark for mark in marks if not _is_ellipsis(mark)][:MOST_DOTS]
    spoken = list(islice(_spoken(text, lowered), MOST_DOTS)) if forms & SPOKEN else []
    signed = [match.span() for match in islice(_SIGNED.finditer(lowered), MOST_DOTS)] if forms & SIGNED else []
    words, closed = _Spans((start, end) for _, start, end in spoken), _Spans(signed)
    found = [("bracketed", start, end) for start, end in signed]
    place = 0
    while match := _MARK.search(lowered, place):
        start, place = match.span()
        group = match.lastgroup or "dot"
        mark = (group, start, place)
        if closed.holds(start) or (group != "bracketed" and words.holds(start)):
            place = start + 1
            continue
        if group == "bracketed":
            closed.add(start, place)
        if not _is_ellipsis(mark):
            found.append(mark)
        if len(found) > MOST_DOTS:
            found = [mark for mark in found if mark[1] <= start]
            spoken = [word for word in spoken if word[1] <= start]
            break
    found += (word for word in spoken if not closed.holds(word[1]))
    return sorted(found, key=itemgetter(1))[:MOST_DOTS]


def _is_ellipsis(mark: Mark) -> bool:
    group, start, end = mark
    return group == "dot" and end - start > _MOST_FULL_STOPS


def _spoken(text: str, lowered: str) -> Iterator[Mark]:
    for match in _SPOKEN.finditer(lowered):
        group = match.lastgroup or "word"
        start, end = match.span(group) if group == "word" else match.span()
        if lowered.endswith(_SPELLED_WWW, 0, start):
            continue
        if group in {"word", "glued"} or _is_inside(group, text, start, end):
            yield group, start, end


def _is_inside(group: str, text: str, start: int, end: int) -> bool:
    """Say whether a word for the dot is inside a name: before a known ending, or in capitals among small letters."""
    before = text[start - 1 : start]
    if group == "shouted":
        return before.isalnum()
    is_small = before.isascii() and (before.islower() or before.isdigit())
    return is_small and text[start:end].isupper() and text[end].islower()


class _Spans:
    """Spans that do not overlap, and whether one of them holds a place."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans = list(spans)

    def add(self, start: int, end: int) -> None:
        insort(self.spans, (start, end))

    def holds(self, place: int) -> bool:
        if not self.spans:
            return False
        before = bisect_right(self.spans, (place, sys.maxsize)) - 1
        return before >= 0 and place < self.spans[before][1]


def _spaces_before(text: str, end: int) -> int:
    start = end
    while start > 0 and end - start < _MOST_SPACES and text[start - 1].isspace():
        start -= 1
    return start


def _spaces_behind(text: str, start: int) -> int:
    end = start
    while end < len(text) and end - start < _MOST_SPACES and text[end].isspace():
        end += 1
    return end


_KIND_OF_GROUP: Final[dict[str, Kind]] = {
    "bracketed": "bracketed",
    "shouted": "bracketed",
    "capitals": "bracketed",
    "word": "word",
    "glued": "word",
    "comma": "comma",
    "emoji": "emoji",
    "double": "double",
}
_BARE_KIND: Final[dict[str, Kind]] = {"dot": "dot", "bullet": "bullet"}
"""Those that are no more than a dot with spaces around, where there are any."""
