"""The token that every request carries: one for all of them, asked for when it is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from harvester.errors import CollectionError
from harvester.sources.fields import count

_RENEWED_BEFORE = 60.0
"""Seconds before its end from which on a token is renewed."""
_USUAL_LIFE = 7200
"""Seconds; where an answer does not say."""


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A token, and until when it is used, by the clock of the event loop."""

    text: str = field(repr=False)
    until: float


def used_until(asked_at: float, expires_in: Any) -> float:
    """Until when a token is used that was asked for at a time and lives so many seconds from then on.

    A life of minutes leaves half of it, so that a short-lived token is not asked for each time.

    >>> used_until(1000.0, 7200), used_until(1000.0, "90"), used_until(1000.0, None)
    (8140.0, 1045.0, 8140.0)
    """
    life = count(expires_in) or _USUAL_LIFE
    return asked_at + life - min(_RENEWED_BEFORE, life / 2)


class Tokens:
    """The token of all requests of one channel."""

    def __init__(self, ask: Callable[[], Awaitable[Token]]) -> None:
        self._ask = ask
        self._token: Token | None = None
        self._lock = asyncio.Lock()
        self._asked = 0
        self._failure: CollectionError | None = None

    async def current(self) -> Token:
        """A token that is good; of those who need a new one at the same time one asks for it, for all of them.

        Raises what asking for it raises, for all who have waited for it.
        """
        while (token := self._good()) is None:
            asked = self._asked
            async with self._lock:
                if self._asked == asked:
                    return await self._renewed()
            if self._failure is not None:
                raise type(self._failure)(self._failure.message, hint=self._failure.hint) from self._failure
        return token

    def refuse(self, token: Token) -> None:
        """The API did not accept this one; a newer one stays."""
        if self._token is token:
            self._token = None

    def _good(self) -> Token | None:
        token = self._token
        return token if token and asyncio.get_running_loop().time() < token.until else None

    async def _renewed(self) -> Token:
        self._token = self._failure = None
        try:
            self._token = token = await self._ask()
        except CollectionError as error:
            self._failure = error
            raise
        finally:
            self._asked += 1
        return token
