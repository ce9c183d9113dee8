"""Reading stored comments again, disturbed: killed, beside itself and imports, by texts that change, by refusals."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import LiteralString

import pytest
from msgspec.structs import replace
from tests.jobs.aged import NOON, OLD, age, assert_every_comment_is_read, figure, read, rows, some_comments, write
from tests.jobs.stored import stored

from harvester.domains import EXTRACTOR_VERSION, extract_batch
from harvester.jobs.reextract import reextract, stale
from harvester.model import Mention
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.reextraction import Renewed, Rules, read_again
from harvester.store.retention import clean_up
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

DEADLOCKS: LiteralString = "select deadlocks from pg_stat_database where datname = current_database()"


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


DYING = """
import asyncio, os, signal, sys
from harvester.jobs import reextract as job
from harvester.store.database import Database

conninfo, place, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
calls = 0

def die_in_time():
    global calls
    calls += 1
    if calls == number:
        os.kill(os.getpid(), signal.SIGKILL)

def extract_batch(texts, real=job.extract_batch):
    if place == "within":
        die_in_time()
    return real(texts)

job.extract_batch = extract_batch

async def work():
    async with Database(conninfo) as database:
        await job.reextract(
            database, await job.stale(database), lambda _: place == "between" and die_in_time(), batch_size=6
        )

asyncio.run(work())
"""


@pytest.mark.parametrize(("place", "number"), [("within", 1), ("within", 4), ("between", 3)])
async def test_killed_in_the_middle_and_said_again_it_ends_like_one_that_nothing_disturbed(
    database: Database, conninfo: str, place: str, number: int
) -> None:
    await write(database, some_comments(60))
    imported = stored(conninfo)
    age(conninfo, seed=5)
    before = await stale(database)
    killed = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", DYING, conninfo, place, str(number)], timeout=60, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    left = await stale(database)
    done = 6 * (number - 1 if place == "within" else number)
    assert left.comments == before.comments - done
    assert (await reextract(database, left, batch_size=6)).comments == left.comments
    assert stored(conninfo) == imported
    assert await differences(database) == []


async def test_two_at_once_read_each_comment_once(database: Database, conninfo: str) -> None:
    await write(database, some_comments(60))
    imported = stored(conninfo)
    age(conninfo, seed=6)
    which = await stale(database)
    both = await asyncio.gather(*(reextract(database, which, batch_size=4) for _ in range(2)))
    assert sum(each.comments for each in both) == which.comments
    assert all(each.comments for each in both)
    assert stored(conninfo) == imported


@pytest.mark.parametrize("seed", range(3))
async def test_beside_imports_and_a_cleanup_nothing_is_lost_and_nobody_waits_in_a_circle(
    direct_conninfo: str, seed: int
) -> None:
    chance = random.Random(seed)
    async with Database(direct_conninfo, connections=8) as database:
        await write(database, some_comments(300))
        age(direct_conninfo, seed=seed)

        async def imports() -> None:
            """New comments, other texts, other videos and earlier sightings of known ones, in small batches."""
            writer = await RunWriter.start(database, "test", {}, EXTRACTOR_VERSION)
            known = [
                replace(each, text=chance.choice(["see velmora.com", "other words", "see glow.shop"]),
                        video_id=str(90 + chance.randrange(3)),
                        observed_at=NOON + timedelta(days=chance.choice([-1, 1])))
                for each in some_comments(300)
            ]  # fmt: skip
            records = known + some_comments(100, first=1_000 * chance.randrange(1, 3))
            chance.shuffle(records)
            for start, end in pairwise(range(0, len(records) + 1, 20)):
                await writer.write(read(records[start:end]))
            await writer.finish()

        # One import: two that change texts may meet in a circle of their own, which both try again.
        await asyncio.gather(
            imports(), reextract(database, await stale(database), batch_size=10), clean_up(database, 36_500)
        )
        # What was written meanwhile has this version; what an import changed was read by it.
        assert (await stale(database)).versions == {}
        assert await differences(database) == []
    assert_every_comment_is_read(direct_conninfo)
    assert await figure(direct_conninfo, DEADLOCKS) == 0


async def test_a_text_that_changes_before_its_turn_is_read_as_it_is_then(database: Database, conninfo: str) -> None:
    await write(database, [replace(each, text="lovely") for each in some_comments(3)])
    rows(conninfo, "update comment set extractor_version = %s", OLD)
    which = await stale(database)
    # An import of the older version is still running.
    rows(conninfo, "update comment set text = 'see velmora.com' where comment_id = '1'")
    assert await reextract(database, which) == Renewed(3, added=1, domains=1)
    assert_every_comment_is_read(conninfo)


async def test_a_comment_whose_mentions_the_database_refuses_stays_as_it_was_and_stops_no_other(
    database: Database, conninfo: str
) -> None:
    await write(database, some_comments(40))
    rows(conninfo, "update comment set extractor_version = %s", OLD)
    rows(conninfo, "update comment set text = 'odd' where comment_id in ('3', '20', '21')")
    (misquoted,) = extract_batch(["see velmora.com"])[0]

    def extract(texts: Sequence[str]) -> list[Sequence[Mention]]:
        return [
            [misquoted] if text == "odd" else found for text, found in zip(texts, extract_batch(texts), strict=True)
        ]

    which, done = await stale(database), Renewed()
    async for renewed in read_again(database, which.named, Rules(EXTRACTOR_VERSION, extract), batch_size=16):
        done += renewed
    assert (done.comments, done.refused) == (37, 3)
    assert rows(conninfo, "select distinct text from comment where extractor_version = %s", OLD) == [("odd",)]
    # The next version may find what can be stored.
    assert (await reextract(database, await stale(database))).comments == 3
    assert_every_comment_is_read(conninfo)
