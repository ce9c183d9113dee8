"""Units of a chain: runs of labels that strong dots join, up to where a sentence ends."""

from __future__ import annotations

import re
from typing import Final

from harvester.domains.chains import Chain
from harvester.domains.dots import WEAK
from harvester.domains.endings import SAFE
from harvester.domains.labels import is_ending, is_suffix
from harvester.domains.letters import UNSPACED
from harvester.domains.vocabulary import is_word

_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_LONG_DOT: Final = 3
"""Characters of a dot in brackets that stands by itself (`(.)`, ` (.) `)."""

Unit = tuple[int, int]
"""First and last label."""


def units_of(chain: Chain) -> list[Unit]:
    """Give the units of a chain from left to right; a host is one of them, or some that weak dots join."""
    units: list[Unit] = []
    first = 0
    for index, dot in enumerate(chain.dots):
        if dot.kind in WEAK or _is_full_stop(chain, first, index) or _is_afterthought(chain, first, index):
            units.append((first, index))
            first = index + 1
    units.append((first, len(chain.labels) - 1))
    return units


def _is_full_stop(chain: Chain, first: int, index: int) -> bool:
    """See a sentence end in a dot without a space: after a complete host, or after a script without spaces."""
    before, after = chain.labels[index].text, chain.labels[index + 1].text
    if _UNSPACED.match(before[-1]):
        return (after.isascii() or _UNSPACED.match(after) is not None) and not is_ending(after)
    # `velmora dot com.then`: the ending behind a weak dot closes the host, too.
    is_behind_name = first < index or (index > 0 and chain.dots[index - 1].kind in WEAK)
    if not is_behind_name or not is_ending(before):
        return False
    if _UNSPACED.match(after[0]) and not is_ending(after):
        return True
    is_capitalised = after[0].isupper() and (after[1:].islower() or after == "I")
    if is_capitalised and not before.istitle():
        return True
    return index + 2 == len(chain.labels) and _is_sentence_behind(chain, index)


def _is_sentence_behind(chain: Chain, index: int) -> bool:
    """`name.shop.it came`, `name(dot)com.regards`: the last label is the first word of a sentence."""
    before, after = chain.labels[index].text, chain.labels[index + 1].text
    is_plain, are_hidden = chain.dots[index].kind == "dot", all(dot.kind != "dot" for dot in chain.dots[:index])
    if is_plain and are_hidden and not is_ending(after):
        # Who hides one dot hides them all.
        return True
    is_last = chain.runs_on and is_word(after) and after not in SAFE and not is_suffix(f"{before}.{after}")
    return is_last and before.lower() in SAFE


def _is_afterthought(chain: Chain, first: int, index: int) -> bool:
    """`name.com (.) watch`: a bracketed dot set apart from a host that is complete without it."""
    dot = chain.dots[index]
    is_apart = dot.kind == "bracketed" and dot.end - dot.start > _LONG_DOT and first < index
    if not is_apart or chain.dots[index - 1].kind == "bracketed":
        return False
    return is_ending(chain.labels[index].text) and len(chain.labels[index + 1].text) > 3
