"""One line of the log for each request, under the id that its answer carries.

Nothing of the request's own text is in it: no address with its names and words, no query, no header, no form.
"""

from __future__ import annotations

import secrets
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-Id"
_log = structlog.get_logger()


class RequestLog:
    """Middleware around everything else; it logs where the command has set up a log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        started = time.monotonic()
        status = 500
        state = scope.setdefault("state", {})

        async def noted_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, noted_send)
            finally:
                if structlog.is_configured():
                    identity = state.get("identity")
                    _log.info(
                        "request",
                        method=scope["method"] if scope["method"].isalpha() else "?",
                        # The pattern of the route: the address itself may hold what strangers wrote.
                        route=getattr(scope.get("route"), "path", None),
                        status=status,
                        milliseconds=round((time.monotonic() - started) * 1000, 1),
                        subject=identity.subject if identity is not None else None,
                    )
