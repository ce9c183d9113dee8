"""Sightings as they are read: where a domain stands elsewhere than in comments. Only shown ones are listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import sql

from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import statements

MOST_ROWS = 1000
"""Rows that one page gives at the most."""
_SQL = statements("sighting")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One caption, profile or ad in which the domain stands, with the place where it does."""

    place: str
    """caption, bio, bio_url, ad_title or landing_url."""
    video_id: str | None
    """TikTok's id of the video whose caption it is; None for any other place."""
    video_username: str | None
    video_url: str | None
    creator_username: str | None
    """Of the profile; None for any other place."""
    ad_id: str | None
    """TikTok's id of the ad; None for any other place."""
    advertiser_name: str | None
    discovered_at: datetime
    mention_text: str
    context: str
    """The domain as written, with up to 60 code points on each side."""
    occurrences: Sequence[Mapping[str, Any]]
    """Every span of the domain in the text of that place: text, start, end, confidence, method, url."""
    confidence: float
    method: str
    url: str | None


async def list_sightings(
    connection: Connection, domain_id: UUID, *, limit: int = 50, after: str | None = None
) -> Page[Sighting]:
    """One page of the sightings of a domain, newest first.

    `after` is the `next` of the page before; raises InvalidCursor for any other.
    """
    limit = max(1, min(limit, MOST_ROWS))
    parameters: dict[str, Any] = {"domain_id": domain_id, "limit": limit + 1}
    condition = sql.SQL("true")
    if after is not None:
        parameters["value"], parameters["id"] = decode_cursor(after, "seen", datetime)
        condition = sql.SQL("(s.discovered_at, s.id) < (%(value)s, %(id)s)")
    statement = sql.SQL(_SQL["list_sightings"]).format(after=condition)
    rows = await (await connection.execute(statement, parameters)).fetchall()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        [Sighting(**{name: row[name] for name in Sighting.__slots__}) for row in rows[:limit]],
        encode_cursor("seen", last["discovered_at"], last["id"]) if last else None,
    )
