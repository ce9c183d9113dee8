"""What an import says while things happen to it: its own sentences, and nothing of the libraries it is made of."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.forked import Command

RECORDS = 12_000
SMALL_BATCHES = "from harvester.jobs import gathering; gathering.BATCH_SIZE = 1_000"
SENTENCE = "Stopped; what was written stays. Say the same command again to go on."


@pytest.fixture
def importing(conninfo: str, tmp_path: Path) -> Iterator[Command]:
    """`harvester import` of a file of many batches, when its first one is written."""
    file = tmp_path / "comments.ndjson"
    with file.open("w") as lines:
        for number in range(RECORDS):
            ids = {"cid": str(7_580_000_000_000_000_000 + number), "aweme_id": "7570000000000000001"}
            lines.write(
                json.dumps({**ids, "text": f"see pebble{number % 500}.com", "create_time": 1_760_000_000}) + "\n"
            )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
    environment["HARVESTER_DATABASE_URL"] = conninfo
    started = Command("import", str(file), environment=environment, before=SMALL_BATCHES)
    more_is_written(started, conninfo, than=0)
    yield started
    started.kill()
    started.close()


def more_is_written(importing: Command, conninfo: str, *, than: int) -> int:
    """Wait until more records are written, and how many; the import goes on."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while importing.poll() is None:
            row = connection.execute("select coalesce(sum(fetched), 0) from run").fetchone()
            if row is not None and row[0] > than:
                return int(row[0])
            time.sleep(0.01)
    raise AssertionError(importing.complaints())


def test_ctrl_c_is_answered_by_one_sentence(importing: Command) -> None:
    importing.send_signal(signal.SIGINT)
    assert importing.wait() == 130
    assert (importing.output(), importing.complaints()) == ("", f"{SENTENCE}\n")


def test_connections_that_are_lost_and_made_again_are_not_spoken_of(importing: Command, conninfo: str) -> None:
    written = 0
    for _ in range(3):
        written = more_is_written(importing, conninfo, than=written)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
    assert (importing.wait(), importing.complaints()) == (0, "")
    assert f"{RECORDS:,} records = {RECORDS:,} stored" in importing.output()
