"""The addresses `/sandbox/…`, which TikTok does not have: what was counted, what is true, and what shall go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web

from harvester.sandbox.asked import read_body, whole
from harvester.sandbox.refusal import Refusal, invalid
from harvester.sandbox.truth import truth

if TYPE_CHECKING:
    from harvester.sandbox.house import House

_LIMITS = ("requests_per_day", "records_per_day", "per_minute", "token_seconds", "token_calls")

_MAY_BE_NONE = ("per_minute", "token_calls")


class Control:
    """Looks at one sandbox and changes it while it runs."""

    def __init__(self, house: House) -> None:
        self._house = house

    def add_to(self, app: web.Application) -> None:
        """Add the addresses."""
        app.router.add_get("/sandbox/state", _answering(self._state))
        app.router.add_get("/sandbox/truth", self._truth)
        app.router.add_get("/sandbox/served", self._served)
        app.router.add_post("/sandbox/faults", _answering(self._switch))
        app.router.add_delete("/sandbox/faults", _answering(self._faults_off))
        app.router.add_post("/sandbox/limits", _answering(self._limit))
        app.router.add_post("/sandbox/clock", _answering(self._move))
        app.router.add_post("/sandbox/comments", _answering(self._post))
        app.router.add_delete("/sandbox/videos/{video_id}", _answering(self._delete))
        app.router.add_post("/sandbox/reset", _answering(self._reset))

    async def _state(self, _request: web.Request) -> Mapping[str, Any]:
        house = self._house
        limits = house.meter.limits
        return {
            "now": datetime.fromtimestamp(house.clock.now(), UTC).isoformat(),
            "limits": {name: getattr(limits, name) for name in _LIMITS},
            "faults": {name: rate for name, rate in house.faults.rates.items() if rate},
            **house.meter.state(),
        }

    async def _truth(self, request: web.Request) -> web.StreamResponse:
        house = self._house
        return await _lines(request, truth(house.world, house.modes, int(house.clock.today().strftime("%Y%m%d"))))

    async def _served(self, request: web.Request) -> web.StreamResponse:
        return await _lines(request, self._house.world.first_served())

    async def _switch(self, request: web.Request) -> Mapping[str, Any]:
        self._house.faults.switch(read_body(await request.read()))
        return {"faults": self._house.faults.rates}

    async def _faults_off(self, _request: web.Request) -> Mapping[str, Any]:
        self._house.faults.reset()
        return {"faults": self._house.faults.rates}

    async def _limit(self, request: web.Request) -> Mapping[str, Any]:
        body = read_body(await request.read())
        strangers = body.keys() - set(_LIMITS)
        if strangers:
            raise invalid(f"There is no limit {', '.join(sorted(strangers))[:200]}; there are {', '.join(_LIMITS)}.")
        limitless = {name for name in body if body[name] is None and name in _MAY_BE_NONE}
        self._house.limit({name: None if name in limitless else whole(body, name) for name in body})
        return {"limits": body}

    async def _move(self, request: web.Request) -> Mapping[str, Any]:
        offset = read_body(await request.read()).get("offset_seconds")
        if isinstance(offset, bool) or not isinstance(offset, int | float) or abs(offset) > 10**9:
            raise invalid("The offset_seconds must be a number.")
        self._house.clock.offset = float(offset)
        return {"now": datetime.fromtimestamp(self._house.clock.now(), UTC).isoformat()}

    async def _post(self, request: web.Request) -> Mapping[str, Any]:
        body = read_body(await request.read())
        text = body.get("text")
        if not isinstance(text, str):
            raise invalid("The text is required.")
        parent = whole(body, "comment_id") if "comment_id" in body else None
        posted = int(self._house.clock.now())
        return {"id": str(self._house.world.add_comment(whole(body, "video_id"), text, posted, parent))}

    async def _delete(self, request: web.Request) -> Mapping[str, Any]:
        self._house.world.delete_video(whole(request.match_info, "video_id"))
        return {}

    async def _reset(self, _request: web.Request) -> Mapping[str, Any]:
        self._house.reset()
        return {}


def _answering(
    work: Callable[[web.Request], Awaitable[Mapping[str, Any]]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler that gives what the work gives as JSON, and says what was wrong."""

    async def handle(request: web.Request) -> web.Response:
        try:
            return web.json_response(await work(request))
        except (ValueError, LookupError, Refusal) as error:
            status = 404 if isinstance(error, LookupError) else 400
            return web.json_response({"error": str(error.args[0])}, status=status)

    return handle


async def _lines(request: web.Request, rows: Any) -> web.StreamResponse:
    """One JSON object on each line."""
    stream = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
    await stream.prepare(request)
    for row in rows:
        await stream.write(msgspec.json.encode(row) + b"\n")
    return stream
