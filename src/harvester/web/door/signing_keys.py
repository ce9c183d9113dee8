"""The public keys with which a project signs: fetched, kept, and fetched anew when they are changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import jwt

from harvester.errors import SignInUnavailable

KEEP_SECONDS = 600
"""Supabase keeps them at its edge as long (supabase.com/docs/guides/auth/signing-keys)."""
STALE_SECONDS = 3600
"""How long keys that could not be fetched again are trusted still."""
PAUSE_SECONDS = 30
"""Between two fetches, whatever is asked for: a stranger may name any key."""
MOST_KEYS = 20
ALGORITHMS: Mapping[tuple[str, str | None], str] = {("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
"""The one algorithm that a kind of key is used with, by `kty` and `crv`; keys of other kinds are passed over."""
LEAST_RSA_BITS = 2048


class SigningKeys:
    """The keys of a project by their `kid`, each bound to one algorithm."""

    def __init__(
        self, fetch: Callable[[], Awaitable[Mapping[str, Any]]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`fetch` returns the JSON Web Key Set (RFC 7517), or raises SignInUnavailable."""
        self._fetch, self._clock = fetch, clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._tried_at = -float("inf")
        self._lock = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """The key of that name; None where the project has none. Raises SignInUnavailable if nobody can say."""
        if not self._is_fresh() or kid not in self._keys:
            async with self._lock:
                # Whoever waited for the lock finds what the one before has fetched.
                if not self._is_fresh() or kid not in self._keys:
                    await self._renew()
        return self._keys.get(kid)

    def _is_fresh(self) -> bool:
        return self._clock() - self._fetched_at < KEEP_SECONDS

    async def _renew(self) -> None:
        now = self._clock()
        if now - self._tried_at >= PAUSE_SECONDS:
            self._tried_at = now
            try:
                self._keys = _usable(await self._fetch())
                self._fetched_at = now
            except SignInUnavailable:
                if now - self._fetched_at >= STALE_SECONDS:
                    raise
        if now - self._fetched_at >= STALE_SECONDS:
            raise SignInUnavailable("The keys of the sign-in service could not be fetched.", hint="Try again later.")


def _usable(key_set: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    listed = key_set.get("keys")
    usable: dict[str, jwt.PyJWK] = {}
    for each in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        key = _key(each) if isinstance(each, dict) else None
        if key is not None and key.key_id:
            usable[key.key_id] = key
    return usable


def _key(each: dict[str, Any]) -> jwt.PyJWK | None:
    algorithm = ALGORITHMS.get((str(each.get("kty")), each.get("crv")))
    if algorithm is None or each.get("alg", algorithm) != algorithm or each.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(each, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return key if algorithm != "RS256" or key.key.key_size >= LEAST_RSA_BITS else None
