"""PostgREST, the program behind Supabase's REST API, on a database of the embedded server."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from socket import AF_UNIX
from socket import socket as Socket  # noqa: N812 - a socket is named so here, by its path

import httpx
from tests.supabase.cli import address
from tests.supabase.gateway import JWT_SECRET
from tests.supabase.guide import guide_block


@contextmanager
def serve_postgrest(program: Path, conninfo: str, folder: Path) -> Iterator[Path]:
    """Runs it with the guide's settings and yields its socket once it knows the schema."""
    settings, log = folder / "postgrest.conf", folder / "postgrest.log"
    settings.write_text(guide_block("ini"))
    # A socket's path may have 107 bytes, which pytest's folders come near to.
    with tempfile.TemporaryDirectory() as short, log.open("wb") as words:
        socket = Path(short) / "rest"
        environment = {
            "PGRST_DB_URI": address(conninfo, user="authenticator"),
            "PGRST_JWT_SECRET": JWT_SECRET,
            "PGRST_SERVER_UNIX_SOCKET": str(socket),
        }
        process = subprocess.Popen([program, settings], env=environment, stdout=words, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(process, socket, log)
            yield socket
        finally:
            process.terminate()
            process.wait(timeout=10)


def wait_until_ready(process: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    give_up = time.monotonic() + 30
    with over(socket) as postgrest:
        while time.monotonic() < give_up and process.poll() is None:
            # The client leaves a socket open that nobody answers at, which a later test would be blamed for.
            if is_answered(socket) and postgrest.get("/").status_code < 500:
                return
            time.sleep(0.02)
    raise AssertionError(f"PostgREST did not come up:\n{log.read_text()}")


def is_answered(socket: Path) -> bool:
    with closing(Socket(AF_UNIX)) as probe:
        return probe.connect_ex(str(socket)) == 0


def over(socket: Path) -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(uds=str(socket)), base_url="http://postgrest")
