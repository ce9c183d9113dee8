"""Our own server that plays TikTok's Research API and Commercial Content API over HTTP."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import AsyncIterator, Mapping

from aiohttp import web

from harvester.errors import BindRefused
from harvester.sandbox.house import House
from harvester.sandbox.modes import Delays, Limits, Modes
from harvester.sandbox.world import World

_GRACE_SECONDS = 0.2
"""What answers under way may still take when the sandbox stops."""


@contextlib.asynccontextmanager
async def serving(
    world: World,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    limits: Limits | None = None,
    modes: Modes | None = None,
    faults: Mapping[str, float] | None = None,
    delays: Delays | None = None,
) -> AsyncIterator[str]:
    """The APIs over this world for the length of the block, which gets their address, without a slash at its end.

    `faults` are names of `harvester sandbox --list-faults` with their rates. The world stays open. Raises BindRefused
    for a host beyond this machine or a port that is taken, ValueError for a fault that does not exist.
    """
    if not _is_loopback(host):
        raise BindRefused(
            f"The sandbox would be open to others at {host}.", hint="Use a loopback address, such as 127.0.0.1."
        )
    house = House(world, limits or Limits(), modes or Modes(), faults or {}, delays or Delays())
    runner = web.AppRunner(house.app(), access_log=None, shutdown_timeout=_GRACE_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), port).start()
        except OSError as error:
            raise BindRefused(
                f"The sandbox cannot listen at {host}, port {port}: {error.strerror}.",
                hint="Use --port 0 for a free one.",
            ) from error
        address, taken = runner.addresses[0][:2]
        yield f"http://{f'[{address}]' if ':' in address else address}:{taken}"
    finally:
        await runner.cleanup()


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
