"""What the planner reads and notes: open jobs, what is not looked up yet, what a recount told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from harvester.store.database import Connection
from harvester.store.harvest import HarvestRow
from harvester.store.statements import statements

_SQL = statements("plan")
APIS: tuple[Literal["research"], Literal["commercial"]] = ("research", "commercial")
"""Each has a quota of its own."""


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job that waits, is being worked on, or was given up."""

    task: str
    lock: str
    """What it is about: `harvest:7385291383449439519`."""
    is_alive: bool
    """Whether it will still be done; else it was given up."""
    requests: int
    """So many were allowed to it."""
    api: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A harvest whose video has no more comments than it had."""

    id: UUID
    quiet_count: int
    since_last: timedelta | None
    since_posted: timedelta | None


async def plan_alone(connection: Connection) -> bool:
    """Whether nobody else plans until this transaction ends."""
    row = await (await connection.execute(_SQL["plan_alone"])).fetchone()
    return row is not None and bool(row["is_alone"])


async def open_jobs(connection: Connection) -> list[OpenJob]:
    """All jobs that stand in the way of another one about the same."""
    return [OpenJob(**row) for row in await (await connection.execute(_SQL["open_jobs"])).fetchall()]


async def promising_harvests(connection: Connection, most: int = 1000) -> list[HarvestRow]:
    """Due videos that no job is about: so many of each kind at the most, those that may bring something."""
    rows = await (await connection.execute(_SQL["promising_harvests"], {"most": most})).fetchall()
    return [HarvestRow(**row) for row in rows]


async def creators_to_look_up(connection: Connection, limit: int) -> list[str]:
    """Handles of creators whose profile is worth a request, the most promising first."""
    rows = await (await connection.execute(_SQL["creators_to_look_up"], {"limit": limit})).fetchall()
    return [row["username"] for row in rows]


async def ads_to_look_up(connection: Connection, limit: int) -> list[str]:
    """TikTok's ids of ads whose landing page was not asked for."""
    return [
        row["ad_id"] for row in await (await connection.execute(_SQL["ads_to_look_up"], {"limit": limit})).fetchall()
    ]


async def recounted(connection: Connection, asked: Sequence[str], seen: Sequence[str]) -> list[Unchanged]:
    """Note which of these videos TikTok still knows; those that have no more comments than at their last harvest.

    One that it does not know twice in a row is no longer active, and never due.
    """
    rows = await (await connection.execute(_SQL["recounted"], {"asked": list(asked), "seen": list(seen)})).fetchall()
    return [Unchanged(**{name: row[name] for name in Unchanged.__slots__}) for row in rows if row["is_unchanged"]]


async def rest(connection: Connection, waits: Sequence[tuple[UUID, timedelta]]) -> None:
    """Let harvests wait so long."""
    if waits:
        await connection.execute(_SQL["rest"], {"ids": [key for key, _ in waits], "waits": [wait for _, wait in waits]})
