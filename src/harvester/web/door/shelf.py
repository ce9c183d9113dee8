"""Things that are kept for somebody who holds a secret: sessions, and sign-ins that have begun."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


def new_secret() -> str:
    """256 random bits, as text for a cookie or an address."""
    return secrets.token_urlsafe(32)


class Shelf(Generic[T]):
    """Keeps at most so many things, each for so many seconds, in the memory of this process alone.

    Only digests of the secrets are kept, so looking one up takes no time that tells anything about it.

    >>> shelf = Shelf[str](seconds=60)
    >>> secret = shelf.put("a session")
    >>> shelf.get(secret), shelf.get("guessed"), shelf.drop(secret), shelf.get(secret)
    ('a session', None, 'a session', None)
    """

    def __init__(self, seconds: float, most: int = 10_000, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._most, self._clock = most, clock
        self._things: OrderedDict[bytes, tuple[float, T]] = OrderedDict()

    def put(self, thing: T, secret: str | None = None) -> str:
        """Keep a thing, and return the secret that finds it: a new one, or that of the caller."""
        secret = secret or new_secret()
        now = self._clock()
        # All are kept equally long: those that end first stand first.
        while self._things and next(iter(self._things.values()))[0] <= now:
            self._things.popitem(last=False)
        self._things.pop(_digest(secret), None)
        self._things[_digest(secret)] = (now + self.seconds, thing)
        if len(self._things) > self._most:
            self._things.popitem(last=False)
        return secret

    def get(self, secret: str) -> T | None:
        """The thing, if it is kept still."""
        ends, thing = self._things.get(_digest(secret), (0.0, None))
        return thing if ends > self._clock() else None

    def drop(self, secret: str) -> T | None:
        """Keep it no longer; returns what was kept."""
        thing = self.get(secret)
        self._things.pop(_digest(secret), None)
        return thing


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
