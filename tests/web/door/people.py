"""A dashboard behind a door with Supabase: its people, their browsers, and how they send forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from harvester.sandbox.auth import PUBLISHABLE_KEY, Account, AuthStub, serving_auth
from harvester.sandbox.auth_tokens import SECRET
from harvester.web.door.door import Door, Supabase
from harvester.web.serve import serving

PASSWORD = "correct horse battery staple"
VIEWER = Account("vera@example.org", PASSWORD, "00000000-0000-4000-8000-000000000001", {"role": "viewer"})
ANALYST = Account("ann@example.org", PASSWORD, "00000000-0000-4000-8000-000000000002", {"role": "analyst"})
ADMIN = Account("ada@example.org", PASSWORD, "00000000-0000-4000-8000-000000000003", {"role": "admin"})
STRANGER = Account(
    "sam@example.org", PASSWORD, "00000000-0000-4000-8000-000000000004", user_metadata={"role": "admin"}
)  # fmt: skip


class Clock:
    """A clock that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Desk:
    """A running dashboard with its sign-in service."""

    url: str
    stub: AuthStub
    door: Door
    clock: Clock
    browsers: list[httpx.AsyncClient] = field(default_factory=list)

    def browser(self) -> httpx.AsyncClient:
        """A browser of its own, without cookies."""
        client = httpx.AsyncClient(base_url=self.url, timeout=20, verify=False)
        self.browsers.append(client)
        return client

    async def signed_in(self, account: Account) -> httpx.AsyncClient:
        """A browser in which somebody has signed in."""
        browser = self.browser()
        answer = await sign_in(browser, account.email, account.password)
        assert answer.status_code == 303, answer.text
        return browser


@asynccontextmanager
async def desk(conninfo: str, *, seconds: int = 3600, secret: str | None = None, **options: Any) -> AsyncIterator[Desk]:
    """A dashboard whose sign-in service gives tokens of so many seconds."""
    clock = Clock()
    async with serving_auth([VIEWER, ANALYST, ADMIN, STRANGER], seconds=seconds) as stub:
        supabase = Supabase(stub.url, PUBLISHABLE_KEY, secret, clock=clock)
        door = Door(supabase, clock=clock, **options)
        async with serving(conninfo, door=door) as url:
            open_desk = Desk(url, stub, door, clock)
            try:
                yield open_desk
            finally:
                for browser in open_desk.browsers:
                    await browser.aclose()


def token_of(page: httpx.Response) -> str:
    """The token of the first form of a page."""
    found = re.search(r'name="csrf" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


async def post(browser: httpx.AsyncClient, page: str, path: str, **fields: str) -> httpx.Response:
    """Send a form as the page at an address would."""
    shown = await browser.get(page)
    origin = str(browser.base_url).rstrip("/")
    return await browser.post(
        path, data={"csrf": token_of(shown), **fields}, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    )


async def sign_in(browser: httpx.AsyncClient, email: str, password: str, **fields: str) -> httpx.Response:
    """Send the form of the sign-in page."""
    return await post(browser, "/sign-in", "/sign-in", email=email, password=password, **fields)


__all__ = ["ADMIN", "ANALYST", "PASSWORD", "SECRET", "STRANGER", "VIEWER", "Clock", "Desk", "desk", "post", "sign_in"]
