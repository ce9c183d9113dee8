"""A transaction pooler in front of a test server, as Supabase puts one in front of a project."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from harvester.store.embedded import EmbeddedServer
from harvester.store.privileges import choose_user

SETTINGS = """
[databases]
* = host={socket} port=5432 user=harvester
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users.txt
pool_mode = transaction
; Few server connections for many clients: whoever keeps anything in a session meets somebody else's.
default_pool_size = 3
ignore_startup_parameters = extra_float_digits
server_reset_query =
logfile = {folder}/pgbouncer.log
"""


@contextmanager
def pooler(server: EmbeddedServer, folder: Path) -> Iterator[int]:
    """The port of a running pgbouncer in transaction mode; skips where it is missing, and fails so in CI."""
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        missing = "not run: pgbouncer is missing (apt-get install pgbouncer)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "users.txt").write_text('"harvester" ""\n')
    ini = folder / "pgbouncer.ini"
    ini.write_text(SETTINGS.format(socket=server.status().socket, port=port, folder=folder))
    # It refuses to be root, as PostgreSQL does, and enters the same folder of the socket.
    process = subprocess.Popen([*choose_user(server.data).wrapper, program, "-q", str(ini)])
    try:
        _wait_for(port, folder / "pgbouncer.log")
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def through(port: int, conninfo: str) -> str:
    """The address of the same database behind the pooler."""
    parts = conninfo_to_dict(conninfo)
    return make_conninfo(host="127.0.0.1", port=port, user=parts["user"], dbname=parts["dbname"])


def _wait_for(port: int, log: Path) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            psycopg.connect(f"host=127.0.0.1 port={port} user=harvester dbname=postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"pgbouncer did not start: {log.read_text() if log.exists() else 'it wrote no log'}")
