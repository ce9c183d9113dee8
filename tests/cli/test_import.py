"""What an import says while things happen to it: its own sentences, and nothing of the libraries it is made of."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

SENTENCE = "Stopped; what was written stays. Say the same command again to go on."


@pytest.fixture
def importing(conninfo: str, tmp_path: Path) -> subprocess.Popen[str]:
    """`harvester import` of a file that takes some seconds, when its first batch is written."""
    file = tmp_path / "comments.ndjson"
    with file.open("w") as lines:
        for number in range(60_000):
            ids = {"cid": str(7_580_000_000_000_000_000 + number), "aweme_id": "7570000000000000001"}
            lines.write(
                json.dumps({**ids, "text": f"see pebble{number % 500}.com", "create_time": 1_760_000_000}) + "\n"
            )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
    started = subprocess.Popen(
        [sys.executable, "-m", "harvester", "import", str(file)],
        env={**environment, "HARVESTER_DATABASE_URL": conninfo}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # Tests that run behind a shell's `&` have Ctrl-C ignored, and would hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while started.poll() is None and not connection.execute("select from run where fetched > 0").rowcount:
            time.sleep(0.01)
    return started


def test_ctrl_c_is_answered_by_one_sentence(importing: subprocess.Popen[str]) -> None:
    importing.send_signal(signal.SIGINT)
    assert importing.communicate(timeout=60) == ("", f"{SENTENCE}\n")
    assert importing.returncode == 130


def test_connections_that_are_lost_and_made_again_are_not_spoken_of(
    importing: subprocess.Popen[str], conninfo: str
) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for _ in range(3):
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            time.sleep(0.2)
    said, complaints = importing.communicate(timeout=60)
    assert (importing.returncode, complaints) == (0, "")
    assert "60,000 records = 60,000 stored" in said
