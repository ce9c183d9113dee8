"""The labels on the sides of a dot, and what a disguised ending stands for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec import Struct

from harvester.domains.dots import Dot
from harvester.domains.endings import SAFE
from harvester.domains.letters import LOOKALIKES, NAME, UNSPACED
from harvester.domains.normalise import to_ascii
from harvester.domains.registrable import is_public_suffix, is_top_level
from harvester.domains.words import COM_SPELLINGS, LATIN_TWINS

_LABEL: Final = re.compile(f"[{NAME}]{{1,64}}")
"""One more than the longest label: a longer name is seen to be too long instead of being cut."""
_SPELLED_ENDING: Final = re.compile(
    rf"(?:c\s{{0,4}}[o0]\s{{0,4}}m|n\s{{0,4}}e\s{{0,4}}t|o\s{{0,4}}r\s{{0,4}}g)(?![{NAME}])", re.IGNORECASE
)
_TORN: Final = frozenset({"co", "ne", "or"})
"""Beginnings of endings that may go on after a space."""
_SINGLE_LETTERS: Final = re.compile(rf"[a-z](?:\s[a-z]){{1,6}}(?![{NAME}])", re.IGNORECASE)
_GLUED_AFTER: Final = re.compile(f"[A-Za-z][A-Za-z0-9-]*(?=[{UNSPACED}])")
_BRACKETED_LABEL: Final = re.compile(r"[\[({]\s?([a-z]{2,6})\s?[\])}]", re.IGNORECASE)
_ENCLOSED_BEFORE: Final = re.compile(rf"[\[({{]\s?([{NAME}]{{3,63}})\s?[\])}}]\Z")
"""`[velmora] (dot) com`: brackets of any kind around a name."""
_DASHED_AFTER: Final = re.compile(
    rf"(?:com|net|org)(?=-+[a-z]*$)|(?:com|net|org|info|{'|'.join(sorted(end for end in SAFE if len(end) == 2))})"
    r"(?=-[^\W\d_]{1,3}$)|[a-z]{2,24}(?=-[^\x00-\x7f]+$)",
    re.IGNORECASE,
)
"""`name.com-the best`: a hyphen for a dash; `name.hu-n`, `name.az-da`: "on", as some languages say, in another script
too (`name.ge-ზე`); what goes on, as `name.com-id.other.net` does, is no such case."""
_HEX: Final = re.compile("[0-9A-Fa-f]{2}(?=.)")
_LONGEST_LABEL: Final = 63


class Label(Struct, frozen=True, gc=False):
    """One label as read (`text`) and where it stands in the folded text."""

    text: str
    start: int
    end: int


def label_before(text: str, end: int, *, is_apart: bool = False) -> Label | None:
    """Read the label before a place; before a dot that is set apart from it, one in brackets too."""
    start = text.rfind(" ", max(end - _LONGEST_LABEL, 0), end) + 1
    plain = text[start:end]
    if start and plain.isascii() and plain.isalnum():
        # Most labels are like this: a space stands before them.
        return Label(plain, start, end)
    backwards = _LABEL.match(text[max(end - _LONGEST_LABEL - 1, 0) : end][::-1])
    if backwards is None:
        enclosed = _ENCLOSED_BEFORE.search(text, max(end - _LONGEST_LABEL - 4, 0), end) if is_apart else None
        return Label(enclosed[1], enclosed.start(), end) if enclosed else None
    start = end - backwards.end()
    if text[start - 1 : start] == "%" and _HEX.match(text, start, end):
        # The sign before a name may be written in the same way as its dot (`%2Fname%2Ecom`).
        start += 2
    return Label(text[start:end], start, end)


def label_after(text: str, dot: Dot, limit: int) -> Label | None:
    """Read the label after a dot, up to a limit; a disguised ending (`c0m`, `c o m`, `ком`) as what it stands for."""
    space = text.find(" ", dot.end, min(dot.end + _LONGEST_LABEL, limit))
    plain = text[dot.end : space] if space >= 0 else ""
    if _is_whole(plain):
        # And a space stands behind them.
        return Label(COM_SPELLINGS.get(plain.lower()) or plain, dot.end, space)
    match = _LABEL.match(text, dot.end, limit)
    written = match[0] if match else ""
    if match and _is_whole(written):
        # Nothing is torn off, cut or glued.
        return Label(COM_SPELLINGS.get(written.lower()) or written, dot.end, match.end())
    spelled = _SPELLED_ENDING.match(text, dot.end, limit)
    if spelled:
        return Label("".join(spelled[0].split()).replace("0", "o"), dot.end, spelled.end())
    single = _SINGLE_LETTERS.match(text, dot.end)
    if single and _is_spelled_out(ending := "".join(single[0].split()), dot):
        return Label(ending, dot.end, single.end())
    if match is None:
        return _label_in_brackets(text, dot) if dot.kind == "bracketed" else None
    end = match.end()
    glued = None if written.isascii() else _GLUED_AFTER.match(written)
    if glued is None and "-" in written and not text[end : end + 1].strip():
        glued = _DASHED_AFTER.match(written)
    if glued and is_ending(glued[0]):
        written, end = glued[0], dot.end + glued.end()
    spelling = _spelled_by_ear(text, dot, written)
    return Label(spelling or written, dot.end, end)


def _is_whole(written: str) -> bool:
    """Letters of ASCII that cannot go on after a space, and are glued to nothing."""
    is_plain = written.isascii() and written.isalpha()
    return is_plain and (len(written) > 2 or (len(written) == 2 and written.lower() not in _TORN))


def _is_spelled_out(ending: str, dot: Dot) -> bool:
    """Single letters are an ending; two of them, which may be initials, behind a dot that is set apart."""
    is_set_apart = dot.is_even if dot.kind == "spaced" else dot.kind in ("word", "bracketed")
    if ending.lower() in SAFE:
        return is_set_apart or len(ending) > 2
    return is_set_apart and ending.islower() and is_ending(ending)


def _label_in_brackets(text: str, dot: Dot) -> Label | None:
    """`name (dot) (com)`."""
    match = _BRACKETED_LABEL.match(text, dot.end)
    return Label(match[1], dot.end, match.end()) if match and is_ending(match[1]) else None


def _spelled_by_ear(text: str, dot: Dot, written: str) -> str:
    """Give the Latin ending that one in other letters stands for, behind a Latin name or a spoken dot."""
    spelling = COM_SPELLINGS.get(written.lower(), "")
    if written.isascii():
        return spelling
    is_after_latin = "a" <= text[dot.start - 1 : dot.start].lower() <= "z" or text[dot.start - 1 : dot.start].isdigit()
    if spelling and (is_after_latin or dot.kind in ("word", "bracketed")):
        return spelling
    if is_after_latin and written.lower() in LATIN_TWINS:
        return LATIN_TWINS[written.lower()]
    latin = written.lower().translate(LOOKALIKES)
    return latin if is_after_latin and latin.isascii() and is_ending(latin) and not is_ending(written) else ""


@lru_cache(maxsize=16_384)
def is_ending(label: str) -> bool:
    """Say whether a label, as written, is a top-level domain."""
    ending = to_ascii(label)
    return ending is not None and is_top_level(ending)


def is_suffix(name: str) -> bool:
    """Say whether a name, as written, is a public suffix (`com.br`)."""
    ending = to_ascii(name)
    return ending is not None and is_public_suffix(ending)
