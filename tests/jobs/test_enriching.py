"""Domains are looked up in batches: planned, asked once, written as the answers come, and stopped within seconds."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from itertools import pairwise

import pytest
from tests.jobs.enriching import Table, a_desk
from tests.store.looked import do, enrolled, put_domains, rows

from harvester.jobs import enriching
from harvester.jobs.enriching import EnrichingDesk, look_up_due
from harvester.jobs.enrichment_plan import QUEUE, LookUpPlanner, enriching_application
from harvester.store.pause import pause, resume

pytestmark = pytest.mark.anyio

IN_HAND = "select 1 from private.look_up where taken_by is not null"
DUE = "select 1 from private.look_up where due_at <= now()"
OPEN = "select 1 from jobs.procrastinate_jobs where status in ('todo', 'doing')"


async def work_off(desk: EnrichingDesk) -> int:
    """Plan and work until nothing is due; how many jobs it took."""
    app = enriching_application(desk)
    planner = LookUpPlanner(app, desk, enrol_seconds=0)
    jobs = 0
    while planned := await planner.plan():
        jobs += planned
        await app.run_worker_async(queues=[QUEUE], wait=False, install_signal_handlers=False, listen_notify=False)
    return jobs


async def test_a_domain_that_is_new_is_planned_and_looked_up_of_each_kind_that_is_allowed(conninfo: str) -> None:
    dns, rdap = Table("dns", {"glow.com": {"a": ["192.0.2.1"]}}), Table("rdap")
    async with a_desk(conninfo, dns, rdap) as desk:
        assert await work_off(desk) == 0
        put_domains(conninfo, "glow.com", "deal.com")
        assert await work_off(desk) == 2
    assert dns.asked == rdap.asked == {"glow.com": 1, "deal.com": 1}
    [glow] = rows(conninfo, "select metadata, verified_at from domain where domain_name = 'glow.com'")
    assert glow["metadata"]["dns"]["a"] == ["192.0.2.1"]
    assert set(glow["metadata"]) == {"dns", "whois"}
    assert glow["verified_at"] is not None
    assert rows(conninfo, IN_HAND) == []


async def test_many_domains_are_few_jobs(conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(600)))
    dns = Table()
    async with a_desk(conninfo, dns, dns_per_second=500) as desk:
        assert await work_off(desk) == 1
    assert len(dns.asked) == 600
    assert len(rows(conninfo, "select 1 from enrichment")) == 600


async def test_workers_side_by_side_ask_about_each_domain_once(conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(90)))
    dns = Table(seconds=0.02)
    async with a_desk(conninfo, dns, dns_per_second=2) as one, a_desk(conninfo, dns, dns_per_second=2) as other:
        await enrolled(one.database)
        # Twenty a batch: three jobs each, of which the last find less.
        for desk in (one, other):
            desk.pacers["dns"] = enriching.Pacer(500)
        await asyncio.gather(*(look_up_due(desk, "dns") for desk in (one, other, one, other, one, other)))
    assert set(dns.asked.values()) == {1}
    assert len(dns.asked) == 90
    assert dns.most_at_once == 1


async def test_a_switch_that_is_turned_stops_a_batch_within_seconds_and_nothing_is_lost(conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(200)))
    dns = Table()
    async with a_desk(conninfo, dns, dns_per_second=20) as desk:
        await enrolled(desk.database)
        work = asyncio.create_task(look_up_due(desk, "dns"))
        await asyncio.sleep(0.3)
        begun = time.monotonic()
        await pause(desk.database, "a complaint", what="enrichment")
        written = await work
        assert time.monotonic() - begun < 5
        assert 0 < written < 150
        # All that was asked is on record, the rest is nobody's, and none of it is asked now.
        assert len(rows(conninfo, "select 1 from enrichment")) == written
        assert rows(conninfo, IN_HAND) == []
        assert await work_off(desk) == 0
        assert await look_up_due(desk, "dns") == 0
        await resume(desk.database, what="enrichment")
        desk.pacers["dns"] = enriching.Pacer(500)
        await work_off(desk)
    assert len(rows(conninfo, "select 1 from enrichment")) == 200


async def test_a_worker_that_is_told_to_end_gives_back_what_it_did_not_ask(conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(100)))
    async with a_desk(conninfo, Table(), dns_per_second=10) as desk:
        await enrolled(desk.database)
        work = asyncio.create_task(look_up_due(desk, "dns"))
        await asyncio.sleep(0.3)
        desk.closing.set()
        written = await work
        assert 0 < written < 100
        assert rows(conninfo, IN_HAND) == []
        assert len(rows(conninfo, DUE)) == 100 - written


async def test_a_job_that_is_broken_off_writes_what_it_asked(conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(100)))
    dns = Table()
    async with a_desk(conninfo, dns, dns_per_second=10) as desk:
        await enrolled(desk.database)
        work = asyncio.create_task(look_up_due(desk, "dns"))
        await asyncio.sleep(0.3)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert 0 < len(rows(conninfo, "select 1 from enrichment")) <= dns.asked.total()
        assert rows(conninfo, IN_HAND) == []


async def test_nothing_is_asked_that_the_desk_does_not_allow(conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    dns = Table()
    async with a_desk(conninfo, dns) as desk, a_desk(conninfo) as forbidden:
        await enrolled(desk.database)
        assert await look_up_due(forbidden, "dns") == 0
        assert await work_off(forbidden) == 0
        assert rows(conninfo, IN_HAND) == []
    assert dns.asked == {}


async def test_a_fault_of_our_own_is_a_result_and_is_tried_again_later(conninfo: str) -> None:
    put_domains(conninfo, "odd.com", "glow.com")
    async with a_desk(conninfo, Table(facts={"odd.com": {"state": "raise"}})) as desk:
        await work_off(desk)
    states = rows(conninfo, "select d.domain_name, e.state from enrichment e join domain d on d.id = e.domain_id")
    assert {row["domain_name"]: row["state"] for row in states} == {"odd.com": "broken", "glow.com": "ok"}
    assert rows(conninfo, DUE) == []


async def test_what_keeps_failing_waits_twice_as_long_each_time(conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    waits: list[timedelta] = []
    async with a_desk(conninfo, Table(facts={"glow.com": {"state": "timeout"}})) as desk:
        for _ in range(4):
            await work_off(desk)
            waits += [row["wait"] for row in rows(conninfo, "select due_at - checked_at as wait from private.look_up")]
            do(conninfo, "update private.look_up set due_at = now()")
    assert all(1.6 < later / sooner < 2.4 for sooner, later in pairwise(waits))


async def test_web_servers_are_asked_no_faster_than_all_workers_together_may(conninfo: str) -> None:
    put_domains(conninfo, *(f"shop{number}.com" for number in range(50)))
    http = Table("http")
    async with a_desk(conninfo, http, http_per_minute=12) as desk:
        await enrolled(desk.database, "http")
        await asyncio.gather(*(look_up_due(desk, "http") for _ in range(6)))
    assert http.asked.total() == 2
    assert rows(conninfo, OPEN) == []
