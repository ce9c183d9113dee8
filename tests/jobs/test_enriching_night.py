"""Look-ups by a clock that the test turns: ten thousand domains a night at the politeness that is usual."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from tests.store.looked import put_domains, rows

from harvester.jobs.enriching import LEASE, EnrichingDesk
from harvester.jobs.schedule import is_failure, next_look_up
from harvester.model import Enrichment, LookUp
from harvester.settings import Settings
from harvester.store.database import WORKER, Database
from harvester.store.look_up import Answer, enrol, record, take_due

pytestmark = pytest.mark.anyio

DOMAINS, NIGHT = 10_000, timedelta(hours=8)
PART = 16
"""Of the night: its first half hour, in which a sixteenth of the domains must be done; benchmarks/ has all of it."""
EVENING = datetime(2026, 1, 5, 22, tzinfo=UTC)
PLANNED = timedelta(seconds=12)
"""A job of web servers is planned so soon after the one before it, with the time that it takes itself."""
MINUTE = timedelta(minutes=1)

# The product's statements say `now()`: in this database that is the test's clock.
VIRTUAL = """
create schema virtual;
create table virtual.clock (now timestamptz not null);
insert into virtual.clock values ('{evening}');
create function virtual.now() returns timestamptz language sql stable as 'select now from virtual.clock';
grant usage on schema virtual to public;
grant select, update on virtual.clock to public;
alter database {name} set search_path = virtual, pg_catalog, public;
"""


class Night:
    """The clock of a database, and what is asked by it."""

    def __init__(self, database: Database, clock: psycopg.Connection) -> None:
        settings = Settings(_env_file=None)  # type: ignore[call-arg]
        self.desk = EnrichingDesk(
            database, {}, dns_per_second=settings.dns_per_second, http_per_minute=settings.http_per_minute
        )
        self.now = EVENING
        self.asked: Counter[tuple[str, LookUp]] = Counter()
        self.begun: list[datetime] = []
        """When web servers were asked."""
        self.again: list[timedelta] = []
        """How long after a failure somebody was asked again."""
        self._failed: dict[tuple[str, LookUp], datetime] = {}
        self._clock = clock
        self._random = Random(7)

    def turn(self, by: timedelta) -> None:
        self.now += by
        self._clock.execute("update virtual.clock set now = %s", [self.now])

    async def look_up(self, kind: LookUp) -> None:
        """One job: a tenth of what is asked fails."""
        database = self.desk.database
        taken = await take_due(database, kind, self.desk.batch(kind), LEASE, self.desk.pace(kind))
        answers = []
        for each in taken.look_ups:
            key = each.domain_name, kind
            self.asked[key] += 1
            if key in self._failed:
                self.again.append(self.now - self._failed.pop(key))
            state = "timeout" if self._random.random() < 0.1 else "ok"
            if state == "timeout":
                self._failed[key] = self.now
            told = Enrichment(each.domain_name, kind, state, {"state": state}, self.now)
            wait = next_look_up(told, each.failure_count, each.since_seen)
            answers.append(Answer(each.id, told, wait, is_failure=is_failure(state)))
        if kind == "http":
            self.begun += [self.now] * len(answers)
        await record(database, taken.mark, answers)


async def a_night(conninfo: str, domains: int, length: timedelta) -> Night:
    """All that is asked about so many domains from the evening on."""
    put_domains(conninfo, *(f"shop{number}.com" for number in range(domains)))
    virtual = VIRTUAL.format(evening=EVENING.isoformat(), name=conninfo_to_dict(conninfo)["dbname"])
    with psycopg.connect(conninfo, autocommit=True) as owner:
        owner.execute(virtual.encode())
        owner.execute("update domain set first_seen_at = %s, last_seen_at = %s", [EVENING, EVENING])
    async with Database(conninfo) as database:
        async with database.transaction(WORKER) as connection:
            assert await enrol(connection, ["dns", "http"], most=10**6) == 2 * domains
        with psycopg.connect(conninfo, autocommit=True) as clock:
            night = Night(database, clock)
            while night.now < EVENING + length:
                await night.look_up("http")
                if night.now.second == 0:
                    await night.look_up("dns")
                night.turn(PLANNED)
    return night


async def test_ten_thousand_domains_a_night_are_looked_up_and_nobody_faster_than_is_polite(
    direct_conninfo: str,
) -> None:
    night = await a_night(direct_conninfo, DOMAINS // PART, NIGHT / PART)
    assert Counter(kind for _, kind in night.asked) == {"dns": DOMAINS // PART, "http": DOMAINS // PART}
    assert busiest_minute(night) <= night.desk.http_per_minute
    assert rows(direct_conninfo, "select 1 from private.look_up where taken_by is not null") == []
    assert night.again == []


def busiest_minute(night: Night) -> int:
    """The most web servers that were asked within any minute."""
    begun = night.begun
    return max(sum(start <= each < start + MINUTE for each in begun[at : at + 100]) for at, start in enumerate(begun))
