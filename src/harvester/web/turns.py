"""One person's requests take turns, so that whoever asks for much leaves connections to the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvester.errors import Busy
from harvester.web.answering import answer_problem
from harvester.web.identity import Identity

MOST_AT_ONCE = 2
"""Requests of one person, or one key, that are worked on at a time: half of the connections that there are."""
MOST_IN_LINE = 100
"""Those that wait, and those that are worked on; one more is refused."""


@dataclass(slots=True)
class _Line:
    """The requests of one person."""

    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_AT_ONCE))
    length: int = 0


class Turns:
    """Middleware behind the admission, which says whose a request is; nobody waits for another person.

    A place is free again when the answer begins: the database has been asked by then. A table that is written while it
    is read has a place of its own (`harvester.web.streams`).
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._lines: dict[str, _Line] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        identity: Identity | None = scope.get("state", {}).get("identity")
        if scope["type"] != "http" or identity is None:
            await self._app(scope, receive, send)
            return
        line = self._lines.setdefault(identity.subject, _Line())
        if line.length >= MOST_IN_LINE:
            error = Busy("Too many of your requests wait already.", hint="Ask again when they are answered.")
            answer = await answer_problem(Request(scope, receive), error)
            await answer(scope, receive, send)
            return
        line.length += 1
        try:
            await self._in_turn(line, scope, receive, send)
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[identity.subject]

    async def _in_turn(self, line: _Line, scope: Scope, receive: Receive, send: Send) -> None:
        await line.places.acquire()
        is_held = True

        def leave() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                line.places.release()

        async def leaving_send(message: Message) -> None:
            leave()
            await send(message)

        try:
            await self._app(scope, receive, leaving_send)
        finally:
            leave()
