"""How long a block list of a million names takes to load, to refresh, and to be looked through, beside a bare COPY.

python benchmarks/bench_lists.py [NAMES]
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from harvester.jobs.reference_lists import add, refresh_from
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate
from harvester.store.reference_list import NewList, memberships

ASKED = 1_000
"""Domains whose lists are looked up."""


async def measure(conninfo: str, folder: Path, names: int) -> None:
    """Load, refresh with a hundredth of the names changed, look up; print each figure."""
    async for _ in migrate(conninfo):
        pass
    path = folder / "list.txt"
    path.write_text("".join(f"0.0.0.0 shop{number:x}.velmora{number % 997}.com\n" for number in range(names)))
    async with Database(conninfo) as database:
        async with database.transaction(WORKER) as connection:
            await connection.execute("create temporary table bare (line text) on commit drop")
            start = time.perf_counter()
            async with connection.cursor() as cursor, cursor.copy("copy pg_temp.bare from stdin") as copy:
                await copy.write(path.read_bytes())
            bare = time.perf_counter() - start
        print(f"bare COPY of its lines, no index: {bare:.1f} s")
        start = time.perf_counter()
        found = await add(database, NewList("big", "block", path.name, "CC0-1.0"), None, path)
        taken = time.perf_counter() - start
        pace = f"{names / taken:,.0f} names/s, {taken / bare:.0f} bare COPYs"
        print(f"load     {found.entry_count:>9,} names in {taken:6.1f} s: {pace}")
        with path.open("a") as stream:
            stream.writelines(f"0.0.0.0 new{number:x}.velmora.com\n" for number in range(names // 100))
        start = time.perf_counter()
        found = await refresh_from(database, "big", path)
        taken = time.perf_counter() - start
        print(f"refresh  {found.entry_count:>9,} names in {taken:6.1f} s: {found.entry_count / taken:,.0f} names/s")
        async with database.transaction(ANALYST) as connection:
            start = time.perf_counter()
            hits = 0
            for number in range(ASKED):
                hits += len(await memberships(connection, f"shop{number * 2:x}.velmora{number * 2 % 997}.com"))
            taken = time.perf_counter() - start
        print(f"look up  {ASKED:>9,} names in {taken:6.2f} s: {1000 * taken / ASKED:.2f} ms each, {hits} listed")
    print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


def main() -> None:
    """Measure on a server of its own, which is gone afterwards."""
    names = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder) / "home").running() as server:
        server.ensure_database("lists")
        asyncio.run(measure(server.conninfo("lists"), Path(folder), names))


if __name__ == "__main__":
    main()
