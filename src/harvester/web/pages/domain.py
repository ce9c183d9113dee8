"""One domain with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import idna
from pydantic import Field

from harvester.errors import NotFound
from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS, DomainFacts, Evidence, domain_by_name, evidence
from harvester.store.enrichment import Change, LatestLookUp, latest_look_ups, list_changes
from harvester.store.neighbours import (
    Carriers,
    Neighbour,
    Sibling,
    carriers,
    domain_days,
    most_of_a_day,
    neighbours,
    siblings,
)
from harvester.store.reference_list import Membership, memberships
from harvester.store.review import Review, list_reviews, review_in_force
from harvester.store.sighting import Sighting, list_sightings
from harvester.store.statistics import DayCount
from harvester.web.pages.overview import Days
from harvester.web.pages.query import PageQuery

REVIEWS = 20
"""Rows of the trail beside a domain; the rest is at `/reviews`."""
_HINT = "Look for a part of its name in the list of domains."


class DomainQuery(PageQuery):
    """Which part of the evidence and of the sightings, and how many days."""

    days: Days = 30
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Pieces of evidence, and sightings, at the most.")] = 25
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None
    sightings_after: Annotated[
        str | None, Field(max_length=1000, description="The `sightings_next` of the page before.")
    ] = None


@dataclass(frozen=True, slots=True)
class DomainPage:
    """What is known about one domain, the comments that mention it, where else it was seen, and what look-ups told."""

    facts: DomainFacts
    days: int
    mentions_per_day: Sequence[DayCount]
    most_of_a_day: int
    carriers: Carriers
    neighbours: Sequence[Neighbour]
    siblings: Sequence[Sibling]
    limit: int
    after: str | None
    evidence: Sequence[Evidence]
    next: str | None
    sightings_after: str | None
    sightings: Sequence[Sighting]
    sightings_next: str | None
    look_ups: Sequence[LatestLookUp]
    changes: Sequence[Change]
    on_lists: Sequence[Membership]
    in_force: Review | None
    reviews: Sequence[Review]
    reviews_next: str | None

    @classmethod
    async def load(cls, connection: Connection, domain_name: str, query: DomainQuery) -> DomainPage:
        """Read one domain by its stored name; raises NotFound, and InvalidCursor for a cursor that no page gave."""
        try:
            facts = await domain_by_name(connection, domain_name)
        except NotFound as error:
            raise NotFound(f"No stored comment mentions {domain_name}.", hint=_HINT) from error
        days = await domain_days(connection, facts.id, days=query.days)
        carrying = await carriers(connection, facts.id)
        beside = await neighbours(connection, facts.id)
        related = await siblings(connection, facts.id, facts.registrable_domain)
        comments = await evidence(connection, facts.id, limit=query.limit, after=query.after)
        seen = await list_sightings(connection, facts.id, limit=query.limit, after=query.sightings_after)
        look_ups = await latest_look_ups(connection, facts.id)
        changes = await list_changes(connection, facts.id)
        on_lists = await memberships(connection, facts.domain_name)
        in_force = await review_in_force(connection, facts.domain_name)
        trail = await list_reviews(connection, domain_name=facts.domain_name, limit=REVIEWS)
        return cls(
            facts, query.days, days, most_of_a_day(query.days), carrying, beside, related,
            query.limit, query.after, comments.rows, comments.next,
            query.sightings_after, seen.rows, seen.next, look_ups, changes, on_lists,
            in_force, trail.rows, trail.next,
        )  # fmt: skip


def stored_name(written: str) -> str:
    """The form in which a domain is stored: A-labels, lower case, no dot at the end.

    Raises NotFound for what is no host name at all.

    >>> stored_name("Casino.COM."), stored_name("größe.de")
    ('casino.com', 'xn--gre-6ka8i.de')
    """
    name = written.strip().rstrip(".").lower()
    if not name.isascii() and len(name) <= 253:
        try:
            name = idna.encode(name, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError) as error:
            raise NotFound("The address holds no host name.", hint=_HINT) from error
    if not name.isascii() or not name.isprintable() or len(name) > 253 or not name:
        raise NotFound("The address holds no host name.", hint=_HINT)
    return name
