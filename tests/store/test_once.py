"""What must not be done twice is not, where the answer of the database to a COMMIT is lost on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status
from tests.jobs.test_crash import Line
from tests.store.errands import Errands, counts

from harvester.store.database import Connection, Database
from harvester.store.once import CommitUnknown, once
from harvester.store.quota import Limits, book, settle

pytestmark = pytest.mark.anyio

DAY = Limits(requests=1000, records=100_000)
LOST = pytest.mark.parametrize("swallowed", [False, True], ids=["the answer is lost", "the question is lost"])


class Fragile:
    """A database behind a line that breaks once when told to."""

    def __init__(self, conninfo: str, *, swallowed: bool) -> None:
        self._breaks = False
        self._line = Line(conninfo, lambda _: self._broken(), swallowed=swallowed)

    def _broken(self) -> bool:
        was, self._breaks = self._breaks, False
        return was

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Database]:
        async with self._line.open() as address, Database(address) as database:
            yield database

    async def lost(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """What it gives, with the line broken at its first COMMIT."""
        self._breaks = True
        result = await work()
        assert not self._breaks, "it committed nothing"
        return result


def used(conninfo: str) -> tuple[int, int, bool]:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(
            "select request_count, record_count, spent_until is not null from quota_use"
        ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


@LOST
async def test_what_was_booked_is_given_back_at_most_once(direct_conninfo: str, swallowed: bool) -> None:
    fragile = Fragile(direct_conninfo, swallowed=swallowed)
    async with fragile.open() as database:
        await settle(database, await book(database, "research", 100, DAY), 100)
        booking = await book(database, "research", 100, DAY)
        await fragile.lost(lambda: settle(database, booking, 30))
    assert used(direct_conninfo) == (2, 200 if swallowed else 130, False)


@LOST
async def test_a_day_is_marked_as_spent_whatever_is_lost(direct_conninfo: str, swallowed: bool) -> None:
    fragile = Fragile(direct_conninfo, swallowed=swallowed)
    async with fragile.open() as database:
        booking = await book(database, "research", 100, DAY)
        await fragile.lost(lambda: settle(database, booking, 0, is_spent=True))
    assert used(direct_conninfo) == (1, 100 if swallowed else 0, True)


@LOST
async def test_a_booking_may_count_twice_and_never_too_little(direct_conninfo: str, swallowed: bool) -> None:
    fragile = Fragile(direct_conninfo, swallowed=swallowed)
    async with fragile.open() as database:
        booking = await fragile.lost(lambda: book(database, "research", 100, DAY))
    assert booking.most == 100
    assert used(direct_conninfo) == ((1, 100, False) if swallowed else (2, 200, False))


@LOST
async def test_a_job_that_ended_is_ended_and_one_to_be_tried_again_waits(direct_conninfo: str, swallowed: bool) -> None:
    fragile = Fragile(direct_conninfo, swallowed=swallowed)
    async with fragile.open() as database:
        errands = Errands(database)
        manager = errands.app.job_manager
        await errands.note.batch_defer_async({"what": 1}, {"what": 2})
        worker = await fragile.lost(manager.register_worker)
        one, other = await manager.fetch_job(None, worker), await manager.fetch_job(None, worker)
        assert one is not None
        assert other is not None
        await fragile.lost(lambda: manager.finish_job(one, Status.SUCCEEDED, delete_job=False))
        await fragile.lost(lambda: manager.retry_job(other))
        await fragile.lost(lambda: manager.update_heartbeat(worker))
        assert await counts(database) == {"note succeeded": 1, "note todo": 1}


@LOST
async def test_no_job_is_made_or_taken_twice(direct_conninfo: str, swallowed: bool) -> None:
    fragile = Fragile(direct_conninfo, swallowed=swallowed)
    async with fragile.open() as database:
        errands = Errands(database)
        worker = await errands.app.job_manager.register_worker()
        with pytest.raises(ConnectorException, match="could not be reached"):
            await fragile.lost(lambda: errands.note.defer_async(what=1))
        assert await counts(database) == ({} if swallowed else {"note todo": 1})
        await errands.note.batch_defer_async({"what": 2}, {"what": 3})
        with pytest.raises(ConnectorException, match="could not be reached"):
            await fragile.lost(lambda: errands.app.job_manager.fetch_job(None, worker))
        assert (await counts(database)).get("note doing", 0) == (0 if swallowed else 1)


@LOST
async def test_a_commit_that_may_have_been_is_told_and_not_repeated(direct_conninfo: str, swallowed: bool) -> None:
    fragile = Fragile(direct_conninfo, swallowed=swallowed)
    async with fragile.open() as database:
        with pytest.raises(CommitUnknown, match="The video could not be stored"):
            await fragile.lost(lambda: once(database, stored, "The video could not be stored"))
    with psycopg.connect(direct_conninfo) as connection:
        assert connection.execute("select count(*) from video").fetchone() == (0 if swallowed else 1,)


async def stored(connection: Connection) -> None:
    await connection.execute("insert into video (video_id) values ('71')")


async def test_a_connection_that_is_lost_before_the_commit_is_no_loss(direct_conninfo: str) -> None:
    tries = []

    async def work(connection: Connection) -> None:
        tries.append(connection.info.backend_pid)
        await stored(connection)
        if len(tries) == 1:
            with psycopg.connect(direct_conninfo) as owner:
                owner.execute("select pg_terminate_backend(%s)", tries)
            await connection.execute("select pg_sleep(5)")

    async with Database(direct_conninfo) as database:
        await once(database, work, "The video could not be stored")
    assert len(tries) == 2
    with psycopg.connect(direct_conninfo) as connection:
        assert connection.execute("select count(*) from video").fetchone() == (1,)
