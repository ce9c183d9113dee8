"""Writes what a source brings: one transaction a batch, with the run's counts and cursor in it.

Always `fetched = stored + updated + duplicate + quarantined`. Natural keys and `on conflict` make any
repetition or order of the same batches end in the same rows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import errors as refusals

from harvester.model import Comment, Refused
from harvester.store.attempts import MOST, PASSING, attempted
from harvester.store.comment_lines import TO_STAGING
from harvester.store.database import WORKER, Connection, Database
from harvester.store.digest import observation_digests
from harvester.store.ids import uuid7
from harvester.store.merge import COMMENT, VIDEO, Merged, lock_statement, update_statement
from harvester.store.run import RunCounts
from harvester.store.sifting import halves, joined, refused_by_database
from harvester.store.staging import Batch, Staged, stage
from harvester.store.statements import statements

# A parent of this batch may have been written by another writer a moment before.
_PASSING = (*PASSING, refusals.ForeignKeyViolation)
_SEPARATOR = "\x1f"
"""A control character that no id of TikTok holds."""
_PROBED = 64
"""Comments of a batch that are looked up first, to see whether looking up all of them is worth it."""
_SQL = statements("ingest")
_RUN_SQL = statements("run")


class RunWriter:
    """Writes the batches of one run, each once, however often the connection is lost on the way.

    Batches have numbers from 1 on. Several may be written at the same time; a run that was cut short goes on
    with those that are missing.
    """

    def __init__(self, database: Database, run: Mapping[str, Any], extractor_version: str, seen_at: datetime) -> None:
        cursor = run["cursor"] or {}
        self.run_id: UUID = run["id"]
        self.written: int = run["fetched"]
        """Records that were written before this run was taken up again."""
        self._database = database
        self.seen_at = seen_at
        """When records without a time of their own count as observed."""
        self.extractor_version = extractor_version
        self._batch: int = cursor.get("batch", 0)
        self._ahead = frozenset(cursor.get("ahead", []))
        self._reached = self._batch

    @classmethod
    async def start(
        cls, database: Database, source: str, request: Mapping[str, Any], extractor_version: str
    ) -> RunWriter:
        """Open a run of `source`; `request` says what was asked (a file's name and hash, a query).

        Where it holds the `sha256` of a content, an unfinished run over the same content goes on, and what the
        records say counts as observed when that content was first imported.
        """
        asked = {
            "id": uuid7(),
            "source": source,
            "request": json.dumps(request),
            "sha256": request.get("sha256"),
            "extractor_version": extractor_version,
        }

        async def work() -> tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]:
            async with database.transaction(WORKER) as connection:
                run = None
                if asked["sha256"] is not None:
                    run = await (await connection.execute(_RUN_SQL["resume_run"], asked)).fetchone()
                if run is None:
                    run = await (await connection.execute(_RUN_SQL["start_run"], asked)).fetchone()
                return run, await (await connection.execute(_RUN_SQL["first_import"], asked)).fetchone()

        run, first = await attempted(work, "The run could not be opened")
        assert run is not None, "an insert that returns gives its row"
        assert first is not None, "an aggregate gives one row"
        return cls(database, run, extractor_version, first["started_at"] or run["started_at"])

    def is_written(self, number: int) -> bool:
        """Whether the batch with this number was written before the run was taken up again."""
        return number <= self._reached or number in self._ahead

    async def unknown(self, comments: Sequence[Comment]) -> list[Comment]:
        """Those comments that are worth writing: without the ones whose very observation is stored already.

        It may keep some of these, never drop another: a few are looked up first, and where most of them are new
        all are taken for new.
        """
        probed = comments[:: max(1, len(comments) // _PROBED)]
        if not probed or len(await self._unknown(probed)) * 2 > len(probed):
            return list(comments)
        return [comments[place] for place in await self._unknown(comments)]

    async def write(self, batch: Batch, number: int | None = None) -> None:
        """Write one batch. A record that the database refuses goes to quarantine; the others are stored.

        Without a number it is the next one; then only one batch may be written at a time, and an empty one is not.
        """
        if number or len(batch) or batch.errors or batch.naming:
            staged = await asyncio.to_thread(stage, batch, self.seen_at, self.extractor_version)
            await self.write_staged(staged, number or self._batch + 1, lambda: batch)

    async def write_staged(self, staged: Staged, number: int, batch: Callable[[], Batch]) -> None:
        """Write a batch that is staged already; `batch` gives it anew where some of its records are refused."""
        try:
            await self._write_once(staged, number)
        except (psycopg.DataError, psycopg.IntegrityError):
            sifted = await self._sifted(batch())
            await self._write_once(stage(sifted, self.seen_at, self.extractor_version), number)
        self._batch = max(self._batch, number)

    async def finish(self, state: str = "finished") -> RunCounts:
        """Close the run as `finished`, `failed` or `stopped`, and return its counts."""

        async def work() -> Mapping[str, Any] | None:
            async with self._database.transaction(WORKER) as connection:
                await connection.execute(_SQL["link_all_waiting_replies"])
                await connection.execute(_RUN_SQL["finish_run"], {"id": self.run_id, "state": state})
                return await (await connection.execute(_RUN_SQL["run_by_id"], {"id": self.run_id})).fetchone()

        # Without its mark a run that was cut short is taken up again all the same: nobody waits for that for long.
        most = MOST if state == "finished" else 2
        row = await attempted(work, "The run could not be closed", most=most)
        assert row is not None, "this run was started"
        return RunCounts(**{name: row[name] for name in RunCounts.__slots__})

    async def _unknown(self, comments: Sequence[Comment]) -> Sequence[int]:
        """Places of the comments whose very observation is not stored, in their order."""
        ids = [comment.comment_id or "" for comment in comments]
        # One text each, taken apart by the server: an array of ten thousand costs the driver more than the question.
        asked = {"ids": _SEPARATOR.join(ids), "digests": observation_digests(comments), "separator": _SEPARATOR}
        if asked["ids"].count(_SEPARATOR) != len(ids) - 1:
            return range(len(comments))

        async def work() -> list[int]:
            async with self._database.transaction(WORKER) as connection:
                cursor = await connection.execute(_SQL["unknown_observations"], asked)
                return [row["place"] for row in await cursor.fetchall()]

        return await attempted(work, "Known comments could not be looked up")

    async def _write_once(self, staged: Staged, number: int) -> None:
        """Write the batch, trying again while the refusal is one that passes."""

        async def work() -> None:
            async with self._database.transaction(WORKER) as connection:
                counts = await self._write(connection, staged)
                await self._advance(connection, staged, counts, number)

        await attempted(work, "A batch could not be written", passing=_PASSING)

    async def _sifted(self, batch: Batch) -> Batch:
        """The batch with those records refused that the database refuses, found by halving."""
        refused: list[Refused] = []

        async def trial(part: Batch) -> Batch:
            try:
                await self._try(part)
            except (psycopg.DataError, psycopg.IntegrityError) as error:
                if len(part) == 1:
                    refused.append(refused_by_database(part, error))
                    return Batch()
                one, other = halves(part)
                return joined(await trial(one), await trial(other))
            return part

        good = await trial(replace(batch, errors={}, known=0, released=()))
        return replace(batch, videos=good.videos, comments=good.comments, refused=[*good.refused, *refused])

    async def _try(self, batch: Batch) -> None:
        """Write the batch and undo it: raises what the database has against it."""

        async def work() -> None:
            async with self._database.transaction(WORKER) as connection:
                await self._write(connection, stage(batch, self.seen_at, self.extractor_version))
                raise psycopg.Rollback

        await attempted(work, "A batch could not be tried", passing=_PASSING)

    async def _write(self, connection: Connection, staged: Staged) -> dict[str, int]:
        """Write all but the run; what became of the records."""
        if staged.is_empty:
            nothing = dict.fromkeys(("stored", "updated", "quarantined", "mentions", "domains"), 0)
            return {"fetched": staged.fetched, "duplicate": staged.fetched, **nothing}
        await connection.execute(_SQL["stage"])
        await _copy(connection, "copy pg_temp.staged_video from stdin", staged.videos)
        await _copy(connection, "copy pg_temp.staged_mention from stdin", staged.mentions)
        await _copy(connection, "copy pg_temp.staged_quarantine from stdin", staged.quarantine)
        await connection.execute(_SQL["hold_off_cleanup"])
        await connection.execute(_SQL["clamp_to_now"])

        stored = updated = 0
        for wave in range(staged.video_waves):
            stored += await _count(connection, _SQL["insert_videos"], {"wave": wave})
        comments_stored, comments_updated = await self._merge_comments(connection, staged)
        stored, updated = stored + comments_stored, updated + comments_updated

        domains = await _count(connection, _SQL["insert_domains"]) if staged.mentions else 0
        mentions = await _count(connection, _SQL["insert_mentions"]) if staged.mentions else 0
        # Last, because it locks rows that other writers want: a video with many comments is in all their batches.
        for wave in range(staged.video_waves):
            updated += sum(not row["is_stub"] for row in await _merge(connection, VIDEO, wave))
        if staged.quarantined:
            await connection.execute(_SQL["insert_quarantine"], {"run": self.run_id})
        if staged.released:
            await connection.execute(_SQL["release_quarantine"], {"released": list(staged.released)})
        return {
            "fetched": staged.fetched,
            "stored": stored,
            "updated": updated,
            "duplicate": staged.fetched - staged.quarantined - stored - updated,
            "quarantined": staged.quarantined,
            "mentions": mentions,
            "domains": domains,
        }

    async def _merge_comments(self, connection: Connection, staged: Staged) -> tuple[int, int]:
        """Insert the comments that are new and merge the others; how many were stored and updated."""
        await _copy(connection, TO_STAGING, staged.comments.block)
        await connection.execute(_SQL["clamp_comments_to_now"])
        stored = updated = 0
        rewritten: dict[str, UUID] = {}
        for wave in range(len(staged.comments.in_wave)):
            inserted = (await connection.execute(_SQL["insert_comments"], {"wave": wave})).rowcount
            stored += inserted
            if inserted == staged.comments.in_wave[wave]:
                # Nothing of this wave was there before.
                continue
            changed = await _merge(connection, COMMENT, wave)
            moved = await (await connection.execute(_SQL["move_comments"], {"wave": wave})).fetchall()
            touched = {row["key"] for row in [*changed, *moved]}
            updated += len(touched)
            if touched:
                keys = {"changed": list(touched), "moved": [row["key"] for row in moved]}
                await connection.execute(_SQL["unlink_replies"], keys)
            rewritten |= {row["key"]: row["staged_id"] for row in changed if row["text_changed"]}
        if staged.comments.keys:
            await connection.execute(_SQL["link_waiting_replies"])
        if staged.mentions:
            await connection.execute(
                _SQL["keep_new_mentions"], {"rewritten": list(rewritten), "rewriting": list(rewritten.values())}
            )
        return stored, updated

    async def _advance(self, connection: Connection, staged: Staged, counts: dict[str, int], number: int) -> None:
        """Count the batch in the run. Where it is counted already, the whole transaction is undone."""
        await connection.execute(_SQL["hold_run"], {"run": self.run_id})
        cursor = await connection.execute(
            _SQL["advance_run"], {"run": self.run_id, "batch": number, "errors": json.dumps(staged.errors), **counts}
        )
        if await cursor.fetchone() is None:
            raise psycopg.Rollback


async def _merge(connection: Connection, merged: Merged, wave: int) -> list[dict[str, Any]]:
    if not await _count(connection, lock_statement(merged), {"wave": wave}):
        return []
    cursor = await connection.execute(update_statement(merged), {"wave": wave})
    return await cursor.fetchall()


async def _count(connection: Connection, statement: LiteralString, parameters: Mapping[str, Any] | None = None) -> int:
    row = await (await connection.execute(statement, parameters)).fetchone()
    assert row is not None, "an aggregate gives one row"
    return int(row["n"])


async def _copy(connection: Connection, statement: LiteralString, block: bytes) -> None:
    if block:
        async with connection.cursor() as cursor, cursor.copy(statement) as copy:
            await copy.write(block)
