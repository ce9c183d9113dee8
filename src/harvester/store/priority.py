"""The processor: who writes in bulk takes of it what those leave who wait for a page."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from pathlib import Path

from psycopg import AsyncConnection
from psycopg.rows import DictRow

GIVES_WAY = 15
"""How nice (nice(2)): about a thirtieth of a processor that others want, all of an idle one."""
_PROC = Path("/proc")
_ATTEMPTS, _SECONDS = 5, 0.11
"""Linux takes one change of an autogroup in a tenth of a second."""


async def give_way(connection: AsyncConnection[DictRow]) -> None:
    """Let the server's process of a connection give way, where it is on this machine and we may say so.

    An import keeps each processor busy, and a page that is asked for meanwhile waits for its turn with every step:
    without this its slowest answers take twice as long. A server of somebody else, or elsewhere, stays as it is.
    """
    pid = connection.info.backend_pid
    if not _is_child(pid, _peer(connection.fileno())):
        return
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, GIVES_WAY)
    # Where sessions are given their shares first (sched(7), autogroup), it is their niceness that counts, and each
    # process of PostgreSQL is a session.
    for _ in range(_ATTEMPTS):
        try:
            (_PROC / str(pid) / "autogroup").write_text(str(GIVES_WAY))
        except BlockingIOError:
            await asyncio.sleep(_SECONDS)
        except OSError:
            break
        else:
            break


def _peer(connected: int) -> int:
    """The process that listens at the other end of a local socket; 0 for any other, and where nobody tells."""
    if not hasattr(socket, "SO_PEERCRED"):
        return 0
    with socket.socket(fileno=os.dup(connected)) as end:
        pid, _, _ = struct.unpack("3i", end.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(pid)


def _is_child(pid: int, parent: int) -> bool:
    """Whether a process has that parent: a number that a pooler or another container gave means nothing here."""
    if not parent:
        return False
    with contextlib.suppress(OSError):
        # The name stands in parentheses, and may hold any character.
        after_name = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
        return int(after_name.split()[1]) == parent
    return False
