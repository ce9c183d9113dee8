"""How an answer reaches the client: whole, slowly, cut off, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

_PIECES = 4
_GATEWAY_PAGE = b"""<html>
<head><title>504 Gateway Time-out</title></head>
<body><center><h1>504 Gateway Time-out</h1></center><hr><center>nginx</center></body>
</html>
"""


def json_answer(body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON as the APIs send it."""
    content = msgspec.json.encode(body)
    return web.Response(body=content, status=status, headers=headers, content_type="application/json", charset="utf-8")


def gateway_page() -> web.Response:
    """What stands before the APIs says that they take too long."""
    return web.Response(body=_GATEWAY_PAGE, status=504, content_type="text/html")


def cut(answer: web.Response, share: float) -> web.Response:
    """The first part of an answer, as if that was all."""
    body = answer.body
    assert isinstance(body, bytes)
    answer.body = body[: 1 + int(share * (len(body) - 2))]
    return answer


async def slowly(request: web.Request, answer: web.Response, seconds: float) -> web.StreamResponse:
    """An answer in pieces, over some time."""
    body = answer.body
    assert isinstance(body, bytes)
    stream = web.StreamResponse(status=answer.status, headers=answer.headers)
    size = len(body) // _PIECES + 1
    with contextlib.suppress(ConnectionError):
        await stream.prepare(request)
        for start in range(0, len(body), size):
            await stream.write(body[start : start + size])
            await asyncio.sleep(seconds / _PIECES)
    return stream


async def torn(request: web.Request, answer: web.Response, share: float) -> web.StreamResponse:
    """The first part of an answer; then the connection ends, though more was announced."""
    body = answer.body
    assert isinstance(body, bytes)
    stream = web.StreamResponse(status=answer.status, headers=answer.headers)
    stream.content_length = len(body)
    with contextlib.suppress(ConnectionError):
        await stream.prepare(request)
        await stream.write(body[: int(share * len(body))])
    return closed(request, stream)


async def hanging(request: web.Request, seconds: float) -> web.StreamResponse:
    """Nothing for some time; then the connection ends."""
    await asyncio.sleep(seconds)
    return closed(request, web.Response())


def closed(request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """End the connection; the answer cannot be sent any more."""
    if request.transport is not None:
        request.transport.close()
    return answer
