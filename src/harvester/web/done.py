"""What was just done: a page that a form leads back to says it, and offers to undo it.

The form's answer names the request in the address (`done`), so that loading the page again, or sending its address to
somebody, does nothing twice. Only pages for people take it; the API answers with what it wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from pydantic import Field
from starlette.requests import Request

from harvester.store.reading import reading
from harvester.store.reviewing import Deed, deed_of
from harvester.web.identity import identity_of
from harvester.web.pages.domain import DomainQuery
from harvester.web.pages.domains import DomainsQuery
from harvester.web.pages.query import PageQuery
from harvester.web.pages.reviews import ReviewsQuery

_done: ContextVar[Deed | None] = ContextVar("done", default=None)


class Visit(PageQuery):
    """What the address of a page may carry when a form has led there."""

    done: Annotated[UUID | None, Field(description="The request that was just carried out.")] = None


class DomainVisit(DomainQuery, Visit):
    """A visit to the page of a domain."""


class DomainsVisit(DomainsQuery, Visit):
    """A visit to the list of domains."""


class ReviewsVisit(ReviewsQuery, Visit):
    """A visit to the trail."""


async def deed(request: Request, request_id: UUID | None) -> Deed | None:
    """What the request of that id did, as far as whoever asks may see it."""
    if request_id is None:
        return None
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await deed_of(connection, request_id)


@contextmanager
def telling(told: Deed | None) -> Iterator[None]:
    """Let templates know what was done, for the length of the block."""
    token = _done.set(told)
    try:
        yield
    finally:
        _done.reset(token)


def done() -> Deed | None:
    """In templates: what was just done; None where nothing was."""
    return _done.get()


def way_back(text: str, request_id: UUID) -> str:
    """The page that a form came from, with what was done; the trail where the form names no page that tells it.

    >>> way_back("/domains?q=a&done=1", UUID(int=7)), way_back("//evil.example", UUID(int=7))
    ('/domains?q=a&done=00000000-0000-0000-0000-000000000007', '/reviews?done=00000000-0000-0000-0000-000000000007')
    """
    is_ours = text.isascii() and text.isprintable() and "\\" not in text
    parts = urlsplit(text if is_ours and text.startswith("/") and not text.startswith("//") else "/reviews")
    path, query = parts.path, parts.query
    if path not in ("/domains", "/reviews") and not path.startswith("/domains/"):
        path, query = "/reviews", ""
    kept = [(name, value) for name, value in parse_qsl(query) if name != "done"]
    return f"{path}?{urlencode([*kept, ('done', str(request_id))])}"
