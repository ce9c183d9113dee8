"""`harvester up`: dashboard and worker by one command, whatever happens to either of them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

PATIENCE = 60.0


class Up:
    """A running `harvester up`, and what it said so far."""

    def __init__(self, folder: Path, conninfo: str, *words: str, **more: str) -> None:
        self._said, self._complained = folder / "said", folder / "complained"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
        environment |= {"HARVESTER_DATABASE_URL": conninfo, "PYTHONUNBUFFERED": "1", **more}
        with self._said.open("w") as said, self._complained.open("w") as complained:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "harvester", "up", "--port", "0", *words],
                env=environment, cwd=folder, stdout=said, stderr=complained, start_new_session=True,
            )  # fmt: skip

    def said(self) -> str:
        return self._said.read_text()

    def complained(self) -> str:
        return self._complained.read_text()

    def until(self, told: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not told():
            assert self.process.poll() is None, (what, self.said(), self.complained())
            assert time.monotonic() < end, (what, self.said(), self.complained())
            time.sleep(0.05)

    def workers(self) -> list[int]:
        return [int(pid) for pid in re.findall(r"^worker (\d+)$", self.said(), re.MULTILINE)]

    def address(self) -> str:
        self.until(lambda: "ready http" in self.said(), "the dashboard does not answer")
        return re.findall(r"^ready (\S+)", self.said(), re.MULTILINE)[0]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> None:
    end = time.monotonic() + PATIENCE
    while is_alive(pid):
        assert time.monotonic() < end, f"process {pid} lives"
        time.sleep(0.05)


def working(conninfo: str) -> int:
    """Queues that are being worked on."""
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(
            "select count(*) from jobs.procrastinate_workers where last_heartbeat > now() - interval '20 seconds'"
        ).fetchone()
    return row[0] if row else 0


@contextmanager
def up(folder: Path, conninfo: str, *words: str, **more: str) -> Iterator[Up]:
    running = Up(folder, conninfo, *words, **more)
    try:
        yield running
    finally:
        for pid in (*running.workers(), running.process.pid):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        running.process.wait(PATIENCE)


@pytest.mark.parametrize("to", ["the process", "its group"])
def test_a_signal_ends_both_in_order(tmp_path: Path, conninfo: str, to: str) -> None:
    with up(tmp_path, conninfo, "--log", "error") as running:
        address = running.address()
        assert "sign in once http" in running.said()
        assert httpx.get(f"{address}healthz").status_code == 200
        running.until(lambda: working(conninfo), "no worker works")
        [worker] = running.workers()
        assert os.getpgid(worker) == running.process.pid
        if to == "the process":
            running.process.send_signal(signal.SIGTERM)
        else:
            os.killpg(running.process.pid, signal.SIGINT)
        assert running.process.wait(PATIENCE) == 0, running.complained()
        gone(worker)
        assert running.complained() == ""
        assert working(conninfo) == 0, "the worker has signed off"


def test_a_worker_that_was_killed_is_started_again_and_the_dashboard_answers_meanwhile(
    tmp_path: Path, conninfo: str
) -> None:
    with up(tmp_path, conninfo) as running:
        address = running.address()
        running.until(running.workers, "no worker was started")
        [first] = running.workers()
        os.kill(first, signal.SIGKILL)
        running.until(lambda: "was killed by SIGKILL" in running.complained(), "nobody noticed")
        assert httpx.get(f"{address}readyz").status_code == 200
        running.until(lambda: len(running.workers()) == 2, "no other worker was started")


def test_a_dashboard_that_was_killed_takes_its_worker_along(tmp_path: Path, conninfo: str) -> None:
    with up(tmp_path, conninfo) as running:
        running.address()
        running.until(lambda: working(conninfo), "no worker works")
        [worker] = running.workers()
        running.process.kill()
        running.process.wait(PATIENCE)
        gone(worker)
        assert working(conninfo) == 0, "the worker has signed off"


def test_the_dashboard_runs_alone(tmp_path: Path, conninfo: str) -> None:
    with up(tmp_path, conninfo, "--no-worker", "--log", "info") as running:
        assert httpx.get(f"{running.address()}readyz").status_code == 200
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(PATIENCE) == 0
        assert running.workers() == []
        [line] = [json.loads(line) for line in running.complained().splitlines()]
        assert (line["event"], line["route"], line["status"]) == ("request", "/readyz", 200)


def test_a_worker_whose_settings_allow_nothing_ends_both_with_a_reason(tmp_path: Path, conninfo: str) -> None:
    with up(tmp_path, conninfo, HARVESTER_PAP="red") as running:
        assert running.process.wait(PATIENCE) == 2
        assert "TikTok's APIs need a client key" in running.complained()
        assert "harvester up --no-worker" in running.complained()
