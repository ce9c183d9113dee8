"""The outside as the guard's tests have it: all of it on loopback."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tests.enrichers.guard.canary import Canary, canary

from harvester.enrichers.guard import Guard, Limits
from harvester.enrichers.names import Names
from harvester.sandbox.outside.name_server import NameServer

TRUST = ssl.create_default_context()
"""Made once: it reads a hundred certificates."""
HASTY = Limits(connect=0.5, tls=0.5, first_byte=0.7, total=1.5)


@pytest.fixture
async def bird() -> AsyncIterator[Canary]:
    """What must not be called."""
    async with canary() as bird:
        yield bird


@pytest.fixture
async def guarded() -> AsyncIterator[Callable[..., Any]]:
    """Makes guards, given what names there are and which pairs of address and port are let through."""
    async with AsyncExitStack() as stack:

        async def make(hosts: dict[str, Any], *admitted: tuple[str, int], **more: Any) -> Guard:
            server = await stack.enter_async_context(NameServer(hosts))
            names = await stack.enter_async_context(Names([server.address]))
            return Guard(names, admit=frozenset(admitted), **{"limits": HASTY, "tls": TRUST, **more})

        yield make
