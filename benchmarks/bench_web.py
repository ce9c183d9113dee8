"""Whether sixteen people at once wait for a page, at eight million comments.

Serves the data of bench_db (built where it is not there yet) as `harvester serve` does, in a process of its own.
Sixteen users ask for one page a second each, pages of every kind, as a browser would: compressed, with their session.
The baseline is one user alone, in the same run.

    python -m benchmarks.bench_web --home /data/bench
    python -m benchmarks.bench_web --comments 800000         # less
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psycopg
from benchmarks.bench_db import built
from benchmarks.database_pages import p95
from benchmarks.database_rows import Amount

from harvester.store.embedded import EmbeddedServer

USERS = 16
SECONDS = 60.0
GOAL_MS = 80.0
MOST_BYTES = 150_000


@contextmanager
def served(conninfo: str) -> Iterator[str]:
    """The address that the dashboard prints when it is ready; it may hold the link that signs in."""
    environment = {**os.environ, "HARVESTER_DATABASE_URL": conninfo}
    command = [sys.executable, "-m", "harvester", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield next(found[0] for line in server.stdout if (found := re.search(r"http://\S+", line)))
        finally:
            server.terminate()


def addresses(conninfo: str) -> list[str]:
    """Pages of every kind, with names that are stored."""
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("select domain_name from domain order by mention_count desc limit 40").fetchall()
    names = [name for (name,) in rows]
    listings = [
        "/domains",
        "/domains?sort=first_seen",
        "/domains?sort=last_seen",
        "/domains?sort=name",
        "/domains?q=shop",
    ]
    found = ["/videos", "/comments", "/comments?q=free", "/runs"]
    return ["/", *listings, *(f"/domains/{name}" for name in names[::4]), *found]


async def asked(session: aiohttp.ClientSession, url: str, taken: dict[str, list[tuple[float, int]]]) -> None:
    """One page as a browser asks for it; its time, and its bytes as they came."""
    began = time.perf_counter()
    async with session.get(url, headers={"Accept-Encoding": "gzip"}) as answer:
        body = await answer.read()
    if answer.status == 404:
        return
    assert answer.status == 200, f"{url} answered {answer.status}"
    kind = re.sub(r"(?<=/domains/).*", "{domain_name}", answer.url.path)
    taken[kind].append(((time.perf_counter() - began) * 1000, len(body)))


async def visit(
    session: aiohttp.ClientSession, base: str, paths: Sequence[str], users: int, seconds: float
) -> dict[str, list[tuple[float, int]]]:
    """So many users, each with a page a second; times and sizes by kind of page."""
    taken: dict[str, list[tuple[float, int]]] = defaultdict(list)

    async def user(number: int) -> None:
        await asyncio.sleep(number / users)
        until = time.perf_counter() + seconds
        turn = number * 7
        while (began := time.perf_counter()) < until:
            await asked(session, base + paths[turn % len(paths)], taken)
            turn += 1
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - began)))

    await asyncio.gather(*(user(number) for number in range(users)))
    return taken


async def visits(link: str, paths: Sequence[str], seconds: float) -> list[dict[str, list[tuple[float, int]]]]:
    """One user alone for half of the time, then all of them, in the session that the link opens: it is good once."""
    base = link[: link.index("/", len("https://"))]
    # Bodies are counted as they come over the wire.
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, auto_decompress=False) as session:
        async with session.get(link) as answer:
            assert answer.status == 200, f"{link} answered {answer.status}"
        return [await visit(session, base, paths, 1, seconds / 2), await visit(session, base, paths, USERS, seconds)]


def main(arguments: argparse.Namespace, home: Path) -> int:
    """Build, serve, ask, print; the number of goals that were missed."""
    with EmbeddedServer(home).running() as server:
        conninfo = asyncio.run(built(server, Amount(arguments.comments)))
        paths = addresses(conninfo)
        with served(conninfo) as link:
            alone, many = asyncio.run(visits(link, paths, arguments.seconds))
    missed = 0
    print(f"{'page':32} {'asked':>6} {'p50 ms':>8} {'p95 ms':>8} {'alone p50':>10} {'bytes':>9}")
    for kind, found in sorted(many.items()):
        times, sizes = [each for each, _ in found], max(size for _, size in found)
        first = statistics.median(each for each, _ in alone[kind]) if alone.get(kind) else float("nan")
        print(f"{kind:32} {len(found):6} {statistics.median(times):8.1f} {p95(times):8.1f} {first:10.1f} {sizes:9,}")
        missed += sizes > MOST_BYTES
    times = [each for found in many.values() for each, _ in found]
    one = [each for found in alone.values() for each, _ in found]
    ok = p95(times) <= GOAL_MS
    missed += not ok
    print(
        f"{USERS} users, {len(times)} pages: p95 {p95(times):.1f} ms (goal {GOAL_MS:.0f}), one user alone"
        f" {p95(one):.1f} ms, ratio {p95(times) / p95(one):.2f}: {'met' if ok else 'MISSED'}"
    )
    return missed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="folder of the server and its data; unset: a temporary one")
    parser.add_argument("--comments", type=int, default=8_000_000)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked_for = parser.parse_args()
    if asked_for.home is not None:
        sys.exit(main(asked_for, asked_for.home))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(main(asked_for, Path(folder)))
