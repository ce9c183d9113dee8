"""What look-ups cost the database: time to plan, take and write them, and the room that their history takes.

Two hundred thousand domains, three kinds each. No packet is sent: the answers stand in this file. Then a night by a
clock that is turned: ten thousand domains at the politeness that is usual.

    python -m benchmarks.bench_enriching
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from tests.jobs.test_enriching_night import DOMAINS, NIGHT, a_night, busiest_minute

from harvester.jobs.enriching import LEASE
from harvester.model import Enrichment, LookUp
from harvester.store.database import WORKER, Connection, Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.look_up import Answer, enrol, enrol_recent, record, take_due
from harvester.store.migrations import migrate

STORED = 200_000
BATCHES = 5
Enrol = Callable[[Connection, Sequence[LookUp]], Awaitable[int]]
BLOCK = {
    "a": ["192.0.2.17", "192.0.2.18"], "aaaa": ["2001:db8::17"], "cname": None, "mx": True,
    "mx_hosts": ["mx1.mail.example", "mx2.mail.example"], "ns": ["ns1.host.example", "ns2.host.example"], "ttl": 300,
    "state": "ok", "checked_at": "2026-11-26T05:00:00Z",
}  # fmt: skip
A_YEAR = {"dns": 21, "http": 21, "rdap": 13}
"""Look-ups of a domain that is mentioned in one week of the year: daily for that week, weekly for the rest of the
month, monthly after that; registries less often."""
NEW_SHARE = 0.1
"""Of the look-ups: those that tell something new."""
_DOMAINS = """
insert into domain (id, domain_name, unicode_name, tld, public_suffix, registrable_domain, mention_count, video_count,
                    commenter_count, first_seen_at, last_seen_at)
select (lpad(to_hex((1000 * extract(epoch from now() - interval '1 day'))::bigint + i), 12, '0')
        || '70008' || lpad(to_hex(i), 15, '0'))::uuid, n, n, 'com', 'com', n, 1, 1, 0, now() - age, now()
from (select i, format('shop%s.com', i) as n, interval '1 day' as age from generate_series(1, {count}) i) one
"""
_UNCHANGED = """
insert into enrichment (domain_id, kind, state, is_change, checked_at)
select id, 'rdap', 'ok', false, now() - i * interval '1 day' from domain cross join generate_series(1, 3) i
"""


def room(conninfo: str) -> int:
    """Bytes of the history with its indexes."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        row = connection.execute("select pg_total_relation_size('enrichment')").fetchone()
        assert row is not None
        return int(row[0])


async def enrolled(database: Database, work: Enrol) -> int:
    """Put onto the books what is not on them."""
    async with database.transaction(WORKER) as connection:
        return await work(connection, ["dns", "rdap", "http"])


async def measure(conninfo: str) -> None:
    """Plan, take and write."""
    with psycopg.connect(conninfo, autocommit=True) as owner:
        owner.execute(_DOMAINS.format(count=STORED).encode())
        owner.execute("vacuum analyze domain")
    async with Database(conninfo) as database:
        new, begun = 1, time.perf_counter()
        while new:
            new = await enrolled(database, enrol)
        print(f"{'first plan':<24} {1000 * (time.perf_counter() - begun):8.0f} ms in all")
        with psycopg.connect(conninfo, autocommit=True) as owner:
            owner.execute("vacuum analyze private.look_up")
        for what, work in (("plan, all looked through", enrol), ("plan, the recent alone", enrol_recent)):
            begun = time.perf_counter()
            await enrolled(database, work)
            print(f"{what:<24} {1000 * (time.perf_counter() - begun):8.0f} ms")
        before, taking, writing, written = room(conninfo), 0.0, 0.0, 0
        for _ in range(BATCHES):
            begun = time.perf_counter()
            taken = await take_due(database, "dns", 2_000, LEASE)
            taking += time.perf_counter() - begun
            now = datetime.now(UTC)
            answers = [
                Answer(each.id, Enrichment(each.domain_name, "dns", "ok", BLOCK, now, is_alive=True), timedelta(days=1))
                for each in taken.look_ups
            ]
            begun = time.perf_counter()
            written += await record(database, taken.mark, answers)
            writing += time.perf_counter() - begun
    full = (room(conninfo) - before) / written
    print(f"{'take 2,000':<24} {1000 * taking / BATCHES:8.0f} ms")
    print(f"{'write 2,000':<24} {1000 * writing / BATCHES:8.0f} ms, {written / writing:,.0f} look-ups a second")
    before = room(conninfo)
    with psycopg.connect(conninfo, autocommit=True) as owner:
        rows = owner.execute(_UNCHANGED.encode()).rowcount
    empty = (room(conninfo) - before) / rows
    print(f"{'room':<24} {empty:8.0f} bytes a look-up that told nothing new, {full:.0f} one that did")
    look_ups = STORED * sum(A_YEAR.values())
    total = look_ups * ((1 - NEW_SHARE) * empty + NEW_SHARE * full) / 1e9
    print(
        f"{'a year':<24} {total:8.2f} GB for {look_ups:,} look-ups of {STORED:,} domains, {NEW_SHARE:.0%} of them new"
    )


async def whole_night(conninfo: str) -> None:
    """All of it; the test has its first hour."""
    begun = time.perf_counter()
    night = await a_night(conninfo, DOMAINS, NIGHT)
    kinds = Counter(kind for _, kind in night.asked)
    done = night.begun[min(len(night.begun), DOMAINS) - 1] - night.begun[0]
    print(
        f"{'a night':<24} {kinds['dns']:,} domains in DNS, {kinds['http']:,} web servers in {NIGHT}, "
        f"{busiest_minute(night)} in the busiest minute, the {DOMAINS:,}th visit after {done}; "
        f"simulated in {time.perf_counter() - begun:.0f} s"
    )


async def run(server: EmbeddedServer) -> None:
    """Each in a database of its own."""
    for name, work in (("costs", measure), ("night", whole_night)):
        server.ensure_database(name)
        async for _ in migrate(server.conninfo(name)):
            pass
        await work(server.conninfo(name))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)).running() as running:
        asyncio.run(run(running))
