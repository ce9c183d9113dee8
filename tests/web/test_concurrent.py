"""Lists that are walked while others write: what was there from the start is met once."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.test_guard import in_process

from harvester.jobs.collect import collect
from harvester.model import Comment, Record, Video
from harvester.store.database import Database

NOW = datetime(2026, 1, 15, tzinfo=UTC)
LISTS = {
    "/api/v1/domains?sort=name": "domain_name",
    "/api/v1/domains?sort=first_seen": "domain_name",
    "/api/v1/videos": "video_id",
    "/api/v1/videos?sort=views": "video_id",
    "/api/v1/comments": "comment_id",
    "/api/v1/comments?q=shop": "comment_id",
}
"""Orders by what does not change; by mentions or last seen a domain may move while the list is walked."""


def records(numbers: range, moment: datetime) -> list[Record]:
    """One video, comment and domain for each number; many share a moment."""
    found: list[Record] = []
    for number in numbers:
        seen = moment + timedelta(minutes=number % 3)
        found += [
            Video(f"{7_300_000 + number}", view_count=number % 4, observed_at=seen),
            Comment(f"{7_400_000 + number}", f"{7_300_000 + number}", f"shop at velmora{number}.com", observed_at=seen),
        ]
    return found


async def walk(client: httpx.AsyncClient, path: str, key: str, database: Database, between: list[list[Record]]) -> None:
    """Walk a list by small pages, write some records after each, and compare with what it held before."""
    whole = await client.get(str(httpx.URL(path).copy_merge_params({"limit": 1000})))
    before = {row[key] for row in whole.json()["rows"]}
    met: list[str] = []
    address: str | None = str(httpx.URL(path).copy_merge_params({"limit": 6}))
    while address:
        answer = await client.get(address)
        met += [row[key] for row in answer.json()["rows"]]
        address = answer.links.get("next", {}).get("url")
        if between:
            await collect(database, "bare_csv", {}, between.pop())
    assert len(met) == len(set(met)), path
    assert before <= set(met), path


@settings(max_examples=2, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
@pytest.mark.anyio
async def test_a_list_that_grows_is_walked_without_loss_or_repetition(conninfo: str, seed: int) -> None:
    draw = random.Random(seed)
    first = draw.randrange(1_000, 900_000)
    async with Database(conninfo) as database, in_process(database) as client:
        await collect(database, "bare_csv", {}, records(range(first, first + 17), NOW))
        for path, key in LISTS.items():
            start = draw.randrange(1_000_000, 90_000_000)
            moments = [NOW + timedelta(minutes=draw.randrange(-3, 4)) for _ in range(2)]
            between = [records(range(start + 10 * each, start + 10 * each + 4), moments[each]) for each in range(2)]
            await walk(client, path, key, database, between)
