"""A sandbox to collect from, and what a collection left behind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import psycopg

from harvester.jobs.worker import CONNECTIONS, Access
from harvester.model import Credentials
from harvester.sandbox.faults import FAULTS
from harvester.sandbox.generate import Scale
from harvester.sandbox.modes import Delays
from harvester.sandbox.server import serving
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.sandbox.tongues import TONGUES
from harvester.sandbox.world import World
from harvester.store.database import Database
from harvester.store.discovery import add_discovery
from harvester.store.quota import Limits

REGIONS = sorted({region for tongue in TONGUES for region in tongue.regions})
"""All that the invented creators are from: a query for them finds every video."""
QUICK = Delays(hang=0.2, slow=0.05, retry_after=0)
LIMITS = Limits(requests=1000, records=100_000)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox, asked and changed by its own addresses."""

    url: str
    session: aiohttp.ClientSession

    async def get(self, path: str) -> Any:
        async with self.session.get(f"{self.url}/sandbox/{path}") as answer:
            text = await answer.text()
            return json.loads(text) if answer.content_type == "application/json" else _lines(text)

    async def post(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.url}/sandbox/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def delete_video(self, video_id: str) -> None:
        async with self.session.delete(f"{self.url}/sandbox/videos/{video_id}") as answer:
            assert answer.status == 200

    async def comments(self) -> dict[str, set[str]]:
        """TikTok's ids of all comments that a patient client ends with, by video."""
        return {row["id"]: set(row["comment_ids"]) for row in await self.get("truth") if row["kind"] == "video"}

    async def requests(self) -> int:
        """How many were asked so far, those for tokens left out."""
        endpoints: Mapping[str, Mapping[str, int]] = (await self.get("state"))["endpoints"]
        return sum(sum(outcomes.values()) for name, outcomes in endpoints.items() if name != "token")


def a_world(videos: int = 12, comments: int = 300, *, seed: int = 5) -> World:
    """Some videos of the last month, by a clock that stands at the beginning of this day."""
    anchor = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=1)
    return World.invent(Scale(videos, comments), anchor=anchor, seed=seed)


def all_faults(rate: float) -> dict[str, float]:
    """Every fault at the same rate."""
    return dict.fromkeys((fault.name for fault in FAULTS), rate)


@asynccontextmanager
async def sandboxed(world: World, **options: Any) -> AsyncIterator[Sandbox]:
    """The world served; the slow faults are quick."""
    options.setdefault("delays", QUICK)
    async with serving(world, **options) as url, aiohttp.ClientSession() as session:
        yield Sandbox(url, session)


def access(sandbox: Sandbox, limits: Limits = LIMITS, *, secret: str = CLIENT_SECRET) -> Access:
    """The way to the sandbox, in a great hurry."""
    return Access(sandbox.url, Credentials(CLIENT_KEY, secret), limits, patience=0.001)


@asynccontextmanager
async def opened(conninfo: str) -> AsyncIterator[Database]:
    """The database with as many connections as a worker has."""
    async with Database(conninfo, connections=CONNECTIONS) as database:
        yield database


async def discover_all(database: Database) -> None:
    """Save a query that finds every video of a sandbox."""
    await add_discovery(database, "everything", "research_videos", {"regions": REGIONS}, days_back=90)


def comments_of(conninfo: str) -> dict[str, set[str]]:
    """TikTok's ids of the stored comments, by video."""
    rows = rows_of(
        conninfo,
        "select v.video_id, array_agg(c.comment_id) as comments from video v join comment c on c.video_id = v.id"
        " group by 1",
    )
    return {row["video_id"]: set(row["comments"]) for row in rows}


def rows_of(conninfo: str, statement: str) -> list[dict[str, Any]]:
    """What a statement gives."""
    with psycopg.connect(conninfo, prepare_threshold=None, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(statement).fetchall()  # type: ignore[call-overload]  It is a test's own text.


def changed(conninfo: str, statement: str) -> None:
    """Do something behind everybody's back."""
    with psycopg.connect(conninfo, prepare_threshold=None, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]  It is a test's own text.


def _lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]
