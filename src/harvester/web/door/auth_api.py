"""Supabase Auth over HTTP: what signs people in, and what keeps them signed in.

Source: github.com/supabase/auth, openapi.yaml; supabase.com/docs/guides/auth/passwords, …/auth-email-passwordless,
…/sessions/pkce-flow. No redirect is followed, no cookie kept, and an answer has its longest time and length.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp

from harvester import __version__
from harvester.errors import SettingsError, SignInRefused, SignInUnavailable, TooManyRequests
from harvester.web.door.origin import is_of_this_machine, origin_of

SECONDS = 10.0
"""Within which a whole answer must have come."""
MOST_BYTES = 256 * 1024
API_VERSION = "2024-01-01"
"""Of errors, whose `code` is then one of supabase.com/docs/guides/auth/debugging/error-codes."""
LinkType = Literal["email", "magiclink"]
_HINT = "Try again in a moment."


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a sign-in gives."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: float
    """How long the access token is valid, from when it came."""


def code_challenge(verifier: str) -> str:
    """What the sign-in service is told of a verifier when a sign-in begins: RFC 7636, section 4.2, method S256.

    >>> code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


class AuthApi:
    """The sign-in service of one project; to be kept by `async with`.

    Every method raises SignInRefused where the service says no, TooManyRequests where it says too often, and
    SignInUnavailable where it gives no answer that can be used.
    """

    def __init__(self, project_url: str, publishable_key: str, *, seconds: float = SECONDS) -> None:
        """Raises SettingsError for an address that is not https, unless it is of this machine."""
        origin = origin_of(project_url)
        if origin is None or not (origin.is_secure or is_of_this_machine(origin.host)):
            raise SettingsError(
                "HARVESTER_SUPABASE_URL is no https address of a project: passwords are sent there.",
                hint="It looks like https://REF.supabase.co.",
            )
        self.issuer = f"{origin}/auth/v1"
        self._key, self._seconds = publishable_key, seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={
                "User-Agent": f"tiktok-domain-harvester/{__version__}",
                "apikey": self._key,
                "X-Supabase-Api-Version": API_VERSION,
            },
            timeout=aiohttp.ClientTimeout(total=self._seconds),
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def sign_in(self, email: str, password: str) -> Tokens:
        """By address and password."""
        return _tokens(await self._post("/token?grant_type=password", {"email": email, "password": password}))

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens for the refresh token, which is good once."""
        return _tokens(await self._post("/token?grant_type=refresh_token", {"refresh_token": refresh_token}))

    async def exchange(self, code: str, verifier: str) -> Tokens:
        """By the code with which the service sent the browser back, and the verifier of whoever asked for the link."""
        return _tokens(await self._post("/token?grant_type=pkce", {"auth_code": code, "code_verifier": verifier}))

    async def verify(self, token_hash: str, kind: LinkType) -> Tokens:
        """By the token of a link that leads to our own page."""
        return _tokens(await self._post("/verify", {"token_hash": token_hash, "type": kind}))

    async def send_link(self, email: str, verifier: str, back: str) -> None:
        """Have a link sent to an address, if it has an account; `back` is where the service sends the browser then."""
        body = {
            "email": email,
            "create_user": False,
            "code_challenge": code_challenge(verifier),
            "code_challenge_method": "s256",
        }
        await self._post("/otp", body, parameters={"redirect_to": back})

    async def sign_out(self, access_token: str) -> None:
        """End the session of this token; others of the same user go on."""
        await self._post("/logout?scope=local", {}, token=access_token)

    async def key_set(self) -> Mapping[str, Any]:
        """The public keys of the project, as a JSON Web Key Set."""
        return await self._asked("GET", "/.well-known/jwks.json")

    async def _post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        token: str | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._asked("POST", path, json=body, headers=headers, params=parameters)

    async def _asked(self, method: str, path: str, **options: Any) -> Mapping[str, Any]:
        assert self._session is not None, "the sign-in service is kept by `async with`"
        try:
            async with self._session.request(
                method, f"{self.issuer}{path}", allow_redirects=False, **options
            ) as answer:
                body = await _content(answer)
                status, retry_after = answer.status, answer.headers.get("Retry-After", "")
        except (aiohttp.ClientError, OSError, TimeoutError):
            # The words of the error may quote what was sent.
            raise SignInUnavailable("The sign-in service does not answer.", hint=_HINT) from None
        if status == 429:
            wait = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else 60
            raise TooManyRequests(
                "The sign-in service was asked too often.", retry_after=min(max(wait, 1), 3600), hint=_HINT
            )
        if status in (400, 401, 403, 404, 422):
            raise SignInRefused("The sign-in service says no.")
        if status == 204:
            return {}
        return _object(body) if status == 200 else _object(b"")


async def _content(answer: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for block in answer.content.iter_any():
        content += block
        if len(content) > MOST_BYTES:
            return b""
    return bytes(content)


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SignInUnavailable("The sign-in service gave an answer that cannot be read.", hint=_HINT)
    return value


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    access, refresh, seconds = (answer.get(name) for name in ("access_token", "refresh_token", "expires_in"))
    if not isinstance(access, str) or not isinstance(refresh, str) or not isinstance(seconds, (int, float)):
        raise SignInUnavailable("The sign-in service gave an answer that cannot be read.", hint=_HINT)
    return Tokens(access, refresh, min(max(float(seconds), 0.0), 86_400.0))
