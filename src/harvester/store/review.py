"""Reviews: what people judge of domains and mentions, as a trail that nothing changes.

The connection decides who judges: its role and claims are those of the signed-in person, or of the worker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString
from uuid import UUID

from psycopg import errors as refusals
from psycopg import sql

from harvester.errors import NotFound, NotPermitted, ReviewRefused
from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import statements

Verdict = Literal["malicious", "suspicious", "benign", "ignore"]
"""What a person says of a domain; `ignore` takes it out of every list."""
GivenVerdict = Literal["malicious", "suspicious", "benign", "ignore", "not_a_domain"]
"""The same, or that a mention means no domain."""
VERDICTS: tuple[Verdict, ...] = ("malicious", "suspicious", "benign", "ignore")
MOST_ROWS = 1_000
_PART = re.compile(r"(?=(-?[0-9a-f]){6,32}$)[0-9a-f-]{6,36}")
_SQL = statements("review")
_CONDITIONS: Mapping[str, LiteralString] = {
    "domain_name": "r.domain_id = (select id from public.domain where domain_name = %(domain_name)s)",
    "verdict": "r.verdict = %(verdict)s",
    "reviewer": "r.reviewer = %(reviewer)s",
}


@dataclass(frozen=True, slots=True)
class Review:
    """One row of the trail: a verdict, or that one was taken back."""

    id: UUID
    domain_name: str
    comment_id: str | None
    """TikTok's id of the comment whose mention was judged; None for a verdict on the domain."""
    mention_text: str | None
    verdict: str | None
    """None where `undoes` says which verdict is taken back."""
    undoes: UUID | None
    reason: str | None
    note: str | None
    reviewer: str
    reviewed_at: datetime
    is_undone: bool

    @property
    def short_id(self) -> str:
        """The end of the key, 48 random bits: its beginning is the time."""
        return self.id.hex[-12:]

    @property
    def short_undoes(self) -> str | None:
        """The same of the verdict that is taken back."""
        return self.undoes.hex[-12:] if self.undoes else None


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the mentions that people judged were right."""

    dimension: str
    """`all`, `method`, `tld` or `source`."""
    value: str
    judged_mentions: int
    right_mentions: int
    precision: float
    """From 0 to 1."""


async def review_domains(
    connection: Connection,
    domain_names: Sequence[str],
    verdict: Verdict,
    *,
    reason: str | None = None,
    note: str | None = None,
) -> list[Review]:
    """Give one verdict on up to 1,000 domains, named as stored; all of them or none.

    Raises NotPermitted, NotFound for a name that is not stored, and ReviewRefused for what is too long or too much.
    """
    asked = {"domain_names": list(domain_names), "verdict": verdict, "reason": reason, "note": note}
    return await _written(connection, "review_domains", asked)


async def review_mentions(
    connection: Connection,
    domain_name: str,
    comment_ids: Sequence[str] | None = None,
    *,
    reason: str | None = None,
    note: str | None = None,
) -> list[Review]:
    """Say that mentions of a domain, in these comments or in all, mean no domain: they are held from now on.

    Raises NotPermitted, NotFound where no such mention is stored, and ReviewRefused for what is too long or too much.
    """
    ids = None if comment_ids is None else list(comment_ids)
    asked = {"domain_name": domain_name, "comment_ids": ids, "reason": reason, "note": note}
    return await _written(connection, "review_mentions", asked)


async def undo_reviews(connection: Connection, ids: Sequence[UUID]) -> list[Review]:
    """Take verdicts back; the domain or mention stands as before, under the verdict before it where there is one.

    What was taken back already is left alone. Raises NotPermitted, and NotFound where none of them is stored.
    """
    return await _written(connection, "undo_reviews", {"ids": list(ids)})


async def list_reviews(
    connection: Connection,
    *,
    domain_name: str | None = None,
    verdict: GivenVerdict | None = None,
    reviewer: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[Review]:
    """One page of the trail, newest first; raises InvalidCursor for an `after` that no page gave."""
    limit = max(1, min(limit, MOST_ROWS))
    asked: dict[str, Any] = {"domain_name": domain_name, "verdict": verdict, "reviewer": reviewer}
    parts = [_CONDITIONS[name] for name, value in asked.items() if value is not None]
    if after is not None:
        _, asked["id"] = decode_cursor(after, "reviewed", datetime)
        parts.append("r.id < %(id)s")
    condition = sql.SQL(" and ").join(map(sql.SQL, parts)) if parts else sql.SQL("true")
    statement, parameters = sql.SQL(_SQL["list_reviews"]).format(condition=condition), {**asked, "limit": limit + 1}
    rows = [Review(**row) for row in await (await connection.execute(statement, parameters)).fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor("reviewed", last.reviewed_at, last.id) if last else None)


async def review_in_force(connection: Connection, domain_name: str) -> Review | None:
    """The last verdict on a domain that was not taken back; None where there is none."""
    rows = await (await connection.execute(_SQL["review_in_force"], {"domain_name": domain_name})).fetchall()
    return Review(**rows[0]) if rows else None


async def reviews_with(connection: Connection, ids: Sequence[UUID]) -> list[Review]:
    """The reviews of these keys, in the order of the trail, the oldest first."""
    return [Review(**row) for row in await (await connection.execute(_SQL["reviews"], {"ids": list(ids)})).fetchall()]


async def review_by_part(connection: Connection, part: str) -> UUID:
    """The key of the review that begins or ends so; raises NotFound where that is not one review.

    Keys of one moment begin alike, since they begin with the time; their ends are random.
    """
    hint = "Take an id from: harvester review list"
    if not _PART.fullmatch(part.lower()):
        raise NotFound(f"{part} is no id of a review.", hint=hint)
    asked = {"part": part.lower().replace("-", "")}
    rows = await (await connection.execute(_SQL["reviews_by_part"], asked)).fetchall()
    if not rows:
        raise NotFound(f"No review has the id {part}.", hint=hint)
    if len(rows) > 1:
        raise NotFound(f"Several reviews have ids that begin or end with {part}.", hint="Say more of it, or its end.")
    return UUID(str(rows[0]["id"]))


async def precision(connection: Connection) -> list[Precision]:
    """How often people agreed with the extractor, in all, by method, by top-level domain and by source."""
    return [Precision(**row) for row in await (await connection.execute(_SQL["precision"])).fetchall()]


async def _written(connection: Connection, name: str, asked: Mapping[str, Any]) -> list[Review]:
    """What one of the functions wrote, as people see it."""
    with _refusals():
        rows = await (await connection.execute(_SQL[name], asked)).fetchall()
    return await reviews_with(connection, [row["id"] for row in rows])


@contextmanager
def _refusals() -> Iterator[None]:
    """The database's refusals as errors that people can act on; its own words are ours."""
    try:
        yield
    except (refusals.InsufficientPrivilege, refusals.NoDataFound, refusals.InvalidParameterValue) as error:
        kind = {"42501": NotPermitted, "P0002": NotFound}.get(error.sqlstate or "", ReviewRefused)
        words = error.diag.message_primary or "refused"
        raise kind(f"{words[0].upper()}{words[1:]}.", hint=error.diag.message_hint or "") from error
    except refusals.CheckViolation as error:
        raise ReviewRefused(
            "A reason has up to 200 characters, a note up to 4,000.",
            hint="Put the rest elsewhere, and its address here.",
        ) from error
