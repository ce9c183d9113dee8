"""Whether taking in is as fast at the eight millionth comment as at the first, and what a second writer adds.

The same files go through `harvester import` into an empty database, one of an eighth and one of the whole, by turns.
Two writers against one write batches that are staged already, so that the server's part is measured: with no domain in
common, and with one that every batch names.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import tempfile
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from benchmarks.bench_import import imported, write_file
from benchmarks.database_report import Report, verdict

from harvester.model import Comment, Domain, Mention, Video
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.staging import Batch, Staged, stage

ROUNDS = 3
IN_A_FILE = 100_000
FIRST_SEED = 1_000
SLOWEST = 0.8
"""Speed into the largest database by that into the empty one, at least."""
TWO_BY_ONE = 1.5
BATCHES, IN_A_BATCH = 8, 6_000
SCAM = "velmora-offers.com"


async def measure_ingest(databases: dict[str, str], comments: int, report: Report) -> None:
    """Into `empty`, `small` and `large`, which grow by that."""
    each = min(IN_A_FILE, comments // 10)
    report.begin("ingest", f"{ROUNDS} rounds by turns, medians; {each:,} comments a file, {IN_A_BATCH:,} a batch")
    speeds: dict[str, list[float]] = {name: [] for name in databases}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            file = Path(folder, f"{number}.ndjson")
            write_file(file, each, FIRST_SEED + number)
            for name, conninfo in databases.items():
                seconds, _, told = await asyncio.to_thread(imported, file, conninfo)
                assert told["stored"] >= each * 0.99, told
                speeds[name].append(each / seconds)
    middle = {name: statistics.median(found) for name, found in speeds.items()}
    for name, speed in middle.items():
        ratio = speed / middle["empty"]
        report.add(f"import into the {name} database, comments/s", "" if name == "empty" else f"{SLOWEST:g} of empty",
                   speed, middle["empty"], ratio, verdict(ratio >= SLOWEST))  # fmt: skip
    for label, scam in (("no domain in common", None), ("one domain in every batch", SCAM)):
        one, two = [], []
        for number in range(ROUNDS):
            for writers, taken in ((1, one), (2, two)):
                taken.append(await written(databases["large"], writers, f"{writers}{number}{label[:2]}", scam))
        ratio = statistics.median(one) / statistics.median(two)
        rate = BATCHES * IN_A_BATCH / statistics.median(two)
        report.add(f"two writers, {label}, comments/s", f"{TWO_BY_ONE:g} times", rate,
                   BATCHES * IN_A_BATCH / statistics.median(one), ratio, verdict(ratio >= TWO_BY_ONE))  # fmt: skip
    deadlocks = sum(deadlocks_of(conninfo) for conninfo in databases.values())
    report.add("deadlocks in all of these", "0", deadlocks, "", "", verdict(deadlocks == 0))


async def written(conninfo: str, writers: int, mark: str, scam: str | None) -> float:
    """Seconds for the batches by so many writers; `mark` makes their comments and domains others than before."""
    now = datetime.now(UTC)
    names = [f"9{zlib.crc32(mark.encode()) % 10**8:08}{number:03}" for number in range(BATCHES * 30)]
    batches = [batch(mark, number, names[number * 30 : number * 30 + 30], scam) for number in range(BATCHES)]
    staged: list[Staged] = [stage(each, now, "bench") for each in batches]
    async with Database(conninfo, connections=writers + 1) as database:
        run = await RunWriter.start(database, "bench", {}, "bench")
        # Videos come first and in order, as the import has it.
        await run.write(Batch(videos=[Video(name) for name in names]), 1)
        numbered = iter(enumerate(staged))
        began = time.perf_counter()

        async def writer() -> None:
            for place, each in numbered:
                await run.write_staged(each, place + 2, lambda place=place: batches[place])

        await asyncio.gather(*(writer() for _ in range(writers)))
        seconds = time.perf_counter() - began
        await run.finish()
    return seconds


def batch(mark: str, number: int, videos: list[str], scam: str | None) -> Batch:
    """Comments of which one in twenty names a domain: a third of these the scam, if there is one."""
    comments: list[tuple[Comment, list[Mention]]] = []
    for place, video in zip(range(IN_A_BATCH), itertools.cycle(videos), strict=False):
        words = f"this is what a comment says number {place} of a few words"
        mentions = []
        if place % 20 == 0:
            name = scam if scam and place % 60 == 0 else f"shop{number}-{mark.replace(' ', '')}-{place % 400}.com"
            words = f"look at {name}"
            mentions = [Mention(domain(name), name, 8, len(words), 0.95, "bare", None)]
        comments.append((Comment(f"{mark}-{number}-{place}", video, words, username=f"user{place % 700}"), mentions))
    return Batch(comments=comments)


def domain(name: str) -> Domain:
    """A registrable name below `com`."""
    return Domain(name, name, "com", "com", name, "")


def deadlocks_of(conninfo: str) -> int:
    """How many this database has seen since it was made."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute("select deadlocks from pg_stat_database where datname = current_database()").fetchone()
        assert row is not None
        return int(row[0])
