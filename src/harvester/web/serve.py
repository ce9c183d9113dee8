"""Runs the dashboard: for others than the person at this machine only where they sign in."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI

from harvester.errors import BindRefused, HarvesterError
from harvester.store.database import Database
from harvester.store.metrics import Policy
from harvester.web.app import create_app
from harvester.web.connection import Connection
from harvester.web.door.door import Door
from harvester.web.door.origin import is_of_this_machine

_GRACE_SECONDS = 5
"""What an answer that is under way may still take when the dashboard stops."""


Beside = Callable[[], Coroutine[Any, Any, None]]
"""Runs while the dashboard does, until it is cancelled; an error that it ends with ends the dashboard as well."""


def serve(
    site: contextlib.AbstractAsyncContextManager[str], *, on_ready: Callable[[str], None], beside: Sequence[Beside] = ()
) -> None:
    """Serve what `serving` describes until SIGINT or SIGTERM, then finish what is under way and return.

    `on_ready` is told the address once it answers. Raises what `serving` does, and what ended one of those beside it.
    """
    asyncio.run(_serve(site, on_ready, beside))


async def _serve(
    site: contextlib.AbstractAsyncContextManager[str], on_ready: Callable[[str], None], beside: Sequence[Beside]
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with site as url:
        on_ready(url)
        stopped = asyncio.create_task(stop.wait())
        works = [asyncio.create_task(each()) for each in beside]
        await asyncio.wait({stopped, *works}, return_when=asyncio.FIRST_COMPLETED)
        for task in (stopped, *works):
            task.cancel()
    # The dashboard and what runs beside it have ended at the same time.
    ends = await asyncio.gather(*works, return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, asyncio.CancelledError):
            raise end


@contextlib.asynccontextmanager
async def serving(
    conninfo: str,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    door: Door | None = None,
    proxies: Sequence[str] = (),
    policy: Policy | None = None,
) -> AsyncIterator[str]:
    """The dashboard for the length of the block, which gets its address.

    Port 0 takes a free one. Without a door of the caller's nobody is let in. `proxies` are the addresses whose word is
    taken about where a request comes from. Raises BindRefused for a host beyond this machine where nobody signs in, and
    DatabaseUnavailable where no server answers.
    """
    door = door or Door()
    with _listening(host, port, door) as listener:
        address, port = listener.getsockname()[:2]
        name = f"[{address}]" if ":" in address else address
        hosts = _hosts(name, port) | ({door.public.authority} if door.public is not None else frozenset())
        async with Database(conninfo) as database, door:
            server = _Server(create_app(database, hosts=hosts, door=door, policy=policy), proxies)
            running = asyncio.create_task(server.serve([listener]))
            ready = asyncio.create_task(server.ready.wait())
            await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
            try:
                yield f"http://{name}:{port}/"
            finally:
                ready.cancel()
                server.should_exit = True
                await running


class _Server(uvicorn.Server):
    """Uvicorn without its own ideas about signals and logs: the caller decides what a signal means."""

    def __init__(self, app: FastAPI, proxies: Sequence[str]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                lifespan="off",
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=list(proxies),
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _hosts(name: str, port: int) -> frozenset[str]:
    """What a browser on this machine may have in `Host`; the port is left out where it is that of HTTP."""
    names = {name, "localhost", "127.0.0.1", "[::1]"}
    return frozenset(f"{each}:{port}" for each in names) | (frozenset(names) if port == 80 else frozenset())


def _listening(host: str, port: int, door: Door) -> socket.socket:
    """A listening socket, before anything else is opened; beyond this machine only where people sign in."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError:
        address = None
    is_here = address is not None and is_of_this_machine(str(address))
    if not is_here and door.supabase is None:
        raise BindRefused(
            f"The dashboard would be open to others at {host}, and it has no sign-in for them.",
            hint="Use 127.0.0.1, ::1 or localhost; from elsewhere, come through an SSH tunnel. "
            "With a Supabase project people sign in: see docs/howto/sign-in.md.",
        )
    if address is None or (not is_here and door.public is None):
        raise BindRefused(
            f"The dashboard does not know under which name it is reached at {host}.",
            hint="Give --host an IP address, and set HARVESTER_PUBLIC_URL to the address that people open.",
        )
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        return socket.create_server((str(address), port), family=family)
    except OSError as error:
        raise HarvesterError(
            f"{address} port {port} cannot be used: {os.strerror(error.errno or 0)}.",
            hint="Choose another port; 0 takes a free one.",
        ) from error
