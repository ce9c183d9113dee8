"""How often somebody may: a bucket of tokens for each name, refilled evenly."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from harvester.errors import TooManyRequests

MOST_NAMES = 10_000
"""Buckets that are remembered; those untouched for longest make room, and are full again when asked for anew."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(frozen=True, slots=True)
class Level:
    """How a bucket stands after one was taken."""

    size: int
    seconds: float
    left: int
    full_in: int
    """Seconds, rounded up."""

    def headers(self) -> dict[str, str]:
        """What the caller may still do: draft-ietf-httpapi-ratelimit-headers-10, `RateLimit` and its policy."""
        return {
            "RateLimit-Policy": f'"api";q={self.size};w={math.ceil(self.seconds)}',
            "RateLimit": f'"api";r={self.left};t={self.full_in}',
        }


class Buckets:
    """A bucket of `size` tokens for each name; an empty one is full again after `seconds`.

    >>> buckets = Buckets(2, 60, "Slowly.", clock=lambda: 0.0)
    >>> buckets.take("a").left, buckets.take("a").left, buckets.is_empty("a"), buckets.is_empty("b")
    (1, 0, True, False)
    """

    def __init__(self, size: int, seconds: float, refusal: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._seconds, self._refusal, self._clock = size, seconds, refusal, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, name: str) -> Level:
        """Take one; raises TooManyRequests where there is none."""
        self.check(name)
        bucket = self._bucket(name)
        bucket.tokens -= 1
        missing = self._size - bucket.tokens
        return Level(
            self._size, self._seconds, int(bucket.tokens), math.ceil(missing * self._seconds / self._size)
        )  # fmt: skip

    def check(self, name: str) -> None:
        """Take none; raises TooManyRequests where there is none to take."""
        tokens = self._bucket(name).tokens
        if tokens < 1:
            wait = max(1, math.ceil((1 - tokens) * self._seconds / self._size))
            raise TooManyRequests(self._refusal, retry_after=wait, hint=f"Try again in {wait} seconds.")

    def is_empty(self, name: str) -> bool:
        """Whether there is none to take."""
        return self._bucket(name).tokens < 1

    def _bucket(self, name: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(self._size, now)
            if len(self._buckets) > MOST_NAMES:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(name)
        # A part of a token that is missing by rounding alone is none that is missing.
        gained = (now - bucket.at) * self._size / self._seconds
        bucket.tokens = min(self._size, round(bucket.tokens + gained, 9))
        bucket.at = now
        return bucket
