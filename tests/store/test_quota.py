"""The day's quota is booked in one place by all workers, and never overspent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.errors import CollectionPaused, QuotaSpent
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.pause import pause, resume
from harvester.store.quota import Booking, Limits, Remaining, book, remaining, settle

pytestmark = pytest.mark.anyio

DAY = Limits(requests=1000, records=100_000)
QUARTER = timedelta(minutes=15)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def left(database: Database, limits: Limits = DAY, api: str = "research") -> Remaining:
    async with database.transaction(ANALYST) as connection:
        return await remaining(connection, api, limits)


async def used(database: Database) -> list[tuple[Any, ...]]:
    async with database.transaction(ANALYST) as connection:
        cursor = await connection.execute(
            "select api, request_count, record_count, request_limit, record_limit, spent_until is not null"
            " from quota_use order by api"
        )
        return [tuple(row.values()) for row in await cursor.fetchall()]


async def test_an_unused_day_has_everything_left_until_midnight_in_utc(database: Database) -> None:
    found = await left(database)
    assert (found.requests, found.records, found.is_spent) == (1000, 100_000, False)
    now = datetime.now(UTC)
    assert now < found.until <= now + timedelta(days=1)
    assert (found.until.hour, found.until.minute, found.until.second, found.until.utcoffset()) == (0, 0, 0, timedelta())


async def test_a_booking_counts_until_it_is_settled_and_then_what_came(database: Database) -> None:
    booking = await book(database, "research", 100, DAY)
    assert booking.most == 100
    assert await used(database) == [("research", 1, 100, 1000, 100_000, False)]
    await settle(database, booking, 37)
    assert await used(database) == [("research", 1, 37, 1000, 100_000, False)]
    found = await left(database)
    assert (found.requests, found.records) == (999, 99_963)


async def test_what_came_beyond_what_was_asked_for_is_counted_too(database: Database) -> None:
    await settle(database, await book(database, "research", 10, DAY), 25)
    assert await used(database) == [("research", 1, 25, 1000, 100_000, False)]


async def test_the_two_apis_have_books_of_their_own(database: Database) -> None:
    await book(database, "research", 100, DAY)
    await book(database, "commercial", 50, DAY)
    assert [each[:3] for each in await used(database)] == [("commercial", 1, 50), ("research", 1, 100)]


async def test_fewer_records_than_wanted_are_booked_where_fewer_are_left(database: Database) -> None:
    limits = Limits(requests=1000, records=150)
    assert (await book(database, "research", 100, limits)).most == 100
    assert (await book(database, "research", 100, limits)).most == 50
    with pytest.raises(QuotaSpent, match="Today's records of the research API are used up"):
        await book(database, "research", 100, limits)


async def test_a_request_that_brings_no_record_passes_without_one(database: Database) -> None:
    limits = Limits(requests=2, records=0)
    assert (await book(database, "research", 0, limits)).most == 0
    with pytest.raises(QuotaSpent, match="records"):
        await book(database, "research", 1, limits)


async def test_without_requests_the_error_says_until_when(database: Database) -> None:
    limits = Limits(requests=1, records=1000)
    await settle(database, await book(database, "research", 10, limits), 0)
    with pytest.raises(QuotaSpent, match="Today's requests of the research API are used up") as refused:
        await book(database, "research", 10, limits)
    assert refused.value.until == (await left(database)).until
    assert "00:00 UTC" in refused.value.hint


async def test_an_api_that_calls_itself_spent_is_tried_again_soon(database: Database, conninfo: str) -> None:
    midnight = (await left(database)).until
    await settle(database, await book(database, "research", 100, DAY), 0, is_spent=True)
    soon = min(midnight, datetime.now(UTC) + QUARTER)
    found = await left(database)
    assert (found.requests, found.records, found.is_spent) == (0, 0, True)
    assert abs(found.until - soon) < timedelta(minutes=1)
    with pytest.raises(QuotaSpent, match="The research API says") as refused:
        await book(database, "research", 1, DAY)
    assert refused.value.until == found.until
    assert "tried again" in refused.value.hint
    assert (await book(database, "commercial", 1, DAY)).most == 1

    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update quota_use set spent_until = now()")
    found = await left(database)
    assert (found.requests, found.is_spent, found.until) == (999, False, midnight)
    assert (await book(database, "research", 1, DAY)).most == 1


async def test_an_api_that_calls_itself_spent_waits_for_midnight_where_our_books_are_full(database: Database) -> None:
    limits = Limits(requests=1, records=1000)
    midnight = (await left(database)).until
    await settle(database, await book(database, "research", 10, limits), 0, is_spent=True)
    found = await left(database, limits)
    assert (found.requests, found.is_spent, found.until) == (0, True, midnight)


async def test_what_an_api_says_of_one_day_does_not_outlive_it(database: Database, conninfo: str) -> None:
    booking = await book(database, "research", 1, DAY)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update quota_use set day = day - 1")
        await settle(database, booking, 0, is_spent=True)
        row = connection.execute("select spent_until at time zone 'UTC' = day + 1 from quota_use").fetchone()
        assert row == (True,)
        with pytest.raises(psycopg.errors.CheckViolation, match="quota_use_spent_within_day"):
            connection.execute("update quota_use set spent_until = spent_until + interval '1 s'")
    assert not (await left(database)).is_spent


async def test_the_least_that_any_worker_names_counts_for_the_day(database: Database) -> None:
    await book(database, "research", 1, Limits(requests=2, records=90))
    await book(database, "research", 1, DAY)
    with pytest.raises(QuotaSpent):
        await book(database, "research", 1, DAY)
    found = await left(database, DAY)
    assert (found.requests, found.records) == (0, 88)


async def test_yesterdays_books_are_settled_there_and_leave_today_alone(database: Database, conninfo: str) -> None:
    booking = await book(database, "research", 100, Limits(requests=1, records=100))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update quota_use set day = day - 1")
    found = await left(database)
    assert (found.requests, found.records) == (1000, 100_000)
    await book(database, "research", 7, DAY)
    await settle(database, booking, 30, is_spent=True)
    async with database.transaction(ANALYST) as connection:
        cursor = await connection.execute("select record_count, spent_until is not null from quota_use order by day")
        assert [tuple(row.values()) for row in await cursor.fetchall()] == [(30, True), (7, False)]


async def test_nothing_is_booked_while_all_requests_are_stopped(database: Database) -> None:
    await pause(database, "the lawyers ask")
    with pytest.raises(CollectionPaused, match="the lawyers ask"):
        await book(database, "research", 1, DAY)
    assert (await left(database)).requests == 1000
    await resume(database)
    assert (await book(database, "research", 1, DAY)).most == 1


async def test_a_pause_tells_before_a_spent_quota_does(database: Database) -> None:
    await settle(database, await book(database, "research", 1, DAY), 1, is_spent=True)
    await pause(database)
    with pytest.raises(CollectionPaused, match=r"All requests are stopped\."):
        await book(database, "research", 1, DAY)


async def test_workers_at_the_same_time_never_overspend(conninfo: str) -> None:
    limits = Limits(requests=70, records=1000)

    async def work(database: Database, number: int) -> list[tuple[int, int]]:
        done: list[tuple[int, int]] = []
        while True:
            try:
                booking = await book(database, "research", 7 + number, limits)
            except QuotaSpent:
                return done
            came = booking.most * (number % 3) // 2
            await settle(database, booking, came)
            done.append((booking.most, came))

    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(Database(conninfo)) for _ in range(3)]
        done = [each for part in await asyncio.gather(*(work(databases[n % 3], n) for n in range(20))) for each in part]
        (row,) = await used(databases[0])
    assert row[1] == len(done) <= limits.requests
    assert row[2] == sum(came for _, came in done) <= limits.records
    assert row[1] == limits.requests or row[2] == limits.records


async def test_bookings_on_their_way_together_never_overspend(conninfo: str) -> None:
    limits = Limits(requests=15, records=1000)
    async with Database(conninfo, connections=10) as one, Database(conninfo, connections=10) as other:
        tried = await asyncio.gather(
            *(book((one, other)[n % 2], "research", 90, limits) for n in range(20)), return_exceptions=True
        )
        booked = [each for each in tried if isinstance(each, Booking)]
        assert all(isinstance(each, Booking | QuotaSpent) for each in tried)
        assert sorted(each.most for each in booked) == [10, *[90] * 11]
        assert await used(one) == [("research", 12, 1000, 15, 1000, False)]


Step = tuple[bool, int, int]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 40)), max_size=20),
    limits=st.builds(Limits, requests=st.integers(0, 12), records=st.integers(0, 150)),
)
def test_in_any_order_the_books_are_what_was_sent(conninfo: str, steps: list[Step], limits: Limits) -> None:
    asyncio.run(_keep_books(conninfo, steps, limits))


async def _keep_books(conninfo: str, steps: list[Step], limits: Limits) -> None:
    async with Database(conninfo) as database:
        async with database.transaction(WORKER) as connection:
            await connection.execute("delete from quota_use")
        requests, records, on_their_way = 0, 0, list[Booking]()
        for books, most, came in steps:
            if books:
                left_of_records = limits.records - records
                try:
                    booking = await book(database, "research", most, limits)
                except QuotaSpent:
                    assert requests == limits.requests or (most and not left_of_records)
                    continue
                assert booking.most == min(most, left_of_records)
                requests, records = requests + 1, records + booking.most
                on_their_way.append(booking)
            elif on_their_way:
                booking = on_their_way.pop(came % len(on_their_way))
                records_that_came = min(came, booking.most)
                await settle(database, booking, records_that_came)
                records -= booking.most - records_that_came
            found = await left(database, limits)
            assert (found.requests, found.records) == (limits.requests - requests, limits.records - records)
            assert requests <= limits.requests
            assert records <= limits.records


async def test_settling_a_day_that_is_gone_is_no_error(database: Database) -> None:
    await settle(database, Booking(UUID(int=1), 10), 0)
