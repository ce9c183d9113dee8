"""The list of all domains, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from harvester.store.database import Connection
from harvester.store.domain import MOST_ROWS, DomainRow, count_platforms, list_domains
from harvester.store.domain_filter import DomainFilter
from harvester.web.pages.filters import DomainFilterQuery
from harvester.web.pages.query import Columns, PageQuery

Sort = Literal["mentions", "last_seen", "first_seen", "name"]
"""The names of `store.domain.SORTS`; a test holds them equal."""
DomainColumn = Literal[
    "domain_name", "domain_defanged", "unicode_name", "registrable_domain", "tld", "kind", "first_seen_at",
    "last_seen_at", "mention_count", "video_count", "unique_commenters", "state", "http_status", "final_url", "ip",
    "registrar", "registered_at", "expires_at",
]  # fmt: skip
"""The columns of `store.exported.ExportedDomain`: the page has the same; a test holds them equal."""


class DomainColumnsQuery(PageQuery):
    """Which columns, in which order."""

    columns: Annotated[
        tuple[DomainColumn, ...],
        Field(
            description="Columns of the page and of CSV, in this order, with commas between; else those of the house, "
            "and all in CSV. A row of JSON holds every field.",
            examples=["domain_name,mention_count,registered_at"],
        ),
        Columns,
    ] = ()


class DomainsQuery(DomainFilterQuery, DomainColumnsQuery):
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
    filter: DomainFilter
    sort: str
    columns: Sequence[str]
    limit: int
    after: str | None
    platforms_hidden: int
    nothing_stored: bool
    rows: Sequence[DomainRow]
    next: str | None

    @classmethod
    async def load(cls, connection: Connection, query: DomainsQuery) -> DomainsPage:
        """Read one page; raises InvalidCursor for an `after` that no page gave."""
        wanted = query.q.strip()
        only = query.wanted()
        page = await list_domains(
            connection, text=wanted, wanted=only, sort=query.sort, limit=query.limit, after=query.after
        )
        hidden = await count_platforms(connection, wanted, only) if only.hides_platforms else 0
        stored = page.rows or (await list_domains(connection, limit=1)).rows
        return cls(
            wanted, only, query.sort, query.columns, query.limit, query.after, hidden, not stored, page.rows, page.next
        )
