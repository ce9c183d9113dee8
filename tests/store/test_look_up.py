"""Look-ups are leased: each is in one pair of hands, and written once, with its domain's latest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.looked import LEASE, NOW, answer, do, enrolled, put_domains, rows

from harvester.store.database import WORKER, Database
from harvester.store.look_up import (
    Taken,
    due_counts,
    enrol_named,
    facts_of,
    look_up_status,
    record,
    release,
    take_due,
    take_named,
)
from harvester.store.pace import Pace, begin
from harvester.store.pause import pause, resume
from harvester.store.retention import clean_up
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

HISTORY = "select kind, state, is_change, result, checked_at from enrichment order by checked_at, kind"
LEASES_OVER = "update private.look_up set due_at = now() - interval '1 second' where taken_by is not null"
HOUR = timedelta(hours=1)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo, connections=8) as opened:
        yield opened


def names(taken: Taken) -> set[str]:
    return {each.domain_name for each in taken.look_ups}


async def take(database: Database, most: int = 10) -> Taken:
    return await take_due(database, "dns", most, LEASE)


async def test_only_what_people_can_see_is_enrolled_and_each_once(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com", "deal.com")
    put_domains(conninfo, "held.com", shown=False)
    assert await enrolled(database, "dns", "rdap") == 4
    assert await enrolled(database, "dns", "rdap") == 0
    assert await enrolled(database, "http") == 2
    async with database.transaction(WORKER) as connection:
        assert await due_counts(connection, ["dns", "http"], 1) == {"dns": 1, "http": 1}
    assert names(await take(database)) == {"glow.com", "deal.com"}


async def test_takers_at_the_same_time_never_have_the_same_in_hand(database: Database, conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(60)))
    await enrolled(database)
    taken = await asyncio.gather(*(take(database, 9) for _ in range(8)))
    had = [each.domain_name for one in taken for each in one.look_ups]
    assert len(had) == len(set(had))
    # Whoever waits for the locks of others takes what they left.
    assert len(had) + len((await take(database, 60)).look_ups) == 60
    assert (await take(database)).look_ups == []


async def test_what_a_dead_worker_had_is_free_when_its_lease_is_over_and_it_writes_nothing_any_more(
    database: Database, conninfo: str
) -> None:
    put_domains(conninfo, "glow.com")
    await enrolled(database)
    dead = await take(database)
    assert (await take(database)).look_ups == []
    do(conninfo, LEASES_OVER)
    alive = await take(database)
    assert names(alive) == {"glow.com"}
    assert await record(database, dead.mark, [answer(dead.look_ups[0], a=["192.0.2.9"])]) == 0
    assert rows(conninfo, HISTORY) == []
    assert await record(database, alive.mark, [answer(alive.look_ups[0], a=["192.0.2.1"])]) == 1
    assert await record(database, alive.mark, [answer(alive.look_ups[0], a=["192.0.2.1"])]) == 0
    assert len(rows(conninfo, HISTORY)) == 1


async def test_a_look_up_is_the_latest_of_its_domain_and_a_row_of_history(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    await enrolled(database, "dns", "rdap")
    for kind in ("dns", "rdap"):
        taken = await take_due(database, kind, 10, LEASE)  # type: ignore[arg-type]
        facts = {"a": ["192.0.2.1"], "alive": True} if kind == "dns" else {"registrar": "Example"}
        assert await record(database, taken.mark, [answer(taken.look_ups[0], **facts)]) == 1
    [domain] = rows(conninfo, "select metadata, verified_at from domain")
    at = "2026-01-05T12:00:00Z"
    assert domain["metadata"] == {
        "dns": {"a": ["192.0.2.1"], "state": "ok", "checked_at": at},
        "whois": {"registrar": "Example", "state": "ok", "checked_at": at},
    }
    assert domain["verified_at"] == NOW
    assert [(row["kind"], row["state"], row["is_change"]) for row in rows(conninfo, HISTORY)] == [
        ("dns", "ok", True), ("rdap", "ok", True),
    ]  # fmt: skip


async def test_what_tells_the_same_again_is_kept_without_its_facts(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    await enrolled(database)
    told = [
        {"a": ["192.0.2.1", "192.0.2.2"], "ttl": 60},
        {"a": ["192.0.2.2", "192.0.2.1"], "ttl": 17},
        {"a": ["192.0.2.3"], "ttl": 60},
        {"state": "nxdomain"},
        {"state": "nxdomain"},
    ]
    for number, facts in enumerate(told):
        taken = await take(database)
        await record(database, taken.mark, [answer(taken.look_ups[0], at=NOW + number * HOUR, wait=-HOUR, **facts)])
    found = rows(conninfo, HISTORY)
    assert [row["is_change"] for row in found] == [True, False, True, True, False]
    assert [row["result"] is not None for row in found] == [True, False, True, True, False]
    [latest] = rows(conninfo, "select metadata -> 'dns' ->> 'checked_at' as at from domain")
    assert latest["at"] == "2026-01-05T16:00:00Z"


async def test_a_look_up_that_was_refused_leaves_what_was_told_before(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    await enrolled(database)
    facts = {"a": ["192.0.2.1"]}
    told_one_by_one = [("ok", facts), ("rate_limited", {}), ("refused:pap", {}), ("ok", facts)]
    for number, (state, facts) in enumerate(told_one_by_one):
        taken = await take(database)
        told = answer(taken.look_ups[0], state, at=NOW + number * HOUR, wait=-HOUR, **facts)
        await record(database, taken.mark, [told])
    [domain] = rows(conninfo, "select metadata from domain")
    assert domain["metadata"]["dns"]["a"] == ["192.0.2.1"]
    assert [(row["state"], row["is_change"]) for row in rows(conninfo, HISTORY)] == [
        ("ok", True), ("rate_limited", False), ("refused:pap", False), ("ok", False),
    ]  # fmt: skip


async def test_what_the_database_refuses_is_told_apart_and_keeps_nothing_else_from_being_written(
    database: Database, conninfo: str
) -> None:
    put_domains(conninfo, "glow.com", "deal.com", "odd.com", "long.com")
    await enrolled(database)
    facts = {
        "glow.com": {"a": ["192.0.2.1"]}, "deal.com": {"cname": "a\0b\ud800"},
        "odd.com": {"a": "no list"}, "long.com": {"cname": "x" * 70_000},
    }  # fmt: skip
    taken = await take(database)
    await record(database, taken.mark, [answer(each, **facts[each.domain_name]) for each in taken.look_ups])
    stored = {
        row["domain_name"]: row["metadata"]["dns"] for row in rows(conninfo, "select domain_name, metadata from domain")
    }
    assert stored["glow.com"]["a"] == ["192.0.2.1"]
    assert stored["deal.com"]["cname"] == "a\N{REPLACEMENT CHARACTER}b?"
    assert stored["odd.com"] == stored["long.com"] == {"checked_at": "2026-01-05T12:00:00Z"}
    states = rows(conninfo, "select state, count(*) as n from enrichment group by 1 order by 1")
    assert [(row["state"], row["n"]) for row in states] == [("ok", 2), ("unstorable", 2)]
    assert rows(conninfo, "select 1 from private.look_up where taken_by is not null or due_at < now()") == []


async def test_failures_in_a_row_are_counted_until_something_is_told(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    await enrolled(database)
    seen = []
    for number, state in enumerate(["timeout", "timeout", "ok", "timeout"]):
        taken = await take(database)
        seen.append(taken.look_ups[0].failure_count)
        await record(database, taken.mark, [answer(taken.look_ups[0], state, at=NOW + number * HOUR, wait=-HOUR)])
    assert seen == [0, 1, 2, 0]
    async with database.transaction(WORKER) as connection:
        [status] = await look_up_status(connection)
    assert (status.domains, status.due, status.in_hand, status.never_asked, status.failing) == (1, 1, 0, 0, 1)


async def test_fresh_domains_come_first_and_leave_a_quarter_to_what_waits(database: Database, conninfo: str) -> None:
    old = [f"old{number}.com" for number in range(8)]
    put_domains(conninfo, *old)
    await enrolled(database)
    taken = await take(database)
    await record(database, taken.mark, [answer(each, wait=-HOUR) for each in taken.look_ups])
    put_domains(conninfo, *(f"new{number}.com" for number in range(20)))
    await enrolled(database)
    had = names(await take(database, 8))
    assert (sum(name.startswith("new") for name in had), sum(name in old for name in had)) == (6, 2)


async def test_nothing_is_taken_while_look_ups_are_stopped(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    await enrolled(database)
    await pause(database, what="enrichment")
    assert (await take(database)).look_ups == []
    assert (await take_named(database, ["glow.com"], "dns", LEASE)).look_ups == []
    await pause(database, what="collection")
    await resume(database, what="enrichment")
    assert names(await take(database)) == {"glow.com"}


async def test_what_is_given_back_is_due_at_once_and_the_rest_is_not(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com", "deal.com")
    await enrolled(database)
    taken = await take(database)
    await release(database, taken.mark, [taken.look_ups[0].id])
    assert names(await take(database)) == {taken.look_ups[0].domain_name}
    # By now it is another's.
    await release(database, taken.mark, [taken.look_ups[0].id])
    assert (await take(database)).look_ups == []


async def test_a_named_domain_is_taken_though_it_is_not_due_unless_somebody_has_it(
    database: Database, conninfo: str
) -> None:
    put_domains(conninfo, "glow.com")
    put_domains(conninfo, "held.com", shown=False)
    wanted = ["glow.com", "held.com", "unknown.com"]
    await enrol_named(database, wanted, ["dns"])
    taken = await take_named(database, wanted, "dns", LEASE)
    assert names(taken) == {"glow.com", "held.com"}
    assert (await take_named(database, wanted, "dns", LEASE)).look_ups == []
    await record(database, taken.mark, [answer(each, wait=30 * 24 * HOUR) for each in taken.look_ups])
    assert names(await take_named(database, ["glow.com"], "dns", LEASE)) == {"glow.com"}


async def test_what_people_can_see_no_more_is_put_off_unasked(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com", "gone.com")
    await enrolled(database)
    do(
        conninfo,
        "update domain set mention_count = 0, video_count = 0, first_seen_at = null, last_seen_at = null"
        " where domain_name = 'gone.com'",
    )
    assert names(await take(database)) == {"glow.com"}
    assert rows(conninfo, "select 1 from private.look_up where taken_by is null and due_at < now() + '29 days'") == []


async def test_a_domain_that_is_deleted_takes_its_look_ups_along_and_stops_nobody(
    database: Database, conninfo: str
) -> None:
    put_domains(conninfo, "glow.com", "gone.com")
    await enrolled(database)
    taken = await take(database)
    await record(database, taken.mark, [answer(each, wait=-HOUR) for each in taken.look_ups])
    taken = await take(database)
    do(conninfo, "delete from domain where domain_name = 'gone.com'")
    assert await record(database, taken.mark, [answer(each, at=NOW + HOUR) for each in taken.look_ups]) == 1
    assert len(rows(conninfo, "select 1 from enrichment")) == 2


async def test_look_ups_go_with_their_domain_when_it_is_too_old(database: Database, conninfo: str) -> None:
    put_domains(conninfo, "glow.com", "noted.com")
    do(conninfo, "update domain set notes = 'seen before' where domain_name = 'noted.com'")
    await enrolled(database)
    taken = await take(database)
    await record(database, taken.mark, [answer(each) for each in taken.look_ups])
    do(
        conninfo,
        "update domain set mention_count = 0, video_count = 0, commenter_count = 0, first_seen_at = null,"
        " last_seen_at = null",
    )
    assert (await clean_up(database, 365)).domains_deleted == 1
    left = rows(conninfo, "select domain_name from enrichment join domain d on d.id = domain_id")
    assert [row["domain_name"] for row in left] == ["noted.com"]
    assert len(rows(conninfo, "select 1 from private.look_up")) == 1
    assert await differences(database) == []


async def test_writers_of_the_same_domains_at_once_wait_for_each_other_in_no_circle(
    database: Database, conninfo: str
) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(40)))
    await enrolled(database, "dns", "rdap", "http")
    kinds = ("dns", "rdap", "http")
    taken = [await take_due(database, kind, 40, LEASE) for kind in kinds]  # type: ignore[arg-type]
    written = await asyncio.gather(
        *(record(database, one.mark, [answer(each) for each in reversed(one.look_ups)]) for one in taken)
    )
    assert written == [40, 40, 40]
    assert len(rows(conninfo, "select 1 from domain where metadata ?& array['dns', 'whois', 'http']")) == 40


async def test_no_more_begin_in_a_minute_than_the_pace_allows_however_many_ask(
    database: Database, conninfo: str
) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(40)))
    await enrolled(database, "http")
    pace = Pace(6)

    async def some() -> int:
        return len((await take_due(database, "http", 30, LEASE, pace)).look_ups)

    assert sum(await asyncio.gather(*(some() for _ in range(6)))) == 1
    assert await begin(database, "http", 5, pace) == 0
    do(conninfo, "update private.look_up_pace set next_at = next_at - interval '10 seconds'")
    assert await begin(database, "http", 5, pace) == 1
    assert await some() == 0


@given(st.integers(1, 600), st.lists(st.integers(0, 30_000_000), max_size=60))
def test_a_burst_and_what_follows_it_within_a_minute_are_never_more_than_a_minutes(
    per_minute: int, gaps: list[int]
) -> None:
    pace = Pace(per_minute)
    # Microseconds, as the database counts: it does the same sum.
    interval, minute, now, next_at = pace.interval // timedelta(microseconds=1), 60_000_000, 0, 0
    begun: list[tuple[int, int]] = []
    for gap in [*gaps, *([500_000] * 130)]:
        now += gap
        allowed = max(0, (now + pace.burst * interval - max(next_at, now)) // interval)
        next_at = max(next_at, now) + allowed * interval
        begun.append((now, allowed))
    within = [sum(n for at, n in begun if start <= at < start + minute) for start, _ in begun]
    assert max(within) <= per_minute


@given(st.permutations(["192.0.2.1", "192.0.2.2", "192.0.2.3"]), st.integers())
def test_the_order_of_addresses_and_what_passes_are_no_change(addresses: list[str], ttl: int) -> None:
    assert facts_of({"ttl": ttl, "a": addresses}) == {"a": ["192.0.2.1", "192.0.2.2", "192.0.2.3"]}
