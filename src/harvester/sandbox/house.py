"""How a request goes through the sandbox: token, limits, faults, endpoint, delivery; and what is counted on the way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from harvester.sandbox.ads import AD_FIELDS, DETAIL_FIELDS
from harvester.sandbox.asked import Asked, Given, read_body, read_fields
from harvester.sandbox.clock import Clock
from harvester.sandbox.commercial import CONTENT_FIELDS, Commercial
from harvester.sandbox.control import Control
from harvester.sandbox.delivery import closed, cut, gateway_page, hanging, json_answer, slowly, torn
from harvester.sandbox.faults import STRANGE, Faults
from harvester.sandbox.meter import Meter
from harvester.sandbox.modes import Delays, Limits, Modes
from harvester.sandbox.refusal import OK, Refusal, enveloped
from harvester.sandbox.research import Research
from harvester.sandbox.rows import COMMENT_FIELDS, CREATOR_FIELDS, VIDEO_FIELDS
from harvester.sandbox.strikes import NO_TOKEN, REFUSALS, WITHOUT_ANSWER
from harvester.sandbox.tokens import Tokens
from harvester.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the APIs, without its first part `/v2/research/`."""

    name: str
    path: str
    api: str
    fields: frozenset[str]
    answer: Callable[[Asked], Given]


class House:
    """One sandbox: a world, its limits and modes, what is switched on, and what was counted."""

    def __init__(self, world: World, limits: Limits, modes: Modes, faults: Mapping[str, float], delays: Delays) -> None:
        self.world = world
        self.modes = modes
        self.delays = delays
        self.clock = Clock()
        self.tokens = Tokens(self.clock, limits)
        self.meter = Meter(self.clock, limits)
        self.faults = Faults(world.seed, faults)
        self._research = research = Research(world, modes)
        commercial = Commercial(world, modes)
        self.endpoints = (
            Endpoint("video/query", "video/query", "research", VIDEO_FIELDS, research.videos),
            Endpoint("comment/list", "video/comment/list", "research", COMMENT_FIELDS, research.comments),
            Endpoint("user/info", "user/info", "research", CREATOR_FIELDS, research.creator),
            Endpoint(
                "commercial_content/query", "adlib/commercial_content/query", "commercial", CONTENT_FIELDS,
                commercial.contents,
            ),
            Endpoint("ad/query", "adlib/ad/query", "commercial", AD_FIELDS, commercial.ads),
            Endpoint("ad/detail", "adlib/ad/detail", "commercial", DETAIL_FIELDS, commercial.ad),
        )  # fmt: skip

    def app(self) -> web.Application:
        """The application that answers."""
        app = web.Application()
        app.router.add_post("/v2/oauth/token/", self._token)
        for endpoint in self.endpoints:
            app.router.add_post(f"/v2/research/{endpoint.path}/", self._handler(endpoint))
        Control(self).add_to(app)
        return app

    def limit(self, changes: Mapping[str, int | None]) -> None:
        """Change some limits, by their names."""
        # Who asks has looked at names and values; the type checker knows of neither.
        self.meter.limits = self.tokens.limits = replace(self.meter.limits, **changes)  # type: ignore[arg-type]

    def reset(self) -> None:
        """Forget what was counted and which requests were hit; rows that were added or deleted stay so."""
        self.meter.reset()
        self.faults.reset()
        self._research.gaps.clear()
        self.world.forget_served()
        self.clock.offset = 0.0

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.meter.arrive("token")
        form = await request.post()
        strike = self.faults.draw("token", "token", frozenset()).strike
        data, is_issued = self.tokens.issue(form)
        if strike is not None and is_issued:
            self.meter.ended("token", strike)
            return json_answer(*NO_TOKEN[strike])
        self.meter.ended("token", OK if is_issued else data["error"])
        return json_answer(data, 200 if is_issued else int(self.modes.token_error))

    def _handler(self, endpoint: Endpoint) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            strike: str | None = None
            try:
                asked, strike = self._asked(endpoint, request, raw)
                if strike is not None and strike in WITHOUT_ANSWER:
                    self.meter.ended(endpoint.name, strike)
                    return await self._no_answer(request, strike)
                if strike is not None and strike in REFUSALS:
                    raise REFUSALS[strike](asked.body, self.delays)
                given = endpoint.answer(asked)
            except Refusal as refusal:
                self.meter.ended(endpoint.name, strike if strike is not None and strike in REFUSALS else refusal.code)
                body = enveloped({}, self.meter.number, endpoint.api, refusal)
                return json_answer(body, refusal.status, refusal.headers)
            self.meter.gave(endpoint.api, given.records)
            self.meter.ended(endpoint.name, strike or OK)
            return await self._deliver(request, endpoint, asked, given, strike)

        return handle

    def _asked(self, endpoint: Endpoint, request: web.Request, raw: bytes) -> tuple[Asked, str | None]:
        """The request, let in, and the fault that strikes it. Raises Refusal where it is not let in."""
        key = f"{endpoint.name} {hashlib.blake2b(_without_search(raw), digest_size=12).hexdigest()}"
        self.meter.arrive(key)
        try:
            token = self.tokens.use(request.headers.get("Authorization", ""))
        except Refusal:
            # No second refusal of the token follows by a fault: a client may take two for a final no.
            self.faults.struck(key, "token_expired")
            raise
        self.meter.admit(endpoint.api)
        body, fields = read_body(raw), read_fields(request.query.get("fields", ""), endpoint.fields)
        having = {"later" if body.get("cursor") else "first"}
        having |= {"search_id"} if body.get("search_id") else set()
        having |= {"in_use"} if self.tokens.is_in_use(token) else set()
        drawn = self.faults.draw(endpoint.name, key, frozenset(having))
        if drawn.strike == "token_expired":
            self.tokens.revoke(token)
        asked = Asked(
            body, fields, drawn.chance,
            bends=drawn.bends | ({drawn.strike} if drawn.strike else set()),
            strange=self.faults.rates.get(STRANGE, 0.0),
            today=int(self.clock.today().strftime("%Y%m%d")),
        )  # fmt: skip
        return asked, drawn.strike

    async def _no_answer(self, request: web.Request, strike: str) -> web.StreamResponse:
        match strike:
            case "hanging":
                return await hanging(request, self.delays.hang)
            case "closed":
                return closed(request, web.Response())
            case _:
                return gateway_page()

    async def _deliver(
        self, request: web.Request, endpoint: Endpoint, asked: Asked, given: Given, strike: str | None
    ) -> web.StreamResponse:
        answer = json_answer(enveloped(given.data, self.meter.number, endpoint.api))
        share = asked.chance.random()
        if strike == "truncated_json":
            return cut(answer, share)
        if strike == "torn_body":
            return await torn(request, answer, share)
        self.world.served(given.comments, self.clock.now())
        return await slowly(request, answer, self.delays.slow) if "slow" in asked.bends else answer


def _without_search(raw: bytes) -> bytes:
    """What tells a request from others: the name of its search does not, which a client may drop."""
    try:
        body = read_body(raw)
    except Refusal:
        return raw
    return json.dumps({name: value for name, value in body.items() if name != "search_id"}, sort_keys=True).encode()
