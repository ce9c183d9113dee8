"""Hosts written with spaces between their letters, after a scheme or `www` that is spaced out too.

The spaced beginning is the sign: it says that every space up to the path is there to hide the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from harvester.domains.endings import PLAIN
from harvester.domains.labels import is_ending
from harvester.domains.letters import NAME, small
from harvester.domains.registrable import is_public_suffix
from harvester.domains.vocabulary import languages_around, languages_named
from harvester.domains.words import LEADING_WORDS

_BEGINNING: Final = re.compile(
    r"""(?P<scheme>h\s{0,3}t\s{0,3}t\s{0,3}p\s{0,3}s?\s{0,3}[:;]?\s{0,3}/\s{0,3}/\s{0,3}
        (?:w\s{0,3}w\s{0,3}w\s{0,3}\.\s{0,3})?)
      | (?P<www>(?:w\s{0,2}w\s{0,2}w(?!w)\s{0,3}|3x\s{0,2}w\s)\.?\s{0,3})""",
    re.VERBOSE,
)
"""In a text of small letters."""
_SINGLES: Final = re.compile(rf"(?:^|\s)((?:[{NAME}.]\s{{1,3}}){{4,}}[{NAME}.])(?![{NAME}])")
_LAST_WORD: Final = re.compile(r"\w{1,20}\Z")
_LATIN: Final = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_WORDS_OF_ONE: Final = {
    "a": "en es pt it pl cs sk hr sl ro hu fr ca et", "e": "pt it sq", "i": "en pl cs sk hr sl sv da ca it ro",
    "o": "pt it es pl cs sk hr sl ro tr", "u": "es it nl cs sk hr sl", "y": "es fr", "w": "pl", "z": "pl cs sk sl",
    "k": "cs sk sl", "s": "cs sk hr sl", "v": "cs sk sl",
}  # fmt: skip
_RARE_ALONE: Final = frozenset("wzksv")
"""Letters that are words of few languages: where it may be another one they are none."""
_LEADING: Final = LEADING_WORDS | {"to"}
"""Behind them a number is the beginning of a name (`go to 1 w i n . c o m`)."""
_LOOSE_COLON: Final = re.compile(r"\s[:;]\s?/")
_PATH_START: Final = re.compile(r"[/\\?#\n]")
_DOTS: Final = re.compile(r"\s*(?:[\[({]\s?(?:\.|dot)\s?[\])}]|\bdot\b|\.)\s*", re.IGNORECASE)
_HOST: Final = re.compile(rf"[{NAME}]+(?:\.[{NAME}]+)+")
_TWO_WORDS: Final = re.compile(rf"([{NAME}]{{3,63}})\s{{1,2}}([a-z]{{2,6}})(?![{NAME}])", re.IGNORECASE)
_COUNTRY: Final = re.compile(rf"\s{{1,2}}([a-z]{{2}})(?![{NAME}])", re.IGNORECASE)
_PIECE: Final = re.compile(r"\S+")
_LONGEST_READING: Final = 120
"""Code points that a spaced-out host may take."""

_MOST_BEGINNINGS: Final = 200
"""Spaced beginnings that are followed up in one text."""


@dataclass(frozen=True, slots=True)
class SpacedHost:
    """A host put together from its pieces, as a span of the folded text; `outer_start` has its beginning."""

    host: str
    outer_start: int
    start: int
    end: int
    has_scheme: bool


def find_spaced(text: str) -> Iterator[SpacedHost]:
    """Yield the hosts that are spaced out behind a spaced beginning, and those in single letters.

    >>> [found.host for found in find_spaced("h t t p : / / n a m e . r u / x and w w w . my shop . net")]
    ['name.ru', 'myshop.net']
    """
    done = 0
    for match in islice(_BEGINNING.finditer(small(text)), _MOST_BEGINNINGS):
        if match.start() < done or _is_inside_name(text, match):
            continue
        reading = None
        if _is_spaced_out(match):
            reading = _read_to_path(text, match.end()) or _read_pieces(text, match.end())
        is_apart = match.lastgroup == "www" and (match[0][-1].isspace() or match[0][-1] == ".")
        if reading is None and is_apart:
            reading = _read_words(text, match.end(), has_dot="." in match[0])
        if reading:
            host, done = reading
            yield SpacedHost(host, match.start(), match.end(), done, match.lastgroup == "scheme")
    if done == 0:
        yield from _find_singles(text)


def _find_singles(text: str) -> Iterator[SpacedHost]:
    for match in islice(_SINGLES.finditer(text), _MOST_BEGINNINGS):
        host = "".join(match[1].split()).rstrip(".")
        # A first letter that is a word by itself ("go to a m a p . c o m") leaves the name in doubt.
        is_clear = match.start() == 0 or not may_be_word(
            host.partition(".")[0], text[max(match.start(1) - _LONGEST_READING, 0) : match.start(1)]
        )
        if is_clear and len(host) > 5 and _is_host(host):
            end = match.end() if match[1].rstrip()[-1] != "." else match.end() - 2
            yield SpacedHost(host, match.start(1), match.start(1), end, has_scheme=False)


def may_be_word(name: str, before: str) -> bool:
    """Say whether the first of some spelled letters may be a word by itself, or a number of what stands before it.

    >>> may_be_word("amap", "this is "), may_be_word("1win", "number "), may_be_word("1win", "go to ")
    (True, True, False)
    """
    first, before = name[:1], before.rstrip()
    if not before:
        return first in "AEIOUY" and name[1:].islower()
    if not before[-1:].isalnum() and before[-1:] != ",":
        return False
    if first.isdigit():
        last = _LAST_WORD.search(before)
        return last is None or last[0].lower() not in _LEADING
    if not first.isascii():
        return name[1:].isascii()
    return _is_word_of_language_around(first.lower(), before)


def _is_word_of_language_around(letter: str, before: str) -> bool:
    is_latin = before[-1].isascii() or _LATIN.match(before[-1]) is not None
    codes = _WORDS_OF_ONE.get(letter) if is_latin else None
    if codes is None:
        return False
    languages = languages_around(before, "")
    having = languages_named(codes)
    return languages & having != 0 and (letter not in _RARE_ALONE or languages | having == having)


def _is_inside_name(text: str, match: re.Match[str]) -> bool:
    before = text[max(match.start() - 1, 0) : match.start()]
    return match.lastgroup == "www" and (before.isalnum() or before in {".", "/", "-"})


def _is_spaced_out(match: re.Match[str]) -> bool:
    beginning = match[0].rstrip()
    letters = re.split(r"[:;/.]", beginning)[0].rstrip()
    return (
        any(character.isspace() for character in letters)
        or "/ /" in beginning
        or _LOOSE_COLON.search(beginning) is not None
    )


def _read_to_path(text: str, start: int) -> tuple[str, int] | None:
    """Take everything up to the path, spaces left out, where that is a host."""
    window = text[start : start + _LONGEST_READING]
    path = _PATH_START.search(window)
    if path is None:
        return None
    host = "".join(_DOTS.sub(".", window[: path.start()]).split())
    return (host, start + len(window[: path.start()].rstrip())) if _is_host(host) else None


def _read_pieces(text: str, start: int) -> tuple[str, int] | None:
    """Put piece to piece until there is a host; single letters after it still belong to it."""
    window = text[start : start + _LONGEST_READING]
    written = ""
    best: tuple[str, int] | None = None
    for piece in _PIECE.finditer(window):
        starts_new_word = len(piece[0]) > 1 and not piece[0].startswith(".") and not written.endswith(".")
        if best and starts_new_word:
            break
        written = _DOTS.sub(".", f"{written} {piece[0]}" if piece[0].lower() == "dot" else written + piece[0])
        trimmed = written.rstrip(".,!)")
        if _is_host(trimmed):
            best = trimmed, start + piece.end() - (len(written) - len(trimmed))
    return best


def _read_words(text: str, start: int, *, has_dot: bool) -> tuple[str, int] | None:
    """Read `w w w name pt`: two words, the second an ending; behind `www.` one that is no word."""
    match = _TWO_WORDS.match(text, start)
    if match is None or not is_ending(match[2]) or (has_dot and match[2].lower() not in PLAIN):
        return None
    country = _COUNTRY.match(text, match.end())
    if country and is_public_suffix(f"{match[2]}.{country[1]}".lower()):
        return f"{match[1]}.{match[2]}.{country[1]}", country.end()
    return f"{match[1]}.{match[2]}", match.end()


def _is_host(host: str) -> bool:
    return bool(_HOST.fullmatch(host)) and is_ending(host.rpartition(".")[2])
