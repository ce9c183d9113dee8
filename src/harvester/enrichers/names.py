"""What recursive resolvers say about a name: the one place that sends DNS questions."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from types import MappingProxyType, TracebackType
from typing import Literal, Self

import pycares
from aiodns import DNSResolver
from aiodns.error import (
    ARES_EBADNAME,
    ARES_ECANCELLED,
    ARES_ECONNREFUSED,
    ARES_EDESTRUCTION,
    ARES_ENODATA,
    ARES_ENOTFOUND,
    ARES_EREFUSED,
    ARES_ETIMEOUT,
    DNSError,
)

RecordType = Literal["A", "AAAA", "CNAME", "MX", "NS"]
Unresolved = Literal["no_data", "nxdomain", "servfail", "timeout", "refused", "bad_name"]
"""Why there is no record: the name has none of that type; nobody has the name; the resolver failed; no answer came in
time, or from no resolver; the resolver does not want to answer us; the name cannot be put into a question."""

SECONDS = 5.0
"""How long one question may take in all, its repetitions included."""
_TRY_SECONDS = 2.0
_TRIES = 2
_BUFFER = 1 << 20
"""Bytes that are asked of the system for answers that wait; it gives what it has for one socket."""
_BYTES_PER_CHANNEL = 32 << 20
"""c-ares keeps each answer for its time to live and counts none of them: who answers a thousand names a second with
64 KiB each, which take half a megabyte to keep, would fill our memory. A fresh channel starts with nothing kept."""
_BYTES_PER_ANSWER = 2 << 10
_BYTES_PER_RECORD = 256
"""What keeping takes beside the words of a record, rounded up. By the growth of a process that asks (pycares 5.2.1):
1.5 KiB for an answer of one address over 6,000 of them, 137 bytes for each address of 600 answers of two hundred."""

_WORDS: Mapping[int, Unresolved] = MappingProxyType(
    {
        ARES_ENODATA: "no_data",
        ARES_ENOTFOUND: "nxdomain",
        ARES_EREFUSED: "refused",
        ARES_ETIMEOUT: "timeout",
        ARES_ECONNREFUSED: "timeout",
        ARES_ECANCELLED: "timeout",
        ARES_EDESTRUCTION: "timeout",
        ARES_EBADNAME: "bad_name",
    }
)
_TYPES: Mapping[RecordType, int] = MappingProxyType(
    {
        "A": pycares.QUERY_TYPE_A,
        "AAAA": pycares.QUERY_TYPE_AAAA,
        "CNAME": pycares.QUERY_TYPE_CNAME,
        "MX": pycares.QUERY_TYPE_MX,
        "NS": pycares.QUERY_TYPE_NS,
    }
)
_WORST_FIRST: tuple[Unresolved, ...] = ("bad_name", "nxdomain", "refused", "servfail", "timeout", "no_data")


class NameUnresolved(Exception):
    """A name has no such record, or nobody could say; `state` is the word for it."""

    def __init__(self, state: Unresolved) -> None:
        super().__init__(state)
        self.state: Unresolved = state


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one type under one name."""

    values: tuple[str, ...]
    """Addresses, or names in lower case without the last dot; sorted, as resolvers turn their order at will. Those of
    MX come by preference, with an empty one for the null MX (RFC 7505)."""
    ttl: int
    """Seconds for which the whole answer holds: the least of its records, aliases on the way included."""


@dataclass(slots=True, eq=False)
class _Channel:
    """One channel of c-ares, and what it holds by our estimate."""

    resolver: DNSResolver
    kept_bytes: int = 0
    under_way: int = 0


class Names:
    """Recursive resolvers, asked for the length of a block; without a list, those of the system.

    Answers are kept for their time to live, as RFC 1035 allows, in each block for itself. Neither `/etc/hosts` nor
    a search list has a say: what is asked is the name as given.
    """

    def __init__(self, resolvers: Sequence[tuple[str, int]] = ()) -> None:
        self._servers = [f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host, port in resolvers]
        self._channel: _Channel | None = None
        self._retired: set[_Channel] = set()
        self._closing: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._channel = self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._channel is not None:
            self._retired.add(self._channel)
            self._channel = None
        await asyncio.gather(*self._closing, *(each.resolver.close() for each in self._retired))
        self._retired.clear()

    async def addresses(self, host: str) -> list[IPv4Address | IPv6Address]:
        """Every address of a host, IPv4 first; A and AAAA are asked for at once, the resolver follows aliases.

        Where one of the two questions fails, the other's addresses are given. Raises NameUnresolved where there is
        none.
        """
        v4, v6 = await asyncio.gather(self.ask(host, "A"), self.ask(host, "AAAA"), return_exceptions=True)
        found: list[IPv4Address | IPv6Address] = []
        states: list[Unresolved] = []
        for answer, address in ((v4, IPv4Address), (v6, IPv6Address)):
            if isinstance(answer, NameUnresolved):
                states.append(answer.state)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                found += map(address, answer.values)
        if not found:
            raise NameUnresolved(worst(states))
        return found

    async def ask(self, host: str, record_type: RecordType) -> Answer:
        """The records of one type; raises NameUnresolved, after five seconds at the latest."""
        if not host.isascii():
            raise NameUnresolved("bad_name")
        try:
            async with asyncio.timeout(SECONDS):
                result = await self._asked(host, record_type)
        except TimeoutError:
            raise NameUnresolved("timeout") from None
        except DNSError as error:
            raise NameUnresolved(_WORDS.get(error.args[0], "servfail")) from None
        wanted = [record for record in result.answer if record.type == _TYPES[record_type]]
        if not wanted:
            # An alias that leads to a name without such a record is an answer, too, and not an empty one.
            raise NameUnresolved("no_data")
        return Answer(_values(wanted), min(record.ttl for record in result.answer))

    def _open(self) -> _Channel:
        return _Channel(
            DNSResolver(
                self._servers or None,
                timeout=_TRY_SECONDS,
                tries=_TRIES,
                flags=pycares.ARES_FLAG_EDNS,
                socket_receive_buffer_size=_BUFFER,
            )
        )

    async def _asked(self, host: str, record_type: RecordType) -> pycares.DNSResult:
        """Ask the channel in use, which gives way to a fresh one once it keeps too much."""
        channel = self._channel
        if channel is None:
            raise RuntimeError("Names are asked only within their block.")
        channel.under_way += 1
        try:
            result = await channel.resolver.query_dns(host, record_type)
            channel.kept_bytes += _weight(result)
            return result
        finally:
            # That there is nothing is kept as well.
            channel.kept_bytes += _BYTES_PER_ANSWER
            channel.under_way -= 1
            if channel is self._channel and channel.kept_bytes >= _BYTES_PER_CHANNEL:
                self._retired.add(channel)
                self._channel = self._open()
            if channel in self._retired and not channel.under_way:
                self._retired.discard(channel)
                task = asyncio.create_task(channel.resolver.close())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)


def worst(states: Sequence[Unresolved]) -> Unresolved:
    """One word for several questions about the same name: what is least sure of an absence comes before `no_data`.

    NXDOMAIN speaks of the name whatever the type (RFC 8020), so it comes before a question that failed.

    >>> worst(["no_data", "timeout"]), worst(["timeout", "nxdomain"])
    ('timeout', 'nxdomain')
    """
    return min(states, key=_WORST_FIRST.index)


def _weight(result: pycares.DNSResult) -> int:
    """Bytes that c-ares takes to keep the records of an answer, whatever part of it they are in."""
    records = (*result.answer, *result.authority, *result.additional)
    return sum(_BYTES_PER_RECORD + len(record.name) + len(repr(record.data)) for record in records)


def _values(records: Sequence[pycares.DNSRecord]) -> tuple[str, ...]:
    mx = sorted(
        (record.data.priority, record.data.exchange)
        for record in records
        if isinstance(record.data, pycares.MXRecordData)
    )
    if mx:
        return tuple(dict.fromkeys(_name(exchange) for _, exchange in mx))
    return tuple(sorted({_text(record) for record in records}))


def _text(record: pycares.DNSRecord) -> str:
    match record.data:
        case pycares.ARecordData(addr) | pycares.AAAARecordData(addr):
            return addr
        case pycares.CNAMERecordData(name) | pycares.NSRecordData(name):
            return _name(name)
        case other:
            raise TypeError(f"no record that was asked for: {type(other).__name__}")


def _name(name: str) -> str:
    return name.rstrip(".").lower()
