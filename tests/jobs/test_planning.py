"""Who gets the day's requests, and when a video is visited again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.jobs.planning import (
    LATEST,
    SOONEST,
    Due,
    Yield,
    allow_discoveries,
    choose,
    next_visit,
)  # fmt: skip

KNOWN = {"good": Yield(100, 300), "dull": Yield(100, 0)}
_dues = st.lists(
    st.builds(
        Due,
        st.integers(1, 10**6).map(str),
        st.sampled_from([None, "good", "dull"]),
        st.builds(Yield, st.integers(0, 50), st.integers(0, 200)),
        st.none() | st.integers(0, 5000),
        is_begun=st.booleans(),
        threads=st.integers(0, 20),
        is_promoted=st.booleans(),
    ),
    unique_by=lambda due: due.video_id,
    max_size=60,
)


@given(_dues, st.integers(0, 300))
def test_no_more_is_given_away_than_there_is(due: list[Due], remaining: int) -> None:
    allowed = choose(due, KNOWN, remaining, 500)
    assert sum(each.requests for each in allowed) <= remaining
    assert all(each.requests > 0 for each in allowed)
    assert len({each.key for each in allowed}) == len(allowed)


@given(_dues)
def test_where_there_is_enough_everybody_is_visited(due: list[Due]) -> None:
    wanted = sum(each.cost for each in due)
    assert {each.key for each in choose(due, KNOWN, 2 * wanted, 500)} == {each.video_id for each in due}


@given(_dues, st.integers(1, 300))
def test_nothing_is_left_over_while_somebody_waits(due: list[Due], remaining: int) -> None:
    allowed = sum(each.requests for each in choose(due, KNOWN, remaining, 500))
    assert allowed == min(remaining, sum(each.cost for each in due))


def test_a_video_of_a_good_discovery_comes_before_one_of_a_dull_one() -> None:
    due = [Due("1", "dull"), Due("2", "good")]
    assert [each.key for each in choose(due, KNOWN, 10, 500)] == ["2", "1"]


def test_what_brought_domains_before_comes_first() -> None:
    due = [Due("dull", "good", Yield(20, 0)), Due("rich", "good", Yield(20, 80))]
    assert [each.key for each in choose(due, KNOWN, 1, 500)] == ["rich"]


def test_the_unexplored_get_their_share_however_rich_the_known_are() -> None:
    due = [
        *(Due(f"rich{n}", "good", Yield(10, 100)) for n in range(100)),
        *(Due(f"new{n}", "dull") for n in range(100)),
    ]
    chosen = [each.key for each in choose(due, KNOWN, 50, 500)]
    assert sum(key.startswith("new") for key in chosen) == 10
    assert sum(key.startswith("rich") for key in chosen) == 40


def test_a_harvest_that_was_begun_comes_before_one_as_good() -> None:
    due = [Due("known", "good", Yield(10, 10)), Due("begun", "good", Yield(10, 10), is_begun=True)]
    assert [each.key for each in choose(due, KNOWN, 1, 500)] == ["begun"]


def test_where_places_are_few_the_unexplored_have_their_share_of_them_too() -> None:
    due = [
        *(Due(f"rich{n}", "good", Yield(10, 100)) for n in range(300)),
        *(Due(f"new{n}", "dull") for n in range(300)),
    ]
    chosen = [each.key for each in choose(due, KNOWN, 1000, 200)]
    assert len(chosen) == 200
    assert sum(key.startswith("new") for key in chosen) == 40


def test_a_begun_list_that_is_long_and_dull_does_not_take_the_day() -> None:
    dull = [Due(f"dull{n}", "dull", Yield(30, 0), 90_000, is_begun=True) for n in range(50)]
    rich = [Due(f"rich{n}", "good", Yield(10, 100)) for n in range(50)]
    assert {each.key for each in choose([*dull, *rich], KNOWN, 50, 500)} == {each.video_id for each in rich}


def test_replies_wait_for_comments() -> None:
    due = [Due("threads", "good", Yield(10, 20), threads=5), Due("new", "good")]
    assert [each.key for each in choose(due, KNOWN, 10, 500)] == ["new", "threads"]


def test_a_harvest_too_dear_for_what_is_left_is_begun() -> None:
    allowed = choose([Due("long", "good", Yield(1, 1), comment_count=1000)], KNOWN, 3, 500)
    assert [(each.key, each.requests) for each in allowed] == [("long", 3)]


def test_every_due_discovery_is_tried_and_the_good_ones_more_often() -> None:
    allowed = {each.key: each.requests for each in allow_discoveries(KNOWN, KNOWN, 1000)}
    assert allowed["good"] > 10 * allowed["dull"] > 0
    assert sum(allowed.values()) <= 1000


@given(
    st.dictionaries(st.text(max_size=3), st.builds(Yield, st.integers(0, 99), st.integers(0, 99))), st.integers(0, 50)
)
def test_discoveries_never_get_more_than_is_left(due: dict[str, Yield], remaining: int) -> None:
    assert sum(each.requests for each in allow_discoveries(due, due, remaining)) <= remaining


@pytest.mark.parametrize(
    ("new", "hours", "wait"),
    [(50, 2, 2), (100, 2, 1), (10_000, 5, 1), (5, 10, 100), (1, 24 * 30, 24 * 14)],
    ids=["as before", "twice as soon", "never sooner than an hour", "later", "never later than two weeks"],
)
def test_a_video_is_visited_when_half_a_page_of_new_comments_is_to_be_expected(new: int, hours: int, wait: int) -> None:
    assert next_visit(new, timedelta(hours=hours), None, 0) == timedelta(hours=wait)


@given(st.integers(0, 10**6), st.none() | st.timedeltas(timedelta(0), timedelta(days=999)), st.integers(0, 99))
def test_a_visit_is_never_sooner_than_an_hour_nor_later_than_two_weeks(
    new: int, since: timedelta | None, quiet: int
) -> None:
    assert SOONEST <= next_visit(new, since, timedelta(days=3), quiet) <= LATEST


def test_a_quiet_video_waits_ever_longer() -> None:
    waits = [next_visit(0, timedelta(days=1), None, quiet) for quiet in range(3)]
    assert waits == sorted(waits)
    assert waits[0] < waits[2]
