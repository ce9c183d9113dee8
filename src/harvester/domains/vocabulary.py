"""Which words are words: what people write in comments, in forty languages, and so no name that was made up.

A full stop without a space behind it joins two sentences (`amazing.so happy`) or two labels (`velmora.so`). What
tells them apart is whether the word before it is one, and whether the ending is a word of the language around it.
The lists beside this module were written by hand; none is meant to be complete.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import islice
from typing import Final
from zlib import crc32

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LAUGHTER: Final = re.compile(
    r"(?:h[aeio]|j[aeio]|k[aeio]?|r?s|wk|x[ad]|[аеи]?х[аи]?|ㅋ|ه){3,}\w?|(?:lo+l)+|(?:lmf?ao+)|z+|m+|h+m+|a+w+"
)
_SMALLER: Final = re.compile(r"(\w{3,}?)z?(?:inh|issim|íssim|ísim)([oa])s?")
"""A word made small or great, as Portuguese, Italian and Spanish do: `gatinho`, `bellissima`."""
_SHORTEST_POSSESSED, _SHORTEST_PLURAL = 6, 4
"""Letters that a word with the Indonesian "its" at its end (`videonya`), or a plural, has more than."""
_INDONESIAN_ENDS: Final = ("an", "ku", "mu")
"""What Indonesian chats put to any word, English ones too (`settingan`)."""
_LONG_SUFFIXED: Final = 7
"""Letters that such a word has more than."""
_TURKISH: Final = re.compile(
    "([a-zçğıöşü]{4,}?)(?:l[ae]r)?(?:[ıiuü]?m|[ıiuü]m[ıiuü]z|[ıiuü]n[ıiuü]z|s?[ıiuü])?"
    "(?:n?[dt][ae]n?|y[ae]|yl[ae]|n?[ıiuü]n)?(?:y?[ıiuü]m|y?[ıiuü]z|s[ıiuü]n|[dt][ıiuü][mnk]?|m[ıiuü]ş[ıiuü]?m?)?"
)
"""A Turkish word with what is put to its end: number, owner, case, person or past."""
_TURKISH_ENDS: Final = tuple(
    """lar ler ım im um üm ız iz uz üz ık ik uk ük da de ta te dan den tan ten ya ye yla yle ın in un ün dı di du dü
    tı ti tu tü mış miş muş müş""".split()
)
"""The last letters of those: a name that was made up has others, and is not looked at."""
_LONG_COMPOUND: Final = 9
"""From this length on a part of it may have three letters; in shorter words such parts are chance."""
_LETTERS_OF_LAUGHTER: Final = 5
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_LANGUAGE_BITS, _LANGUAGE_MASK = 6, 63
_NAMES: Final = 63
"""The number of the list of names of people and places, which are of any language."""
_MOST_WORDS: Final = 12
"""Words on each side of a host that tell the language of a text."""

_FEW_WORDS: Final = 3

ALL: Final = (1 << 60) - 1
"""The languages of a text that gives no hint: any of them."""
UNKNOWN: Final = ALL | 1 << 60
"""The languages of a text whose words are of none that is listed: an ending may well be a word there."""


def is_word(text: str) -> bool:
    """Say whether a text is a word of any language that is listed, as people stretch it or laugh it too.

    >>> is_word("amazing"), is_word("Amaaazing"), is_word("hahahaha"), is_word("velmora")
    (True, True, True, False)
    """
    return languages_of(text) != 0


def is_compound(text: str) -> bool:
    """Say whether a text is two words of one language, put together as a name is and as words are not.

    >>> is_compound("goodboys"), is_compound("amazing"), is_compound("velmora")
    (True, False, False)
    """
    return languages_of_compound(text) != 0


@lru_cache(maxsize=4_096)
def languages_of_compound(text: str) -> int:
    """Give the languages of which a text is two words, as a set of bits; none for what is a word by itself."""
    if is_word(text):
        return 0
    least = 3 if len(text) >= _LONG_COMPOUND else 4
    languages = 0
    for cut in range(least, len(text) - least + 1):
        languages |= languages_of(text[:cut]) & languages_of(text[cut:])
    return languages


@lru_cache(maxsize=16_384)
def languages_of(text: str) -> int:
    """Give the languages that have a word, as a set of bits; none for what is no word."""
    word = text.lower()
    languages = _listed(word)
    if not languages and (stem := _stem(word)):
        languages = _listed(stem)
    if not languages and len(word) > _LONG_SUFFIXED and word.endswith(_INDONESIAN_ENDS) and _listed(word[:-2]):
        languages = languages_named("id")
    if languages:
        return languages
    may_be_inflected = len(word) > _LONG_COMPOUND and word.endswith(_TURKISH_ENDS)
    inflected = _TURKISH.fullmatch(word) if may_be_inflected else None
    if inflected and _listed(inflected[1]) & languages_named("tr"):
        return languages_named("tr")
    smaller = _SMALLER.fullmatch(word) if "inh" in word or "sim" in word else None
    if smaller and (languages := _listed(smaller[1]) | _listed(smaller[1] + smaller[2])):
        return languages
    if len(set(word)) <= _LETTERS_OF_LAUGHTER and _LAUGHTER.fullmatch(word):
        return ALL
    if _STRETCHED.search(word):
        return _listed(_STRETCHED.sub(r"\1", word)) | _listed(_STRETCHED.sub(r"\1\1", word))
    return 0


def _stem(word: str) -> str:
    """Leave out the end of a plural, or the Indonesian "its"; nothing is left of other words."""
    if word.endswith("nya") and len(word) > _SHORTEST_POSSESSED:
        return word[:-3]
    return word[:-1] if word.endswith("s") and len(word) > _SHORTEST_PLURAL else ""


def _listed(word: str) -> int:
    known = _vocabulary()
    key = crc32(word.encode("utf-8", "surrogatepass")) << _LANGUAGE_BITS
    languages = 0
    for place in range(bisect_left(known, key), len(known)):
        if known[place] >> _LANGUAGE_BITS != key >> _LANGUAGE_BITS:
            break
        languages |= 1 << (known[place] & _LANGUAGE_MASK)
    return languages & ALL or ALL * (languages != 0)


def languages_around(before: str, after: str) -> int:
    """Guess the languages that a text may be in, from the words before and behind a place.

    Each word counts for the languages that have it, the more the fewer they are; what reaches half of the
    best is kept. `ALL` where there are few words, `UNKNOWN` where most of them are of no language listed.
    """
    known = 0
    weights: dict[int, float] = {}
    words = [*_WORD.findall(before)[-_MOST_WORDS:], *islice((match[0] for match in _WORD.finditer(after)), _MOST_WORDS)]
    for word in words:
        languages = languages_of(word)
        known += languages != 0
        if languages and languages != ALL:
            bits = _bits_of(languages)
            share = 1 / len(bits)
            for bit in bits:
                weights[bit] = weights.get(bit, 0.0) + share
    if not weights or 2 * known < len(words):
        return ALL if len(words) < _FEW_WORDS else UNKNOWN
    best = max(weights.values())
    return sum(bit for bit, weight in weights.items() if weight >= best / 2)


@lru_cache(maxsize=4_096)
def _bits_of(languages: int) -> tuple[int, ...]:
    return tuple(1 << place for place in range(languages.bit_length()) if languages >> place & 1)


def _folder() -> Traversable:
    return files(__package__).joinpath("word_lists")


@cache
def _lists() -> list[str]:
    """The codes of the languages that have a list, and `names`."""
    return sorted(each.name.removesuffix(".txt") for each in _folder().iterdir() if each.name.endswith(".txt"))


@cache
def languages_named(codes: str) -> int:
    """Give languages by their codes (ISO 639-1) as a set of bits.

    >>> languages_named("pl tr") & languages_of("değil") == languages_named("tr")
    True
    """
    return sum(1 << _lists().index(code) for code in codes.split())


@cache
def _vocabulary() -> array[int]:
    """The checksum of each word with the number of its language, sorted: a tenth of the memory of the words.

    One made-up name in ten thousand has the checksum of a word; a rule that asks for words can bear that.
    """
    known: list[int] = []
    for place, name in enumerate(_lists()):
        _, _, text = _folder().joinpath(f"{name}.txt").read_bytes().partition(b"\n")
        number = _NAMES if name == "names" else place
        known += [crc32(word) << _LANGUAGE_BITS | number for word in text.split()]
    known.sort()
    return array("Q", known)
