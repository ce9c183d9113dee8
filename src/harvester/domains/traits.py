"""What a rule of the verdict may be about, as bits: a rule that is about nothing in a candidate need not be asked."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from harvester.domains.dots import Kind
from harvester.domains.endings import SAFE
from harvester.domains.programs import FILE_ENDINGS
from harvester.domains.words import AT_WORDS

ANY: Final = 1 << 0
"""Every candidate has it."""

# What the host is by itself.
MIXED: Final = 1 << 1
"""Letters of two scripts that look alike."""
MAIL: Final = 1 << 2
"""It serves mail to the public."""
ODD: Final = 1 << 3
"""A wordy ending, a title, an office, a program, or a company."""
SHORT: Final = 1 << 4
"""Initials, or a number before the ending."""
FILE: Final = 1 << 5
"""The ending is one of file names, too."""
KNOWN: Final = 1 << 6
"""Everybody knows it."""
TITLE: Final = 1 << 7
"""The ending starts with a capital."""
COM: Final = 1 << 8
"""The ending is `com`, which is a word in Portuguese."""
UNFINISHED: Final = 1 << 9
"""Some letters more would make the ending another one that is no word (`com`, `company`)."""

# How it is written.
REVERSED: Final = 1 << 10
GLUED: Final = 1 << 11
SPELLED_OUT: Final = 1 << 12
RESTYLED: Final = 1 << 13
BRACKETED: Final = 1 << 14
BULLET: Final = 1 << 15
EMOJI: Final = 1 << 16
WORD: Final = 1 << 17
SPACED: Final = 1 << 18
DOUBLE: Final = 1 << 19
COMMA: Final = 1 << 20
OTHER_SIGNS: Final = BRACKETED | BULLET | EMOJI | WORD | SPACED | DOUBLE | COMMA
"""What may join labels beside the full stop."""
PREFIX: Final = 1 << 21
PATH: Final = 1 << 22
MAY_BE_HINTED: Final = 1 << 23
"""The text may say that spaces are to be taken out."""

# What stands right before and right after it.
BEHIND_SPACE: Final = 1 << 24
BEHIND_AT: Final = 1 << 25
"""The sign of an address of a person, or what a word for it ends with."""
BEHIND_MARK: Final = 1 << 26
"""A sign of tags, queries and paths."""
BEHIND_PIECE: Final = 1 << 27
"""A star, or a hyphen and a space: the beginning may be missing."""
BEFORE_SPACE: Final = 1 << 28
"""White space."""
BEFORE_PIECE: Final = 1 << 29
"""A space and a letter, or an ellipsis: the ending may go on, or was cut off."""
BEFORE_COUNTRY: Final = 1 << 30
"""A mark that is no full stop, and a letter."""
BEFORE_CODE: Final = 1 << 31
"""A sign with which a name in a program goes on."""
BEFORE_AT: Final = 1 << 32
"""The sign of an address of a person."""

AT_WORDS_END: Final = frozenset(word[-2:] for word in AT_WORDS)


@lru_cache(maxsize=4_096)
def of_ending(written: str, tld: str) -> int:
    """Give the traits of an ending, as written and in small letters."""
    return (
        FILE * (tld in FILE_ENDINGS)
        | COM * (tld == "com")
        | TITLE * written.istitle()
        | ODD * (tld == "ltd" or written == "Inc")
        | UNFINISHED * (written.lower() in _BEGINNINGS)
    )


_LONGEST_REST: Final = 4
_CUT: Final = frozenset(ending[:-size] for ending in SAFE for size in range(1, _LONGEST_REST + 1))
_BEGINNINGS: Final = _CUT | {"co", "ne", "inf"}
"""What a safe ending is without its last letters; the three are also how the most common ones are cut off."""


_OF_KIND: Final[dict[Kind, int]] = {
    "bracketed": BRACKETED,
    "bullet": BULLET,
    "emoji": EMOJI,
    "word": WORD,
    "spaced": SPACED,
    "wrapped": SPACED,
    "double": DOUBLE,
    "comma": COMMA,
}


@lru_cache(maxsize=1_024)
def of_kinds(kinds: tuple[Kind, ...]) -> int:
    """Give the traits of a candidate by what joins its labels."""
    traits = 0
    for kind in kinds:
        traits |= _OF_KIND.get(kind, 0)
    return traits


_BEHIND: Final = {
    **dict.fromkeys("@])}", BEHIND_AT),
    **dict.fromkeys("#$&=%+/", BEHIND_MARK),
    "*": BEHIND_PIECE,
    " ": BEHIND_SPACE,
    "\n": BEHIND_SPACE | BEHIND_MARK,
}
_BEHIND_AND_SPACE: Final = dict.fromkeys("@])}", BEHIND_AT) | {"-": BEHIND_PIECE}
_PIECES: Final = frozenset("abcdefghijklmnopqrstuvwxyz…")


@lru_cache(maxsize=16_384)
def behind(before: str) -> int:
    """Give the traits of the three characters before a host."""
    if not before:
        return 0
    sign = before[-1]
    traits = _BEHIND.get(sign, 0) or (BEHIND_SPACE if sign.isspace() else 0)
    if traits & BEHIND_SPACE:
        sign = before[-2:-1]
        # A sign may stand before several spaces.
        traits |= _BEHIND_AND_SPACE.get(sign, 0) or (BEHIND_AT if sign.isspace() else 0)
        if before[-3:-1].lower() in AT_WORDS_END:
            traits |= BEHIND_AT
    return traits


@lru_cache(maxsize=16_384)
def ahead(after: str) -> int:
    """Give the traits of the two characters behind a host."""
    if not after:
        return 0
    sign, following = after[0], after[1:]
    if sign.isspace():
        return BEFORE_SPACE | BEFORE_PIECE if following in _PIECES else BEFORE_SPACE
    return _before_mark(sign, following) if sign in _MARKS else 0


_MARKS: Final = frozenset(".,;:!(…@")


def _before_mark(mark: str, following: str) -> int:
    if mark == ".":
        return BEFORE_PIECE if following == "." else BEFORE_CODE if following.isupper() else 0
    if mark in ",;:!":
        return BEFORE_COUNTRY if following.isalpha() else 0
    return {"(": BEFORE_CODE, "…": BEFORE_PIECE, "@": BEFORE_AT}[mark]
