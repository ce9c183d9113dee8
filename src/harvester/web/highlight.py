"""Where the words that were looked for stand in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of a word, in code points of the text, half open."""

    start: int
    end: int


def hits(text: str, words: str) -> list[Hit]:
    """Every place where one of the words stands alone, in any case.

    PostgreSQL takes a host or an address for one word, so what stands between blanks is looked for whole, too.

    >>> hits("Free at casino.com, FREE!", "free casino.com")
    [Hit(start=0, end=4), Hit(start=8, end=18), Hit(start=20, end=24)]
    """
    chunks = words.replace("\0", " ").split()
    wanted = {part for chunk in chunks for part in (chunk, *re.findall(r"\w+", chunk)) if re.search(r"\w", part)}
    if not wanted:
        return []
    longest_first = sorted(wanted, key=lambda part: (-len(part), part))
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
    return [Hit(*match.span()) for match in pattern.finditer(text)]
