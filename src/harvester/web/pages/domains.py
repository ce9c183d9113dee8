"""The list of all domains, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS, DomainRow, count_platforms, list_domains
from harvester.web.pages.query import PlatformsQuery

Sort = Literal["mentions", "last_seen", "first_seen", "name"]
"""The names of `store.domain.SORTS`; a test holds them equal."""


class DomainsQuery(PlatformsQuery):
    """Which domains, in which order, and from where on."""

    # No host name has more than 253 octets (RFC 1035), so a longer part of one finds nothing.
    q: Annotated[str, Field(max_length=253, description="Only names that hold this text, in ASCII or Unicode.")] = ""
    sort: Annotated[Sort, Field(description="Order; all but `name` begin with the greatest.")] = "mentions"
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows at the most.")] = 50
    after: Annotated[str | None, Field(max_length=1000, description="The `next` of the page before.")] = None


@dataclass(frozen=True, slots=True)
class DomainsPage:
    """One page of the domains that shown mentions name."""

    q: str
    sort: str
    limit: int
    after: str | None
    platforms: str
    platforms_hidden: int
    nothing_stored: bool
    rows: Sequence[DomainRow]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, query: DomainsQuery) -> DomainsPage:
        """Read one page; raises InvalidCursor for an `after` that no page gave."""
        wanted = query.q.strip()
        shown = query.platforms == "show"
        page = await list_domains(
            connection, text=wanted, sort=query.sort, platforms=shown, limit=query.limit, after=query.after
        )
        hidden = 0 if shown else await count_platforms(connection, wanted)
        stored = page.rows or (await list_domains(connection, limit=1)).rows
        return cls(
            wanted, query.sort, query.limit, query.after, query.platforms, hidden, not stored, page.rows, page.next
        )
