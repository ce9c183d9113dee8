"""What was found in a text as columns of the staging tables: one row a domain, with its place and how sure we are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from harvester.model import Mention
from harvester.store.copy_text import Row
from harvester.store.ids import uuid7s
from harvester.store.json_text import as_json

CONTEXT_LENGTH = 60
"""Code points kept on each side of a mention."""


def evidence_rows(
    text: str, mentions: Sequence[Mention], domain_rows: dict[str, str], extractor_version: str
) -> Iterator[tuple[str, Row]]:
    """A key and the columns from `domain_row` to `extractor_version` for each domain that was found in a text.

    The columns hold the first occurrence of the best tier, `occurrences` all. `domain_rows` has the key of each
    domain that was met before.
    """
    by_domain: dict[str, list[Mention]] = {}
    for mention in mentions:
        by_domain.setdefault(mention.domain.domain_name, []).append(mention)
    for name, occurrences in by_domain.items():
        first = min(occurrences, key=lambda mention: (mention.tier != "shown", mention.start))
        domain = first.domain
        key, domain_row = uuid7s(2)
        yield key, (
            domain_rows.setdefault(name, domain_row), name,
            domain.unicode_name, domain.tld, domain.public_suffix, domain.registrable_domain, domain.subdomain,
            domain.kind,
            first.text, first.start, first.end,
            text[max(0, first.start - CONTEXT_LENGTH) : first.end + CONTEXT_LENGTH], first.url,
            as_json([_occurrence(mention) for mention in sorted(occurrences, key=lambda each: each.start)]),
            round(first.confidence, 2), first.method, extractor_version,
        )  # fmt: skip


def _occurrence(mention: Mention) -> dict[str, Any]:
    return {
        "text": mention.text,
        "start": mention.start,
        "end": mention.end,
        "confidence": round(mention.confidence, 2),
        "method": mention.method,
        "url": mention.url,
    }
