"""How fast every page is read at eight million comments, and whether it stays as fast as at one million.

Builds 8 M comments, 1 M mentions, 200 k domains, 500 k videos of a year, and an eighth of that to see the growth
(some fifteen minutes and 8 GB of disk, of which 5.5 GB stay). Then asks what the dashboard, the API and the views are
asked, as an analyst under row level security, by the product's own statements. The baseline is what plain aggregates
over the same tables need for the same answer, in the same run.

    python -m benchmarks.bench_db                            # in a temporary folder
    python -m benchmarks.bench_db --home /data/bench         # keeps the data there, and finds it again
    python -m benchmarks.bench_db --comments 800000          # less
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from benchmarks.database_questions import Ask, Question, questions
from benchmarks.database_rows import Amount, load
from psycopg.rows import dict_row

from harvester.store.database import ANALYST, Connection, Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate
from harvester.store.verification import differences

RUNS = 40
MOST_MS = 10_000
GROWTH_FACTOR, GROWTH_MS = 1.5, 2.0
WITHOUT_RLS = 1.10


async def built(server: EmbeddedServer, amount: Amount) -> str:
    """The address of a database with so many rows, migrated to this version; built where it is not there yet."""
    name = f"comments_{amount.comments}"
    server.ensure_database(name)
    conninfo = server.conninfo(name)
    async for migration in migrate(conninfo):
        print(f"           {name}: {migration.name}", flush=True)
    with psycopg.connect(conninfo) as connection:
        if connection.execute("select from comment limit 1").rowcount:
            return conninfo
        began = time.perf_counter()
        load(connection, amount, lambda step, seconds: print(f"{seconds:8.1f} s {step}", flush=True))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
        size = connection.execute("select pg_database_size(current_database())").fetchone()
        assert size is not None
    async with Database(conninfo) as database:
        assert not (wrong := await differences(database)), wrong[:3]
    print(f"{amount.comments:,} comments: {time.perf_counter() - began:,.0f} s, {size[0] / 1e9:.1f} GB", flush=True)
    return conninfo


async def milliseconds(connection: Connection, ask: Ask, runs: int = RUNS) -> list[float]:
    """How long each of so many runs took, after three that are not counted; fewer where one takes seconds."""
    taken: list[float] = []
    while len(taken) < runs + 3 and (len(taken) < 5 or sum(taken) < MOST_MS):
        began = time.perf_counter()
        await ask(connection)
        taken.append((time.perf_counter() - began) * 1000)
    return taken[3:]


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


async def baseline(conninfo: str, question: Question) -> float | None:
    """Milliseconds of the plain aggregate, the better of two runs."""
    if question.plain is None:
        return None
    with psycopg.connect(conninfo, autocommit=True) as connection:
        taken = []
        for _ in range(2):
            began = time.perf_counter()
            connection.execute(question.plain).fetchall()  # type: ignore[arg-type]
            taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


async def rls_ratio(conninfo: str, ask: Ask) -> float:
    """Median as an analyst by median as the owner, run by turns."""
    async with (
        Database(conninfo) as database,
        database.transaction(ANALYST) as analyst,
        await psycopg.AsyncConnection.connect(
            conninfo, autocommit=True, prepare_threshold=None, row_factory=dict_row
        ) as owner,
        owner.transaction(),
    ):
        taken: dict[Connection, list[float]] = {analyst: [], owner: []}
        while len(taken[owner]) < RUNS and sum(taken[owner]) < MOST_MS:
            for connection, times in taken.items():
                began = time.perf_counter()
                await ask(connection)
                times.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken[analyst]) / statistics.median(taken[owner])


async def main(arguments: argparse.Namespace, home: Path) -> int:
    """Build, measure, print; the number of goals that were missed."""
    missed = 0
    with EmbeddedServer(home).running() as server:
        large = await built(server, Amount(arguments.comments))
        small = await built(server, Amount(arguments.comments // 8))
        print(
            f"{'question':44} {'goal':>6} {'p95':>8} {'p50':>8} {'small':>8}"
            f" {'plain':>8} {'ratio':>6} {'RLS':>5} verdict"
        )
        async with Database(large) as database, Database(small) as other:
            asked = await questions(database)
            little = {question.name: question for question in await questions(other)}
            for question in asked:
                if arguments.only and arguments.only not in question.name:
                    continue
                async with database.transaction(ANALYST) as connection:
                    taken = await milliseconds(connection, question.ask)
                async with other.transaction(ANALYST) as connection:
                    before = statistics.median(await milliseconds(connection, little[question.name].ask))
                plain = None if arguments.no_plain else await baseline(large, question)
                rls = await rls_ratio(large, question.ask)
                middle, slow = statistics.median(taken), p95(taken)
                faults = [
                    fault
                    for fault, found in (
                        ("slow", slow > question.goal),
                        ("grows", middle > max(before * GROWTH_FACTOR, before + GROWTH_MS)),
                        ("RLS", rls > WITHOUT_RLS),
                    )
                    if found
                ]
                missed += bool(faults)
                ratio = f"{plain:8.0f} {plain / middle:6.0f}" if plain else f"{'':15}"
                print(
                    f"{question.name:44} {question.goal:6.0f} {slow:8.2f} {middle:8.2f} {before:8.2f} {ratio}"
                    f" {rls:5.2f} {'MISSED: ' + ', '.join(faults) if faults else 'met'}",
                    flush=True,
                )
    return missed


def asked_for() -> argparse.Namespace:
    """The options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--home", type=Path, help="where the data is kept; without it, it is gone at the end")
    parser.add_argument("--comments", type=int, default=8_000_000, help="how many, a multiple of 800,000")
    parser.add_argument("--only", help="only questions whose name holds this")
    parser.add_argument("--no-plain", action="store_true", help="leave the baseline out")
    return parser.parse_args()


if __name__ == "__main__":
    options = asked_for()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(1 if asyncio.run(main(options, options.home or Path(folder))) else 0)
