"""The books of the day's quota: every request is booked before it is sent, by all workers in one place.

The day is that of UTC by the clock of the database. What was booked is never given back as a request, whatever became
of it: TikTok counts the failed ones too. Records that did not come are given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from harvester.errors import CollectionPaused, QuotaSpent
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.once import CommitUnknown, once
from harvester.store.pause import PauseState, pause_state
from harvester.store.statements import statements

_SQL = statements("quota")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one API may be asked a day. Where several workers name different ones, the least counts on that day."""

    requests: int
    records: int


@dataclass(frozen=True, slots=True)
class Booking:
    """One request that was booked."""

    id: UUID
    """Of the day in the books; it is settled there, even past midnight."""
    most: int
    """Records that it may bring; fewer than wanted where fewer are left of the day."""


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of the day."""

    requests: int
    records: int
    is_spent: bool
    """Whether the API said so a while ago; then nothing is left for now, whatever our books say."""
    until: datetime
    """When there may be more: the next day, 00:00 UTC, or the next try of an API that is only spent by its own word."""


async def book(database: Database, api: str, most: int, limits: Limits) -> Booking:
    """Book one request that may bring `most` records, or as many as are left of the day if those are fewer.

    Raises QuotaSpent where no request or no record is left, CollectionPaused where an operator has stopped all
    requests. Where the answer of the database is lost it may be booked twice, never too little.
    """
    asked = _asked(api, limits, most=most)

    async def work() -> Booking | tuple[PauseState, Remaining]:
        async with database.transaction(WORKER) as connection:
            booked = await (await connection.execute(_SQL["book"], asked)).fetchone()
            if booked is None:
                await connection.execute(_SQL["open_day"], asked)
                booked = await (await connection.execute(_SQL["book"], asked)).fetchone()
            if booked is not None:
                return Booking(booked["id"], booked["records"])
            return await pause_state(connection), await remaining(connection, api, limits)

    while not isinstance(answer := await attempted(work, "A request could not be booked"), Booking):
        paused, left = answer
        if paused.is_paused:
            raise CollectionPaused(
                f"All requests are stopped: {paused.reason}" if paused.reason else "All requests are stopped.",
                hint="Let them go on: harvester collect resume",
            )
        if not left.requests or (most and not left.records):
            raise _spent(api, left)
        # They were let go on between the refusal and the look at its reason.
    return answer


async def settle(database: Database, booking: Booking, records: int, is_spent: bool = False) -> None:
    """Note how many records came, so that those booked too many are given back; once for each booking.

    With `is_spent` the API said that its quota is used up. Its day need not be ours, so that it is tried again after a
    quarter of an hour, and at once where ours is over. Where the answer of the database is lost nothing is
    given back a second time: the books may say too much, never too little.
    """
    if records == booking.most and not is_spent:
        return
    settled: dict[str, Any] = {"id": booking.id, "booked": booking.most, "records": records, "is_spent": is_spent}

    async def work(connection: Connection) -> None:
        await connection.execute(_SQL["settle"], settled)

    try:
        await once(database, work, "A request could not be settled")
    except CommitUnknown:
        if is_spent:
            await settle(database, booking, booking.most, is_spent=True)


async def remaining(connection: Connection, api: str, limits: Limits) -> Remaining:
    """What is left of the day, with the requests on their way counted as if they brought all that they may."""
    row = await (await connection.execute(_SQL["remaining"], _asked(api, limits))).fetchone()
    assert row is not None, "the statement always gives a row"
    return Remaining(**row)


def _asked(api: str, limits: Limits, **more: int) -> dict[str, Any]:
    return {"api": api, "request_limit": limits.requests, "record_limit": limits.records, **more}


def _spent(api: str, left: Remaining) -> QuotaSpent:
    when = f"{left.until:%Y-%m-%d %H:%M} UTC"
    if left.is_spent:
        what = f"The {api} API says that its quota of today is used up"
        return QuotaSpent(f"{what}.", until=left.until, hint=f"It is tried again at {when}.")
    what = f"Today's {'records' if left.requests else 'requests'} of the {api} API are used up"
    return QuotaSpent(f"{what}.", until=left.until, hint=f"There is quota again at {when}.")
