"""Requests that judge: each is carried out once, however often it is sent, and what it wrote is known by its id."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from harvester.errors import NotFound, ReviewRefused
from harvester.store.database import ANALYST, Connection, Database
from harvester.store.reading import MOST_SECONDS, answered_within
from harvester.store.review import Review, reviews_with, undo_reviews
from harvester.store.statements import statements

_SQL = statements("review")


@dataclass(frozen=True, slots=True)
class Deed:
    """What one request did."""

    request_id: UUID
    verdict: str | None
    """None where it took verdicts back."""
    reviews: int
    domains: int
    domain_names: Sequence[str]
    """The first three by name."""
    is_undone: bool


@asynccontextmanager
async def judging(database: Database, claims: Mapping[str, Any]) -> AsyncIterator[Connection]:
    """One transaction that may judge, as whoever these claims name; the database decides whether they may.

    Raises DatabaseUnavailable where somebody holds the domains for too long, and nothing is judged then.
    """
    with answered_within(MOST_SECONDS):
        async with database.transaction(ANALYST, claims) as connection:
            await connection.execute("select set_config('statement_timeout', %s, true)", [f"{MOST_SECONDS}s"])
            yield connection


async def carried_out(
    connection: Connection,
    request_id: UUID,
    work: Callable[[Connection], Awaitable[list[Review]]],
    *,
    digest: str | None = None,
) -> tuple[list[Review], bool]:
    """What a request writes, or wrote when it was sent before; and whether it was.

    `digest` stands for what it asks for: raises ReviewRefused where the request of this id asked for something else.
    One that wrote nothing is carried out again, and writes nothing again or what has become possible since.
    """
    await connection.execute(_SQL["name_request"], {"id": request_id, "digest": digest})
    rows = await (await connection.execute(_SQL["written_by_request"], {"id": request_id})).fetchall()
    if not rows:
        return await work(connection), False
    if rows[0]["request_digest"] != digest:
        raise ReviewRefused(
            "This Idempotency-Key was sent before, with something else to do.", hint="Make a new key for each request."
        )
    return await reviews_with(connection, [row["id"] for row in rows]), True


async def undo_request(connection: Connection, request_id: UUID) -> list[Review]:
    """Take back all verdicts that a request gave; raises NotFound where it gave none."""
    rows = await (await connection.execute(_SQL["written_by_request"], {"id": request_id})).fetchall()
    if not rows:
        raise NotFound("No verdict was given by that request.", hint="Take it back in the trail: /reviews")
    return await undo_reviews(connection, [row["id"] for row in rows])


async def deed_of(connection: Connection, request_id: UUID) -> Deed | None:
    """What a request did; None where it wrote nothing."""
    row = await (await connection.execute(_SQL["deed"], {"id": request_id})).fetchone()
    return None if row is None else Deed(request_id=request_id, **row)
