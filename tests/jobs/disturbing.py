"""Workers as processes that can be killed, and what they must leave behind whatever is done to them."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from random import Random
from typing import Any, LiteralString

import psycopg
from tests.forked import Command
from tests.jobs.collecting import REGIONS, Sandbox, rows_of

from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.store.database import WORKER, Database
from harvester.store.discovery import add_discovery
from harvester.store.plan import ads_to_look_up, creators_to_look_up, plan_alone
from harvester.store.queue import replay
from harvester.store.quota import Limits

STALLED_SECONDS = 3.0
"""After which a killed worker is taken for dead: long for one that lives, on a busy machine, too."""
DAY = 86_400
_HURRY = "from harvester.jobs import worker; worker.PLAN_SECONDS = 1.0"

# When a row was found, and when each of its values was read, is another time in each run; nothing else is.
_WHEN: LiteralString = (
    "'{id, created_at, updated_at, discovered_at, observed_at, field_observed_at, last_crawled_at, looked_up_at, \
last_seen_at, first_seen_at, observation_digest}'::text[]"
)
_TABLES: dict[str, LiteralString] = {
    # Both APIs tell of a promoted video, each in its own words, and what was said last stands: which one is asked last
    # is chance.
    "video": (
        "select to_jsonb(v) - " + _WHEN + " - case when is_promoted then '{promotion, metadata}'::text[] else '{}' end"
        " from video v"
    ),
    "comment": (
        "select to_jsonb(c) - " + _WHEN + " - 'parent_comment_id'"
        " || jsonb_build_object('video_id', v.video_id, 'parent', p.comment_id)"
        " from comment c join video v on v.id = c.video_id left join comment p on p.id = c.parent_comment_id"
    ),
    "domain": "select to_jsonb(d) - " + _WHEN + " from domain d",
    "domain_mention": (
        "select to_jsonb(m) - " + _WHEN + ""
        " || jsonb_build_object('domain_id', d.domain_name, 'comment_id', c.comment_id, 'video_id', v.video_id)"
        " from domain_mention m join domain d on d.id = m.domain_id join comment c on c.id = m.comment_id"
        " join video v on v.id = m.video_id"
    ),
    "creator": "select to_jsonb(c) - " + _WHEN + " from creator c",
    "ad": "select to_jsonb(a) - " + _WHEN + " from ad a",
    "sighting": (
        "select to_jsonb(s) - " + _WHEN + " || jsonb_build_object("
        "'domain_id', d.domain_name, 'video_id', v.video_id, 'creator_id', c.username, 'ad_id', a.ad_id)"
        " from sighting s join domain d on d.id = s.domain_id left join video v on v.id = s.video_id"
        " left join creator c on c.id = s.creator_id left join ad a on a.id = s.ad_id"
    ),
    "quarantine": "select to_jsonb(q) - " + _WHEN + " - 'run_id' from quarantine q",
    # A visit is one however often it was cut short, and what its pages brought is counted once.
    "harvest": (
        "select jsonb_build_object('video', v.video_id, 'visits', h.harvest_count, 'comments', h.comment_count,"
        " 'mentions', h.mention_count, 'is_begun', h.cursor is not null)"
        " from harvest h join video v on v.id = h.video_id"
    ),
}  # fmt: skip

UNBALANCED = "select * from run where fetched <> stored + updated + duplicate + quarantined"
FORGOTTEN = """
    select r.* from run r where r.state = 'running' and not exists (select from harvest h where h.run_id = r.id)
      and not exists (select from discovery d where d.run_id = r.id)"""
"""Runs that nobody will ever close."""
OPEN_JOBS = "select 1 from jobs.procrastinate_jobs where status in ('todo', 'doing') limit 1"
DUE = "select 1 from harvest where due_at <= now() union all select 1 from discovery where due_at <= now() limit 1"


def collected(conninfo: str) -> dict[str, list[str]]:
    """Each table's rows as JSON, sorted, by natural keys and without the times at which they came."""
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        return {
            name: sorted(json.dumps(row, sort_keys=True) for (row,) in connection.execute(statement))
            for name, statement in _TABLES.items()
        }


def differences(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> list[str]:
    """Some lines about rows that only one of the two has, to be read in a failure."""
    found = []
    for name, rows in one.items():
        mine, theirs = set(rows), set(other[name])
        found += [f"only here: {name} {row}" for row in sorted(mine - theirs)[:3]]
        found += [f"only there: {name} {row}" for row in sorted(theirs - mine)[:3]]
        if len(rows) != len(other[name]):
            found.append(f"{name}: {len(rows)} here, {len(other[name])} there")
    return found


async def discover_everything(database: Database) -> None:
    """Save queries that find all that a sandbox has."""
    await add_discovery(database, "videos", "research_videos", {"regions": REGIONS}, days_back=90)
    await add_discovery(database, "promoted", "commercial_contents", {}, days_back=90)
    await add_discovery(database, "ads", "ads", {}, days_back=90)


class Worker:
    """A process that runs `harvester worker`, or another command, against a sandbox."""

    def __init__(self, conninfo: str, url: str, limits: Limits, *words: str, before: str = "") -> None:
        """It plans each second; `before` is more Python that runs first in the process."""
        words = words or ("worker", "--stalled-seconds", str(STALLED_SECONDS))
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
        environment |= {
            "HARVESTER_DATABASE_URL": conninfo, "HARVESTER_TIKTOK_URL": url, "HARVESTER_TIKTOK_CLIENT_KEY": CLIENT_KEY,
            "HARVESTER_TIKTOK_CLIENT_SECRET": CLIENT_SECRET, "HARVESTER_TIKTOK_PATIENCE": "0.01",
            "HARVESTER_TIKTOK_REQUESTS_PER_DAY": str(limits.requests),
            "HARVESTER_TIKTOK_RECORDS_PER_DAY": str(limits.records), "HARVESTER_PAP": "red",
        }  # fmt: skip
        self._heard: str | None = None
        self._process = Command(*words, environment=environment, before=f"{_HURRY}\n{before}")

    def runs(self) -> bool:
        return self._heard is None and self._process.poll() is None

    def works(self) -> bool:
        """Whether it has said anything: it has begun."""
        return bool(self.said())

    def send(self, how: signal.Signals) -> None:
        self._process.send_signal(how)

    def ended(self, seconds: float = 60) -> int:
        """Its exit code."""
        try:
            return self._process.wait(seconds)
        finally:
            self.kill()

    def kill(self) -> None:
        """As `kill -9` does; nothing where it has ended."""
        if self._heard is None:
            self._process.kill()
            self._heard = self.said()
            self._process.close()

    def said(self) -> str:
        """All that it wrote so far."""
        return self._process.output() + self._process.complaints() if self._heard is None else self._heard

    def events(self) -> list[dict[str, Any]]:
        """The lines of its log."""
        return [json.loads(line) for line in self.said().splitlines() if line.startswith("{") and line.endswith("}")]


class Crew:
    """Three workers, one of which is killed now and then, and at once started again."""

    def __init__(self, conninfo: str, url: str, limits: Limits, *, seed: int, kills: int, requests: int) -> None:
        """So many `kills` over about so many `requests`."""
        self._how = (conninfo, url, limits)
        self._draw = Random(seed)
        self._workers = [Worker(*self._how) for _ in range(3)]
        self._victims = [number % 3 for number in range(kills)]
        self._draw.shuffle(self._victims)
        self._most = max(2, 2 * requests // (kills + 1))
        self._next = self._draw.randint(1, self._most)
        self.killed: list[Worker] = []

    def disturb(self, requests: int) -> None:
        """Kill the next one, if it has begun and so many requests as were drawn have been asked since the last one."""
        if self._victims and requests >= self._next and self._workers[self._victims[0]].works():
            victim = self._victims.pop(0)
            self._workers[victim].kill()
            self.killed.append(self._workers[victim])
            self._workers[victim] = Worker(*self._how)
            self._next = requests + self._draw.randint(1, self._most)

    def events(self, name: str) -> list[dict[str, Any]]:
        """What all of them logged under a name."""
        return [
            event for each in (*self.killed, *self._workers) for event in each.events() if event.get("event") == name
        ]

    def end(self) -> None:
        """Kill them all."""
        for each in self._workers:
            each.kill()

    def tail(self) -> str:
        """The last words of each, for a failure; whether it still runs."""
        return "\n".join(f"[{'runs' if each.runs() else 'ended'}] {each.said()[-1500:]}" for each in self._workers)

    def all_run(self) -> bool:
        """Whether none has ended by itself."""
        return all(each.runs() for each in self._workers)


class Books:
    """What was booked, on all days together; days are turned by `next_day`."""

    def __init__(self, conninfo: str, limits: Limits) -> None:
        self._conninfo = conninfo
        self._limits = limits
        self.days = 1
        self._before = dict.fromkeys(("research", "commercial"), (0, 0))

    def today(self) -> dict[str, tuple[int, int]]:
        """Requests and records of each API; never more than the limit, whenever one looks."""
        rows = rows_of(self._conninfo, "select api, request_count, record_count from quota_use")
        used = {row["api"]: (row["request_count"], row["record_count"]) for row in rows}
        assert all(each[0] <= self._limits.requests and each[1] <= self._limits.records for each in used.values()), used
        return used

    def booked(self) -> dict[str, tuple[int, int]]:
        """Requests and records of each API on all days."""
        return {
            api: (requests + used[0], records + used[1])
            for api, (requests, records) in self._before.items()
            for used in (self.today().get(api, (0, 0)),)
        }

    async def next_day(self, database: Database, sandbox: Sandbox) -> bool:
        """Let the day end, for the books and for the sandbox, if it is spent and nobody has anything in hand.

        While it holds the lock of the planner no job can begin, so no request is on its way between two days.
        """
        async with database.transaction(WORKER) as connection:
            if not await plan_alone(connection):
                return False
            if await (await connection.execute(OPEN_JOBS)).fetchone():
                return False
            self._before = self.booked()
            await sandbox.post("clock", offset_seconds=DAY * self.days)
            await connection.execute("delete from quota_use")
            self.days += 1
        return True


async def is_all_done(database: Database) -> bool:
    """Whether nothing is open, nothing is due, and nothing is left to be looked up."""
    async with database.transaction(WORKER) as connection:
        if await (await connection.execute(OPEN_JOBS)).fetchone() or await (await connection.execute(DUE)).fetchone():
            return False
        return not (await creators_to_look_up(connection, 1) or await ads_to_look_up(connection, 1))


async def replayed(database: Database) -> int:
    """What an operator does about jobs that were given up, and how many those were."""
    async with database.transaction(WORKER) as connection:
        return await replay(connection)
