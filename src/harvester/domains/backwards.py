"""Hosts written from their end to their start: `moc.eman`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from harvester.domains.candidates import Candidate
from harvester.domains.dots import Kind
from harvester.domains.endings import BACKWARDS, SURE_BACKWARDS
from harvester.domains.hints import BACKWARD_HINTS, says
from harvester.domains.labels import is_ending

_BACKWARDS: Final = re.compile(
    rf"(?<![0-9A-Za-z.@-])(?:{'|'.join(ending[::-1] for ending in BACKWARDS)})"
    r"\.[0-9A-Za-z.-]*[0-9A-Za-z](?![0-9A-Za-z@])",
    re.IGNORECASE,
)
_SURE_SIGNS: Final = tuple(f"{ending[::-1]}." for ending in SURE_BACKWARDS)
_MOST: Final = 200


def find_backwards(text: str) -> Iterator[Candidate]:
    """Yield the hosts of a folded text that are written backwards, unless they are hosts as they stand.

    >>> [candidate.host for candidate in find_backwards("type moc.aromlev.pohs in reverse")]
    ['shop.velmora.com']
    """
    lowered = text.lower()
    is_said = says(BACKWARD_HINTS, lowered)
    if not is_said and not any(sign in lowered for sign in _SURE_SIGNS):
        return
    for match in islice(_BACKWARDS.finditer(text), _MOST):
        labels = match[0][::-1].split(".")
        if (labels[-1].lower() in SURE_BACKWARDS or is_said) and all(labels) and not is_ending(labels[0][::-1]):
            kinds: tuple[Kind, ...] = tuple("dot" for _ in labels[1:])
            candidate = Candidate(tuple(labels), match.start(), match.end(), kinds)
            candidate.is_reversed = True
            yield candidate
