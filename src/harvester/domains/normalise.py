"""One form for what is written in many: a folded text with its way back, and the A-labels of a host.

Folding undoes what changes the look of a text and not its reading: compatibility letters (Unicode NFKC),
small capitals, enclosed letters, characters that cannot be seen, combining strokes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import idna
from msgspec import Struct

from harvester.domains.letters import (
    ENCLOSED_AND_SMALL,
    FOLDED,
    FULL_STOPS,
    HYPHENS,
    INVISIBLE,
    JOINERS,
    MARKS,
    STROKES,
    STYLED,
    UNSPACED,
    all_but,
    ranges,
)

_CHANGED: Final = re.compile(f"[^{all_but(FOLDED)}]")
"""What folding may change; that a character is none of the others is seen sooner."""
_UNSEEN: Final = re.compile(f"[{INVISIBLE}{JOINERS}{STROKES}]")
_JOINING_SCRIPT: Final = re.compile("[\u0600-\u08ff\u0900-\u0dff]")
"""Arabic and the scripts of India: there alone a joiner is a letter of the name (RFC 5892, appendix A)."""

_INNER_STAR: Final = re.compile(r"(?<![*])(?:(?<=[\w.-])\*|\*(?=[\w.-]))(?![*])")
"""One star; several hide letters."""
_IDEOGRAPHIC_STOPS: Final = frozenset("\u3002\uff61")
_MAY_STAY: Final = _IDEOGRAPHIC_STOPS | frozenset(JOINERS)
_ENDS_SENTENCE: Final = re.compile(f"[{UNSPACED}].[A-Za-z]")
"""`…爱。com`: the full stop of a sentence, and a Latin word after it."""
_RESTYLED: Final = re.compile(f"[{STYLED}]{{2}}")
_FIRST_INDICATOR: Final = 0x1F1E6
_LONE_INDICATOR: Final = re.compile("[\U0001f1e6-\U0001f1ff](?<![\U0001f1e6-\U0001f1ff]{2})(?![\U0001f1e6-\U0001f1ff])")
"""A regional indicator that is no half of a flag; several of them are letters."""
_FEW_INDICATORS: Final = 3
_RARE: Final = frozenset(
    chr(code_point)
    for first, last in ranges(f"{MARKS}\u202e\U0001f1e6-\U0001f1ff")
    for code_point in range(first, last + 1)
)
"""What makes folding more than one character after another: marks, an override, regional indicators."""
_MAY_BE_PILED: Final = re.compile(f"[{MARKS}\u0080-\U0010ffff][{MARKS}]")
_MARKED_RUN: Final = re.compile(rf"[^\s{MARKS}]++[{MARKS}](?:[^\s]|[{MARKS}])*+")
_LETTER: Final = re.compile(f"[^{MARKS}][{MARKS}]*+")
_MARK: Final = re.compile(f"[{MARKS}]")
"""A mark that is part of no letter; what is left of them in a host was no part of it."""
_FEW_PILES: Final = 3
_STROKE: Final = re.compile(f"[{STROKES}]")
_LATIN: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_OVERRIDDEN: Final = re.compile("\u202e[^\u202c\u202d\n]+")

_LDH_NAME: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Labels of letters, digits and hyphens: RFC 1123, section 2.1."""
_LONGEST_NAME: Final = 253
"""Octets in a host name (RFC 1035, section 2.3.4)."""


class Folded(Struct, frozen=True, gc=False):
    """A text in its plain form, and for each of its characters the place where the original has it."""

    text: str
    positions: Sequence[int] | None
    """Code point of the original for each character; None where nothing was changed."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the code points of the original that a half-open span of the folded text stands for."""
        positions = self.positions
        if positions is None:
            return start, end
        first, last = positions[start], positions[end - 1]
        return (first, last + 1) if first <= last else (last, first + 1)

    def is_restyled(self, original: str, start: int, end: int) -> bool:
        """Say whether the original has letters in another dress in such a span, and not in the word behind it."""
        if self.positions is None:
            return False
        first, last = self.span(start, end)
        written = original[first:last]
        if written == self.text[start:end] or not _RESTYLED.search(written):
            return False
        return not _RESTYLED.match(original[last : last + 4].lstrip())


def fold(text: str) -> Folded:
    """Fold a text, remembering where each character came from.

    >>> fold("ＮＡＭＥ．ｃｏｍ").text
    'NAME.com'
    >>> fold("na\\u200bme.com").span(0, 4)
    (0, 5)
    """
    changed = [] if text.isascii() else _CHANGED.findall(text)
    if not changed:
        return Folded(text, None)
    has_indicators, order = False, None
    if not _RARE.isdisjoint(changed):
        has_indicators = len(_LONE_INDICATOR.findall(text)) >= _FEW_INDICATORS
        order = _reading_order(text)
        if order:
            text = "".join(text[place] for place in order)
        if _MAY_BE_PILED.search(text):
            text, order = _without_piles(text, order)
        changed = _CHANGED.findall(text)
    pieces: list[str] = []
    positions: list[int] = []
    done, place = 0, -1
    for character in changed:
        place = text.index(character, place + 1)
        folded = _fold_character(character)
        if has_indicators and _LONE_INDICATOR.match(text, place):
            folded = chr(ord(character) - _FIRST_INDICATOR + ord("a"))
        if folded == character or (character in _MAY_STAY and _stays(text, place)):
            continue
        pieces += text[done:place], folded
        positions += range(done, place)
        positions += [place] * len(folded)
        done = place + 1
    pieces.append(text[done:])
    positions += range(done, len(text))
    if order:
        positions = [order[place] for place in positions]
    return Folded("".join(pieces), positions if order or done else None)


def _stays(text: str, place: int) -> bool:
    """A joiner that is a letter, or the full stop of a sentence."""
    if text[place] in JOINERS:
        return _JOINING_SCRIPT.match(text[place - 1 : place]) is not None
    return _ENDS_SENTENCE.match(text, place - 1) is not None


def leave_out_stars(folded: Folded) -> Folded:
    """Leave the stars inside names out, where a text says that they are to be deleted.

    >>> leave_out_stars(fold("vel*mora.com")).text
    'velmora.com'
    """
    kept = [place for place in range(len(folded.text)) if not _INNER_STAR.match(folded.text, place)]
    positions = kept if folded.positions is None else [folded.positions[place] for place in kept]
    return Folded("".join(folded.text[place] for place in kept), positions)


def _reading_order(text: str) -> list[int] | None:
    """Give the places of a text as it is seen: backwards between an override and its end (UAX 9)."""
    if "\u202e" not in text:
        return None
    order: list[int] = []
    for match in _OVERRIDDEN.finditer(text):
        order += range(len(order), match.start())
        order += reversed(range(match.start(), match.end()))
    return order + list(range(len(order), len(text)))


def _without_piles(text: str, order: list[int] | None) -> tuple[str, list[int]]:
    """Take the marks off words in which several letters bear more of them than any letter of a language."""
    pieces: list[str] = []
    kept: list[int] = []
    done = 0
    for word in _MARKED_RUN.finditer(text):
        letters = [match.span() for match in _LETTER.finditer(text, *word.span())]
        piles = sum(end - start > 1 and _is_pile(text[start:end]) for start, end in letters)
        if piles < _FEW_PILES and not (piles and _STROKE.search(word[0])):
            continue
        pieces += text[done : word.start()], "".join(_without_marks(text[start]) for start, _ in letters)
        kept += [*range(done, word.start()), *(start for start, _ in letters)]
        done = word.end()
    kept += range(done, len(text))
    return "".join(pieces) + text[done:], [order[place] for place in kept] if order else kept


def _is_pile(letter: str) -> bool:
    """A letter with marks that Unicode composes with none; strokes apart, which are marks of another kind."""
    marks = _STROKE.sub("", letter[1:65])
    return _MARK.search(unicodedata.normalize("NFC", letter[0] + marks)) is not None


def _without_marks(letter: str) -> str:
    is_composed = _LATIN.match(letter) and letter not in ENCLOSED_AND_SMALL
    return unicodedata.normalize("NFD", letter)[0] if is_composed else letter


@lru_cache(maxsize=8_192)
def _fold_character(character: str) -> str:
    if _UNSEEN.match(character):
        return ""
    if character in FULL_STOPS:
        return "."
    if character in HYPHENS:
        return "-"
    if character in ENCLOSED_AND_SMALL:
        return ENCLOSED_AND_SMALL[character]
    folded = unicodedata.normalize("NFKC", character)
    return folded.replace("\u3002", ".")


def normalise_host(host: str) -> str | None:
    """Give the host in A-labels and lower case without a leading `www.`; None where it is no host name.

    The mapping is UTS 46, non-transitional (`ß` stays a letter of its own).

    >>> normalise_host("WWW.Größe.de")
    'xn--gre-6ka8i.de'
    >>> normalise_host("www1.name.com")
    'www1.name.com'
    >>> normalise_host("my_name.com") is None
    True
    """
    host = host.strip().rstrip(".")
    name = to_ascii(host)
    if name is None or (not host.isascii() and _MARK.search(unicodedata.normalize("NFC", host))):
        return None
    while name.startswith("www.") and name.count(".") > 1:
        name = name[4:]
    if len(name) > _LONGEST_NAME or not _LDH_NAME.fullmatch(name):
        return None
    is_sound = "xn--" not in name or all(_is_sound(label) for label in name.split("."))
    return name if is_sound else None


def to_ascii(name: str) -> str | None:
    """Write the labels of a name as A-labels in lower case (UTS 46); None where that cannot be done.

    >>> to_ascii("РФ"), to_ascii("Com"), to_ascii("é_à")
    ('xn--p1ai', 'com', None)
    """
    if len(name) > 1_000:
        # The longest host has 253 octets (RFC 1035, section 2.3.4); idna takes long on much longer text.
        return None
    if name.isascii():
        return name.lower()
    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None


def _is_sound(label: str) -> bool:
    if not label.startswith("xn--"):
        return True
    try:
        return idna.alabel(idna.ulabel(label)).decode("ascii") == label
    except (idna.IDNAError, UnicodeError):
        return False
