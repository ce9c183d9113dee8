"""How many rows a listing of the CLI has: as many as were asked for, whatever a page of the store holds."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol, TypeVar

from harvester.model import Page
from harvester.store.database import ANALYST, Connection, Database

Row = TypeVar("Row")


class Listing(Protocol[Row]):
    """A listing of the store, page by page."""

    def __call__(self, connection: Connection, *, limit: int, after: str | None) -> Awaitable[Page[Row]]:
        """One page of at most `limit` rows, behind the page whose `next` is `after`."""


async def first_rows(database: Database, listing: Listing[Row], limit: int) -> list[Row]:
    """The first `limit` rows of a listing, or all where there are fewer; all pages are of one transaction."""
    rows: list[Row] = []
    after = None
    async with database.transaction(ANALYST) as connection:
        while len(rows) < limit:
            page = await listing(connection, limit=limit - len(rows), after=after)
            rows += page.rows
            after = page.next
            if after is None:
                break
    return rows
