"""What is committed together with a batch: once, with its counts, or not at all."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from tests.store.test_ingest import NAMES, batch, rows

from harvester.model import Comment, Refused, Video
from harvester.store import ingest, writing
from harvester.store.database import Connection, Database
from harvester.store.ids import uuid7
from harvester.store.ingest import RunWriter
from harvester.store.run import BatchCounts, RunCounts
from harvester.store.staging import Batch

pytestmark = pytest.mark.anyio


class Note:
    """A job's state: a line in a table, written with the batch."""

    def __init__(self, *, broken: bool = False) -> None:
        self.counts: list[BatchCounts | RunCounts] = []
        self.broken = broken

    async def __call__(self, connection: Connection, counts: BatchCounts | RunCounts) -> None:
        self.counts.append(counts)
        await connection.execute("insert into public.video (video_id) values ('note:' || gen_random_uuid())")
        if self.broken:
            await connection.execute("select 1 / 0")


async def notes(database: Database) -> int:
    (row,) = await rows(database, "select count(*) as n from video where video_id like 'note:%'")
    return int(row["n"])


async def fetched(database: Database) -> list[Any]:
    return [tuple(row.values()) for row in await rows(database, "select fetched, state from run order by id")]


async def test_what_goes_along_sees_the_counts_of_its_batch_and_is_committed_with_it(conninfo: str) -> None:
    note = Note()
    records = batch(
        Video("1"),
        Comment("11", "1", f"see {NAMES[0]}"),
        Comment("11", "1", f"see {NAMES[0]}"),
        Refused("bad", "", b""),
    )
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        assert await writer.write(records, also=note)
        assert note.counts == [BatchCounts(4, 2, 0, 1, 1, mentions=1, domains=1)]
        assert await notes(database) == 1
        assert await fetched(database) == [(4, "running")]


async def test_what_goes_along_needs_no_records(conninfo: str) -> None:
    note = Note()
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        assert not await writer.write(Batch())
        assert await writer.write(Batch(), also=note)
        assert await writer.write(Batch(), also=note)
        assert note.counts == [BatchCounts(), BatchCounts()]
        assert await notes(database) == 2


async def test_a_batch_that_is_counted_already_takes_nothing_along(conninfo: str) -> None:
    first, again = Note(), Note()
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        assert await writer.write(batch(Comment("11", "1", "")), 1, also=first)
        assert not await writer.write(batch(Comment("12", "1", "")), 1, also=again)
        assert (again.counts, await notes(database)) == ([], 1)
        assert await rows(database, "select comment_id from comment") == [{"comment_id": "11"}]
        assert await fetched(database) == [(1, "running")]


async def test_a_batch_is_undone_where_what_goes_along_fails(conninfo: str) -> None:
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        with pytest.raises(psycopg.errors.DivisionByZero):
            await writer.write(batch(Comment("11", "1", "")), also=Note(broken=True))
        assert await rows(database, "select from comment") == []
        assert await fetched(database) == [(0, "running")]
        assert await notes(database) == 0


async def test_a_record_that_the_database_refuses_is_counted_before_anything_goes_along(conninfo: str) -> None:
    note = Note()
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        assert await writer.write(batch(Comment("11", "1", ""), Comment("12", "1", "", like_count=-1)), also=note)
        assert note.counts == [BatchCounts(2, 1, 0, 0, 1)]
        assert await notes(database) == 1


async def test_an_attempt_that_is_cut_off_leaves_nothing_and_the_next_one_takes_everything_along(
    conninfo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, cuts = Note(), iter([True])
    write_rows = writing.write_rows

    async def cut_off_once(connection: Connection, *rest: Any) -> BatchCounts:
        counts = await write_rows(connection, *rest)
        if next(cuts, False):
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as other:
                await other.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])
        return counts

    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        monkeypatch.setattr(ingest, "write_rows", cut_off_once)
        assert await writer.write(batch(Comment("11", "1", "")), also=note)
        assert (len(note.counts), await notes(database)) == (1, 1)
        assert await fetched(database) == [(1, "running")]


async def test_an_unfinished_run_goes_on_by_its_id(conninfo: str) -> None:
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        await writer.write(batch(Comment("11", "1", "")))
        await writer.finish("stopped")
        again = await RunWriter.resume(database, writer.run_id, "test-2")
        assert again is not None
        assert (again.run_id, again.written, again.seen_at) == (writer.run_id, 1, writer.seen_at)
        assert await again.write(batch(Comment("12", "1", "")))
        assert (await again.finish()).fetched == 2
        assert await rows(database, "select extractor_version, cursor -> 'batch' as batch from run") == [
            {"extractor_version": "test-2", "batch": 2}
        ]
        assert await RunWriter.resume(database, writer.run_id, "test-2") is None
        assert await RunWriter.resume(database, uuid7(), "test-2") is None


async def test_the_end_of_a_run_takes_along_what_belongs_to_it_once(conninfo: str) -> None:
    note = Note()
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        await writer.write(batch(Comment("11", "1", "")))
        counts = await writer.finish_with(note)
        assert await writer.finish_with(note) == counts
        assert await writer.finish("failed") == counts
        assert (note.counts, await notes(database)) == ([counts], 1)
        assert await fetched(database) == [(1, "finished")]


async def test_what_goes_along_may_undo_the_batch(conninfo: str) -> None:
    async def undoing(_: Connection, __: BatchCounts | RunCounts) -> None:
        raise psycopg.Rollback

    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        assert not await writer.write(batch(Comment("11", "1", "")), 1, also=undoing)
        assert await writer.finish_with(undoing) is None
        assert await fetched(database) == [(0, "running")]
        assert await writer.write(batch(Comment("11", "1", "")), 1)
