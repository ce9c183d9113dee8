"""A first look that costs next to nothing: most comments have nothing like a dot before a letter.

Every check may say yes too often and must never say no where a host could be found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from harvester.domains.candidates import is_ending
from harvester.domains.letters import BULLETS, FULL_STOPS
from harvester.domains.words import DOT_WORDS, UNSPACED_DOT_WORDS

_DOT_OR_RESTYLED = re.compile(
    f"[.{BULLETS}{FULL_STOPS}\u1d00-\u1d6a\u2071-\u214f\u2460-\u24ff\uff01-\uff5e\U0001d400-\U0001d7ff\U0001f100-\U0001f189]"
)
"""A dot in any form, or a letter that folding turns into a plain one (with which a dot may be spelled)."""

_DOT_THEN_LETTER = re.compile(
    rf"[.{BULLETS}](?:[\[\](){{}}<>\"'*.,«»“”‘’~|`\s]{{0,6}}[\[\](){{}}<>\"'*,«»“”‘’~|`])?(\s{{0,4}})([^\W_]+)"
)
_SPOKEN = (
    *sorted(DOT_WORDS - {"dott", "punto", "punct"}),
    *UNSPACED_DOT_WORDS,
    ",com",
    ", com",
    ",net",
    ", net",
    "w w",
    "www ",
)
_ANY_SPOKEN = re.compile("|".join(map(re.escape, _SPOKEN)))
_SPOKEN_APART = re.compile(
    rf"[\s\[({{<«\"'“”‘’*~|`_-](?:{'|'.join(DOT_WORDS)})[\s\])}}>»\"'“”‘’*~|`_-]|dot(?:com|net|org|info|xyz|top|shop)"
    rf"|{'|'.join(UNSPACED_DOT_WORDS)}|,\s?(?:com|net)|w\sw|www\s|3x",
    re.IGNORECASE,
)


def may_need_folding(text: str) -> bool:
    """Say whether a text has a dot in any form or letters in another dress."""
    return _DOT_OR_RESTYLED.search(text) is not None


def has_spoken_sign(text: str) -> bool:
    """Say whether a text may speak a dot, or begin an address without one."""
    lowered = text.lower()
    for sign in _SPOKEN:
        if sign in lowered:
            return _SPOKEN_APART.search(text) is not None
    return False


def places_to_read(texts: Sequence[str]) -> list[int]:
    """Places of those texts that may need folding or have a spoken sign.

    >>> places_to_read(["nothing here", "name dot com", "well.", "nice"])
    [1, 2]
    """
    wanted = {place for place, text in enumerate(texts) if _DOT_OR_RESTYLED.search(text)}
    lowered = [text.lower() for text in texts]
    ends = list(accumulate(len(text) + 1 for text in lowered))
    whole = "\n".join(lowered)
    for match in _ANY_SPOKEN.finditer(whole):
        place = bisect_right(ends, match.start())
        if place not in wanted and _SPOKEN_APART.search(texts[place]):
            wanted.add(place)
    return sorted(wanted)


def has_sign(text: str) -> bool:
    """Say whether a folded text has a dot right before a letter, or before a known ending.

    >>> has_sign("well. Right then"), has_sign("name. com"), has_sign("name[.]com")
    (False, True, True)
    """
    for match in _DOT_THEN_LETTER.finditer(text):
        if not match[1] or len(match[2]) < 3 or is_ending(match[2]):
            return True
    return has_spoken_sign(text)
