"""Videos whose comments are collected again and again: what is due, where it stands, and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from harvester.model import Comment, Video
from harvester.store import harvest as books
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.discovery import add_discovery, discovery_yields
from harvester.store.harvest import HarvestRow, enrol, look_up, mark_present, take
from harvester.store.ingest import RunWriter
from harvester.store.plan import promising_harvests, recounted
from harvester.store.run import BatchCounts
from harvester.store.staging import Batch

pytestmark = pytest.mark.anyio

POSTED = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def write(database: Database, *records: Video | Comment) -> RunWriter:
    writer = await RunWriter.start(database, "test", {}, "test-1")
    videos = [each for each in records if isinstance(each, Video)]
    await writer.write(Batch(videos=videos, comments=[(each, []) for each in records if isinstance(each, Comment)]))
    return writer


async def enrolled(database: Database, *video_ids: str, discovery_id: UUID | None = None) -> int:
    async with database.transaction(WORKER) as connection:
        return await enrol(connection, video_ids, discovery_id)


async def taken(database: Database, video_id: str, mark: str = "me") -> HarvestRow:
    """The harvest of a stored video, enrolled and begun."""
    writer = await write(database, Video(video_id))
    await enrolled(database, video_id)
    row = await harvest(database, video_id)
    assert await take(database, row.id, writer.run_id, {"mark": mark}, read=row.cursor)
    return await harvest(database, video_id)


async def harvest(database: Database, video_id: str) -> HarvestRow:
    row = await look_up(database, video_id)
    assert row is not None
    return row


async def due(database: Database, limit: int = 100) -> list[str]:
    async with database.transaction(WORKER) as connection:
        return [each.video_id for each in await promising_harvests(connection, limit)]


async def moved(database: Database, row: HarvestRow, mark: str, cursor: Mapping[str, Any], **counts: int) -> bool:
    async with database.transaction(WORKER) as connection:
        await books.advance(connection, row.id, mark, cursor, BatchCounts(**counts))
        return True
    return False


async def finished(
    database: Database, row: HarvestRow, *, mark: str = "me", new: int = 0, wait: timedelta | None = DAY, read: str = ""
) -> bool:
    async with database.transaction(WORKER) as connection:
        await books.finish(connection, row.id, mark, new=new, read=read.split(), wait=wait)
        return True
    return False


async def missed(database: Database, video_id: str) -> None:
    """TikTok was asked for the video, and did not know it."""
    async with database.transaction(WORKER) as connection:
        assert await recounted(connection, [video_id], []) == []


async def active(database: Database, video_id: str) -> bool:
    async with database.transaction(ANALYST) as connection:
        cursor = await connection.execute("select is_active from video where video_id = %s", [video_id])
        row = await cursor.fetchone()
        assert row is not None
        return bool(row["is_active"])


async def test_videos_are_enrolled_once_and_keep_who_found_them(database: Database) -> None:
    one, other = [await add_discovery(database, name, "research_videos", {}) for name in ("one", "other")]
    await write(database, Video("71"), Video("72"), Video("73"))
    assert await enrolled(database, "71", "72", "79", discovery_id=one) == 2
    assert await enrolled(database, "73", "72", "71", discovery_id=other) == 1
    assert await enrolled(database) == 0
    found = {each: (await harvest(database, each)).discovery_id for each in ("71", "72", "73")}
    assert found == {"71": one, "72": one, "73": other}


async def test_who_enrols_the_same_videos_at_once_enrols_each_once(database: Database) -> None:
    ids = [str(number) for number in range(7100, 7160)]
    await write(database, *(Video(each) for each in ids))
    orders = [ids, ids[::-1], ids[30:] + ids[:30], ids]
    assert sum(await asyncio.gather(*(enrolled(database, *order) for order in orders))) == len(ids)


async def test_a_due_video_comes_with_what_plans_are_made_by(database: Database) -> None:
    found_by = await add_discovery(database, "gifts", "research_videos", {})
    await write(database, Video("71", comment_count=340, is_promoted=True, posted_at=POSTED))
    await enrolled(database, "71", discovery_id=found_by)
    async with database.transaction(WORKER) as connection:
        (row,) = await promising_harvests(connection)
    assert (row.video_id, row.discovery, row.discovery_id, row.is_due) == ("71", "gifts", found_by, True)
    assert (row.listed_count, row.is_promoted, row.posted_at) == (340, True, POSTED)
    assert row.since_posted is not None
    assert abs(datetime.now(UTC) - POSTED - row.since_posted) < timedelta(minutes=5)
    assert (row.harvest_count, row.quiet_count, row.since_last, row.cursor) == (0, 0, None, None)


async def test_no_kind_of_due_video_hides_the_others(database: Database) -> None:
    await taken(database, "70")
    for explored in ("71", "72"):
        row = await taken(database, explored)
        assert await moved(database, row, "me", {"mark": "me"}, mentions=int(explored) - 70)
        assert await finished(database, row, wait=timedelta(0))
    await write(database, *(Video(each) for each in ("73", "74")))
    await enrolled(database, "73")
    await enrolled(database, "74")
    assert set(await due(database)) == {"70", "71", "72", "73", "74"}
    # One that is under way, those known to bring something, and of those that nobody has looked at a part.
    some = set(await due(database, 4))
    assert some >= {"70", "71", "72"}
    assert len(some & {"73", "74"}) == 1


async def test_a_video_is_not_due_before_its_time(database: Database) -> None:
    assert await finished(database, await taken(database, "71"), wait=timedelta(hours=1))
    assert await due(database) == []


async def test_a_harvest_goes_on_where_it_stood_and_counts_what_it_brought(database: Database) -> None:
    row = await taken(database, "71")
    assert await moved(database, row, "me", {"mark": "me", "cursor": 100}, stored=90, mentions=4)
    assert await moved(database, row, "me", {"mark": "me", "cursor": 200}, stored=10, duplicate=90)
    under_way = await harvest(database, "71")
    assert (under_way.cursor, under_way.run_id) == ({"mark": "me", "cursor": 200}, row.run_id)
    assert (under_way.request_count, under_way.comment_count, under_way.mention_count) == (2, 100, 4)
    assert await due(database) == ["71"]

    assert await finished(database, row, new=100)
    done = await harvest(database, "71")
    assert (done.cursor, done.run_id, done.harvest_count, done.quiet_count) == (None, None, 1, 0)
    assert done.due_at is not None
    assert done.last_harvested_at is not None
    assert done.due_at - done.last_harvested_at == DAY
    assert await due(database) == []


async def test_quiet_harvests_are_counted_until_one_brings_something(database: Database) -> None:
    quiet = []
    row = await taken(database, "71")
    for new in (0, 0, 3, 0):
        before = await harvest(database, "71")
        assert await take(database, row.id, row.run_id or uuid4(), {"mark": "me"}, read=before.cursor)
        assert await finished(database, row, new=new)
        quiet.append((await harvest(database, "71")).quiet_count)
    assert quiet == [1, 2, 0, 1]


async def test_a_video_that_is_never_to_be_harvested_again_is_not_due(database: Database) -> None:
    assert await finished(database, await taken(database, "71"), wait=None)
    done = await harvest(database, "71")
    assert (done.due_at, done.is_due) == (None, False)


async def test_who_was_taken_for_dead_changes_nothing_any_more(database: Database) -> None:
    row = await taken(database, "71")
    assert row.run_id is not None
    assert await take(database, row.id, row.run_id, {"mark": "another"}, read=row.cursor)
    before = await harvest(database, "71")
    assert not await moved(database, row, "me", {"mark": "me", "cursor": 100}, stored=1)
    assert not await finished(database, row)
    after = await harvest(database, "71")
    assert (after.cursor, after.request_count, after.due_at) == (before.cursor, 0, before.due_at)
    assert await finished(database, row, mark="another")


async def test_a_harvest_is_taken_from_where_it_was_read_or_not_at_all(database: Database) -> None:
    row = await taken(database, "71", "one")
    assert row.run_id is not None
    marks = [{"mark": str(number), "cursor": 0} for number in range(4)]
    tries = await asyncio.gather(*(take(database, row.id, row.run_id, each, read=row.cursor) for each in marks))
    assert sorted(tries) == [False, False, False, True]
    winner, loser = marks[tries.index(True)], marks[tries.index(False)]
    assert (await harvest(database, "71")).cursor == winner
    # The answer to the COMMIT was lost, and it is asked for again.
    assert await take(database, row.id, row.run_id, winner, read=row.cursor)
    for read in (None, row.cursor, loser):
        assert not await take(database, row.id, row.run_id, loser, read=read)
    assert (await harvest(database, "71")).cursor == winner
    assert not await take(database, uuid4(), row.run_id, winner, read=None)


async def test_a_page_without_rows_does_not_prove_that_the_video_is_there(database: Database) -> None:
    await write(database, Video("71"))
    await enrolled(database, "71")
    await missed(database, "71")
    row = await taken(database, "71")
    for seen, missing in ((False, 1), (True, 0)):
        async with database.transaction(WORKER) as connection:
            await books.advance(connection, row.id, "me", {"mark": "me"}, BatchCounts(), seen=seen)
        assert (await harvest(database, "71")).missing_count == missing


async def test_what_a_harvest_brings_counts_for_the_discovery_that_found_its_video(database: Database) -> None:
    gifts, _ = [await add_discovery(database, name, "research_videos", {}) for name in ("gifts", "other")]
    await write(database, Video("71"))
    await enrolled(database, "71", discovery_id=gifts)
    row = await taken(database, "71")
    assert await moved(database, row, "me", {"mark": "me", "cursor": 100}, stored=90, mentions=4)
    assert not await moved(database, row, "a stranger", {"mark": "a stranger"}, stored=90, mentions=4)
    assert await moved(database, row, "me", {"mark": "me", "cursor": 200}, stored=10, mentions=1)
    async with database.transaction(ANALYST) as connection:
        yields = [(each.name, each.request_count, each.mention_count) for each in await discovery_yields(connection)]
    assert yields == [("gifts", 2, 5), ("other", 0, 0)]


async def test_a_video_that_is_missing_twice_in_a_row_is_given_up(database: Database) -> None:
    await write(database, Video("71"))
    await enrolled(database, "71")
    await missed(database, "71")
    once = await harvest(database, "71")
    assert (once.missing_count, once.is_due, once.due_at is None) == (1, False, False)
    assert await active(database, "71")

    await missed(database, "71")
    twice = await harvest(database, "71")
    assert (twice.missing_count, twice.due_at, twice.is_due) == (2, None, False)
    assert not await active(database, "71")


async def test_a_video_that_is_there_again_is_active_and_due(database: Database) -> None:
    await write(database, Video("71"))
    await enrolled(database, "71")
    await missed(database, "71")
    await missed(database, "71")
    await write(database, Video("72"))
    await enrolled(database, "72")
    async with database.transaction(WORKER) as connection:
        assert await mark_present(connection, ["71", "72", "79"]) == 1
        assert await mark_present(connection, ["71", "72", "79"]) == 0
    assert await active(database, "71")
    again = await harvest(database, "71")
    assert (again.missing_count, again.is_due) == (0, True)


async def test_a_harvest_that_is_under_way_is_not_missed(database: Database) -> None:
    await taken(database, "71")
    await missed(database, "71")
    assert (await harvest(database, "71")).missing_count == 0


async def test_threads_are_short_while_replies_are_missing_and_were_not_read_to_the_end(database: Database) -> None:
    await write(
        database,
        Comment("1", "71", "whole", reply_count=1),
        Comment("2", "71", "lacks one", reply_count=2),
        Comment("3", "71", "lacks three", reply_count=3),
        Comment("4", "71", "alone", reply_count=0),
        Comment("5", "71", "unknown"),
        Comment("6", "72", "elsewhere", reply_count=9),
        Comment("11", "71", "a reply", parent_ref="1", reply_count=5),
        Comment("21", "71", "a reply", parent_ref="2"),
    )
    row = await taken(database, "71")

    async def short(most: int = 10) -> list[str]:
        async with database.transaction(WORKER) as connection:
            return await books.short_threads(connection, row.id, most)

    assert await short() == ["3", "2"]
    assert await short(1) == ["3"]
    # TikTok gave less than it counts: that is not asked for again until it counts more.
    await finished(database, row, read="3 6 nobody")
    assert await short() == ["2"]
    await write(database, Comment("3", "71", "lacks three", reply_count=4))
    assert await short() == ["3", "2"]


async def test_a_video_that_is_deleted_takes_its_harvest_along(database: Database) -> None:
    await taken(database, "71")
    async with database.transaction(WORKER) as connection:
        await connection.execute("delete from video")
    assert await look_up(database, "71") is None
