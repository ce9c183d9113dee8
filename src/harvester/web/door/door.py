"""The door: who may come in, by which proof, and for how long."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import structlog

from harvester.errors import (
    AccessError,
    NotSignedIn,
    SettingsError,
    SignInRefused,
    SignInUnavailable,
    TooManyRequests,
)  # fmt: skip
from harvester.store.api_key import KEY_PREFIX, identify_key
from harvester.store.database import Database
from harvester.web.door.auth_api import AuthApi, LinkType, Tokens
from harvester.web.door.buckets import Buckets
from harvester.web.door.forgery import Forgery
from harvester.web.door.origin import is_of_this_machine, origin_of
from harvester.web.door.shelf import Shelf, new_secret
from harvester.web.door.signing_keys import SigningKeys
from harvester.web.door.token import TokenVerifier, is_secret_key
from harvester.web.identity import Identity, local_admin, of_key

REFRESH_SECONDS = 60
"""An access token is changed for a new one so long before it ends."""
BEGUN_SECONDS = 3600
"""How long a sign-in that has begun waits for its link to be opened; Supabase's links live as long."""
SLOWLY = "There were too many attempts to sign in."

_log = structlog.get_logger()


@dataclass(slots=True)
class Session:
    """A browser that has signed in."""

    identity: Identity
    tokens: Tokens | None = None
    """Those of Supabase, which never leave the server; None at a door without it."""
    ends: float = 0.0
    """When the access token does, on the clock of the door."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has begun in one browser and waits for what the mail brings."""

    verifier: str = ""
    link: tuple[str, LinkType] | None = None


class Supabase:
    """The project that says who is who."""

    def __init__(
        self,
        url: str,
        publishable_key: str,
        jwt_secret: str | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises SettingsError for an address to which no password may be sent, and for a key that opens everything."""
        if is_secret_key(publishable_key):
            raise SettingsError(
                "HARVESTER_SUPABASE_PUBLISHABLE_KEY holds a secret key, which is past all policies.",
                hint="Take the publishable one: sb_publishable_…, or formerly anon.",
            )
        self.api = AuthApi(url, publishable_key)
        self.verifier = TokenVerifier(self.api.issuer, SigningKeys(self.api.key_set, clock=clock), jwt_secret)


class Door:
    """Knows whoever has come in; to be kept by `async with`.

    With a Supabase project people sign in by password or by a link in their mail. Without one the dashboard is for the
    person at this machine, who gets a link that is good once. All that it remembers is in the memory of this process.
    """

    def __init__(
        self,
        supabase: Supabase | None = None,
        *,
        public_url: str | None = None,
        session_hours: float = 12,
        api_per_minute: int = 120,
        announce: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`announce` is told each link for the person at this machine. Raises SettingsError for a wrong address."""
        self.supabase, self.announce, self._clock = supabase, announce, clock
        self.public = origin_of(public_url) if public_url else None
        if public_url and (self.public is None or not (self.public.is_secure or is_of_this_machine(self.public.host))):
            raise SettingsError(
                "HARVESTER_PUBLIC_URL is no https address of a site: passwords and cookies are sent there.",
                hint="It looks like https://desk.example.org.",
            )
        self.forgery = Forgery()
        self.begun = Shelf[Begun](BEGUN_SECONDS, clock=clock)
        self.api_calls = Buckets(api_per_minute, 60, "The API is asked more often than allowed.", clock=clock)
        self.failures = Buckets(60, 60, "Too many requests came without a valid proof of who sent them.", clock=clock)
        self.by_account = Buckets(10, 600, SLOWLY, clock=clock)
        self.by_address = Buckets(30, 600, SLOWLY, clock=clock)
        self.link_requests = Buckets(3, 60, "A new link was printed a moment ago.", clock=clock)
        self._sessions = Shelf[Session](session_hours * 3600, clock=clock)
        self._link_digest: bytes | None = None
        self._later: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        if self.supabase is not None:
            await self.supabase.api.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*self._later)
        if self.supabase is not None:
            await self.supabase.api.__aexit__(kind, error, trace)

    @property
    def session_seconds(self) -> float:
        """How long a session lasts."""
        return self._sessions.seconds

    def new_link(self, site: str) -> str:
        """The address that lets one browser in, once; the one made before is good no longer.

        `site` is the address of the dashboard with its slash. At a door with Supabase the link opens nothing.
        """
        secret = new_secret()
        self._link_digest = _digest(secret)
        return f"{site}sign-in/link/{secret}"

    def use_link(self, secret: str) -> str:
        """A session for whoever holds the link; raises SignInRefused if it was used, or never given."""
        expected, given = self._link_digest, _digest(secret)
        if self.supabase is not None or expected is None or not hmac.compare_digest(expected, given):
            raise SignInRefused("This link was used already, or a newer one was printed.")
        self._link_digest = None
        return self._sessions.put(Session(local_admin()))

    async def open(self, tokens: Tokens) -> str:
        """A session for the user of these tokens, which are verified first; its secret is for the cookie."""
        assert self.supabase is not None, "tokens come from Supabase"
        identity = await self.supabase.verifier.identity(tokens.access)
        return self._sessions.put(Session(identity, tokens, self._clock() + tokens.seconds))

    async def close(self, secret: str) -> None:
        """End a session, here and at Supabase; if that does not answer, here alone."""
        session = self._sessions.drop(secret)
        if session is not None and session.tokens is not None and self.supabase is not None:
            with suppress(AccessError):
                await self.supabase.api.sign_out(session.tokens.access)

    def send_link_later(self, email: str, verifier: str, back: str) -> None:
        """Have a link sent; nobody waits for it, or the time would tell whether there is such an account."""
        task = asyncio.create_task(self._send_link(email, verifier, back))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _send_link(self, email: str, verifier: str, back: str) -> None:
        assert self.supabase is not None, "only it sends mail"
        try:
            await self.supabase.api.send_link(email, verifier, back)
        except AccessError as error:
            _log.warning("link_not_sent", account=account(email), code=error.code)

    async def by_cookie(self, secret: str) -> Identity | None:
        """Whoever this session belongs to, with roles that are at most as old as an access token.

        None where there is no such session, or Supabase has ended it. Raises SignInUnavailable where the access token
        has ended and Supabase cannot be asked.
        """
        session = self._sessions.get(secret)
        if session is None or session.tokens is None:
            return session.identity if session is not None else None
        if self._clock() < session.ends - REFRESH_SECONDS:
            return session.identity
        async with session.lock:
            # A refresh token is good once: whoever waited here finds the new one.
            if self._clock() >= session.ends - REFRESH_SECONDS and not await self._refresh(session):
                self._sessions.drop(secret)
                return None
        return session.identity

    async def _refresh(self, session: Session) -> bool:
        """Whether the session goes on."""
        assert self.supabase is not None, "only it gives tokens"
        assert session.tokens is not None, "the caller has looked"
        try:
            session.tokens = await self.supabase.api.refresh(session.tokens.refresh)
            session.identity = await self.supabase.verifier.identity(session.tokens.access)
            session.ends = self._clock() + session.tokens.seconds
        except (SignInUnavailable, TooManyRequests):
            if self._clock() < session.ends:
                return True
            raise
        except AccessError as error:
            _log.info("session_ended", subject=session.identity.subject, code=error.code)
            return False
        return True

    async def by_bearer(self, token: str, database: Database) -> Identity:
        """Whoever this API key or access token proves.

        Raises NotSignedIn where it proves nobody, NotPermitted for a user without a role, and SignInUnavailable or
        DatabaseUnavailable where nobody can say.
        """
        if token.startswith(KEY_PREFIX):
            key = await identify_key(database, token)
            if key is None:
                raise NotSignedIn("The API key is not valid, or not any more.")
            return of_key(key.id, key.name, "analyst" if key.scope == "write" else "viewer")
        if self.supabase is None:
            raise NotSignedIn("This dashboard accepts API keys alone.", hint="Make one: harvester api-key create NAME")
        return await self.supabase.verifier.identity(token)


def account(email: str) -> str:
    """A name for an account that is no address: it may be kept, and logged.

    >>> account("Ann@Example.org ") == account("ann@example.org")
    True
    """
    return hashlib.sha256(email.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
