"""The trail of verdicts, and what it says of the extractor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from harvester.store.database import Connection
from harvester.store.review import MOST_ROWS, GivenVerdict, Precision, Review, list_reviews, precision
from harvester.web.pages.filters import Given
from harvester.web.pages.query import PageQuery


class ReviewsQuery(PageQuery):
    """Which reviews, and from where on."""

    domain_name: Annotated[
        Annotated[str, Field(max_length=253)] | None,
        Field(description="Only of this domain and its mentions, by its stored name.", examples=["casino.com"]),
        Given,
    ] = None
    verdict: Annotated[GivenVerdict | None, Field(description="Only rows that gave this verdict."), Given] = None
    reviewer: Annotated[
        Annotated[str, Field(max_length=320)] | None,
        Field(description="Only what this person did, by the name in the trail.", examples=["kim@example.com"]),
        Given,
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Reviews at the most.")] = 50
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """One page of the trail, newest first."""

    domain_name: str | None
    verdict: str | None
    reviewer: str | None
    limit: int
    after: str | None
    nothing_stored: bool
    rows: Sequence[Review]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, query: ReviewsQuery) -> ReviewsPage:
        """Read one page; raises InvalidCursor for an `after` that no page gave."""
        name, reviewer = _words(query.domain_name), _words(query.reviewer)
        page = await list_reviews(
            connection,
            domain_name=name and name.lower(),
            verdict=query.verdict,
            reviewer=reviewer,
            limit=query.limit,
            after=query.after,
        )
        stored = page.rows or (await list_reviews(connection, limit=1)).rows
        return cls(name, query.verdict, reviewer, query.limit, query.after, not stored, page.rows, page.next)


@dataclass(frozen=True, slots=True)
class PrecisionPage:
    """How often people agreed with the extractor."""

    rows: Sequence[Precision]

    @classmethod
    async def load(cls, connection: Connection) -> PrecisionPage:
        """Count it anew."""
        return cls(await precision(connection))


def _words(text: str | None) -> str | None:
    return None if text is None else text.replace("\0", "").strip() or None
