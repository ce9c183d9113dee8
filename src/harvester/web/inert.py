"""Texts of strangers for HTML: nothing in them acts, hides, or turns the direction of what stands around them."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from markupsafe import Markup

from harvester.web.highlight import Hit

_UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # Controls, but for tab and line ends.
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"  # Fillers and soft hyphens.
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # Joiners, separators, directions.
    "\ufe00-\ufe0e\U0001d173-\U0001d17a\U000e0000-\U000e01ef"  # Variations and tags.
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # Private use: each font draws something else.
    "]"
)
_JOINER = "\u200d"
_PICTURE = frozenset({"So", "Sk"})
"""Unicode's categories of emoji and of their skin colours."""


def visible(text: str | None) -> Markup:
    r"""A text of a stranger, isolated, with each character that cannot be seen as its code point.

    >>> visible("<b>a\u202eb")
    Markup('<bdi>&lt;b&gt;a<code class="unseen">U+202E</code>b</bdi>')
    """
    text = text or ""
    return Markup("<bdi>{}</bdi>").format(_shown(text, 0, len(text)))


def marked(text: str, occurrences: Iterable[Mapping[str, Any]], hits: Iterable[Hit] = ()) -> Markup:
    """A comment with every occurrence marked: `start` and `end` count code points of the text as stored.

    Words that were looked for are marked in their own way, where they do not stand in a domain.

    >>> marked("go casino.com now", [{"start": 3, "end": 13}])
    Markup('<bdi>go <mark>casino.com</mark> now</bdi>')
    """
    parts: list[Markup] = []
    position = 0
    words = deque(hits)
    for start, end in _merged(occurrences, len(text)):
        parts.append(_underlined(text, position, start, words))
        parts.append(Markup("<mark>{}</mark>").format(_shown(text, start, end)))
        position = end
    parts.append(_underlined(text, position, len(text), words))
    return Markup("<bdi>{}</bdi>").format(Markup().join(parts))


def _underlined(text: str, start: int, end: int, words: deque[Hit]) -> Markup:
    """A part of the text with the words that lie within; those that begin before its end are used up."""
    parts: list[Markup] = []
    while words and words[0].start < end:
        hit = words.popleft()
        if hit.start >= start and hit.end <= end:
            parts.append(_shown(text, start, hit.start))
            parts.append(Markup('<mark class="hit">{}</mark>').format(_shown(text, hit.start, hit.end)))
            start = hit.end
    parts.append(_shown(text, start, end))
    return Markup().join(parts)


def _merged(occurrences: Iterable[Mapping[str, Any]], length: int) -> Iterator[tuple[int, int]]:
    """The spans in order of the text, those that overlap as one, none beyond the text."""
    current = (0, 0)
    for start, end in sorted((max(0, each["start"]), min(each["end"], length)) for each in occurrences):
        if start < current[1]:
            current = (current[0], max(current[1], end))
            continue
        if current[0] < current[1]:
            yield current
        current = (start, end)
    if current[0] < current[1]:
        yield current


def _shown(text: str, start: int, end: int) -> Markup:
    """A part of the text, escaped for HTML, the unseen made seen."""
    parts: list[Markup] = []
    position = start
    for match in _UNSEEN.finditer(text, start, end):
        at = match.start()
        if text[at] == _JOINER and _joins_pictures(text, at):
            continue
        parts.append(Markup.escape(text[position:at]))
        parts.append(Markup('<code class="unseen">U+{:04X}</code>').format(ord(text[at])))
        position = at + 1
    parts.append(Markup.escape(text[position:end]))
    return Markup().join(parts)


def _joins_pictures(text: str, at: int) -> bool:
    """Whether the joiner stands inside one emoji, as in a family: there it hides nothing."""
    before = text[max(0, at - 2) : at].rstrip("\ufe0f")[-1:]
    after = text[at + 1 : at + 2]
    return all(each and unicodedata.category(each) in _PICTURE for each in (before, after))
