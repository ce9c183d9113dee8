"""Sets of characters: what cannot be seen, what stands for a letter, what stands for a dot, what a name is made of.

Each set is written as the inside of a regular expression's character class, or as a table.
"""

from __future__ import annotations

INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff"
)
"""Default ignorable code points (Unicode, DerivedCoreProperties), joiners apart."""

JOINERS = "\u200c\u200d"
"""Zero width non-joiner and joiner: invisible in Latin text, part of a name in Arabic and Indic ones."""

STROKES = "\u0332\u0335-\u0338\u0489\u20d0-\u20f0"
"""Combining lines through, under and around a letter."""

FULL_STOPS = "\u3002\uff0e\uff61\u2024\ufe52"
"""What UTS 46 (section 2.3) reads as a dot between labels, with its small and leader forms."""

BULLETS = (
    "\u00b7\u2022\u2027\u2219\u22c5\u25cf\u26ab\u26aa\u25e6\u25aa\u25ab\u30fb\u2e31\u2e33\u2981\u2b24"
    "\U0001f534\U0001f535\U0001f7e0-\U0001f7e4"
)
"""Marks that look like a dot and are none: middle dots, bullets, coloured discs."""

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u30fa\u30fc-\u318f"
    "\u3400-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts that put no space between words (Thai, Lao, Burmese, Khmer, kana, Han), and Hangul, whose
particles cling to the word before them."""

NAME = (
    "0-9A-Za-z_\\-\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u200c\u200d\u2c00-\u2dff"
    "\u3005-\u3007\u3041-\u30fa\u30fc-\ud7ff\uf900-\ufdff\ufe70-\ufefc\U00010000-\U0001cfff\U0001e000-\U0001efff"
    "\U00020000-\U0003ffff"
)
"""Letters, digits, marks and the hyphen, in any script; the underscore too, so that a name that holds one
is seen whole and refused whole. A wide range on purpose: `\\w` leaves out the vowel signs of Thai and Hindi."""

_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))
_NEGATIVE = {chr(first + offset): chr(ord("a") + offset) for first in (0x1F150, 0x1F170) for offset in range(26)}

ENCLOSED_AND_SMALL = {**_SMALL_CAPITALS, "ǫ": "q", "ᴢ": "z", **_NEGATIVE}
"""Letters in another dress that Unicode gives no compatibility mapping: small capitals, white on black."""
