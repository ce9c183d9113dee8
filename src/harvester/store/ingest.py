"""Writes what a source brings: one transaction a batch, with the run's counts and cursor in it.

Always `fetched = stored + updated + duplicate + quarantined`. Natural keys and `on conflict` make any
repetition or order of the same batches end in the same rows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors as refusals

from harvester.model import Comment, Refused
from harvester.store.attempts import MOST, PASSING, attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.digest import observation_digests
from harvester.store.ids import uuid7
from harvester.store.run import BatchCounts, RunCounts
from harvester.store.sifting import halves, joined, refused_by_database
from harvester.store.staging import Batch, Staged, stage
from harvester.store.statements import statements
from harvester.store.writing import write_rows

# A parent of this batch may have been written by another writer a moment before.
_PASSING = (*PASSING, refusals.ForeignKeyViolation)
_SEPARATOR = "\x1f"
"""A control character that no id of TikTok holds."""
_PROBED = 64
"""Comments of a batch that are looked up first, to see whether looking up all of them is worth it."""
_SQL = statements("ingest")
_RUN_SQL = statements("run")

Also = Callable[[Connection, BatchCounts], Awaitable[None]]
"""What is committed together with a batch: a cursor, the state of a job. It may be called again where its transaction
was undone, so it writes by this connection alone."""
AtTheEnd = Callable[[Connection, RunCounts], Awaitable[None]]
"""The same for the end of a run."""


class _Undone(Exception):
    """The transaction is to be undone: the batch is in the run's counts already, or what goes along says so."""


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
        request, is_file = run["request"], "sha256" in run["request"]
        self._video: str | None = None if is_file else request.get("video_id")
        """The one whose comments are all that this run brings; None where it brings those of any, or none."""
        self._has_comments = is_file and self.written > 0
        """Whether it wrote comments, or may have before it was taken up again."""

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

    @classmethod
    async def resume(cls, database: Database, run_id: UUID, extractor_version: str) -> RunWriter | None:
        """Take an unfinished run up again, whoever began it; None where it is finished or gone.

        What its records say counts as observed when it began.
        """
        asked = {"id": run_id, "extractor_version": extractor_version}

        async def work() -> Mapping[str, Any] | None:
            async with database.transaction(WORKER) as connection:
                return await (await connection.execute(_RUN_SQL["resume_run_by_id"], asked)).fetchone()

        run = await attempted(work, "The run could not be taken up again")
        return cls(database, run, extractor_version, run["started_at"]) if run is not None else None

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

    async def write(self, batch: Batch, number: int | None = None, *, also: Also | None = None) -> bool:
        """Write one batch; whether this call wrote it. A record that the database refuses goes to quarantine.

        Without a number it is the next one; then only one batch may be written at a time, and an empty one is not
        unless there is something to do `also`: that runs in the batch's own transaction, last, with its counts.
        Where the number is counted already nothing happens, and `also` has no effect: another call wrote it, or this
        one did and the answer to its COMMIT was lost. The same where `also` undoes it all by psycopg.Rollback.
        """
        if not (number or len(batch) or batch.errors or batch.naming or also):
            return False
        staged = await asyncio.to_thread(stage, batch, self.seen_at, self.extractor_version)
        return await self.write_staged(staged, number or self._batch + 1, lambda: batch, also=also)

    async def write_staged(
        self, staged: Staged, number: int, batch: Callable[[], Batch], *, also: Also | None = None
    ) -> bool:
        """Write a batch that is staged already; `batch` gives it anew where some of its records are refused."""
        try:
            is_new = await self._write_once(staged, number, also)
        except (psycopg.DataError, psycopg.IntegrityError):
            sifted = await self._sifted(batch())
            is_new = await self._write_once(stage(sifted, self.seen_at, self.extractor_version), number, also)
        self._batch = max(self._batch, number)
        self._has_comments |= bool(staged.comments.keys)
        return is_new

    async def finish(self, state: str = "finished") -> RunCounts:
        """Close the run as `finished`, `failed` or `stopped`, and return its counts."""
        # Without its mark a run that was cut short is taken up again all the same: nobody waits for that for long.
        counts = await self._close(state, None, MOST if state == "finished" else 2)
        assert counts is not None, "nothing undoes it"
        return counts

    async def finish_with(self, also: AtTheEnd) -> RunCounts | None:
        """Close the run, and do `also` in the same transaction, unless the run was closed like that before.

        Returns its counts; None where `also` undid it all by psycopg.Rollback.
        """
        return await self._close("finished", also, MOST)

    async def _close(self, state: str, also: AtTheEnd | None, most: int) -> RunCounts | None:
        async def work() -> RunCounts | None:
            try:
                async with self._database.transaction(WORKER) as connection:
                    await self._link_replies(connection)
                    closed = await connection.execute(_RUN_SQL["finish_run"], {"id": self.run_id, "state": state})
                    row = await (await connection.execute(_RUN_SQL["run_by_id"], {"id": self.run_id})).fetchone()
                    assert row is not None, "this run was started"
                    counts = RunCounts(**{name: row[name] for name in RunCounts.__slots__})
                    if also is not None and closed.rowcount:
                        await _along(also(connection, counts))
            except _Undone:
                return None
            return counts

        return await attempted(work, "The run could not be closed", most=most)

    async def _link_replies(self, connection: Connection) -> None:
        """Link what this run and another writer, or two batches of it, may have brought at one moment."""
        if self._video is not None:
            await connection.execute(_SQL["link_waiting_replies_of_video"], {"video": self._video})
        elif self._has_comments:
            await connection.execute(_SQL["link_all_waiting_replies"])

    async def _unknown(self, comments: Sequence[Comment]) -> Sequence[int]:
        """Places of the comments whose very observation by this source is not stored, in their order."""
        ids = [comment.comment_id or "" for comment in comments]
        # One text each, taken apart by the server: an array of ten thousand costs the driver more than the question.
        whole = _SEPARATOR.join(ids)
        if whole.count(_SEPARATOR) != len(ids) - 1:
            return range(len(comments))
        digests = observation_digests(comments)
        asked = {"ids": whole, "digests": digests, "separator": _SEPARATOR, "run": self.run_id}

        async def work() -> list[int]:
            async with self._database.transaction(WORKER) as connection:
                cursor = await connection.execute(_SQL["unknown_observations"], asked)
                return [row["place"] for row in await cursor.fetchall()]

        return await attempted(work, "Known comments could not be looked up")

    async def _write_once(self, staged: Staged, number: int, also: Also | None) -> bool:
        """Write the batch, trying again while the refusal is one that passes; whether it was not written before."""

        async def work() -> bool:
            try:
                async with self._database.transaction(WORKER) as connection:
                    counts = await write_rows(connection, staged, self.run_id)
                    await self._advance(connection, staged, counts, number)
                    if also is not None:
                        await _along(also(connection, counts))
            except _Undone:
                return False
            return True

        return await attempted(work, "A batch could not be written", passing=_PASSING)

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
        kept = {name: getattr(good, name) for name in ("videos", "comments", "creators", "ads")}
        return replace(batch, **kept, refused=[*good.refused, *refused])

    async def _try(self, batch: Batch) -> None:
        """Write the batch and undo it: raises what the database has against it."""

        async def work() -> None:
            async with self._database.transaction(WORKER) as connection:
                await write_rows(connection, stage(batch, self.seen_at, self.extractor_version), self.run_id)
                raise psycopg.Rollback

        await attempted(work, "A batch could not be tried", passing=_PASSING)

    async def _advance(self, connection: Connection, staged: Staged, counts: BatchCounts, number: int) -> None:
        """Count the batch in the run; raises where it is counted already, so that the whole transaction is undone."""
        await connection.execute(_SQL["hold_run"], {"run": self.run_id})
        cursor = await connection.execute(
            _SQL["advance_run"],
            {"run": self.run_id, "batch": number, "errors": json.dumps(staged.errors), **asdict(counts)},
        )
        if await cursor.fetchone() is None:
            raise _Undone


async def _along(also: Awaitable[None]) -> None:
    """Do what goes along. A rollback that it asks for would end the block of the transaction without a word."""
    try:
        await also
    except psycopg.Rollback as rollback:
        raise _Undone from rollback
