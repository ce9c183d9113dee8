"""What is too old goes, in bounded batches; what a person judged stays, and so does what newer rows need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from msgspec.structs import replace
from psycopg import errors
from tests.store.test_ingest import NAMES, batch

from harvester.model import Ad, Comment
from harvester.store.database import WORKER, Database
from harvester.store.harvest import enrol
from harvester.store.ingest import RunWriter
from harvester.store.retention import Deleted, clean_up
from harvester.store.staging import Batch
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)


def seen(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def write(database: Database, *comments: Comment) -> None:
    writer = await RunWriter.start(database, "test", {}, "test-1")
    await writer.write(batch(*comments))
    await writer.finish()


async def rows(database: Database, statement: str) -> list[Any]:
    async with database.transaction(WORKER) as connection:
        found = await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]
        return [next(iter(row.values())) for row in found]


async def left(database: Database) -> dict[str, list[Any]]:
    return {
        "comments": await rows(database, "select comment_id from comment order by comment_id"),
        "videos": await rows(database, "select video_id from video order by video_id"),
        "domains": await rows(database, "select domain_name from domain order by domain_name"),
    }


async def test_what_is_older_goes_by_the_time_of_discovery_and_the_counts_say_so(database: Database) -> None:
    await write(
        database,
        Comment("1", "91", NAMES[0], observed_at=seen(40), posted_at=seen(1)),
        Comment("2", "92", NAMES[1], observed_at=seen(5), posted_at=seen(400)),
        Comment("3", "92", "no name", observed_at=seen(40)),
    )
    assert await clean_up(database, 30) == Deleted(1, 2, 1, 1)
    assert await left(database) == {"comments": ["2"], "videos": ["92"], "domains": [NAMES[1]]}
    assert await clean_up(database, 30) == Deleted()
    assert await differences(database) == []


async def test_what_is_still_collected_stays_while_it_is_met_again(database: Database) -> None:
    before = [
        Comment(number, video, NAMES[0], observed_at=seen(40))
        for number, video in (("1", "91"), ("2", "91"), ("3", "92"), ("4", "93"))
    ]
    await write(database, *before)
    async with database.transaction(WORKER) as connection:
        await enrol(connection, ["91", "92", "94"])
        await connection.execute("update harvest h set due_at = null from video v where v.id = h.video_id"
                                 " and v.video_id = '92'")  # fmt: skip
    # The next visit finds one of them gone; what is in a file or is given up does not come back by itself.
    await write(database, *(replace(each, observed_at=seen(1)) for each in before if each.comment_id != "2"))
    assert await clean_up(database, 30) == Deleted(3, 3, 2, 0)
    assert await left(database) == {"comments": ["1"], "videos": ["91"], "domains": [NAMES[0]]}
    # Nothing that a visit finds is taken for new.
    writer = await RunWriter.start(database, "test", {}, "test-1")
    await writer.write(batch(replace(before[0], observed_at=seen(0))))
    counts = await writer.finish()
    assert (counts.stored, counts.updated, counts.mention_count) == (0, 1, 0)


async def test_a_video_that_is_harvested_stays_without_any_comment(database: Database) -> None:
    await write(database, Comment("1", "91", "no name", observed_at=seen(40)))
    async with database.transaction(WORKER) as connection:
        await enrol(connection, ["91"])
    assert await clean_up(database, 30) == Deleted(0, 1, 0, 0)
    assert (await left(database))["videos"] == ["91"]


async def test_ads_stay_while_they_are_listed(database: Database) -> None:
    for days in (40, 1):
        writer = await RunWriter.start(database, "ads", {}, "test-1")
        await writer.write(Batch(ads=[Ad("5", observed_at=seen(days)), Ad("6", observed_at=seen(40))]))
        await writer.finish()
    assert await clean_up(database, 30) == Deleted(ads_deleted=1)
    assert await rows(database, "select ad_id from ad") == ["5"]


@pytest.mark.parametrize("judged", ["notes = 'n'", "is_suspicious = true", "is_verified = true"])
async def test_a_domain_with_a_verdict_or_a_note_keeps_its_evidence(database: Database, judged: str) -> None:
    await write(
        database,
        Comment("1", "91", f"{NAMES[0]} {NAMES[1]}", observed_at=seen(40)),
        Comment("2", "92", NAMES[1], observed_at=seen(40)),
    )
    async with database.transaction(WORKER) as connection:
        await connection.execute(f"update domain set {judged} where domain_name = %s", [NAMES[0]])  # type: ignore[arg-type]
    # The comment stays for the one domain; its other mention, like the other comment, goes.
    assert await clean_up(database, 30) == Deleted(2, 1, 1, 1)
    assert await left(database) == {"comments": ["1"], "videos": ["91"], "domains": [NAMES[0]]}


async def test_an_empty_note_is_none(database: Database) -> None:
    await write(database, Comment("1", "91", NAMES[0], observed_at=seen(40)))
    async with database.transaction(WORKER) as connection:
        await connection.execute("update domain set notes = '' where true")
    assert await clean_up(database, 30) == Deleted(1, 1, 1, 1)


async def test_the_parents_of_newer_comments_stay_through_every_generation(database: Database) -> None:
    await write(
        database,
        Comment("1", "91", "grandparent", observed_at=seen(60)),
        Comment("2", "91", "parent", parent_ref="1", observed_at=seen(50)),
        Comment("3", "91", "child", parent_ref="2", observed_at=seen(1)),
        Comment("4", "91", "childless", observed_at=seen(60)),
        Comment("5", "91", "old child of an old parent", parent_ref="4", observed_at=seen(45)),
    )
    assert await clean_up(database, 30) == Deleted(0, 2, 0, 0)
    assert (await left(database))["comments"] == ["1", "2", "3"]
    links = "select p.comment_id from comment c join comment p on p.id = c.parent_comment_id order by c.comment_id"
    assert await rows(database, links) == ["1", "2"]


@pytest.mark.parametrize("batch_size", [1, 3, 7, 1000])
async def test_no_batch_is_larger_than_was_said_and_all_of_them_do_the_same(
    database: Database, batch_size: int
) -> None:
    await write(
        database,
        *(
            Comment(str(number), "91", NAMES[number % 3], observed_at=seen(40 if number % 3 else 2),
                    parent_ref=str(number - 1) if number % 5 == 0 else None)
            for number in range(1, 25)
        ),
    )  # fmt: skip
    totals: list[Deleted] = [Deleted()]
    await clean_up(database, 30, batch_size=batch_size, progress=totals.append)
    for before, after in pairwise(totals):
        for field in ("mentions_deleted", "comments_deleted", "videos_deleted", "domains_deleted"):
            assert getattr(after, field) - getattr(before, field) <= batch_size
    # Comments 3, 6, … are new; 14 is old, but 15 answers it.
    assert totals[-1] == Deleted(16, 15, 0, 2)
    assert await differences(database) == []


async def test_the_function_deletes_everything_in_one_call_and_says_how_much(database: Database) -> None:
    await write(
        database,
        *(
            Comment(str(number), "91", NAMES[0], observed_at=seen(40), parent_ref=str(number - 1))
            for number in range(9)
        ),
    )
    async with database.transaction(WORKER) as connection:
        row = await (await connection.execute("select * from cleanup_old_data(30)")).fetchone()
    assert row == {"mentions_deleted": 9, "comments_deleted": 9, "videos_deleted": 1, "domains_deleted": 1}


@pytest.mark.parametrize("call", ["cleanup_old_data(0)", "cleanup_old_data(null)", "private.cleanup_batch(now(), 0)"])
async def test_a_call_without_a_sensible_number_deletes_nothing(database: Database, call: str) -> None:
    await write(database, Comment("1", "91", NAMES[0], observed_at=seen(40)))
    with pytest.raises(errors.InvalidParameterValue):
        async with database.transaction(WORKER) as connection:
            await connection.execute(f"select {call}")  # type: ignore[arg-type]
    assert (await left(database))["comments"] == ["1"]
