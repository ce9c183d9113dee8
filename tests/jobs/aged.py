"""Comments as an earlier version of the rules left them: what the present ones find, and then spoilt on purpose."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg

from harvester.domains import EXTRACTOR_VERSION, extract_batch
from harvester.model import Comment
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.staging import Batch

OLD = "2026.10.3"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXTS = (
    "see velmora.com", "lovely", "", "velmora.com, or https://brightpebblecoins24.com/win now", "nothing here",
    "see brightpebblecoins24.com and velmora.com and velmora.com", "see quietharbourdeals.shop", "so true",
)  # fmt: skip

# Each spoils one mention ($1) as other rules might have left it.
_SPOILT: tuple[LiteralString, ...] = (
    "delete from domain_mention where id = %s",
    "update domain_mention set confidence_score = 0.30 where id = %s",
    "update domain_mention set confidence_score = 0.70, extraction_method = 'spaced' where id = %s",
    "update domain_mention set context = '…', url = 'http://elsewhere.com', extractor_version = '1' where id = %s",
    "update domain_mention set position_end = position_start + 1, mention_text = left(mention_text, 1) where id = %s",
)
_STRAY: LiteralString = """
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
  occurrences, confidence_score, extraction_method, extractor_version, discovered_at)
select d.id, c.id, c.video_id, substr(c.text, 1, 3), 0, 3, c.text,
  jsonb_build_array(jsonb_build_object('text', substr(c.text, 1, 3), 'start', 0, 'end', 3, 'confidence', 0.9,
    'method', 'bare', 'url', null)), %(confidence)s, 'bare', %(version)s, c.discovered_at
from comment c cross join domain d
where c.id = %(comment)s and d.domain_name = %(domain)s and length(c.text) >= 3
on conflict do nothing
"""


def some_comments(number: int, first: int = 0) -> list[Comment]:
    """Comments under a few videos, seen one after another."""
    return [
        Comment(str(key), str(90 + key % 3), TEXTS[key % len(TEXTS)], observed_at=NOON + timedelta(minutes=key))
        for key in range(first, first + number)
    ]


def read(comments: Sequence[Comment]) -> Batch:
    """A batch with what the present rules find in it."""
    return Batch(comments=list(zip(comments, extract_batch([each.text for each in comments]), strict=True)))


async def write(database: Database, comments: Sequence[Comment]) -> None:
    """Write comments as an import of this version does."""
    writer = await RunWriter.start(database, "test", {}, EXTRACTOR_VERSION)
    await writer.write(read(comments))
    await writer.finish()


def age(conninfo: str, *, seed: int = 0, judged: bool = False) -> None:
    """Spoil about half of the mentions, add stray ones, and put another version on nine comments of ten.

    The mentions of the others stay right; where `judged`, a person gave some of all mentions a role.
    """
    chance = random.Random(seed)
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        connection.execute(
            "insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)"
            " values ('stray.com', 'stray.com', 'com', 'com', 'stray.com') on conflict do nothing"
        )
        for comment, mentions in _mentions(connection):
            if chance.random() < 0.1:
                continue
            version = chance.choice([OLD, "2026.9.12", None])
            connection.execute("update comment set extractor_version = %s where id = %s", [version, comment])
            for mention in mentions:
                if chance.random() < 0.5:
                    connection.execute(chance.choice(_SPOILT), [mention])
            stray = {"confidence": chance.choice([0.3, 0.9]), "version": OLD, "comment": comment}
            for name in ("stray.com", "velmora.com"):
                if chance.random() < 0.2:
                    connection.execute(_STRAY, {**stray, "domain": name})
        for _, mentions in _mentions(connection) if judged else ():
            for mention in mentions:
                if chance.random() < 0.3:
                    connection.execute("update domain_mention set role = 'promoted' where id = %s", [mention])


def _mentions(connection: psycopg.Connection[Any]) -> list[tuple[Any, list[Any]]]:
    return connection.execute(
        "select c.id, array_remove(array_agg(m.id order by m.domain_id), null) from comment c"
        " left join domain_mention m on m.comment_id = c.id group by c.id order by c.comment_id"
    ).fetchall()


def rows(conninfo: str, statement: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:
    """What a statement gives, in a transaction of its own."""
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        cursor = connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


MENTIONS: LiteralString = (
    "select c.text, d.domain_name, m.position_start, m.position_end, m.discovered_at = c.discovered_at,"
    " m.video_id = c.video_id, m.extractor_version"
    " from domain_mention m join comment c on c.id = m.comment_id join domain d on d.id = m.domain_id"
)


def assert_every_comment_is_read(conninfo: str) -> None:
    """Each text's mentions are those of the present rules, no more and no fewer."""
    texts = [text for (text,) in rows(conninfo, "select text from comment")]
    expected = []
    for text, mentions in zip(texts, extract_batch(texts), strict=True):
        first = {mention.domain.domain_name: mention for mention in reversed(mentions)}
        expected += [
            (text, name, mention.start, mention.end, True, True, EXTRACTOR_VERSION) for name, mention in first.items()
        ]
    assert sorted(rows(conninfo, MENTIONS)) == sorted(expected)
    assert rows(conninfo, "select distinct extractor_version from comment") == [(EXTRACTOR_VERSION,)]


OTHERS: LiteralString = (
    "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
)


async def figure(conninfo: str, statement: LiteralString) -> int:
    """A figure of the server's statistics, once all others have left: a process tells its own when it ends."""
    for _ in range(200):
        if rows(conninfo, OTHERS) == [(0,)]:
            break
        await asyncio.sleep(0.05)
    value: int = rows(conninfo, statement)[0][0]
    return value
