"""Every request at the door: who sends it, whether they may, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvester.errors import HarvesterError, NotPermitted, NotSignedIn, SignInUnavailable
from harvester.store.database import Database
from harvester.web.answering import METRICS, answer_problem, is_of_api
from harvester.web.door.cookies import session_secret, visit_secret
from harvester.web.door.door import Door
from harvester.web.door.origin import network_of, origin_asked
from harvester.web.identity import Identity, visiting

OPEN = ("/healthz", "/readyz", "/sign-in", "/sign-out")
"""Pages for whoever has not signed in; every other one, also one that is added tomorrow, is for those who have."""
OPEN_FOLDERS = ("/sign-in/", "/static/")
MOST_BODY_BYTES = 1 << 20
MOST_FIELDS = 1_100
"""A page of a list has up to a thousand rows, and each of them may be ticked."""
_FORM = "application/x-www-form-urlencoded"


class Admission:
    """Middleware around the routes, inside the guard.

    A request that shows a bearer is judged by it alone; else a cookie says whose it is. What changes anything needs an
    analyst, and, with a cookie, a form of ours.
    """

    def __init__(self, app: ASGIApp, door: Door, database: Database) -> None:
        self._app, self._door, self._database = app, door, database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        secret = session_secret(request)
        identity: Identity | None = None
        headers: Mapping[str, str] = {}
        try:
            identity = await self._identity(request, secret)
            request.state.identity = identity
            headers = self._counted(request, identity)
            if request.method == "POST":
                receive = await self._formed(request, secret)
        except (HarvesterError, HTTPException) as error:
            answer = await answer_problem(request, error)
            await answer(scope, receive, send)
            return

        async def counted_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        bound_to = secret if identity is not None else visit_secret(request)
        with visiting(identity, self._door.forgery.token(bound_to) if bound_to else ""):
            await self._app(scope, receive, counted_send)

    async def _identity(self, request: Request, secret: str) -> Identity | None:
        """Who sends it; None at an open page alone."""
        shown = request.headers.get("authorization")
        if shown is not None:
            return await self._by_bearer(request, shown)
        is_open = self._is_open(request.scope["path"])
        try:
            identity = await self._door.by_cookie(secret) if secret else None
        except SignInUnavailable:
            if not is_open:
                raise
            identity = None
        if identity is None and not is_open:
            raise NotSignedIn("Nobody is signed in.", hint="Open /sign-in, or send an API key or an access token.")
        return identity

    async def _by_bearer(self, request: Request, shown: str) -> Identity:
        """Guessing is slowed down: whoever failed too often is not even listened to."""
        sender = client_address(request)
        self._door.failures.check(sender)
        scheme, _, token = shown.partition(" ")
        try:
            # Of another scheme nothing is taken, and the empty token proves nobody.
            return await self._door.by_bearer(token.strip() if scheme.lower() == "bearer" else "", self._database)
        except NotSignedIn:
            self._door.failures.take(sender)
            raise

    def _counted(self, request: Request, identity: Identity | None) -> Mapping[str, str]:
        """The headers that say how many requests are left; raises TooManyRequests where there are none."""
        if identity is None or not is_of_api(request.scope["path"]):
            return {}
        return self._door.api_calls.take(identity.subject).headers()

    async def _formed(self, request: Request, secret: str) -> Receive:
        """Read the body, and see that it may change something; gives it to the routes once more.

        Raises NotPermitted for a viewer, FormRefused for a form that is not ours.
        """
        identity: Identity | None = request.state.identity
        is_open = self._is_open(request.scope["path"])
        if identity is not None and not is_open and not identity.may("analyst"):
            raise NotPermitted(f"This needs the role analyst; yours is {identity.role}.", hint="Ask an admin for it.")
        body = await _body(request)
        fields: list[tuple[str, str]] = []
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
            fields = _fields(body)
        form = dict(fields)
        request.state.form, request.state.fields = form, fields
        if "authorization" not in request.headers:
            bound_to = secret if identity is not None else visit_secret(request)
            self._door.forgery.check(request, form, bound_to, origin_asked(request, self._door.public))
        return _again(body, request.receive)

    def _is_open(self, path: str) -> bool:
        """Judged by the path that the routes are chosen by; that of `request.url` ends at a mark which was escaped."""
        if path == METRICS:
            # Where only this machine can ask, a program on it may: the figures name nobody.
            return self._door.supabase is None and self._door.public is None
        return path in OPEN or path.startswith(OPEN_FOLDERS)


def client_address(request: Request) -> str:
    """The address from which a request comes, as attempts are counted by it."""
    return network_of(request.client.host) if request.client is not None else "unknown"


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for block in request.stream():
        body += block
        if len(body) > MOST_BODY_BYTES:
            raise HTTPException(413)
    return bytes(body)


def _fields(body: bytes) -> list[tuple[str, str]]:
    """The fields of a form with their values, in its order."""
    try:
        return parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400) from None


def _again(body: bytes, receive: Receive) -> Receive:
    """The body as if nobody had read it; then whatever comes after it."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def once_more() -> Message:
        return parts.pop() if parts else await receive()

    return once_more
