"""Who works in bulk gives way: seen in the kernel's own figures of the server's processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from harvester.store.database import WORKER, Database
from harvester.store.priority import GIVES_WAY

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(sys.platform != "linux", reason="not run: no Linux")]


async def niceness(conninfo: str, *, in_bulk: bool) -> tuple[int, str]:
    """How nice the server's process is, and its session where sessions have shares of their own."""
    async with (
        Database(conninfo, connections=1, in_bulk=in_bulk) as database,
        database.transaction(WORKER) as connection,
    ):
        pid = connection.info.backend_pid
        session = Path(f"/proc/{pid}/autogroup")
        return os.getpriority(os.PRIO_PROCESS, pid), session.read_text().split()[-1] if session.exists() else ""


async def test_a_process_of_the_server_that_works_in_bulk_gives_way(direct_conninfo: str) -> None:
    nice, of_session = await niceness(direct_conninfo, in_bulk=True)
    assert nice == GIVES_WAY
    assert of_session in {"", str(GIVES_WAY)}


async def test_one_that_answers_people_does_not(direct_conninfo: str) -> None:
    # The server was started by this process, and is as nice.
    assert (await niceness(direct_conninfo, in_bulk=False))[0] == os.getpriority(os.PRIO_PROCESS, 0)


async def test_many_connections_that_are_opened_at_once_all_give_way(direct_conninfo: str) -> None:
    async with (
        Database(direct_conninfo, connections=3, in_bulk=True) as database,
        database.transaction(WORKER) as one,
        database.transaction(WORKER) as two,
        database.transaction(WORKER) as three,
    ):
        pids = [connection.info.backend_pid for connection in (one, two, three)]
        nice = [os.getpriority(os.PRIO_PROCESS, pid) for pid in pids]
    assert len(set(pids)) == len(pids)
    assert nice == [GIVES_WAY] * len(pids)
