"""The one door out: every connection to a host that a stranger chose goes through it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Collection, Sequence
from ipaddress import IPv4Address, ip_address
from typing import Protocol

from harvester.enrichers.guard.addresses import Address, Network, forbidden, is_own, unwrapped
from harvester.enrichers.guard.limits import Limits
from harvester.enrichers.guard.refusal import Broken, TargetRefused
from harvester.enrichers.guard.target import PORTS, Target, parse
from harvester.enrichers.names import NameUnresolved

_MOST_DIALLED = 4
"""Of a host with many addresses so many are tried."""


class Resolver(Protocol):
    """Whoever knows the addresses of a name: `harvester.enrichers.names.Names`."""

    async def addresses(self, host: str) -> list[Address]:
        """All addresses of a host; raises NameUnresolved where there is none."""
        ...


class Guard:
    """Says where a connection may go, and makes it.

    `refuse` are further ranges that nobody may send us to, such as that of our database. `admit` are pairs of address
    and port that are let through in addition, for servers of our own on loopback in tests: no setting fills it.
    `tls` is the context that certificates are verified by; by default it trusts whom the system trusts.
    """

    def __init__(
        self,
        names: Resolver,
        *,
        admit: frozenset[tuple[str, int]] = frozenset(),
        refuse: Collection[Network] = (),
        tls: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._names = names
        self._admitted = frozenset((ip_address(address), port) for address, port in admit)
        self._refused = tuple(refuse)
        self.tls = tls or ssl.create_default_context()
        self.limits = limits or Limits()

    def read(self, url: str) -> Target:
        """Read an absolute address; raises TargetRefused where we do not go."""
        return self._with_usual_port(parse(url))

    def follow(self, target: Target, location: str) -> Target:
        """Read where a redirect leads; raises TargetRefused where we do not go."""
        return self._with_usual_port(target.redirected(location))

    async def addresses(self, target: Target) -> list[Address]:
        """The addresses of a target, each of which may be dialled.

        Raises TargetRefused if one of them may not: a host with an address of ours beside one of its own waits for us
        to take the wrong one. Raises Broken where the name has none.
        """
        try:
            found = [unwrapped(address) for address in await self._names.addresses(target.host)]
        except NameUnresolved as error:
            raise Broken(f"unresolved:{error.state}") from None
        reasons = [self.reason(address, target.port) for address in found]
        if any(reasons):
            word = next(filter(None, reasons))
            raise TargetRefused(word if all(reasons) else "mixed_addresses")
        # One family after the other: whatever is wrong with our IPv6 costs no time where there is IPv4.
        return sorted(dict.fromkeys(found), key=lambda address: address.version)

    def reason(self, address: Address, port: int) -> str | None:
        """Why a socket may not be connected there; None where it may."""
        address = unwrapped(address)
        if (address, port) in self._admitted:
            return None
        word = forbidden(address)
        if word is None and any(address in network for network in self._refused):
            word = "ours"
        if word is None and is_own(address):
            word = "ours"
        return word

    async def connect(self, target: Target, addresses: Sequence[Address]) -> socket.socket:
        """A socket connected to one of the addresses; raises TargetRefused or Broken.

        The address is judged again here, where it is dialled, and once more as the one that the socket has in truth.
        """
        deadline = asyncio.get_running_loop().time() + self.limits.connect
        states = set()
        tried = addresses[:_MOST_DIALLED]
        for place, address in enumerate(tried):
            left = deadline - asyncio.get_running_loop().time()
            try:
                # Each address gets its share of the time that is left: one that swallows packets takes not all of it.
                async with asyncio.timeout(left / (len(tried) - place)):
                    return await self._dial(address, target.port)
            except ConnectionRefusedError:
                states.add("connect_refused")
            except TimeoutError:
                states.add("connect_timeout")
            except OSError:
                states.add("unreachable")
        raise Broken(states.pop() if len(states) == 1 else "unreachable")

    async def _dial(self, address: Address, port: int) -> socket.socket:
        self._check(address, port)
        family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
        dialled = socket.socket(family, socket.SOCK_STREAM)
        try:
            dialled.setblocking(False)
            await asyncio.get_running_loop().sock_connect(dialled, (str(address), port))
            peer = dialled.getpeername()
            self._check(ip_address(peer[0]), peer[1])
        except BaseException:
            dialled.close()
            raise
        return dialled

    def _check(self, address: Address, port: int) -> None:
        word = self.reason(address, port)
        if word is not None:
            raise TargetRefused(word)

    def _with_usual_port(self, target: Target) -> Target:
        if target.port not in PORTS.values() and target.port not in {port for _, port in self._admitted}:
            raise TargetRefused("port")
        return target
