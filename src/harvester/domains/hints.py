"""What people say beside an address that they hid: delete the star, read it backwards."""

from __future__ import annotations

import re
from typing import Final, NamedTuple


class Hints(NamedTuple):
    """Words that are hints, or their beginnings."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]


def _hints(*words: str) -> Hints:
    return Hints(words, re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})"))


def says(hints: Hints, text: str) -> bool:
    """Say whether a text has one of some hints, in letters of any size.

    >>> says(STAR_HINTS, "(Delete the Star!)"), says(STAR_HINTS, "no")
    (True, False)
    """
    return hints.pattern.search(text.lower()) is not None


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
