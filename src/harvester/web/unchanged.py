"""Answers that a program has already: a tag on each (RFC 9110, 8.8.3), and 304 to who shows the tag of now."""

from __future__ import annotations

import re
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TAG = re.compile(r'"[^"]*"|\*')
_OF_THE_BODY = ("content-length", "content-type")


class Unchanged:
    """Middleware for answers that are sent in one piece; those that are written while they are read have no tag.

    The tag is weak: it stands for what the answer says. Nothing is kept here, and browsers may keep nothing either
    (`no-store`), so it is for programs that keep the last answer themselves.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = _TAG.findall(Headers(scope=scope).get("if-none-match", ""))
        start: Message | None = None

        async def tagged_send(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = Headers(raw=message["headers"])
                if message["status"] == 200 and "content-length" in headers and "etag" not in headers:
                    start = message
                    return
            elif start is not None:
                tag = f'"{sha256(message.get("body", b"")).hexdigest()[:32]}"'
                headers = MutableHeaders(raw=start["headers"])
                headers["ETag"] = f"W/{tag}"
                if tag in known or "*" in known:
                    for name in _OF_THE_BODY:
                        del headers[name]
                    start, message = {**start, "status": 304}, {**message, "body": b""}
                await send({**start, "headers": headers.raw})
                start = None
            await send(message)

        await self._app(scope, receive, tagged_send)
