"""What people say beside an address that they hid: take the spaces out, delete the star, read it backwards."""

from __future__ import annotations

import re


def _hints(*words: str) -> re.Pattern[str]:
    """Any of some words or their beginnings; in scripts that put no spaces they may stand anywhere."""
    spaced = "|".join(re.escape(word) for word in words if word[0] < "\u0500")
    others = "".join(f"|{re.escape(word)}" for word in words if word[0] >= "\u0500")
    return re.compile(rf"\b(?:{spaced}){others}")


def says(hints: re.Pattern[str], text: str) -> bool:
    """Say whether a text has one of some hints, in letters of any size.

    >>> says(SPACE_HINTS, "(No Spaces!)"), says(STAR_HINTS, "no")
    (True, False)
    """
    return hints.search(text.lower()) is not None


SPACE_HINTS = _hints(
    "space",
    "spacing",
    "gaps",
    "the gap",
    "no gap",
    "one word",
    "all together",
    "espacio",
    "todo junto",
    "espaço",
    "tudo junto",
    "espace",
    "tout attaché",
    "spazi",
    "tutto attaccato",
    "leerzeichen",
    "zusammen",
    "spaties",
    "aan elkaar",
    "mellanslag",
    "mellemrum",
    "mellomrom",
    "пробел",
    "пробіл",
    "слитно",
    "разом",
    "spasi",
    "gabung",
    "disambung",
    "boşluk",
    "bitişik",
    "bosluk",
    "spacj",
    "mezer",
    "spații",
    "spatii",
    "szóköz",
    "κενά",
    "khoảng trắng",
    "dấu cách",
    "viết liền",
    "dot with",
    "空格",
    "スペース",
    "띄어쓰기",
    "공백",
    "เว้นวรรค",
    "ช่องว่าง",
    "مسافات",
    "فراغ",
    "स्पेस",
)
"""What is said beside an address that was torn apart: take the spaces out again."""

STAR_HINTS = _hints(
    "the star",
    "a star",
    *"stars asterisk asterisco estrella estrela étoile stern bintang yıldız звезд звёзд зірочк gwiazd".split(),
)
"""What is said beside an address with stars in it: take them out again."""

BACKWARD_HINTS = _hints(
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
