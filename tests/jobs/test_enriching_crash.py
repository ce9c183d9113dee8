"""Workers that only look domains up, as processes: they need no credentials, and may be killed at any moment."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.forked import Command
from tests.store.looked import do, put_domains, rows

from harvester.sandbox.outside.name_server import NameServer

pytestmark = pytest.mark.anyio

DOMAINS = 120
WRITTEN = "select domain_id from enrichment"
WORKERS = "select id from jobs.procrastinate_workers"
LEASES_OVER = "update private.look_up set due_at = now() where taken_by is not null"


@asynccontextmanager
async def a_worker(conninfo: str, folder: Path, resolver: NameServer, **more: str) -> AsyncIterator[Command]:
    """A process that runs `harvester worker` without credentials; killed at the end of the block."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
    ours = {
        "HARVESTER_DATABASE_URL": conninfo, "HARVESTER_DNS_RESOLVERS": f"127.0.0.1:{resolver.port}",
        "HARVESTER_DNS_PER_SECOND": "20",
    }  # fmt: skip
    words = ("worker", "--stalled-seconds", "3")
    process = Command(*words, environment={**kept, **ours, **more}, folder=folder)
    try:
        yield process
    finally:
        process.kill()
        (folder / f"{time.monotonic_ns()}.log").write_text(process.output() + process.complaints())


async def until(is_so: Callable[[], bool], folder: Path) -> None:
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() - begun < 60, [log.read_text()[-2_000:] for log in sorted(folder.glob("*.log"))]
        await asyncio.sleep(0.1)


async def test_a_worker_that_is_killed_costs_a_lease_and_nothing_is_written_twice(
    conninfo: str, tmp_path: Path
) -> None:
    names = [f"shop{number}.com" for number in range(DOMAINS)]
    put_domains(conninfo, *names)
    async with NameServer({name: {"A": ["192.0.2.1"]} for name in names}) as resolver:
        async with a_worker(conninfo, tmp_path, resolver) as killed:
            await until(lambda: len(rows(conninfo, WRITTEN)) > 10, tmp_path)
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        written = len(rows(conninfo, WRITTEN))
        assert written < DOMAINS
        held = rows(conninfo, "select 1 from private.look_up where taken_by is not null")
        assert len(held) == DOMAINS - written
        do(conninfo, LEASES_OVER)
        dead = {row["id"] for row in rows(conninfo, WORKERS)}
        quick = {"HARVESTER_DNS_PER_SECOND": "500"}
        async with (
            a_worker(conninfo, tmp_path, resolver, **quick) as one,
            a_worker(conninfo, tmp_path, resolver, **quick) as other,
        ):
            await until(lambda: len(rows(conninfo, WRITTEN)) >= DOMAINS, tmp_path)
            # Before it has begun a signal ends a process as it does any other.
            await until(lambda: len({row["id"] for row in rows(conninfo, WORKERS)} - dead) == 2, tmp_path)
            for process in (one, other):
                process.send_signal(signal.SIGTERM)
            for process in (one, other):
                await until(lambda process=process: process.poll() is not None, tmp_path)  # type: ignore[misc]
            assert (one.poll(), other.poll()) == (0, 0)
        asked = Counter(question.name for question in resolver.asked if question.record_type == "A")
    assert set(Counter(row["domain_id"] for row in rows(conninfo, WRITTEN)).values()) == {1}
    assert len(asked) == DOMAINS
    # What was on its way when the worker died was asked a second time, and nothing else.
    assert max(asked.values()) <= 2
    assert sum(count - 1 for count in asked.values()) <= len(held)
    assert rows(conninfo, "select 1 from private.look_up where taken_by is not null") == []
    logs = "\n".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert "collects_nothing" in logs
    assert "job_broken" not in logs


async def test_a_worker_that_may_neither_collect_nor_look_up_says_what_it_lacks(conninfo: str, tmp_path: Path) -> None:
    async with NameServer({}) as resolver, a_worker(conninfo, tmp_path, resolver, HARVESTER_PAP="red") as process:
        await until(lambda: process.poll() is not None, tmp_path)
        assert process.poll() == 2
    assert "client key" in "".join(log.read_text() for log in tmp_path.glob("*.log"))
