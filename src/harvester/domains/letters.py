"""Sets of characters: what cannot be seen, what stands for a letter, what stands for a dot, what a name is made of.

Each set is written as the inside of a regular expression's character class, or as a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""Default ignorable code points (Unicode, DerivedCoreProperties), joiners apart."""

JOINERS: Final = "\u200c\u200d"
"""Zero width non-joiner and joiner: invisible in Latin text, part of a name in Arabic and Indic ones."""

STROKES: Final = "\u0332\u0335-\u0338\u0489\u20d0-\u20f0"
"""Combining lines through, under and around a letter."""

MARKS: Final = "\u0300-\u034e\u0350-\u036f\u0489"
"""Combining marks of Latin letters; several on each letter hide a text ("zalgo")."""

FULL_STOPS: Final = "\u3002\uff0e\uff61\u2024\ufe52"
"""What UTS 46 (section 2.3) reads as a dot between labels, with its small and leader forms."""

HYPHENS: Final = "\u2010\u2011\ufe63\uff0d"
"""Hyphens that look like the one of host names."""

BULLETS: Final = (
    "\u00b7\u02d9\u16eb\u2022\u2023\u2027\u2043\u2218\u2219\u22c5\u2299\u25a0\u25a1\u25aa\u25ab\u25c6\u25cb\u25ce\u25cf\u25e6\u25ef\u25fd\u25fe"
    "\u06d4\u26aa\u26ab\u26ac\u2981\u2b24\u2e31\u2e33\u30fb\ua4f8\ua78f\U0001f518\U0001f534\U0001f535\U0001f7e0-\U0001f7e4"
)
"""Marks that look like a dot and are none: middle dots, bullets, coloured discs."""

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30fa\u30fc-\u318f"
    "\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no space between words (Thai, Lao, Burmese, Khmer, kana, Han), and Hangul, whose
particles cling to the word before them."""

NAME: Final = (
    "0-9A-Za-z_\\-\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u200c\u200d\u2c00-\u2dff"
    "\u3005-\u3007\u3041-\u30fa\u30fc-\ud7ff\uf900-\ufdff\ufe70-\ufefc\U00010000-\U0001cfff\U0001e000-\U0001efff"
    "\U00020000-\U0003ffff"
)
"""Letters, digits, marks and the hyphen, in any script; the underscore too, so that a name that holds one
is seen whole and refused whole. A wide range on purpose: `\\w` leaves out the vowel signs of Thai and Hindi."""

_SMALL_CAPITALS: Final = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
_NEGATIVE: Final = {chr(first + offset): chr(ord("a") + offset) for first in (0x1F150, 0x1F170) for offset in range(26)}

_PARENTHESISED: Final = {chr(0x249C + offset): chr(ord("a") + offset) for offset in range(26)}

ENCLOSED_AND_SMALL: Final = {**_SMALL_CAPITALS, "ǫ": "q", "ᴢ": "z", **_NEGATIVE, **_PARENTHESISED}
"""Letters in another dress that Unicode gives no compatibility mapping: small capitals, white on black."""

STYLED: Final = (
    "\u017f\u1d00-\u1d6a\u0262\u026a\u0274\u0280\u028f\u0299\u029c\u029f\u2071-\u214f\u2460-\u24ff\ua730\ua731"
    "\ua7af\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\U0001f110-\U0001f189"
)
"""Where letters in another dress are found: what folding turns into a plain letter or digit."""

SPACE: Final = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as `str.isspace` and `\\s` have it (Unicode, White_Space, with the ASCII separators)."""

FOLDED: Final = (
    "\u00a0-\u00be\u0132-\u0149\u017f\u01c4-\u01cc\u01eb-\u01f3\u0262-\u02b8\u02d8-\u02e4\u0300-\u036f"
    "\u0374-\u0387\u03d0-\u03d6\u03f0-\u03f9\u0489\u0587\u061c\u0675-\u0678\u0958-\u095f\u09dc-\u09df"
    "\u0a33-\u0a36\u0a59-\u0a5e\u0b5c-\u0b5d\u0e33\u0eb3\u0edc-\u0edd\u0f0c\u0f43-\u0fb9\u10fc\u115f-\u1160"
    "\u17b4-\u17b5\u180b-\u180e\u1d00-\u1d78\u1d9b-\u1dbf\u1e9a-\u1e9b\u1f71-\u1f7d\u1fbb-\u20f0\u2100-\u2189"
    "\u222c-\u2230\u2329-\u232a\u2460-\u24ea\u2a0c\u2a74-\u2a76\u2adc\u2c7c-\u2c7d\u2d6f\u2e9f\u2ef3-\u2fd5"
    "\u3000-\u3002\u3036-\u303a\u309b-\u309f\u30ff\u3131-\u319f\u3200-\u33ff\ua69c-\ua69d\ua730-\ua731\ua770"
    "\ua7af\ua7f2-\ua7f9\uab5c-\uab69\uf900-\ufad9\ufb00-\ufbb1\ufbd3-\ufdc7\ufdf0-\uffee\U00010781-\U000107ba"
    "\U0001d15e-\U0001d164\U0001d1bb-\U0001d1c0\U0001d400-\U0001d7ff\U0001ee00-\U0001eebb\U0001f100-\U0001f190"
    "\U0001f1e6-\U0001f1ff\U0001f200-\U0001f251\U0001fbf0-\U0001fbf9\U0002f800-\U0002fa1d\U000e0000-\U000e0fff"
)
"""Where folding may change something: code points that Unicode maps to others (NFKC), and the sets above; some
more stand between them. Everything else stays as it is, which a test makes sure of."""

EMOJI: Final = (
    "\u2600-\u26a9\u26ad-\u27bf\u2b50\u2b55\U0001f300-\U0001f517\U0001f519-\U0001f533\U0001f536-\U0001f7df"
    "\U0001f7e5-\U0001faff"
)
"""Pictures that stand for a dot where they are glued between a name and an ending; the round ones are bullets."""


def ranges(characters: str) -> Iterator[tuple[int, int]]:
    """Yield the first and the last code point of each range of a set, in its order.

    >>> list(ranges("a-cx"))
    [(97, 99), (120, 120)]
    """
    place = 0
    while place < len(characters):
        first = last = characters[place]
        place += 1
        if characters[place : place + 1] == "-" and place + 1 < len(characters):
            last = characters[place + 1]
            place += 2
        yield ord(first), ord(last)


def all_but(characters: str) -> str:
    """Give what a set does not hold, as a set.

    >>> import re
    >>> re.findall(f"[^{all_but('a-cx')}]", "crux")
    ['c', 'x']
    """
    others = ""
    following = 0
    for first, last in [*sorted(ranges(characters)), (0x110000, 0)]:
        if following < first:
            others += rf"\U{following:08x}-\U{first - 1:08x}"
        following = last + 1
    return others


def small(text: str) -> str:
    """Write a text in small letters, each in its place: of all letters İ alone would become two.

    >>> small("NAME İS"), len(small("İ"))
    ('name is', 1)
    """
    return text.replace("İ", "I").lower()


LOOKALIKES: Final = str.maketrans(
    "асеорхуіїјѕԁһкмтнвгӏԛԝѵғωορντικυαεχβγησϲ", "aceopxyiijsdhkmthbrlqwvfwopvtikuaexbynoc"
)
"""Cyrillic and Greek letters and the Latin ones they are taken for (Unicode Technical Standard 39), small ones."""

CYRILLIC_LOOKALIKES: Final = str.maketrans("aceopxyikmthb", "асеорхуікмтнв")
"""Latin letters and the Cyrillic ones that they are taken for, small ones."""
