"""One form for what is written in many: a folded text with its way back, and the A-labels of a host.

Folding undoes what changes the look of a text and not its reading: compatibility letters (Unicode NFKC),
small capitals, enclosed letters, characters that cannot be seen, combining strokes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import idna

from harvester.domains.letters import ENCLOSED_AND_SMALL, FULL_STOPS, INVISIBLE, JOINERS, STROKES

_UNSEEN = re.compile(f"[{INVISIBLE}{JOINERS}{STROKES}]")
_RESTYLED = re.compile(f"[{''.join(ENCLOSED_AND_SMALL)}{FULL_STOPS}]")
_JOINING_SCRIPT = re.compile("[\u0600-\u08ff\u0900-\u0dff]")
"""Arabic and the scripts of India: there alone a joiner is a letter of the name (RFC 5892, appendix A)."""

_OVERRIDDEN = re.compile("\u202e[^\u202c\u202d\n]+")

_LDH_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
"""Letters, digits, hyphen: RFC 1123, section 2.1."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in its plain form, and for each of its characters the place where the original has it."""

    text: str
    positions: Sequence[int] | None
    """Code point of the original for each character; None where nothing was changed."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the code points of the original that a half-open span of the folded text stands for."""
        if self.positions is None:
            return start, end
        ends = self.positions[start], self.positions[end - 1]
        return min(ends), max(ends) + 1


def fold(text: str) -> Folded:
    """Fold a text, remembering where each character came from.

    >>> fold("ＮＡＭＥ．ｃｏｍ").text
    'NAME.com'
    >>> fold("na\\u200bme.com").span(0, 4)
    (0, 5)
    """
    if text.isascii() or (
        unicodedata.is_normalized("NFKC", text) and not _UNSEEN.search(text) and not _RESTYLED.search(text)
    ):
        return Folded(text, None)
    letters: list[str] = []
    positions: list[int] = []
    before = ""
    for position, character in _in_reading_order(text):
        folded = character if character < "\x80" else _fold_character(character)
        if character in JOINERS and _JOINING_SCRIPT.match(before):
            folded = character
        if folded:
            letters.append(folded)
            positions.extend([position] * len(folded))
            before = character
    return Folded("".join(letters), positions)


def _in_reading_order(text: str) -> Iterator[tuple[int, str]]:
    """Go through a text as it is seen: backwards between a right-to-left override and its end (UAX 9)."""
    start = 0
    for match in _OVERRIDDEN.finditer(text):
        yield from enumerate(text[start : match.start()], start)
        yield from zip(range(match.end() - 1, match.start() - 1, -1), reversed(match[0]), strict=True)
        start = match.end()
    yield from enumerate(text[start:], start)


@lru_cache(maxsize=8_192)
def _fold_character(character: str) -> str:
    if _UNSEEN.match(character):
        return ""
    if character in FULL_STOPS:
        return "."
    if character in ENCLOSED_AND_SMALL:
        return ENCLOSED_AND_SMALL[character]
    folded = unicodedata.normalize("NFKC", character)
    return folded.replace("\u3002", ".")


@lru_cache(maxsize=65_536)
def normalise_host(host: str) -> str | None:
    """Give the host in A-labels and lower case without one leading `www.`; None where it is no host name.

    The mapping is UTS 46, non-transitional (`ß` stays a letter of its own).

    >>> normalise_host("WWW.Größe.de")
    'xn--gre-6ka8i.de'
    >>> normalise_host("www1.name.com")
    'www1.name.com'
    >>> normalise_host("my_name.com") is None
    True
    """
    ascii_host = to_ascii(host.strip().rstrip("."))
    if ascii_host is None:
        return None
    labels = ascii_host.split(".")
    if len(labels) > 2 and labels[0] == "www":
        del labels[0]
    if len(labels) < 2 or not all(_LDH_LABEL.match(label) and _is_sound(label) for label in labels):
        return None
    name = ".".join(labels)
    return name if len(name) <= 253 else None


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
