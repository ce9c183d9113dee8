"""A server that answers as a test has written down, and a gate that keeps count of what passes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from harvester.errors import CollectionPaused
from harvester.model import Credentials
from harvester.sources.api.channel import Channel
from harvester.sources.api.gate import Api, Passage

SECRET = "s3cret of nobody"
CREDENTIALS = Credentials("key of nobody", SECRET)
TOKEN_PATH = "/v2/oauth/token/"
PATIENCE = 0.001

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Said:
    """One answer of a script."""

    body: Any = ""
    """Text, bytes, or a value that is written as JSON."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        body = self.body if isinstance(self.body, bytes | str) else json.dumps(self.body)
        raw = body if isinstance(body, bytes) else body.encode()
        return web.Response(status=self.status, body=raw, headers=self.headers)


def ok(data: Any = None, **headers: str) -> Said:
    return Said({"data": data or {}, "error": {"code": "ok", "message": "", "log_id": "20261126L"}}, headers=headers)


def refused(status: int, code: str, message: str = "", **headers: str) -> Said:
    error = {"code": code, "message": message, "log_id": "20261126L"}
    return Said({"data": {}, "error": error}, status, {name.replace("_", "-"): each for name, each in headers.items()})


@dataclass
class Script:
    """What the server says, in this order; the last one again and again."""

    answers: list[Said | Handler] = field(default_factory=lambda: [ok()])
    tokens: list[Said | Handler] = field(default_factory=list)
    """What it says when it is asked for a token; where nothing is left, a new one."""
    url: str = ""
    bodies: list[Any] = field(default_factory=list)
    """What was asked, requests for tokens left out."""
    requests: list[web.Request] = field(default_factory=list)
    tokens_given: int = 0

    @property
    def token_requests(self) -> int:
        return sum(request.path == TOKEN_PATH for request in self.requests)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        if request.path == TOKEN_PATH:
            said = self.tokens.pop(0) if self.tokens else self._token()
        else:
            self.bodies.append(await request.json())
            said = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return said.response() if isinstance(said, Said) else await said(request)

    def _token(self) -> Said:
        self.tokens_given += 1
        return Said({"access_token": f"clt.{self.tokens_given}", "expires_in": 7200, "token_type": "Bearer"})


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Script]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", script.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        script.url = f"http://{host}:{port}"
        yield script
    finally:
        await runner.cleanup()


@dataclass
class Books:
    """A gate that lets everything pass and writes it down."""

    passages: list[tuple[Api, Passage]] = field(default_factory=list)
    open: int = 0
    unbooked_count: int = 0
    is_paused: bool = False

    @asynccontextmanager
    async def passage(self, api: Api, most: int) -> AsyncIterator[Passage]:
        self._check()
        passage = Passage(most)
        self.passages.append((api, passage))
        self.open += 1
        try:
            yield passage
        finally:
            self.open -= 1

    @asynccontextmanager
    async def unbooked(self) -> AsyncIterator[None]:
        self._check()
        self.unbooked_count += 1
        self.open += 1
        try:
            yield
        finally:
            self.open -= 1

    def _check(self) -> None:
        if self.is_paused:
            raise CollectionPaused("All requests are stopped.")

    @property
    def records(self) -> list[int | None]:
        return [passage.records for _, passage in self.passages]


async def until(condition: Callable[[], object]) -> None:
    """Wait for what happens on the other side of a socket."""
    while not condition():  # noqa: ASYNC110  No event tells it.
        await asyncio.sleep(0.005)


@asynccontextmanager
async def asking(
    *answers: Said | Handler, tokens: Sequence[Said | Handler] = (), seconds: float = 5.0
) -> AsyncIterator[tuple[Channel, Script, Books]]:
    """A channel to a server that says this."""
    books = Books()
    async with (
        serving(Script(list(answers) or [ok()], list(tokens))) as script,
        Channel(script.url, CREDENTIALS, books, PATIENCE, seconds=seconds) as channel,
    ):
        yield channel, script, books
