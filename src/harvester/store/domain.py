"""Domains as they are read: listings, one domain, and its evidence. Only shown mentions count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg import sql

from harvester.errors import NotFound, SettingsError
from harvester.model import Page
from harvester.store.database import Connection
from harvester.store.domain_filter import ALL_DOMAINS, DomainFilter
from harvester.store.paging import decode_cursor, encode_cursor
from harvester.store.statements import counted, statements

MOST_ROWS = 1000
"""Rows that one page gives at the most."""
_SQL = statements("domain")
LOOKED_UP = sql.SQL(_SQL["looked_up"])
"""The columns of the latest look-ups, as a listing and an export hold them."""


class Order(NamedTuple):
    """A column to sort by; an index has it, with the id behind it."""

    column: LiteralString
    kind: type[int] | type[str] | type[datetime]
    descending: bool = True

    @property
    def direction(self) -> sql.SQL:
        """In SQL."""
        return sql.SQL("desc" if self.descending else "asc")


SORTS: Mapping[str, Order] = {
    "mentions": Order("mention_count", int),
    "last_seen": Order("last_seen_at", datetime),
    "first_seen": Order("first_seen_at", datetime),
    "name": Order("domain_name", str, descending=False),
}
"""The orders a listing can have, by the names that URLs and the CLI use."""


@dataclass(frozen=True, slots=True)
class DomainRow:
    """One line of a listing."""

    domain_name: str
    unicode_name: str
    registrable_domain: str
    tld: str
    subdomain: str
    mention_count: int
    video_count: int
    comment_count: int
    unique_commenters: int | None
    """None where no author is known."""
    first_seen_at: datetime
    last_seen_at: datetime
    is_suspicious: bool
    is_verified: bool
    kind: str | None
    verdict: str | None
    """The one in force."""
    http_status: int | None
    """This and the rest by the latest look-ups; None where none told it."""
    final_url: str | None
    ip: Sequence[str] | None
    """IPv4, then IPv6."""
    registrar: str | None
    registered_at: str | None
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class NewDomain:
    """A domain first seen today (UTC)."""

    domain_name: str
    unicode_name: str
    mention_count: int
    video_count: int
    comment_count: int
    video_usernames: Sequence[str]
    first_mention_today: datetime
    latest_mention_today: datetime


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """All that is stored about one domain itself."""

    id: UUID
    domain_name: str
    unicode_name: str
    tld: str
    public_suffix: str
    registrable_domain: str
    subdomain: str
    kind: str | None
    is_suspicious: bool
    is_verified: bool
    verified_at: datetime | None
    mention_count: int
    video_count: int
    comment_count: int
    unique_commenters: int | None
    first_seen_at: datetime | None
    """None where no comment mentions it, as of a domain that was seen elsewhere alone."""
    last_seen_at: datetime | None
    notes: str | None
    metadata: Mapping[str, Any]
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One comment that mentions the domain, with the place where it does."""

    comment_id: str
    text: str
    username: str | None
    posted_at: datetime | None
    discovered_at: datetime
    like_count: int | None
    video_id: str
    video_username: str | None
    video_url: str | None
    is_promoted: bool
    mention_text: str
    occurrences: Sequence[Mapping[str, Any]]
    """Every span of the domain in the text: text, start, end, confidence, method, url."""
    confidence: float
    method: str
    url: str | None


async def list_domains(
    connection: Connection,
    *,
    text: str | None = None,
    wanted: DomainFilter = ALL_DOMAINS,
    sort: str = "mentions",
    limit: int = 50,
    after: str | None = None,
) -> Page[DomainRow]:
    """One page of the domains with shown mentions that a filter lets through.

    `text` is any part of the name, in ASCII or Unicode; `after` is the `next` of the page before.
    Raises InvalidCursor for any other `after`, and SettingsError for an unknown sort.
    """
    order = order_of(sort)
    limit = max(1, min(limit, MOST_ROWS))
    only, asked = wanted.condition()
    parameters: dict[str, Any] = {**asked, "text": name_pattern(text), "limit": limit + 1}
    condition: sql.Composable = sql.SQL("true")
    if after is not None:
        parameters["value"], parameters["id"] = decode_cursor(after, sort, order.kind)
        condition = sql.SQL("(d.{column}, d.id) {beyond} (%(value)s, %(id)s)").format(
            column=sql.Identifier(order.column), beyond=sql.SQL("<" if order.descending else ">")
        )
    pattern = parameters["text"]
    # Trigrams are of three letters: a shorter part is looked for name by name.
    ways = ("list_domains",) if pattern is None or len(pattern) < 5 else ("match_first_domains", "match_domains")
    rows: list[dict[str, Any]] = []
    for way in ways:
        statement = sql.SQL(_SQL[way]).format(
            filter=only,
            after=condition,
            looked_up=LOOKED_UP,
            sort=sql.Identifier(order.column),
            direction=order.direction,
        )
        rows = await (await connection.execute(statement, parameters)).fetchall()
        if len(rows) > limit:
            break
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        [DomainRow(**_only(DomainRow, row)) for row in rows[:limit]],
        encode_cursor(sort, last[order.column], last["id"]) if last else None,
    )


async def count_platforms(connection: Connection, text: str | None = None, wanted: DomainFilter = ALL_DOMAINS) -> int:
    """How many big platforms such a listing leaves out where it hides them."""
    only, asked = replace(wanted, platforms="show").condition()
    statement = sql.SQL(_SQL["count_platforms"]).format(filter=only)
    return await counted(connection, statement, {**asked, "text": name_pattern(text)})


async def new_today(connection: Connection, *, platforms: bool = True, limit: int = 50) -> list[NewDomain]:
    """Domains first seen today (UTC), most mentioned first."""
    asked = {"platforms": platforms, "limit": limit}
    rows = await (await connection.execute(_SQL["new_today"], asked)).fetchall()
    return [NewDomain(**_only(NewDomain, row)) for row in rows]


async def domain_by_name(connection: Connection, domain_name: str) -> DomainFacts:
    """One domain by its name as stored; raises NotFound where nothing shown names it and nobody judged it."""
    row = await (await connection.execute(_SQL["domain_by_name"], {"domain_name": domain_name})).fetchone()
    if row is None:
        raise NotFound(
            f"No stored comment mentions {domain_name}.", hint="See what there is: harvester domain list --text <part>"
        )
    return DomainFacts(**row)


async def evidence(
    connection: Connection, domain_id: UUID, *, limit: int = 50, after: str | None = None
) -> Page[Evidence]:
    """One page of the comments that mention a domain, newest first."""
    limit = max(1, min(limit, MOST_ROWS))
    parameters: dict[str, Any] = {"domain_id": domain_id, "limit": limit + 1}
    condition = sql.SQL("true")
    if after is not None:
        parameters["value"], parameters["id"] = decode_cursor(after, "discovered", datetime)
        condition = sql.SQL("(m.discovered_at, m.id) < (%(value)s, %(id)s)")
    statement = sql.SQL(_SQL["evidence"]).format(after=condition)
    rows = await (await connection.execute(statement, parameters)).fetchall()
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(
        [Evidence(**_only(Evidence, row)) for row in rows[:limit]],
        encode_cursor("discovered", last["discovered_at"], last["id"]) if last else None,
    )


def order_of(sort: str) -> Order:
    """The order of that name; raises SettingsError for any other."""
    if sort not in SORTS:
        raise SettingsError(f"There is no order {sort!r}.", hint=f"Orders are: {', '.join(SORTS)}.")
    return SORTS[sort]


def name_pattern(text: str | None) -> str | None:
    """A `like` pattern for names that hold the text; its own wildcards mean themselves."""
    wanted = (text or "").replace("\0", "").strip().lower()
    if not wanted:
        return None
    for special in "\\%_":
        wanted = wanted.replace(special, "\\" + special)
    return f"%{wanted}%"


def _only(kind: type[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in kind.__slots__}
