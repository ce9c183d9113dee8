"""Our own web server on loopback, for any number of hosts: what a decent operator runs."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Page:
    """What the server answers under one address."""

    body: str | bytes = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


def redirect(location: str, status: int = 302) -> Page:
    """A page that sends its visitors elsewhere."""
    return Page(status=status, headers={"Location": location})


class Visited(NamedTuple):
    """A request that arrived."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]


class WebServer:
    """Answers on a free port for the length of a block; what it does not know is 404.

    Pages are named by host and path, as in `shop.example/robots.txt`, or by their path alone, for every host.
    """

    def __init__(
        self, pages: Mapping[str, Page], *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
    ) -> None:
        self.pages = dict(pages)
        self.visited: list[Visited] = []
        """Every request so far, in the order of its arrival."""
        self.host = host
        self.port = 0
        self._tls = tls
        self._runner: web.ServerRunner | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self.host, self.port

    async def __aenter__(self) -> Self:
        # A server without routes: whatever is asked for arrives as it was sent.
        self._runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, 0, ssl_context=self._tls).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        host = (request.headers.get("Host") or "").rsplit(":", 1)[0]
        self.visited.append(Visited(request.method, host, request.raw_path, dict(request.headers)))
        path = request.raw_path
        page = self.pages.get(host + path) or self.pages.get(path) or Page("nothing here", status=404)
        body = page.body.encode() if isinstance(page.body, str) else page.body
        return web.Response(body=body, status=page.status, headers=page.headers)
