"""The switches that stop every request to TikTok's APIs, and every look-up of a domain, on all machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.statements import statements

Switch = Literal["collection", "enrichment"]
_SQL = statements("pause")


@dataclass(frozen=True, slots=True)
class PauseState:
    """How a switch stands."""

    is_paused: bool = False
    reason: str | None = None
    """In the words of whoever turned it."""
    changed_at: datetime | None = None
    """None where nobody ever did."""


async def pause(database: Database, reason: str | None = None, *, what: Switch = "collection") -> None:
    """Stop it; where it stands still already the first reason and time stay."""
    await _turn(database, what, is_paused=True, reason=reason)


async def resume(database: Database, reason: str | None = None, *, what: Switch = "collection") -> None:
    """Let it go on."""
    await _turn(database, what, is_paused=False, reason=reason)


async def pause_state(connection: Connection, what: Switch = "collection") -> PauseState:
    """How a switch stands, and since when."""
    row = await (await connection.execute(_SQL["pause_state"], {"what": what})).fetchone()
    return PauseState(**row) if row is not None else PauseState()


async def is_paused(database: Database, what: Switch = "collection") -> bool:
    """Whether it stands still: one row read by its key, to be asked every second.

    Raises StoreError soon where the database does not say.
    """

    async def work() -> bool:
        async with database.transaction(WORKER) as connection:
            return (await pause_state(connection, what)).is_paused

    return await attempted(work, "Whether requests are stopped could not be read", most=2)


async def _turn(database: Database, what: Switch, *, is_paused: bool, reason: str | None) -> None:
    turned = {"what": what, "is_paused": is_paused, "reason": reason or None}

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["set_pause"], turned)

    await attempted(work, "The switch could not be turned")
