"""Our own name server on loopback, UDP and TCP alike: it plays a recursive resolver over names that tests make up."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Fault = Literal["nxdomain", "servfail", "timeout", "refused", "truncated", "garbage"]
"""`timeout` never answers; `truncated` makes UDP say "ask by TCP"; `garbage` answers bytes that are no message."""
Records = Mapping[str, Sequence[str]]
"""What a name has: type → values as a zone file writes them, as in `{"MX": ["10 mx.shop.example."]}`."""

_LONGEST_CHAIN = 16
_BUFFER = 1 << 20
"""Bytes for questions that wait: a look-up of some hundred domains at once sends five times as many."""
_RCODES = {"nxdomain": dns.rcode.NXDOMAIN, "servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED}


@dataclass(frozen=True, slots=True)
class Host:
    """What the server says about one name."""

    records: Records = field(default_factory=dict)
    ttl: int = 0
    """Seconds for which resolvers may keep the answers; 0 makes them ask each time."""
    fault: Fault | None = None
    only: frozenset[str] = frozenset()
    """The types that the fault strikes; none named: all."""
    delay: float = 0.0
    turns: tuple[Records, ...] = ()
    """Rebinding: the first question of a type gets the first turn's records, the last turn's stay."""


class Asked(NamedTuple):
    """A question that arrived."""

    name: str
    record_type: str
    transport: Literal["udp", "tcp"]


class NameServer:
    """Answers on a free port of 127.0.0.1 for the length of a block; what it does not know is NXDOMAIN.

    `*.shop.example` speaks for every name below that has no entry of its own.
    """

    def __init__(self, hosts: Mapping[str, Host | Records]) -> None:
        self.hosts = {name: host if isinstance(host, Host) else Host(host) for name, host in hosts.items()}
        self.asked: list[Asked] = []
        """Every question so far, in the order of its arrival."""
        self.port = 0
        self._turns: Counter[tuple[str, str]] = Counter()
        self._parents = {parent for name in self.hosts for parent in _above(name)}
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens, as `Names` takes it."""
        return "127.0.0.1", self.port

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        while self._tcp is None:
            self._udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), ("127.0.0.1", 0))
            self._udp.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            self.port = self._udp.get_extra_info("sockname")[1]
            try:
                self._tcp = await asyncio.start_server(self._converse, "127.0.0.1", self.port)
            except OSError:  # Somebody has that port for TCP: another pair of ports.
                self._udp.close()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._tcp is not None:
            self._tcp.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tcp is not None:
            await self._tcp.wait_closed()

    def take(self, wire: bytes, sender: tuple[str, int]) -> None:
        """Answer a datagram, later if its host has a delay."""
        with suppress(dns.exception.DNSException):
            query = dns.message.from_wire(wire)
            host = self._receive(query, "udp")
            if host.delay:
                self._start(self._answer_later(query, host, sender))
            else:
                self._send(self._reply(query, host, "udp"), sender)

    def _send(self, wire: bytes | None, sender: tuple[str, int]) -> None:
        if wire is not None and self._udp is not None and not self._udp.is_closing():
            self._udp.sendto(wire, sender)

    async def _answer_later(self, query: dns.message.Message, host: Host, sender: tuple[str, int]) -> None:
        await asyncio.sleep(host.delay)
        self._send(self._reply(query, host, "udp"), sender)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, dns.exception.DNSException):
                while True:
                    length = int.from_bytes(await reader.readexactly(2), "big")
                    query = dns.message.from_wire(await reader.readexactly(length))
                    host = self._receive(query, "tcp")
                    await asyncio.sleep(host.delay)
                    wire = self._reply(query, host, "tcp")
                    if wire is not None:
                        writer.write(len(wire).to_bytes(2, "big") + wire)
                        await writer.drain()
        except asyncio.CancelledError:  # The block ended; asyncio would report a task of its own that was cancelled.
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    def _receive(self, query: dns.message.Message, transport: Literal["udp", "tcp"]) -> Host:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        record_type = dns.rdatatype.to_text(question.rdtype)
        self.asked.append(Asked(name, record_type, transport))
        host = self._host(name)
        if host is None:
            return Host() if name in self._parents else Host(fault="nxdomain")
        if not host.turns:
            return host
        turn = self._turns[name, record_type]
        self._turns[name, record_type] += 1
        return Host(host.turns[min(turn, len(host.turns) - 1)], host.ttl, delay=host.delay)

    def _host(self, name: str) -> Host | None:
        return next(
            (self.hosts[key] for key in (name, *(f"*.{parent}" for parent in _above(name))) if key in self.hosts), None
        )

    def _reply(self, query: dns.message.Message, host: Host, transport: Literal["udp", "tcp"]) -> bytes | None:
        """The answer as it goes over the wire; None where there is to be none."""
        question = query.question[0]
        fault = host.fault if not host.only or dns.rdatatype.to_text(question.rdtype) in host.only else None
        if fault == "timeout":
            return None
        reply = dns.message.make_response(query, recursion_available=True)
        if fault == "garbage":
            return reply.to_wire()[:5]
        if fault in _RCODES:
            reply.set_rcode(_RCODES[fault])
        elif fault == "truncated" and transport == "udp":
            reply.flags |= dns.flags.TC
        else:
            self._fill(reply, host)
        return reply.to_wire(max_size=65_535) if transport == "tcp" else _datagram(reply, query.payload)

    def _fill(self, reply: dns.message.Message, host: Host) -> None:
        """Put the records into the answer, with the aliases that lead to them."""
        question = reply.question[0]
        record_type, name = dns.rdatatype.to_text(question.rdtype), question.name
        for _ in range(_LONGEST_CHAIN):
            values = host.records.get(record_type, ())
            if values:
                reply.answer.append(_rrset(name, host.ttl, record_type, tuple(values)))
                return
            alias = host.records.get("CNAME", ())
            if not alias:
                return
            reply.answer.append(_rrset(name, host.ttl, "CNAME", tuple(alias)))
            name = dns.name.from_text(alias[0])
            text = name.to_text(omit_final_dot=True).lower()
            following = self._host(text)
            if following is None or following.fault in _RCODES:
                reply.set_rcode(_RCODES[following.fault] if following and following.fault else dns.rcode.NXDOMAIN)
                return
            host = following
        reply.answer.clear()
        reply.set_rcode(dns.rcode.SERVFAIL)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.take(data, addr)


@lru_cache(maxsize=100_000)
def _rrset(name: dns.name.Name, ttl: int, record_type: str, values: tuple[str, ...]) -> dns.rrset.RRset:
    """Records, read once: what a server says again and again should not cost those who measure against it."""
    return dns.rrset.from_text(name, ttl, "IN", record_type, *values)


def _datagram(reply: dns.message.Message, payload: int) -> bytes:
    """The answer in a datagram, or only its head with "ask by TCP" where it does not fit."""
    try:
        return reply.to_wire(max_size=max(payload, 512))
    except dns.exception.TooBig:
        reply.answer.clear()
        reply.flags |= dns.flags.TC
        return reply.to_wire()


def _above(name: str) -> list[str]:
    labels = name.removeprefix("*.").split(".") if name.startswith("*.") else name.split(".")[1:]
    return [".".join(labels[start:]) for start in range(len(labels))]
