"""Buckets and shelves: they give what was put in, forget in time, and stay small."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.web.door.people import Clock

from harvester.errors import TooManyRequests
from harvester.web.door.buckets import MOST_NAMES, Buckets
from harvester.web.door.origin import Origin, origin_of
from harvester.web.door.pages import local_path
from harvester.web.door.shelf import Shelf


@given(
    size=st.integers(1, 20),
    seconds=st.integers(1, 600),
    pauses=st.lists(st.floats(0, 100, allow_nan=False), max_size=60),
)
def test_nobody_gets_more_than_the_bucket_and_what_flowed_in(size: int, seconds: int, pauses: list[float]) -> None:
    clock, taken = Clock(), 0
    buckets, start = Buckets(size, seconds, "no", clock=clock), clock.now
    for pause in pauses:
        clock.now += pause
        if buckets.is_empty("one"):
            with pytest.raises(TooManyRequests) as refused:
                buckets.take("one")
            assert 1 <= refused.value.retry_after <= seconds + 1
            continue
        level = buckets.take("one")
        taken += 1
        assert 0 <= level.left < size
        assert 0 < level.full_in <= seconds
    assert taken <= size + (clock.now - start) * size / seconds + 1e-6


@given(size=st.integers(1, 20), seconds=st.integers(1, 600))
def test_whoever_waits_as_told_is_answered(size: int, seconds: int) -> None:
    clock = Clock()
    buckets = Buckets(size, seconds, "no", clock=clock)
    for _ in range(size):
        buckets.take("one")
    for _ in range(5):
        with pytest.raises(TooManyRequests) as refused:
            buckets.take("one")
        clock.now += refused.value.retry_after
        assert not buckets.is_empty("one")
        while not buckets.is_empty("one"):
            buckets.take("one")


def test_buckets_are_apart_and_those_of_long_ago_make_room() -> None:
    buckets = Buckets(1, 60, "no", clock=Clock())
    buckets.take("first")
    for number in range(MOST_NAMES):
        buckets.take(f"name-{number}")
    assert not buckets.is_empty("first")
    assert len(buckets._buckets) <= MOST_NAMES
    assert buckets.is_empty(f"name-{MOST_NAMES - 1}")


def test_a_shelf_forgets_in_time_and_holds_no_more_than_it_may() -> None:
    clock = Clock()
    shelf = Shelf[int](60, most=3, clock=clock)
    secrets = [shelf.put(number) for number in range(4)]
    assert [shelf.get(secret) for secret in secrets] == [None, 1, 2, 3]
    assert all(secret.encode() not in repr(shelf._things).encode() for secret in secrets)
    clock.now += 59
    late = shelf.put(9)
    clock.now += 1
    assert [shelf.get(secret) for secret in (*secrets, late)] == [None, None, None, None, 9]
    shelf.put(10)
    assert len(shelf._things) == 2


@given(st.text(max_size=60))
def test_wherever_somebody_wants_to_go_it_is_here(text: str) -> None:
    path = local_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_an_origin(text: str) -> None:
    for each in (text, f"http://{text}", f"https://desk.example.org{text}"):
        found = origin_of(each)
        assert found is None or origin_of(str(found)) == found


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://desk.example.org", Origin("https", "desk.example.org", 443)),
        ("http://[::1]:8642/", Origin("http", "::1", 8642)),
        ("http://localhost:80", Origin("http", "localhost", 80)),
        ("null", None),
        ("", None),
        ("https://", None),
        ("https://desk.example.org:port", None),
        ("https://desk.example.org?x", None),
        ("https://user@desk.example.org", None),
        ("//desk.example.org", None),
        ("file:///etc/passwd", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: Origin | None) -> None:
    assert origin_of(url) == origin
