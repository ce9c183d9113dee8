"""Stored comments that other rules read: found by the version on them, and read again a transaction a batch.

The version on the comment is the cursor: it is written with the mentions, so that whatever cuts this short, the same
call goes on with the comments that still have another one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

import psycopg

from harvester.model import Comment, Mention
from harvester.store.attempts import attempted
from harvester.store.copy_text import copy_text
from harvester.store.database import WORKER, Connection, Database
from harvester.store.staging import mention_rows
from harvester.store.statements import statements

BATCH_SIZE = 2_000
"""Comments a transaction: importers wait for it."""
_SQL = statements("reextraction")
_INGEST_SQL = statements("ingest")

Extract = Callable[[Sequence[str]], Sequence[Sequence[Mention]]]
"""Finds the mentions of each of many texts."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The extractor of one version."""

    version: str
    extract: Extract


@dataclass(frozen=True, slots=True)
class StoredMention:
    """One domain that is stored for a comment."""

    domain_name: str
    tier: str
    is_judged: bool
    """Whether a person gave it a role."""


@dataclass(frozen=True, slots=True)
class StoredComment:
    """One comment as far as reading it again takes it."""

    id: UUID
    comment_id: str
    text: str
    mentions: Sequence[StoredMention] = ()


@dataclass(frozen=True, slots=True)
class Renewed:
    """What reading comments again did to them and their mentions."""

    comments: int = 0
    added: int = 0
    removed: int = 0
    renewed: int = 0
    """Mentions that were found again: their columns are those of the new rules."""
    domains: int = 0
    """Domains that were not stored before."""
    refused: int = 0
    """Comments that stay as they were, since the database refuses what is found in them."""

    def __add__(self, other: Renewed) -> Renewed:
        return Renewed(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


async def comments_by_version(database: Database) -> dict[str | None, int]:
    """How many comments each version of the rules read last; under None, those that none has read."""

    async def work() -> dict[str | None, int]:
        async with database.transaction(WORKER) as connection:
            rows = await (await connection.execute(_SQL["versions"])).fetchall()
            return {row["version"]: row["comments"] for row in rows}

    return await attempted(work, "The versions could not be counted")


async def stale_comments(
    database: Database, versions: Sequence[str], *, batch_size: int = BATCH_SIZE
) -> AsyncIterator[list[StoredComment]]:
    """The comments that these versions read last, or none, with what is stored of them; nothing is locked."""
    after = UUID(int=0)
    while batch := await _stale_batch(database, versions, after, batch_size):
        yield batch
        after = batch[-1].id


async def read_again(
    database: Database, versions: Sequence[str], rules: Rules, *, batch_size: int = BATCH_SIZE
) -> AsyncIterator[Renewed]:
    """Replace the mentions of the same comments by what the rules find, and note their version; each batch's work.

    What a person judged stays as it is. Several at the same moment read each comment once.
    """
    after = UUID(int=0)
    while True:
        last, renewed = await _batch_or_less(database, versions, rules, after, batch_size)
        if last is None:
            return
        yield renewed
        after = last


async def _stale_batch(
    database: Database, versions: Sequence[str], after: UUID, batch_size: int
) -> list[StoredComment]:
    asked = {"versions": list(versions), "after": after, "limit": batch_size}

    async def work() -> list[StoredComment]:
        async with database.transaction(WORKER) as connection:
            rows = await (await connection.execute(_SQL["stale_comments"], asked)).fetchall()
            mentions = await _stored_mentions(connection, [row["id"] for row in rows])
            return [StoredComment(**row, mentions=mentions.get(row["id"], ())) for row in rows]

    return await attempted(work, "Comments could not be read")


async def _stored_mentions(connection: Connection, comments: list[UUID]) -> dict[UUID, list[StoredMention]]:
    mentions: dict[UUID, list[StoredMention]] = {}
    for row in await (await connection.execute(_SQL["stored_mentions"], {"comments": comments})).fetchall():
        mentions.setdefault(row.pop("comment_row"), []).append(StoredMention(**row))
    return mentions


Done = tuple[UUID | None, Renewed]
"""The key of the last comment that was read, None where none was left; and what became of the batch."""


async def _batch_or_less(
    database: Database, versions: Sequence[str], rules: Rules, after: UUID, batch_size: int
) -> Done:
    """Read a batch again; where the database refuses what is found in it, half of it, down to one comment.

    A comment whose mentions it refuses keeps its own, and its version, and is passed over.
    """
    try:
        return await _batch(database, versions, rules, after, batch_size)
    except (psycopg.DataError, psycopg.IntegrityError):
        if batch_size > 1:
            return await _batch_or_less(database, versions, rules, after, batch_size // 2)
    refused = await _stale_batch(database, versions, after, 1)
    return (refused[0].id, Renewed(refused=1)) if refused else (None, Renewed())


async def _batch(database: Database, versions: Sequence[str], rules: Rules, after: UUID, batch_size: int) -> Done:
    asked = {"versions": list(versions), "after": after, "limit": batch_size}

    async def work() -> Done:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["hold_off_importers"])
            rows = await (await connection.execute(_SQL["lock_stale_comments"], asked)).fetchall()
            if not rows:
                return None, Renewed()
            comments = [StoredComment(**row) for row in rows]
            return max(comment.id for comment in comments), await _renew(connection, comments, rules)

    return await attempted(work, "Comments could not be read again")


async def _renew(connection: Connection, comments: Sequence[StoredComment], rules: Rules) -> Renewed:
    """Write what is found in comments that are locked.

    The texts are read under the lock: nobody changes one between its being read and its mentions' being written.
    """
    keys = {"comments": [comment.id for comment in comments]}
    added = removed = renewed = domains = 0
    block = _staged(comments, rules.extract([comment.text for comment in comments]), rules.version)
    await connection.execute(_INGEST_SQL["stage"])
    if block:
        async with connection.cursor() as cursor, cursor.copy("copy pg_temp.staged_mention from stdin") as copy:
            await copy.write(block)
        domains = await _count(connection, "insert_domains")
    await connection.execute(_SQL["lock_domains"], keys)
    removed = (await connection.execute(_SQL["delete_vanished"], keys)).rowcount
    if block:
        renewed = (await connection.execute(_SQL["renew_mentions"])).rowcount
        added = await _count(connection, "insert_mentions")
    await connection.execute(_SQL["note_version"], {**keys, "version": rules.version})
    return Renewed(len(comments), added, removed, renewed, domains)


def _staged(comments: Sequence[StoredComment], found: Sequence[Sequence[Mention]], version: str) -> bytes:
    """Rows of `staged_mention`, made as an import makes them."""
    pairs = [(comment, mentions) for comment, mentions in zip(comments, found, strict=True) if mentions]
    return copy_text(
        mention_rows(
            [(Comment(comment.comment_id, None, comment.text), mentions) for comment, mentions in pairs],
            [comment.id.hex for comment, _ in pairs],
            version,
        )
    )


async def _count(connection: Connection, statement: str) -> int:
    row = await (await connection.execute(_INGEST_SQL[statement])).fetchone()
    assert row is not None, "an aggregate gives one row"
    return int(row["n"])
