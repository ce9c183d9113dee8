"""How often a request is repeated, how long is waited before, and what is said when it is given up."""

from __future__ import annotations

import random
from datetime import UTC, datetime, time, timedelta

from harvester.errors import (
    AccessRefused,
    ApiUnavailable,
    CollectionError,
    QuotaSpent,
    RequestRefused,
    ScopeMissing,
    SearchExpired,
)
from harvester.sources.api.verdict import Verdict

MOST_FAILURES = 6
"""Attempts without a usable answer, after which a request is given up."""
PLACE_LOST_TRIES = 5
LONGEST_WAIT = 300.0
"""Seconds that the API may ask to wait; for more than that nobody stays."""
_LONGEST_BACK_OFF = 60.0


class Tries:
    """The attempts at one request."""

    def __init__(
        self, what: str, patience: float, *, is_continued: bool = False, place_lost_tries: int = PLACE_LOST_TRIES
    ) -> None:
        """`what` is asked, in the words of errors; a request that goes on with a list `is_continued`."""
        self.count = 0
        """Attempts that failed."""
        self._what = what
        self._patience = patience
        self._is_continued = is_continued
        self._place_lost_tries = place_lost_tries
        self._failures = 0
        self._places_lost = 0
        self._tokens_refused = 0

    def pause(self, verdict: Verdict) -> float:
        """Seconds until the next attempt after one that failed so; raises the error where there is no next one.

        The waits after failures are anywhere between nothing and a bound that doubles each time, so that those who
        were refused together do not come back together.
        """
        self.count += 1
        if verdict.kind == "token_refused" and self._tokens_refused == 0:
            self._tokens_refused += 1
            return 0.0
        if verdict.kind == "place_lost" and self._places_lost < self._place_lost_tries:
            self._places_lost += 1
            return 5.0 * self._places_lost * self._patience
        if verdict.kind not in {"token_refused", "rate_limited", "unusable"}:
            raise self._error(verdict)
        self._failures += 1
        if self._failures >= MOST_FAILURES or (verdict.wait or 0.0) > LONGEST_WAIT:
            raise self._error(verdict)
        if verdict.wait is not None:
            return verdict.wait
        # A minute's window is what the rate is counted by.
        first = 10.0 if verdict.kind == "rate_limited" else 1.0
        bound: float = min(_LONGEST_BACK_OFF, first * 2 ** (self._failures - 1)) * self._patience
        return bound * random.random()  # noqa: S311  It is no secret.

    def _error(self, verdict: Verdict) -> CollectionError:
        said = f"{self._what}: {verdict}."
        match verdict.kind:
            case "no_access" | "token_refused":
                kind = ScopeMissing if verdict.code.startswith("scope_") else AccessRefused
                return kind(
                    said,
                    hint="Check the client key and secret, and that TikTok has approved the application for this API.",
                )
            case "spent":
                return QuotaSpent(said, until=_next_day(), hint="There is quota again from 00:00 UTC on.")
            case "place_lost" if self._is_continued:
                return SearchExpired(said, hint="Ask for the list from its beginning.")
            case "place_lost" | "refused":
                return RequestRefused(said)
            case _:
                times = "attempt" if self.count == 1 else "attempts"
                return ApiUnavailable(
                    f"{self._what}: no usable answer in {self.count} {times}; the last was {verdict}.",
                    hint="TikTok's APIs fail for hours at times: it is worth trying again later.",
                )


def _next_day() -> datetime:
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(), UTC)
