"""How fast a full day's quota is collected: 1,000 requests and about 100,000 records, extracted and stored.

`harvester collect run` is one process beside our own server; the sandbox is another, without a limit a minute, with
videos of thousands of comments whose replies stand in the same list, so that nearly every page is full. The goal: less
than 60 s on two cores. The baseline is the client alone: as many pages one after the other, read and not stored.

    python benchmarks/bench_collect.py            # about a minute
    python benchmarks/bench_collect.py --profile  # where the time goes, by function; slower
"""

from __future__ import annotations

import asyncio
import json
import os
import pstats
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from harvester.cli.logs import log_from
from harvester.model import Credentials, Video
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.sandbox.tongues import TONGUES
from harvester.sources.api.channel import Channel
from harvester.sources.api.gate import Api, Passage
from harvester.sources.api.query import research_query, windows
from harvester.sources.api.research import ResearchApi
from harvester.store.database import Database
from harvester.store.discovery import add_discovery
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate

GOAL = 60.0
REQUESTS, RECORDS = 1_000, 100_000
VIDEOS, COMMENTS, DAYS_BACK = 40, 140_000, 75
QUERY = {"regions": sorted({region for tongue in TONGUES for region in tongue.regions})}


class OpenGate:
    """Lets everything pass, and counts."""

    def __init__(self) -> None:
        self.requests = 0
        self.records = 0

    @asynccontextmanager
    async def passage(self, api: Api, most: int) -> AsyncIterator[Passage]:  # noqa: ARG002
        """One more request."""
        self.requests += 1
        passage = Passage(most)
        yield passage
        self.records += passage.records or 0

    @asynccontextmanager
    async def unbooked(self) -> AsyncIterator[None]:
        """One that is not counted."""
        yield


@contextmanager
def sandbox() -> Iterator[str]:
    """The address of a sandbox in a process of its own, without limits for now."""
    words = ["--videos", str(VIDEOS), "--comments", str(COMMENTS)]
    for each in ("replies=within", "comment_cap=none", "requests_per_day=1000000", "records_per_day=100000000"):
        words += ["--set", each]
    with subprocess.Popen(
        [sys.executable, "-m", "harvester", "sandbox", *words], stdout=subprocess.PIPE, text=True
    ) as served:
        try:
            assert served.stdout is not None
            yield next(line.split()[1] for line in served.stdout if line.startswith("ready"))
        finally:
            served.terminate()


def told(url: str, path: str, **body: Any) -> Any:
    """What the sandbox answers at one of its own addresses."""
    request = urllib.request.Request(f"{url}/sandbox/{path}", json.dumps(body).encode() if body else None)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


async def fetched(url: str) -> tuple[float, OpenGate]:
    """Seconds for a day's pages, one after the other, read into records and forgotten; what came."""
    gate = OpenGate()
    async with Channel(url, Credentials(CLIENT_KEY, CLIENT_SECRET), gate) as channel:
        api = ResearchApi(channel)
        begun = time.perf_counter()
        await _all_pages(api, gate)
        return time.perf_counter() - begun, gate


async def _all_pages(api: ResearchApi, gate: OpenGate) -> None:
    today = datetime.now(UTC).date()
    videos = []
    for start, end in windows(today - timedelta(days=DAYS_BACK), today):
        answer = await api.videos(research_query(**QUERY), start, end)
        videos += [each.video_id for each in answer.records if isinstance(each, Video)]
    for video in videos:
        cursor: int | None = 0
        while cursor is not None:
            if gate.requests >= REQUESTS or gate.records >= RECORDS:
                return
            answer = await api.comments(video, cursor=cursor)
            cursor = answer.cursor if answer.has_more else None


def collected(conninfo: str, url: str, profile: Path | None) -> float:
    """Seconds of `harvester collect run`, the start of the program included."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
    environment |= {
        "HARVESTER_DATABASE_URL": conninfo, "HARVESTER_TIKTOK_URL": url, "HARVESTER_TIKTOK_CLIENT_KEY": CLIENT_KEY,
        "HARVESTER_TIKTOK_CLIENT_SECRET": CLIENT_SECRET, "HARVESTER_TIKTOK_REQUESTS_PER_DAY": str(REQUESTS),
        "HARVESTER_TIKTOK_RECORDS_PER_DAY": str(RECORDS),
    }  # fmt: skip
    measured = ["-m", "cProfile", "-o", str(profile)] if profile else []
    words = [sys.executable, *measured, "-m", "harvester", "collect", "run"]
    begun = time.perf_counter()
    subprocess.run(words, env=environment, check=True)
    return time.perf_counter() - begun


async def prepared(server: EmbeddedServer) -> str:
    """The address of a new database with one discovery, for every video."""
    server.ensure_database("bench")
    conninfo = server.conninfo("bench")
    async for _ in migrate(conninfo):
        pass
    async with Database(conninfo) as database:
        await add_discovery(database, "everything", "research_videos", QUERY, days_back=DAYS_BACK)
    return conninfo


def counts(conninfo: str) -> dict[str, int]:
    """What was stored."""
    tables = {"videos": "video", "comments": "comment", "mentions": "domain_mention", "domains": "domain"}
    with psycopg.connect(conninfo) as connection:
        found = {
            name: connection.execute(f"select count(*) from {table}").fetchone()  # type: ignore[arg-type]
            for name, table in tables.items()
        }
    return {name: row[0] for name, row in found.items() if row is not None}


def main(*, is_profiled: bool) -> bool:
    """Measure, and print figures with their baseline; whether the goal is met."""
    log_from("error")
    with (
        tempfile.TemporaryDirectory() as name,
        EmbeddedServer(Path(name, "home")).running() as server,
        sandbox() as url,
    ):
        conninfo = asyncio.run(prepared(server))
        alone, gate = asyncio.run(fetched(url))
        print(
            f"fetched   {gate.requests:,} requests, {gate.records:,} records in {alone:.1f} s by the client alone, one"
            f" after the other: {gate.requests / alone:.0f} requests/s, {gate.records / alone:,.0f} records/s"
        )
        request = urllib.request.Request(f"{url}/sandbox/reset", b"", method="POST")
        urllib.request.urlopen(request).close()
        told(url, "limits", requests_per_day=REQUESTS, records_per_day=RECORDS)
        profile = Path(name, "profile") if is_profiled else None
        seconds = collected(conninfo, url, profile)
        state = told(url, "state")
        use = next(iter(state["days"].values()))["research"]
        assert use["refused"] == 0, "a request beyond the quota"
        stored = counts(conninfo)
        print(
            f"collected {use['requests']:,} requests, {use['records']:,} records in {seconds:.1f} s:"
            f" {use['requests'] / seconds:.0f} requests/s, {use['records'] / seconds:,.0f} records/s; stored"
            f" {', '.join(f'{count:,} {name}' for name, count in stored.items())}"
        )
        is_met = seconds < GOAL
        print(
            f"goal      less than {GOAL:.0f} s: {'met' if is_met else 'MISSED'} ({seconds / alone:.1f} times the fetch)"
        )
        if profile:
            pstats.Stats(str(profile)).sort_stats("tottime").print_stats(35)
            pstats.Stats(str(profile)).sort_stats("cumtime").print_stats(60)
        return is_met


if __name__ == "__main__":
    sys.exit(0 if main(is_profiled="--profile" in sys.argv) else 1)
