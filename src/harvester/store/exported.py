"""All rows of a kind, for exports: read through a cursor of the server, so that any number of them needs little memory.

Each read sees the database as it stood when it began, whatever is written meanwhile. Rows that are equal in the order
asked for stand in that of their names: the same records give the same file, however they were imported.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, LiteralString, TypeVar

from psycopg import sql

from harvester.store.comment import CommentRow
from harvester.store.database import Connection
from harvester.store.domain import LOOKED_UP, name_pattern
from harvester.store.domain import order_of as domain_order
from harvester.store.domain_filter import DomainFilter, Method
from harvester.store.statements import statements
from harvester.store.video import VideoFilter, VideoRow
from harvester.store.video import order_of as video_order

_SQL = statements("exported")
ROWS_AT_ONCE = 500
"""Rows that are in memory at a time; a comment may have 150,000 characters."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class ExportedDomain:
    """One domain with its latest look-ups."""

    domain_name: str
    domain_defanged: str
    unicode_name: str
    registrable_domain: str
    tld: str
    kind: str | None
    first_seen_at: datetime
    last_seen_at: datetime
    mention_count: int
    video_count: int
    unique_commenters: int | None
    state: str
    """suspicious, verified or unreviewed."""
    http_status: int | None
    final_url: str | None
    ip: Sequence[str] | None
    """IPv4, then IPv6; None where none is known."""
    registrar: str | None
    registered_at: str | None
    expires_at: str | None


@dataclass(frozen=True, slots=True)
class ExportedMention:
    """One domain in one comment."""

    domain_name: str
    domain_defanged: str
    mention_text: str
    url: str | None
    method: str
    confidence: float
    context: str
    comment_id: str
    text: str
    username: str | None
    posted_at: datetime | None
    discovered_at: datetime
    video_id: str
    video_username: str | None
    video_url: str | None
    is_promoted: bool


@dataclass(frozen=True, slots=True)
class MentionFilter:
    """Which mentions are meant; as it stands, all that are shown."""

    domain_name: str | None = None
    """As stored: A-labels, lower case."""
    method: Method | None = None
    promoted: bool = False
    """Only under promoted videos."""
    seen_from: date | None = None
    """The first day (UTC) on which the comment was first seen."""
    seen_to: date | None = None
    """The last such day, itself included."""

    def parameters(self) -> Mapping[str, Any]:
        """What was asked for, and nothing else."""
        return {name: value for name, value in asdict(self).items() if value not in (None, False)}

    def condition(self) -> tuple[sql.Composable, dict[str, Any]]:
        """A condition on `public.domain_mention m` with its domain `d` and video `v`, and the parameters."""
        asked = dict(self.parameters())
        parts = [sql.SQL(_MENTION_CONDITIONS[name]) for name in asked]
        return sql.SQL(" and ").join(parts) if parts else sql.SQL("true"), asked


_MENTION_CONDITIONS: Mapping[str, LiteralString] = {
    "domain_name": "d.domain_name = %(domain_name)s",
    "method": "m.extraction_method = %(method)s",
    "promoted": "v.is_promoted",
    "seen_from": "m.discovered_at >= %(seen_from)s::date::timestamp at time zone 'UTC'",
    "seen_to": "m.discovered_at < (%(seen_to)s::date + 1)::timestamp at time zone 'UTC'",
}


def all_domains(
    connection: Connection, wanted: DomainFilter, *, text: str | None = None, sort: str = "mentions"
) -> AsyncGenerator[list[ExportedDomain], None]:
    """The domains with shown mentions that a filter lets through, in an order of `store.domain.SORTS`."""
    order = domain_order(sort)
    only, asked = wanted.condition()
    statement = sql.SQL(_SQL["all_domains"]).format(
        filter=only, looked_up=LOOKED_UP, sort=sql.Identifier(order.column), direction=order.direction
    )
    return _rows(connection, ExportedDomain, statement, {**asked, "text": name_pattern(text)})


def all_mentions(connection: Connection, wanted: MentionFilter) -> AsyncGenerator[list[ExportedMention], None]:
    """The shown mentions that a filter lets through, by TikTok's id of the comment."""
    only, asked = wanted.condition()
    return _rows(connection, ExportedMention, sql.SQL(_SQL["all_mentions"]).format(filter=only), asked)


def all_comments(
    connection: Connection, *, words: str | None = None, seen_from: date | None = None
) -> AsyncGenerator[list[CommentRow], None]:
    """The comments that hold all words, or else that mention a domain, by TikTok's id of the comment.

    With `seen_from` only those that were first seen on that day (UTC) or later.
    """
    name = "all_comments_with_domains" if words is None else "all_comments_with_words"
    asked = {"words": (words or "").replace("\0", " "), "seen_from": seen_from}
    return _rows(connection, CommentRow, sql.SQL(_SQL[name]), asked)


def all_videos(
    connection: Connection, wanted: VideoFilter, *, sort: str = "discovered"
) -> AsyncGenerator[list[VideoRow], None]:
    """The videos under which a domain is mentioned and that a filter lets through, in an order of `store.video`."""
    position, _ = video_order(sort)
    only, asked = wanted.condition()
    statement = sql.SQL(_SQL["all_videos"]).format(filter=only, position=sql.SQL(position))
    return _rows(connection, VideoRow, statement, asked)


async def _rows(
    connection: Connection, kind: type[Row], statement: sql.Composed | sql.SQL, asked: Mapping[str, Any]
) -> AsyncGenerator[list[Row], None]:
    async with connection.cursor(name="exported") as cursor:
        await cursor.execute(statement, asked)
        while rows := await cursor.fetchmany(ROWS_AT_ONCE):
            yield [kind(**row) for row in rows]
