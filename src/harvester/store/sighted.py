"""What sightings stand in: videos by their captions, creators by their profiles, ads by title and landing page.

A text that changed is unread: the database drops the sightings of its place and the version of the owner. Sightings
are written for unread texts alone, so that what was found in an unchanged one stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import LiteralString

from harvester.store.statements import statements

EVIDENCE: tuple[LiteralString, ...] = (
    "mention_text", "position_start", "position_end", "context", "url", "occurrences", "confidence_score",
    "extraction_method", "extractor_version",
)  # fmt: skip
"""The columns of a sighting that are found anew whenever its text is read."""


@dataclass(frozen=True, slots=True)
class Sighted:
    """One table whose rows have texts that are read, and what ties their sightings to them."""

    table: LiteralString
    key: LiteralString
    """Its natural key."""
    link: LiteralString
    """The column of a sighting that names the row."""
    version: LiteralString
    """The column with the version of the rules that read all its texts last."""
    places: tuple[tuple[LiteralString, LiteralString], ...]
    """The names of the places, each with the column of its text."""


VIDEO = Sighted("video", "video_id", "video_id", "caption_extractor_version", (("caption", "caption"),))
CREATOR = Sighted("creator", "username", "creator_id", "extractor_version", (("bio", "bio"), ("bio_url", "bio_url")))
AD = Sighted("ad", "ad_id", "ad_id", "extractor_version", (("ad_title", "title"), ("landing_url", "landing_url")))
ALL = (VIDEO, CREATOR, AD)


@cache
def statement_for(sighted: Sighted, noun: str, name: LiteralString) -> LiteralString:
    """A statement of `queries/<noun>.sql` for one of these tables."""
    cases: LiteralString = " ".join(f"when '{place}' then o.{column} = s.{column}" for place, column in sighted.places)
    return statements(noun)[name].format(
        table=sighted.table,
        key=sighted.key,
        link=sighted.link,
        version=sighted.version,
        columns=", ".join(EVIDENCE),
        found_columns=", ".join(f"s.{column}" for column in EVIDENCE),
        renewed=", ".join(f"{column} = excluded.{column}" for column in EVIDENCE),
        texts=", ".join(f"o.{column}" for _, column in sighted.places),
        texts_alone=", ".join(column for _, column in sighted.places),
        place_columns=", ".join(f"{column} as {place}" for place, column in sighted.places),
        all_texts=" and ".join(f"(o.{column} is null or o.{column} = s.{column})" for _, column in sighted.places),
        same_text=f"coalesce(case g.place {cases} end, false)",
    )
