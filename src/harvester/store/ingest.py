"""Writes what a source brings: one transaction a batch, with the run's counts and cursor in it.

Always `fetched = stored + updated + duplicate + quarantined`. Natural keys and `on conflict` make any
repetition or order of the same batches end in the same rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec
import psycopg
from psycopg import errors as refusals

from harvester.errors import StoreError
from harvester.model import Record, Refused
from harvester.store.attempts import PASSING, attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.ids import uuid7
from harvester.store.merge import COMMENT, VIDEO, Merged, lock_statement, update_statement
from harvester.store.staging import Batch, Row, comment_rows, quarantine_rows, video_rows
from harvester.store.statements import statements

# A parent of this batch may have been written by another writer a moment before.
_PASSING = (*PASSING, refusals.ForeignKeyViolation)
_SQL = statements("ingest")
_RUN_SQL = statements("run")


@dataclass(frozen=True, slots=True)
class RunCounts:
    """What became of the records of one run: `fetched = stored + updated + duplicate + quarantined`."""

    fetched: int
    stored: int
    updated: int
    duplicate: int
    quarantined: int
    mention_count: int
    """Mentions that the run added, shown and held."""
    domain_count: int
    """Domains that the run added."""
    errors: Mapping[str, int]
    """How often each thing was wrong, by code."""


class RunWriter:
    """Writes the batches of one run, each once, however often the connection is lost on the way."""

    def __init__(self, database: Database, run_id: UUID, started_at: datetime, extractor_version: str) -> None:
        self.run_id = run_id
        self._database = database
        self._started_at = started_at
        self._extractor_version = extractor_version
        self._batch = 0

    @classmethod
    async def start(
        cls, database: Database, source: str, request: Mapping[str, Any], extractor_version: str
    ) -> RunWriter:
        """Open a run of `source`; `request` says what was asked (a file's name and hash, a query)."""
        async with database.transaction(WORKER) as connection:
            cursor = await connection.execute(
                _RUN_SQL["start_run"],
                {
                    "id": uuid7(),
                    "source": source,
                    "request": json.dumps(request),
                    "extractor_version": extractor_version,
                },
            )
            row = await cursor.fetchone()
        assert row is not None, "an insert that returns gives its row"
        return cls(database, row["id"], row["started_at"], extractor_version)

    async def write(self, batch: Batch) -> None:
        """Write one batch. A record that the database refuses goes to quarantine; the others are stored."""
        if not len(batch) and not batch.errors:
            return
        try:
            await self._write_once(batch)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            for part in _divided(batch, error):
                await self.write(part)

    async def finish(self, state: str = "finished") -> RunCounts:
        """Close the run as `finished`, `failed` or `stopped`, and return its counts."""
        async with self._database.transaction(WORKER) as connection:
            await connection.execute(_SQL["link_all_waiting_replies"])
            await connection.execute(_RUN_SQL["finish_run"], {"id": self.run_id, "state": state})
            cursor = await connection.execute(_RUN_SQL["run_by_id"], {"id": self.run_id})
            row = await cursor.fetchone()
        assert row is not None, "this run was started"
        return RunCounts(**{name: row[name] for name in RunCounts.__slots__})

    async def _write_once(self, batch: Batch) -> None:
        """Write the batch, trying again while the refusal is one that passes."""
        self._batch += 1

        async def work() -> None:
            async with self._database.transaction(WORKER) as connection:
                await self._write(connection, batch)

        try:
            await attempted(work, "A batch could not be written", passing=_PASSING)
        except (psycopg.Error, StoreError):
            self._batch -= 1
            raise

    async def _write(self, connection: Connection, batch: Batch) -> None:
        await connection.execute(_SQL["stage"])
        waves = await self._stage(connection, batch)
        await connection.execute(_SQL["hold_off_cleanup"])
        await connection.execute(_SQL["clamp_to_now"])

        videos_stored = videos_updated = 0
        for wave in range(waves["video"]):
            videos_stored += await _count(connection, _SQL["insert_videos"], {"wave": wave})
            videos_updated += sum(not row["is_stub"] for row in await _merge(connection, VIDEO, wave))
        comments_stored = comments_updated = 0
        rewritten: list[UUID] = []
        for wave in range(waves["comment"]):
            comments_stored += await _count(connection, _SQL["insert_comments"], {"wave": wave})
            changed = await _merge(connection, COMMENT, wave)
            comments_updated += len(changed)
            rewritten += [row["staged_id"] for row in changed if row["text_changed"]]
        await connection.execute(_SQL["link_waiting_replies"])

        await connection.execute(_SQL["keep_new_mentions"], {"rewritten": rewritten})
        domains = await _count(connection, _SQL["insert_domains"])
        mentions = await _count(connection, _SQL["insert_mentions"])
        await connection.execute(_SQL["insert_quarantine"], {"run": self.run_id})

        stored, updated = videos_stored + comments_stored, videos_updated + comments_updated
        counts = {
            "fetched": len(batch),
            "stored": stored,
            "updated": updated,
            "duplicate": len(batch.videos) + len(batch.comments) - stored - updated,
            "quarantined": len(batch.refused),
            "mentions": mentions,
            "domains": domains,
        }
        await self._advance(connection, batch, counts)

    async def _stage(self, connection: Connection, batch: Batch) -> dict[str, int]:
        """Fill the staging tables; the number of waves of each kind of record."""
        videos = video_rows(batch, self._started_at)
        comments: list[Row] = []
        mentions: list[Row] = []
        for comment, its_mentions in comment_rows(batch.comments, self._started_at, self._extractor_version):
            comments.append(comment)
            mentions += its_mentions
        await _copy(connection, "copy pg_temp.staged_video from stdin", videos)
        await _copy(connection, "copy pg_temp.staged_comment from stdin", comments)
        await _copy(connection, "copy pg_temp.staged_mention from stdin", mentions)
        await _copy(connection, "copy pg_temp.staged_quarantine from stdin", quarantine_rows(batch.refused))
        return {
            "video": 1 + max((row[1] for row in videos), default=-1),
            "comment": 1 + max((row[1] for row in comments), default=-1),
        }

    async def _advance(self, connection: Connection, batch: Batch, counts: dict[str, int]) -> None:
        """Count the batch in the run. Where it is counted already, the whole transaction is undone."""
        errors = Counter(batch.errors)
        errors.update(refused.reason for refused in batch.refused)
        cursor = await connection.execute(
            _SQL["advance_run"],
            {"run": self.run_id, "batch": self._batch, "errors": json.dumps(errors), **counts},
        )
        if await cursor.fetchone() is None:
            raise psycopg.Rollback


def _divided(batch: Batch, error: psycopg.Error) -> Iterable[Batch]:
    """Two halves of a batch, or a single record as refused: in a few steps the culprit stands alone."""
    if len(batch) == 1:
        words = error.diag.message_primary or str(error)
        records: list[Record] = [*batch.videos, *(comment for comment, _ in batch.comments), *batch.refused]
        raw = msgspec.json.encode(records[0], order="sorted")
        yield Batch(refused=[Refused("refused_by_database", f"The database refused it: {words}.", raw)])
        return
    # A cut through each kind of record halves them all; a kind of one record goes to the first part.
    cuts = [(len(kind) + 1) // 2 for kind in (batch.videos, batch.comments, batch.refused)]
    if len(batch.videos) <= 1 and len(batch.comments) <= 1 and len(batch.refused) <= 1:
        cuts = [len(batch.videos), 0, 0] if batch.videos else [0, len(batch.comments), 0]
    videos, comments, refused = cuts
    yield Batch(batch.videos[:videos], batch.comments[:comments], batch.refused[:refused], batch.errors)
    yield Batch(batch.videos[videos:], batch.comments[comments:], batch.refused[refused:])


async def _merge(connection: Connection, merged: Merged, wave: int) -> list[dict[str, Any]]:
    if not await _count(connection, lock_statement(merged), {"wave": wave}):
        return []
    cursor = await connection.execute(update_statement(merged), {"wave": wave})
    return await cursor.fetchall()


async def _count(connection: Connection, statement: LiteralString, parameters: Mapping[str, Any] | None = None) -> int:
    row = await (await connection.execute(statement, parameters)).fetchone()
    assert row is not None, "an aggregate gives one row"
    return int(row["n"])


async def _copy(connection: Connection, statement: LiteralString, rows: Iterable[Row]) -> None:
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)
