"""Starting and stopping the dashboard, as a process and in a block."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from harvester.errors import BindRefused, DatabaseUnavailable, HarvesterError
from harvester.web.serve import serving

PROGRAM = """
import sys
from harvester.web.serve import serve, serving
serve(serving(sys.argv[1]), on_ready=lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "[::]", "192.168.1.10", "10.0.0.1", "8.8.8.8", "fe80::1", "my-laptop", "desk.local",
     "localhost.casino.com", "casino.com", "", " ", "127.0.0.1.casino.com", "2130706433", "0x7f.1"],
)  # fmt: skip
@pytest.mark.anyio
async def test_the_dashboard_is_not_opened_to_others(host: str) -> None:
    with pytest.raises(BindRefused) as refusal:
        async with serving("host=/nowhere dbname=none", host):
            pass
    assert "no sign-in" in refusal.value.message
    assert "127.0.0.1" in refusal.value.hint


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", r"http://127\.0\.0\.1:\d+/"),
        ("localhost", r"http://127\.0\.0\.1:\d+/"),
        ("127.0.0.53", r"http://127\.0\.0\.53:\d+/"),
        ("::1", r"http://\[::1\]:\d+/"),
        ("[::1]", r"http://\[::1\]:\d+/"),
    ],
)
@pytest.mark.anyio
async def test_a_free_port_of_this_machine_is_taken(conninfo: str, host: str, url: str) -> None:
    if ":" in host and not _has_ipv6():
        pytest.skip("not run: this machine has no IPv6 loopback")
    async with httpx.AsyncClient() as client:
        async with serving(conninfo, host) as address:
            assert re.fullmatch(url, address)
            assert (await client.get(f"{address}healthz")).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await client.get(address)


@pytest.mark.anyio
async def test_a_taken_port_is_named(conninfo: str) -> None:
    async with serving(conninfo) as address:
        port = httpx.URL(address).port
        assert port is not None
        with pytest.raises(HarvesterError, match=f"port {port} cannot be used"):
            async with serving(conninfo, port=port):
                pass


@pytest.mark.anyio
async def test_a_database_that_does_not_answer_is_named_at_the_start() -> None:
    with pytest.raises(DatabaseUnavailable):
        async with serving("host=/nowhere dbname=none"):
            pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(conninfo: str, number: signal.Signals) -> None:
    program = [sys.executable, "-c", PROGRAM, conninfo]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(url + "healthz").json() == {"status": "ok"}
        process.send_signal(number)
        output, complaints = process.communicate(timeout=20)
    assert (process.returncode, output, complaints) == (0, "stopped\n", "")


def test_an_answer_that_is_under_way_is_finished_before_it_ends(conninfo: str) -> None:
    program = [sys.executable, "-c", PROGRAM, conninfo]
    waiting = "select count(*) from pg_locks where not granted and relation = 'public.run'::regclass"
    with (
        subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,
        psycopg.connect(conninfo, autocommit=True) as watcher,
        ThreadPoolExecutor(1) as reader,
    ):
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with psycopg.connect(conninfo) as owner:
            owner.execute("lock table public.run in access exclusive mode")
            answer = reader.submit(httpx.get, url + "metrics", timeout=20)
            while watcher.execute(waiting).fetchone() == (0,):
                time.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
        assert answer.result(20).status_code == 200
        output, complaints = process.communicate(timeout=20)
    assert (process.returncode, output, complaints) == (0, "stopped\n", "")


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False
