"""What a rule of the verdict may be about, as bits: a rule that is about nothing in a candidate need not be asked."""

from __future__ import annotations

from functools import lru_cache

from harvester.domains.dots import Kind
from harvester.domains.words import AT_WORDS, FILE_ENDINGS

_BITS = iter(1 << place for place in range(64))

ANY = next(_BITS)
"""Every candidate has it."""

# What the host is by itself.
MIXED = next(_BITS)
"""Letters of two scripts that look alike."""
MAIL = next(_BITS)
"""It serves mail to the public."""
ODD = next(_BITS)
"""A wordy ending, a title, an office, a program, or a company."""
SHORT = next(_BITS)
"""Initials, or a number before the ending."""
FILE = next(_BITS)
"""The ending is one of file names, too."""
KNOWN = next(_BITS)
"""Everybody knows it."""
TITLE = next(_BITS)
"""The ending starts with a capital."""
COM = next(_BITS)
"""The ending is `com`, which is a word in Portuguese."""

# How it is written.
REVERSED, GLUED, SPELLED_OUT, RESTYLED = (next(_BITS) for _ in range(4))
BRACKETED, BULLET, EMOJI, WORD, SPACED, DOUBLE, COMMA = (next(_BITS) for _ in range(7))
OTHER_SIGNS = BRACKETED | BULLET | EMOJI | WORD | SPACED | DOUBLE | COMMA
"""What may join labels beside the full stop."""
PREFIX, PATH = next(_BITS), next(_BITS)

# What stands right before and right after it.
BEHIND_SPACE = next(_BITS)
BEHIND_AT = next(_BITS)
"""The sign of an address of a person, or what a word for it ends with."""
BEHIND_MARK = next(_BITS)
"""A sign of tags, queries and paths."""
BEHIND_PIECE = next(_BITS)
"""A star, or a hyphen and a space: the beginning may be missing."""
BEFORE_PIECE = next(_BITS)
"""A space, and a letter or a sign with which the ending may go on."""
BEFORE_SIGN = next(_BITS)
"""A sign with which a host or a name in a program goes on."""
BEFORE_AT = next(_BITS)
"""The sign of an address of a person, somewhere behind it."""

AT_WORDS_END = frozenset(letter for word in AT_WORDS for letter in (word[-1], word[-1].upper()))


@lru_cache(maxsize=4_096)
def of_ending(written: str, tld: str) -> int:
    """Give the traits of an ending, as written and in small letters."""
    return (
        FILE * (tld in FILE_ENDINGS)
        | COM * (tld == "com")
        | TITLE * written.istitle()
        | ODD * (tld == "ltd" or written == "Inc")
    )


_OF_KIND: dict[Kind, int] = {
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


_BEHIND = dict.fromkeys("@])}", BEHIND_AT) | dict.fromkeys("#$&=%+/", BEHIND_MARK) | {"*": BEHIND_PIECE}
_BEHIND |= {" ": BEHIND_SPACE, "\n": BEHIND_SPACE | BEHIND_MARK}
_BEHIND_AND_SPACE = dict.fromkeys("@])}", BEHIND_AT) | dict.fromkeys(AT_WORDS_END, BEHIND_AT) | {"-": BEHIND_PIECE}
_BEFORE = dict.fromkeys(".,(…;:!", BEFORE_SIGN)
_PIECES = frozenset("abcdefghijklmnopqrstuvwxyz…")


def around(before: str, after: str) -> int:
    """Give the traits of what stands around a host."""
    traits = 0
    if before:
        sign = before[-1]
        traits = _BEHIND.get(sign, BEHIND_SPACE if sign.isspace() else 0)
        if traits & BEHIND_SPACE:
            sign = before[-2:-1]
            # A sign may stand before several spaces.
            traits |= _BEHIND_AND_SPACE.get(sign, BEHIND_AT if sign.isspace() else 0)
    if after:
        sign = after[0]
        traits |= _BEFORE.get(sign, 0)
        if after[1:2] in _PIECES and sign.isspace():
            traits |= BEFORE_PIECE
        if "@" in after:
            traits |= BEFORE_AT
    return traits
