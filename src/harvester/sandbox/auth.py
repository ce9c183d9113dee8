"""Our own server that plays Supabase Auth over HTTP: people with passwords, links by mail, tokens, changing keys.

Source: github.com/supabase/auth, openapi.yaml; error codes of API version 2024-01-01 from
supabase.com/docs/guides/auth/debugging/error-codes. Nothing is kept, and mails are put into `mails`.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from harvester.sandbox.auth_tokens import Issuer, challenge

PUBLISHABLE_KEY = "sb_publishable_sandbox"
HANGING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    email: str
    password: str = field(repr=False)
    id: str = "5b1c4a3e-0000-4000-8000-000000000001"
    app_metadata: Mapping[str, Any] = field(default_factory=dict)
    user_metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """A link that was sent."""

    to: str
    token_hash: str
    """What a template of one's own puts into a link to one's own page."""
    link: str
    """What the template of Supabase says: an address of the service, which sends the browser on."""


@dataclass(slots=True)
class _Link:
    account: Account
    challenge: str
    back: str


class AuthStub:
    """The service, its people and what it gave out."""

    def __init__(self, accounts: list[Account], issuer: Issuer) -> None:
        self.accounts = {account.email: account for account in accounts}
        self.issuer = issuer
        self.mails: list[Mail] = []
        self.asked: list[str] = []
        """The paths that were asked for, in order."""
        self.faults: deque[str] = deque()
        """What goes wrong next, one for each request: 429, 500, 503, garbage, huge, redirect, or hanging."""
        self._refresh: dict[str, Account] = {}
        self._spent: dict[str, Account] = {}
        self._links: dict[str, _Link] = {}
        self._codes: dict[str, _Link] = {}

    @property
    def url(self) -> str:
        """The address of the project, as HARVESTER_SUPABASE_URL has it."""
        return self.issuer.url.removesuffix("/auth/v1")

    def app(self) -> web.Application:
        """The endpoints that a server-side client needs."""
        app = web.Application(middlewares=[self._behave])
        app.router.add_post("/auth/v1/token", self._token)
        app.router.add_post("/auth/v1/otp", self._otp)
        app.router.add_post("/auth/v1/verify", self._verify)
        app.router.add_get("/auth/v1/verify", self._follow)
        app.router.add_post("/auth/v1/logout", self._logout)
        app.router.add_get("/auth/v1/user", self._user)
        app.router.add_get("/auth/v1/.well-known/jwks.json", self._key_set)
        return app

    def end_sessions(self, email: str) -> None:
        """End every session of an account, as an admin may."""
        self._refresh = {token: each for token, each in self._refresh.items() if each.email != email}

    def change(self, account: Account) -> None:
        """Let an account have another password or role; tokens that were given stay as they are."""
        self.accounts[account.email] = account

    @web.middleware
    async def _behave(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(request.path.removeprefix("/auth/v1"))
        fault = self.faults.popleft() if self.faults else ""
        if fault == "hanging":
            await asyncio.sleep(HANGING_SECONDS)
        if fault.isdigit():
            headers = {"Retry-After": "7"} if fault == "429" else {}
            return web.json_response({"code": "over_request_rate_limit"}, status=int(fault), headers=headers)
        if fault == "garbage":
            return web.Response(body=b"<html>\xff", content_type="text/html")
        if fault == "huge":
            tokens = {"access_token": "a", "refresh_token": "b", "expires_in": 3600, "more": "x" * 1_000_000}
            return web.json_response(tokens)
        if fault == "redirect":
            raise web.HTTPTemporaryRedirect("/auth/v1/elsewhere")
        # The gateway before the service lets nobody in without the project's key; links in mails have none.
        if request.method == "POST" and request.headers.get("apikey") != PUBLISHABLE_KEY:
            return _no(401, "no_authorization", "No API key found in request")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _token(self, request: web.Request) -> web.Response:
        body = await request.json()
        match request.query.get("grant_type"):
            case "password":
                account = self.accounts.get(str(body.get("email")).lower())
                if account is None or account.password != body.get("password"):
                    return _no(400, "invalid_credentials", "Invalid login credentials")
                return self._session(account)
            case "refresh_token":
                return self._refreshed(str(body.get("refresh_token")))
            case "pkce":
                return self._exchanged(str(body.get("auth_code")), str(body.get("code_verifier")))
        return _no(400, "validation_failed", "unsupported_grant_type")

    def _exchanged(self, code: str, verifier: str) -> web.Response:
        begun = self._codes.pop(code, None)
        if begun is None:
            return _no(404, "flow_state_not_found", "invalid flow state, no valid flow state found")
        if challenge(verifier) != begun.challenge:
            return _no(400, "bad_code_verifier", "code challenge does not match previously saved code verifier")
        return self._session(begun.account)

    def _refreshed(self, token: str) -> web.Response:
        if token in self._spent:
            self.end_sessions(self._spent[token].email)
            return _no(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used")
        account = self._refresh.pop(token, None)
        if account is None:
            return _no(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found")
        self._spent[token] = account
        return self._session(self.accounts[account.email])

    async def _otp(self, request: web.Request) -> web.Response:
        body = await request.json()
        account = self.accounts.get(str(body.get("email")).lower())
        if account is None:
            return _no(422, "otp_disabled", "Signups not allowed for otp")
        token = f"pkce_{secrets.token_hex(28)}"
        back = request.query.get("redirect_to", "")
        self._links[token] = _Link(account, str(body.get("code_challenge", "")), back)
        query = urlencode({"token": token, "type": "magiclink", "redirect_to": back})
        self.mails.append(Mail(account.email, token, f"{self.issuer.url}/verify?{query}"))
        return web.json_response({})

    async def _verify(self, request: web.Request) -> web.Response:
        body = await request.json()
        begun = self._links.pop(str(body.get("token_hash")), None)
        if begun is None or body.get("type") not in ("email", "magiclink"):
            return _no(403, "otp_expired", "Email link is invalid or has expired")
        return self._session(begun.account)

    async def _follow(self, request: web.Request) -> web.Response:
        """Where the link of a mail leads: on to the site, with a code for whoever asked for it."""
        begun = self._links.pop(request.query.get("token", ""), None)
        if begun is None:
            query = urlencode({"error": "access_denied", "error_code": "otp_expired"})
            raise web.HTTPSeeOther(f"{request.query.get('redirect_to', '/')}?{query}")
        code = secrets.token_hex(16)
        self._codes[code] = begun
        raise web.HTTPSeeOther(f"{begun.back}?{urlencode({'code': code})}")

    async def _logout(self, request: web.Request) -> web.Response:
        account = self._bearer(request)
        if account is None:
            return _no(401, "bad_jwt", "invalid JWT")
        self.end_sessions(account.email)
        return web.Response(status=204)

    async def _user(self, request: web.Request) -> web.Response:
        account = self._bearer(request)
        if account is None:
            return _no(401, "bad_jwt", "invalid JWT")
        return web.json_response(_shown(account))

    async def _key_set(self, _: web.Request) -> web.Response:
        return web.json_response(self.issuer.key_set(), headers={"Cache-Control": "public, max-age=600"})

    def _bearer(self, request: web.Request) -> Account | None:
        subject = self.issuer.subject_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return next((each for each in self.accounts.values() if each.id == subject), None)

    def _session(self, account: Account) -> web.Response:
        refresh = secrets.token_urlsafe(9)
        self._refresh[refresh] = account
        access = self.issuer.token(
            sub=account.id,
            email=account.email,
            app_metadata={"provider": "email", **account.app_metadata},
            user_metadata=dict(account.user_metadata),
        )
        return web.json_response(
            {
                "access_token": access,
                "token_type": "bearer",
                "expires_in": self.issuer.seconds,
                "refresh_token": refresh,
                "user": _shown(account),
            }
        )


@contextlib.asynccontextmanager
async def serving_auth(accounts: list[Account], *, port: int = 0, seconds: int = 3600) -> AsyncIterator[AuthStub]:
    """The service on this machine for the length of the block; its access tokens are valid for so many seconds."""
    issuer = Issuer(seconds)
    stub = AuthStub(accounts, issuer)
    runner = web.AppRunner(stub.app(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        issuer.url = f"http://127.0.0.1:{runner.addresses[0][1]}/auth/v1"
        yield stub
    finally:
        await runner.cleanup()


def _shown(account: Account) -> dict[str, Any]:
    """What the service tells of an account."""
    return {
        "id": account.id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": account.email,
        "created_at": "2026-01-01T00:00:00Z",
        "app_metadata": {"provider": "email", **account.app_metadata},
        "user_metadata": dict(account.user_metadata),
        "is_anonymous": False,
    }


def _no(status: int, code: str, message: str) -> web.Response:
    headers = {"X-Supabase-Api-Version": "2024-01-01"}
    return web.json_response({"code": code, "message": message}, status=status, headers=headers)
