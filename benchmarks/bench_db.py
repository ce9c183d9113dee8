"""How fast the database answers and takes in at eight million comments, and whether it stays as fast as at one million.

Builds 8 M comments, 1 M mentions, 200 k domains, 500 k videos of a year, and an eighth of that to see the growth
(some eight minutes and 6 GB of disk on two cores). Then five parts, each by itself or all of them: pages, as the
dashboard, the API and the views ask for them, as an analyst under row level security, by the product's own statements;
ingest; readers beside writers; partitions; indexes. What is written goes to copies, which need as much disk again.

    python -m benchmarks.bench_db                            # in a temporary folder
    python -m benchmarks.bench_db --home /data/bench         # keeps the data there, and finds it again
    python -m benchmarks.bench_db --comments 800000          # less
    python -m benchmarks.bench_db --only readers             # one part, or the pages whose name holds the words
    python -m benchmarks.bench_db --write docs/reference/performance.md
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from benchmarks.database_indexes import measure_indexes
from benchmarks.database_ingest import measure_ingest
from benchmarks.database_pages import measure_pages
from benchmarks.database_partitions import measure_partitions
from benchmarks.database_readers import measure_readers
from benchmarks.database_report import Report
from benchmarks.database_rows import Amount, load
from psycopg import sql

from harvester.store.database import Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate
from harvester.store.verification import differences

PARTS = ("pages", "ingest", "readers", "indexes", "partitions")
COPIES = ("written", "written_small", "empty")
"""Databases that are gone at the end; one of a run that was cut short is made anew."""


async def built(server: EmbeddedServer, amount: Amount) -> str:
    """The address of a database with so many rows, migrated to this version; built where it is not there yet."""
    name = f"comments_{amount.comments}"
    server.ensure_database(name)
    conninfo = server.conninfo(name)
    async for migration in migrate(conninfo):
        print(f"           {name}: {migration.name}", flush=True)
    with psycopg.connect(conninfo) as connection:
        if connection.execute("select from comment limit 1").rowcount:
            # What is kept as of a moment is brought up to now, as the daily upkeep does.
            connection.execute("select private.renew_trends()")
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


def copied(server: EmbeddedServer, name: str, template: str) -> str:
    """The address of a new copy of a database that nobody is connected to."""
    began = time.perf_counter()
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("create database {} template {} strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    print(f"{time.perf_counter() - began:8.1f} s {name}, a copy of {template}", flush=True)
    return server.conninfo(name)


def drop_copies(server: EmbeddedServer) -> None:
    """Take away what was written to."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        for name in COPIES:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


async def main(arguments: argparse.Namespace, home: Path) -> int:
    """Build, measure, print; the number of goals that were missed."""
    parts = [arguments.only] if arguments.only in PARTS else PARTS if arguments.only is None else ()
    report = Report(arguments.comments, arguments.write if parts else None)
    began = time.perf_counter()
    with EmbeddedServer(home).running() as server:
        large = await built(server, Amount(arguments.comments))
        small = await built(server, Amount(arguments.comments // 8))
        if "pages" in parts or not parts:
            await measure_pages(
                large, small, report, only="" if parts else arguments.only, with_plain=not arguments.no_plain
            )
        try:
            if {"ingest", "readers", "indexes"} & set(parts):
                written = copied(server, "written", f"comments_{arguments.comments}")
            if "ingest" in parts:
                written_small = copied(server, "written_small", f"comments_{arguments.comments // 8}")
                empty = copied(server, "empty", "template0")
                async for _ in migrate(empty):
                    pass
                await measure_ingest(
                    {"empty": empty, "small": written_small, "large": written}, arguments.comments, report
                )
            if "readers" in parts:
                await measure_readers(written, report)
            if "indexes" in parts:
                await measure_indexes(written, report)
        finally:
            drop_copies(server)
        if "partitions" in parts:
            # Twice the rows in two layouts: an eighth of eight million says as much, and takes a minute.
            await measure_partitions(small if arguments.comments > 2_000_000 else large, report)
    print(f"\n{time.perf_counter() - began:,.0f} s; {report.missed} goals missed", flush=True)
    return report.missed


def asked_for() -> argparse.Namespace:
    """The options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--home", type=Path, help="where the data is kept; without it, it is gone at the end")
    parser.add_argument("--comments", type=int, default=8_000_000, help="how many, a multiple of 800,000")
    parser.add_argument("--only", help=f"one part ({', '.join(PARTS)}), or the pages whose name holds this")
    parser.add_argument("--no-plain", action="store_true", help="leave the baseline of pages out")
    parser.add_argument("--write", type=Path, metavar="FILE", help="the page whose tables are written anew")
    return parser.parse_args()


if __name__ == "__main__":
    options = asked_for()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(1 if asyncio.run(main(options, options.home or Path(folder))) else 0)
