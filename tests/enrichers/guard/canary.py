"""Sees whether anything was sent: a listener on loopback that counts, and every connection that this process begins."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

_watching: list[list[Any]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        for dialled in _watching:
            dialled.append(arguments[1])


# Python tells of each `connect` before it is made (PEP 578), whichever address it goes to.
sys.addaudithook(_hear)


@contextlib.contextmanager
def dialled() -> Iterator[list[Any]]:
    """The addresses to which sockets of this process are connected during the block."""
    found: list[Any] = []
    _watching.append(found)
    try:
        yield found
    finally:
        _watching.remove(found)


@dataclass
class Canary:
    """A listener on 127.0.0.1, and on ::1 where there is one."""

    port: int = 0
    calls: int = 0
    """Connections that it got, from whomever."""
    servers: list[asyncio.Server] = field(default_factory=list)

    async def accept(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Count a caller."""
        self.calls += 1
        writer.close()


@contextlib.asynccontextmanager
async def canary() -> AsyncIterator[Canary]:
    """A canary for the length of the block."""
    bird = Canary()
    bird.servers.append(await asyncio.start_server(bird.accept, "127.0.0.1", 0))
    bird.port = bird.servers[0].sockets[0].getsockname()[1]
    with contextlib.suppress(OSError):
        bird.servers.append(await asyncio.start_server(bird.accept, "::1", bird.port))
    try:
        yield bird
        # Whoever called is let in first.
        await asyncio.sleep(0.02)
    finally:
        for server in bird.servers:
            server.close()
            await server.wait_closed()
