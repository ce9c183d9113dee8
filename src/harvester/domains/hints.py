"""What people say beside an address that they hid: delete the star, read it backwards."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Hints(NamedTuple):
    """Words that are hints, or their beginnings; two patterns are searched sooner than one for both."""

    words: tuple[str, ...]
    spaced: re.Pattern[str]
    """Those of scripts that put spaces between words."""
    unspaced: re.Pattern[str]
    """Those of scripts that put none: they may stand anywhere."""


def _hints(*words: str) -> Hints:
    # By their first letters: a word that starts with none of them costs a comparison for each.
    firsts = sorted({word[0] for word in words if word[0] < "\u0500"})
    spaced = "|".join(f"{first}(?:{_rests(words, first)})" for first in firsts)
    unspaced = "|".join(re.escape(word) for word in words if word[0] >= "\u0500")
    return Hints(words, re.compile(rf"\b(?:{spaced})"), re.compile(unspaced or r"(?!)"))


def _rests(words: tuple[str, ...], first: str) -> str:
    return "|".join(re.escape(word[1:]) for word in words if word[0] == first)


def says(hints: Hints, text: str) -> bool:
    """Say whether a text has one of some hints, in letters of any size.

    >>> says(STAR_HINTS, "(Delete the Star!)"), says(STAR_HINTS, "no")
    (True, False)
    """
    if not text:
        return False
    lowered = text.lower()
    return hints.spaced.search(lowered) is not None or hints.unspaced.search(lowered) is not None


END_HINTS: Final = _hints(
    *"at the end|after it|after that|behind it|to it|to that|on the end|al final|no final|à la fin|am ende".split("|"),
    *"hinten|alla fine|di belakang|di akhir|sonuna|в конце|на конце|aan het eind|på slutet|til slutt".split("|"),
)
"""What is said behind an ending that is told apart from its name: put it at the end."""

STAR_HINTS: Final = _hints(
    "the star",
    "a star",
    *"stars asterisk asterisco estrella estrela étoile stern bintang yıldız звезд звёзд зірочк gwiazd".split(),
)
"""What is said beside an address with stars in it: take them out again."""

BACKWARD_HINTS: Final = _hints(
    "backward",
    "revers",
    "al revés",
    "ao contrário",
    "à l'envers",
    "rückwärts",
    "contrario",
    "задом",
    "наоборот",
    "tersten",
    "dibalik",
    "right to left",
    "baklänges",
    "baglæns",
    "achterstevoren",
    "wspak",
    "đọc ngược",
)
"""What is said beside an address that is written from its end to its start."""
