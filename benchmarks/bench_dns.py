"""How many domains a second are looked up in DNS, five questions each, against our own name server on loopback.

The server runs in a process of its own, but on the same machine: it shares the cores with what is measured. One
domain in five does not exist, one in twenty is an alias. Goal: 500 domains a second from one process. Beside it, in the
same run, the same questions by dnspython's own resolver, with as many domains under way at once. Figures are domains
a second by the wall clock, the best of three runs, each with resolvers that have kept nothing; the processor time of
this process alone stands beside them.

    python benchmarks/bench_dns.py          # 3,000 domains a run
    python benchmarks/bench_dns.py 10000    # more
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple

import dns.asyncresolver
import dns.exception
import dns.resolver

from harvester.enrichers.dns import DnsEnricher
from harvester.enrichers.names import Names
from harvester.sandbox.outside.name_server import Host, NameServer, Records

RUNS = 3
UNDER_WAY = 100
"""Domains that are asked about at once."""
FEW = 1_000
"""Domains for the slower resolver."""
LookUp = Callable[[str], Awaitable[str]]
"""Gives `ok`, `nxdomain`, or why nobody could say."""


class Figures(NamedTuple):
    """What one run came to."""

    wall: float
    """Domains a second by the clock on the wall."""
    own: float
    """Domains a second of this process's own time."""
    lost: int
    """Domains about which nobody could say anything."""


def world(number: int) -> dict[str, Host | Records]:
    """What the server knows: every fifth name is missing, every twentieth leads to another."""
    hosts: dict[str, Host | Records] = {}
    for n in range(number):
        if n % 5 == 0:
            continue
        records: Records = {
            "A": [f"93.184.{n // 250 % 250}.{n % 250}"],
            "AAAA": [f"2606:2800::{n:x}"],
            "MX": [f"10 mx.shop{n}.example."],
            "NS": ["ns1.host.example.", "ns2.host.example."],
        }
        hosts[f"shop{n}.example"] = Host({"CNAME": [f"shop{n + 1}.example."]} if n % 20 == 1 else records, ttl=300)
    return hosts


def serve(number: int, ready: Connection) -> None:
    """Run the name server until the other end hangs up."""

    async def run() -> None:
        async with NameServer(world(number)) as server:
            ready.send(server.address)
            await asyncio.to_thread(ready.poll, None)

    asyncio.run(run())


async def run(look_up: LookUp, domains: Sequence[str]) -> Figures:
    """Look up all, so many at once."""
    gate = asyncio.Semaphore(UNDER_WAY)

    async def one(domain: str) -> str:
        async with gate:
            return await look_up(domain)

    started, worked = time.perf_counter(), time.process_time()
    states = Counter(await asyncio.gather(*map(one, domains)))
    wall, own = time.perf_counter() - started, time.process_time() - worked
    lost = len(domains) - states["ok"] - states["nxdomain"]
    assert lost or states["nxdomain"] == sum(int(domain[4:].partition(".")[0]) % 5 == 0 for domain in domains), states
    return Figures(len(domains) / wall, len(domains) / own, lost)


def by_dnspython(address: tuple[str, int]) -> LookUp:
    """The same five questions by dnspython's resolver."""
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [address[0]], address[1]

    async def ask(domain: str, record_type: str) -> str:
        try:
            await resolver.resolve(domain, record_type, search=False)
        except dns.resolver.NXDOMAIN:
            return "nxdomain"
        except dns.resolver.NoAnswer:
            return "no_data"
        except dns.exception.DNSException:
            return "lost"
        return "ok"

    async def look_up(domain: str) -> str:
        return (await asyncio.gather(*(ask(domain, kind) for kind in ("A", "AAAA", "CNAME", "MX", "NS"))))[0]

    return look_up


async def measure(address: tuple[str, int], number: int) -> None:
    """Print the figures of both, the best run of each."""
    domains = [f"shop{n}.example" for n in range(number)]
    ours, theirs = [], []
    for _ in range(RUNS):
        async with Names([address]) as names:
            enricher = DnsEnricher(names)

            async def look_up(domain: str, enricher: DnsEnricher = enricher) -> str:
                return (await enricher.look_up(domain)).state

            ours.append(await run(look_up, domains))
        theirs.append(await run(by_dnspython(address), domains[:FEW]))
    for name, figures in (("DnsEnricher", ours), ("dnspython's resolver", theirs)):
        best = max(figures)
        rates = f"{best.wall:>8,.0f} domains a second, {best.own:,.0f} a second of its own process"
        print(f"{name:<22}{rates}, {best.lost} lost")
    print(f"goal: 500; {max(ours).wall / max(theirs).wall:.1f} times the baseline")


def main() -> None:
    """Measure against a server in a process of its own."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    server = context.Process(target=serve, args=(number + 1, its), daemon=True)
    server.start()
    asyncio.run(measure(ours.recv(), number))
    ours.send(None)
    server.join()


if __name__ == "__main__":
    main()
