"""Which requests come in at all, and the headers on every answer that goes out."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "HEAD", "POST")
MOST_TARGET_BYTES = 16_384
"""The longest path with its query; whatever is longer asks for nothing of ours."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with it a browser would hide the origin of our own forms as well.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Middleware around the whole application.

    A `Host` that is not ours is refused: a page of a stranger whose name was made to point to this machine
    (DNS rebinding) could read everything otherwise. Forms are sent by POST; no other method changes anything.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headless = scope["method"] == "HEAD"

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                stricter = headers.get("Referrer-Policy", HEADERS["Referrer-Policy"])
                headers.update({**HEADERS, "Referrer-Policy": stricter})
                headers.setdefault("Cache-Control", "no-store")
            elif headless:
                message = {**message, "body": b""}
            await send(message)

        # HEAD is GET without its body, so the pages know GET alone; only long tables look whether a body is wanted.
        inner = {**scope, "method": "GET", "headless": True} if headless else scope
        await (self._refusal(scope) or self._app)(inner, receive, guarded_send)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse(
                "This address does not belong to the dashboard. Open it as it was printed at the start.\n", 421
            )
        if scope["method"] not in METHODS:
            return PlainTextResponse("Use GET, HEAD or POST.\n", 405, {"Allow": ", ".join(METHODS)})
        if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_TARGET_BYTES:
            return PlainTextResponse("The address is too long.\n", 414)
        return None
