"""Answers that are written while they are read: whole tables, at the memory of a few hundred rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from harvester.errors import Busy
from harvester.exports.writing import MEDIA_TYPES, Form, Origin, first_rows, write
from harvester.store.database import Connection
from harvester.store.reading import MOST_SECONDS_IN_A_BATCH, MOST_SECONDS_UNREAD, reading
from harvester.web.identity import identity_of
from harvester.web.rendering import address

MOST_AT_ONCE = 2
"""Tables that are written at the same time, one a person. Each holds a connection, and pages need some, too."""

Rows = Callable[[Connection], AsyncGenerator[Sequence[Any], None]]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which table, and the parameters of the address that somebody gave."""

    noun: str
    parameters: Mapping[str, Any]

    def given(self) -> dict[str, Any]:
        """The parameters that ask for something."""
        return {name: value for name, value in self.parameters.items() if value not in (None, "", False, ())}


async def table(request: Request, rows: Rows, row_type: type[Any], asked: Asked, *, form: Form) -> Response:
    """All rows as a file to be saved; the header `Link` says which rows these are, by the address that asks for them.

    Raises Busy where too many are written already, and whatever reading the first rows raises.
    """
    pieces = _pieces(request, rows, row_type, asked, form=form)
    # What goes wrong before the first rows is still an answer of its own.
    first = await anext(pieces)
    headers = {
        "Content-Disposition": f'attachment; filename="{asked.noun}.{form}"',
        "Link": f'<{address(request.url.path, **asked.given())}>; rel="canonical"',
    }
    return _Table(first, pieces, media_type=MEDIA_TYPES[form], headers=headers)


async def _pieces(
    request: Request, rows: Rows, row_type: type[Any], asked: Asked, *, form: Form
) -> AsyncGenerator[str, None]:
    places: asyncio.Semaphore = request.app.state.tables
    if places.locked():
        raise Busy("Other tables are being written at the moment.", hint="Try again in a few seconds.")
    who = identity_of(request)
    given = asked.given()
    origin = Origin(asked.noun, given, datetime.now(UTC))
    limits = {"seconds": MOST_SECONDS_IN_A_BATCH, "idle_seconds": MOST_SECONDS_UNREAD}
    with _one_at_a_time(who.subject, request.app.state.table_readers):
        async with places, reading(request.app.state.database, who.claims, **limits) as connection:
            batches = first_rows(rows(connection), given.get("limit"))
            chosen, raw = given.get("columns", ()), given.get("raw", False)
            async with aclosing(write(form, row_type, batches, origin, chosen=chosen, raw=raw)) as pieces:
                async for piece in pieces:
                    yield piece


@contextmanager
def _one_at_a_time(subject: str, readers: set[str]) -> Iterator[None]:
    """However slowly somebody reads, no place of another is taken; raises Busy."""
    if subject in readers:
        raise Busy("Another table is being written for you.", hint="Try again when you have read that one.")
    readers.add(subject)
    try:
        yield
    finally:
        readers.discard(subject)


class _Table(StreamingResponse):
    """Gives its connection back whenever it ends: at the last row, or with a reader who went away."""

    def __init__(
        self, first: str, rest: AsyncGenerator[str, None], *, media_type: str, headers: Mapping[str, str]
    ) -> None:
        super().__init__(self._whole(first, rest), media_type=media_type, headers=headers)
        self._rest = rest

    @staticmethod
    async def _whole(first: str, rest: AsyncGenerator[str, None]) -> AsyncIterator[str]:
        piece: str | None = first
        while piece is not None:
            yield piece
            # A reader who goes away ends this between two pieces: a query that is broken off costs its connection.
            with anyio.CancelScope(shield=True):
                piece = await anext(rest, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope.get("headless"):
                await Response(headers=self.headers)(scope, receive, send)
            else:
                await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._rest.aclose()
