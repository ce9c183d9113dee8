"""Which disguises a text may hold, so that nobody looks for the others: a few patterns of RE2, matched at once.

They are patterns of the UTF-8 bytes of a folded text in small letters. They may say yes too often; where they say no,
`dots`, `spaced`, `backwards` and `hints` find nothing of that form. Without RE2 every disguise is looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from harvester.domains import scan
from harvester.domains.endings import SURE_BACKWARDS
from harvester.domains.hints import BACKWARD_HINTS
from harvester.domains.letters import EMOJI, SPACE, small
from harvester.domains.space_hints import SPACE_WORDS
from harvester.domains.words import DOT_WORDS, UNSPACED_DOT_WORDS

SPOKEN, SIGNED, SPACED_OUT, BACKWARDS, HINTED = (1 << number for number in range(5))
"""A word for the dot, a dot between signs, a host in spaced letters, one written backwards, a hint at spaces."""
ALL: Final = SPOKEN | SIGNED | SPACED_OUT | BACKWARDS | HINTED

_SPOKEN: Final = (
    rb"%(s)b(?:%(w)b)(?:%(s)b|com)|%(u)b|(?:dot|punto|ponto|nokta)(?:com|net|org|info|xyz|top|shop)|[0-9a-z]dot[a-z]{2}"
)
_SIGNED: Final = rb"%(q)b%(s)b?(?:\.|%(w)b)%(s)b?%(q)b"
_SPACED_OUT: Final = (
    rb"w%(s)b{1,2}w%(s)b{0,2}w|ww%(s)b{1,2}w|www%(s)b|www\.%(s)b{0,3}[0-9a-z\x80-\xff-]+%(s)b|3x%(s)b{0,2}w|/%(s)b{1,3}/"
    rb"|h%(s)b{1,3}t%(s)b{0,3}t%(s)b{0,3}p|ht%(s)b{1,3}t%(s)b{0,3}p|htt%(s)b{1,3}p|http%(s)b{1,3}s|https?%(s)b{1,3}[:;]"
    rb"|(?:\A|%(s)b)(?:%(c)b%(s)b{1,3}){4}%(c)b"
)
_BACKWARDS: Final = rb"%(r)b"
_HINTED: Final = rb"%(h)b"
"""`%(s)b` is a space, `%(w)b` a word for the dot, `%(u)b` one of a script that puts no spaces, `%(q)b` a sign, `%(c)b`
any character that is no space."""


def forms_of(text: str) -> int:
    """Give the forms of disguise that a folded text may have, as a set of bits.

    >>> forms_of("velmora dot com") == SPOKEN or forms_of("") == ALL
    True
    """
    if not scan.HAS_RE2:
        return ALL
    return sum([1 << number for number in _patterns()(small(text).encode("utf-8", "surrogatepass"))])


@cache
def _patterns() -> Callable[[bytes], Iterable[int]]:
    parts = {
        b"s": scan.any_of(SPACE),
        b"w": _any_word(DOT_WORDS),
        b"u": _any_word(UNSPACED_DOT_WORDS),
        b"q": scan.any_of(f"\"'“”‘’*~|`=+:/_{EMOJI}-"),
        b"c": rb"(?:[\x00-\x08\x0e-\x1b\x21-\x7f]|[\xc2-\xf4][\x80-\xbf]{1,3})",
        b"r": _any_word([*BACKWARD_HINTS.words, *(f"{ending[::-1]}." for ending in SURE_BACKWARDS)]),
        b"h": _any_word(SPACE_WORDS),
    }
    forms = (_SPOKEN, _SIGNED, _SPACED_OUT, _BACKWARDS, _HINTED)
    return scan.together(form % parts for form in forms)


def _any_word(words: Iterable[str]) -> bytes:
    return b"|".join(sorted({scan.literal(word.encode()) for word in words}))
