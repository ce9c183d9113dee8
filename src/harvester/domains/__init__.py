"""Text in, mentions out: every domain that the writer of a comment meant, disguised or not.

The way of a text, which `extraction` leads it:

    scan         a first look at many texts; most comments have nothing like a dot before an ending
    normalise    folds the text, with a way back; writes a host in A-labels (`letters`)
    dots         finds what may stand for a dot (`words`)
    labels       reads the labels on the sides of a dot, and disguised endings
    chains       puts labels and dots in a row
    candidates   reads the rows as hosts; `spaced` those in single letters, `backwards` reversed ones
    joining      gives a name the pieces that a line break or a space tore off (`hints`)
    addresses    the scheme before a host and the path after it
    hosts        what can be told from a host alone; `registrable` splits it at its public suffix,
                 `kinds` knows whose service it is
    verdict      says how sure we are, from the `evidence` and its `traits`: `prose` where people write so without
                 meaning a host, with the `endings` and the `vocabulary`
    explanation  tells all of this for one text

The room is pure: no network, no clock, no settings, no files but the lists it comes with.
"""

from __future__ import annotations

from harvester.domains.explanation import explain
from harvester.domains.extraction import EXTRACTOR_VERSION, extract, extract_batch
from harvester.domains.hosts import parse_domain
from harvester.domains.kinds import KIND_LISTS_VERSION
from harvester.domains.registrable import kind_of

__all__ = [
    "EXTRACTOR_VERSION", "KIND_LISTS_VERSION", "explain", "extract", "extract_batch", "kind_of", "parse_domain",
]  # fmt: skip
