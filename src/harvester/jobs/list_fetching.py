"""Fetches lists of others by their addresses, through the one door out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from harvester.enrichers.guard import Guard
from harvester.enrichers.guard.fetching import Errand, Fetched, run
from harvester.enrichers.guard.refusal import TargetRefused
from harvester.enrichers.guard.target import Target
from harvester.enrichers.introduction import user_agent
from harvester.enrichers.names import Names
from harvester.jobs.reference_lists import Fetch
from harvester.model import Pap

MOST_BYTES = 32 * 1024 * 1024
"""Of one list: a million names and more. It is in memory once, since the guard gives a body whole."""
SECONDS = 120.0
_GOOD = 200


@asynccontextmanager
async def list_fetching(pap: Pap, resolvers: Sequence[tuple[str, int]], contact: str | None) -> AsyncIterator[Fetch]:
    """Give the fetching that a deployment may do; under PAP red it sends nothing, and says so."""
    if pap == "red":
        yield _nothing
        return
    async with Names(resolvers) as names:
        yield fetching(Guard(names), contact)


async def _nothing(url: str, path: Path) -> str:  # noqa: ARG001
    return "refused:pap"


def fetching(guard: Guard, contact: str | None) -> Fetch:
    """Make the fetching of lists; raises SettingsError for a contact that cannot stand in a request."""
    agent = user_agent(contact)

    async def fetch(url: str, path: Path) -> str | None:
        async def check(target: Target) -> None:
            # What is asked for over TLS comes over TLS: else anybody on the way could write the list.
            if url.lower().startswith("https:") and target.scheme != "https":
                raise TargetRefused("not_https")

        errand = Errand(agent, accept="text/*, */*;q=0.5", max_bytes=MOST_BYTES, seconds=SECONDS, before=check)
        fetched = await run(guard, url, errand)
        failure = _failure(fetched)
        if failure is None:
            await asyncio.to_thread(path.write_bytes, fetched.body)
        return failure

    return fetch


def _failure(fetched: Fetched) -> str | None:
    if fetched.state != "ok":
        return fetched.state
    if fetched.status != _GOOD:
        return f"status_{fetched.status}"
    if fetched.is_cut:
        return "too_long"
    return None if fetched.is_decoded else "undecodable"
