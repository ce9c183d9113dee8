"""Sixteen people who read, each a page every half second, beside an import with its two writers.

The baseline is the same readers alone. What a reader waits is counted from the moment at which the page was to be asked
for, so that one slow answer does not hide those that stood behind it.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import psycopg
from benchmarks.bench_import import write_file
from benchmarks.database_pages import p95
from benchmarks.database_questions import Question, questions
from benchmarks.database_report import Report, verdict

from harvester.store.database import ANALYST, Database

READERS = 16
PACE = 0.5
SECONDS = 30.0
AT_MOST = 3.0
"""The 95th percentile beside writers by that of the readers alone."""
SLOWEST = 5
"""Pages that are named, those that take longest beside writers."""
IN_A_FILE = 100_000
FILES = 8
FIRST_SEED = 5_000


async def measure_readers(conninfo: str, report: Report) -> None:
    """Readers alone, then beside an import into the same database, which gets comments by that."""
    report.begin(
        "readers",
        f"{READERS} readers, a page every {PACE} s each, {SECONDS:.0f} s alone and {SECONDS:.0f} s beside writers",
    )
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name, f"{number}.ndjson") for number in range(FILES)]
        for number, file in enumerate(files):
            await asyncio.to_thread(write_file, file, IN_A_FILE, FIRST_SEED + number)
        async with Database(conninfo, connections=READERS) as database:
            asked = [question for question in await questions(database) if not question.name.startswith("all of")]
            await read(database, asked, 5)
            deadlocks, stored = counted(conninfo)
            alone = await read(database, asked, SECONDS)
            async with importing(conninfo, files) as writers:
                beside = await read(database, asked, SECONDS)
                assert writers.returncode is None, "the import ended before the readers did: give it more files"
        after, stored_after = counted(conninfo)
    by_name = {question.name: [[ms for name, ms in taken if name == question.name] for taken in (alone, beside)]
               for question in asked}  # fmt: skip
    alone_ms, beside_ms = [ms for _, ms in alone], [ms for _, ms in beside]
    slow, slower = p95(alone_ms), p95(beside_ms)
    report.add("p95 of all pages beside two writers, ms", f"{AT_MOST:g} times", slower, slow, slower / slow,
               verdict(slower <= AT_MOST * slow))  # fmt: skip
    report.add("median of all pages beside two writers, ms", "", statistics.median(beside_ms),
               statistics.median(alone_ms), statistics.median(beside_ms) / statistics.median(alone_ms), "")  # fmt: skip
    slowest = sorted(by_name, key=lambda name: -statistics.median(by_name[name][1] or [0]))
    for name in slowest[:SLOWEST]:
        one, two = (statistics.median(taken or [0]) for taken in by_name[name])
        report.add(f"… of it {name}, median ms", "", two, one, two / max(one, 0.01), "")
    report.add("pages read", "", len(beside), len(alone), len(beside) / len(alone), "")
    report.add("comments written a second meanwhile", "", (stored_after - stored) / SECONDS, "", "",
               verdict(stored_after > stored, "nothing was written"))  # fmt: skip
    report.add("deadlocks", "0", after - deadlocks, "", "", verdict(after == deadlocks))


async def read(database: Database, asked: list[Question], seconds: float) -> list[tuple[str, float]]:
    """Name and milliseconds of each page that the readers got."""
    taken: list[tuple[str, float]] = []
    clock = asyncio.get_running_loop().time
    began = clock()

    async def reader(number: int) -> None:
        drawn = Random(number)
        for turn in itertools.count():
            due = began + PACE * (turn + number / READERS)
            if due - began >= seconds:
                return
            await asyncio.sleep(max(0.0, due - clock()))
            question = drawn.choice(asked)
            async with database.transaction(ANALYST) as connection:
                await question.ask(connection)
            taken.append((question.name, (clock() - due) * 1000))

    await asyncio.gather(*map(reader, range(READERS)))
    return taken


@asynccontextmanager
async def importing(conninfo: str, files: list[Path]) -> AsyncIterator[asyncio.subprocess.Process]:
    """`harvester import` of the files, until the block ends."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "harvester", "import", "--json", *map(str, files), stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, "HARVESTER_DATABASE_URL": conninfo},
    )  # fmt: skip
    try:
        # It takes a moment to start: the readers are to meet it at work.
        await asyncio.sleep(3)
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
        await child.wait()


def counted(conninfo: str) -> tuple[int, int]:
    """Deadlocks of this database so far, and its comments."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute(
            "select deadlocks, (select coalesce(sum(row_count), 0) from private.day_tally where kind = 'comment')"
            " from pg_stat_database where datname = current_database()"
        ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])
