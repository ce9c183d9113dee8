"""Enrichers that visit web servers of our own on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from tests.enrichers.guard.conftest import HASTY, TRUST

from harvester.enrichers.guard import Guard
from harvester.enrichers.http import HttpEnricher
from harvester.enrichers.names import Names
from harvester.enrichers.politeness import Politeness
from harvester.model import Enrichment
from harvester.sandbox.outside.hostile import HostileServer
from harvester.sandbox.outside.name_server import NameServer
from harvester.sandbox.outside.web_server import Page, WebServer

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
Server = WebServer | HostileServer
CLOSED = ("127.0.0.1", 9)
"""Where nobody listens."""
SHOP = {"shop.example": {"A": ["127.0.0.1"]}, "other.example": {"A": ["127.0.0.1"]}}
PAGE = Page("<title>Glow &amp; co</title>", headers={"Content-Type": "text/html", "Server": "nginx/1.2"})


@asynccontextmanager
async def enricher(
    http: tuple[str, int],
    https: tuple[str, int] = CLOSED,
    *,
    hosts: Mapping[str, Any] = SHOP,
    trust: Any = TRUST,
    **more: Any,
) -> AsyncIterator[HttpEnricher]:
    """An enricher for which web servers listen at these ports."""
    async with NameServer(dict(hosts)) as server, Names([server.address]) as names:
        guard = Guard(names, admit=frozenset({http, https}), tls=trust, limits=HASTY)
        yield HttpEnricher(
            guard,
            "https://example.org/us",
            now=lambda: NOW,
            ports=(https[1], http[1]),
            **{"seconds": 2.0, "politeness": Politeness(per_minute=6_000, gap=0), **more},
        )


async def looked_up(server: Server, **more: Any) -> Enrichment:
    async with enricher(server.address, **more) as asker:
        return await asker.look_up("shop.example")
