"""How often and how soon a request is repeated."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from harvester.errors import (
    AccessRefused,
    ApiUnavailable,
    CollectionError,
    QuotaSpent,
    RequestRefused,
    SearchExpired,
)
from harvester.sources.api.tries import MOST_FAILURES, Tries
from harvester.sources.api.verdict import Kind, Verdict

FAILED = Verdict("unusable", "internal_error", 500, "generic", "L1")
PLACE_LOST = Verdict("place_lost", "invalid_params", 400, "Invalid count or cursor")
TOKEN_REFUSED = Verdict("token_refused", "access_token_invalid", 401)


def test_the_waits_after_failures_grow_and_end() -> None:
    rounds = []
    for _ in range(200):
        tries = Tries("video/query", 1.0)
        rounds.append([tries.pause(FAILED) for _ in range(MOST_FAILURES - 1)])
        with pytest.raises(ApiUnavailable, match="6 attempts; the last was HTTP 500, internal_error, generic"):
            tries.pause(FAILED)
    longest = [max(waits) for waits in zip(*rounds, strict=True)]
    bounds = [1, 2, 4, 8, 16]
    assert all(bound / 2 < wait <= bound for wait, bound in zip(longest, bounds, strict=True))
    assert len({waits[4] for waits in rounds}) > 100, "those who failed together would come back together"


def test_a_place_that_was_lost_is_asked_for_again_five_times_ever_later() -> None:
    tries = Tries("comment/list", 1.0, is_continued=True)
    assert [tries.pause(PLACE_LOST) for _ in range(5)] == [5, 10, 15, 20, 25]
    with pytest.raises(SearchExpired):
        tries.pause(PLACE_LOST)


def test_a_list_that_was_not_begun_has_no_place_to_lose() -> None:
    with pytest.raises(RequestRefused) as caught:
        Tries("video/query", 1.0, place_lost_tries=0).pause(PLACE_LOST)
    assert type(caught.value) is RequestRefused


def test_a_refused_token_costs_no_wait_the_first_time_and_access_in_the_end() -> None:
    tries = Tries("video/query", 1.0)
    assert tries.pause(TOKEN_REFUSED) == 0.0
    for _ in range(MOST_FAILURES - 1):
        assert tries.pause(TOKEN_REFUSED) > 0.0
    with pytest.raises(AccessRefused):
        tries.pause(TOKEN_REFUSED)


def test_the_api_says_how_long_to_wait_but_not_for_ever() -> None:
    tries = Tries("video/query", 0.001)
    assert tries.pause(Verdict("rate_limited", "rate_limit_exceeded", 429, wait=2.0)) == 2.0
    with pytest.raises(ApiUnavailable):
        tries.pause(Verdict("rate_limited", "rate_limit_exceeded", 429, wait=86_400.0))


@pytest.mark.parametrize(
    ("kind", "error"), [("no_access", AccessRefused), ("refused", RequestRefused), ("spent", QuotaSpent)]
)
def test_what_will_not_change_is_not_asked_again(kind: Kind, error: type[CollectionError]) -> None:
    with pytest.raises(error, match=r"video/query: HTTP 400, code_of_it, their words \(log id L1\)"):
        Tries("video/query", 1.0).pause(Verdict(kind, "code_of_it", 400, "their words", "L1"))


def test_a_spent_quota_is_back_at_midnight() -> None:
    with pytest.raises(QuotaSpent) as caught:
        Tries("video/query", 1.0).pause(Verdict("spent", "daily_quota_limit_exceeded", 429))
    until = caught.value.until
    assert until is not None
    assert (until.hour, until.minute, until.tzinfo) == (0, 0, UTC)
    assert 0 < (until - datetime.now(UTC)).total_seconds() <= 86_400
