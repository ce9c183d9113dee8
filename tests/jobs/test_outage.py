"""Where the APIs are out nobody goes on asking; one thing that they trip over is no outage."""

from __future__ import annotations

import time

import pytest

from harvester.jobs.outage import FAILURES, FIRST_SECONDS, LONGEST_SECONDS, Outage


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, to be moved."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_jobs_that_fail_in_a_row_make_an_outage(clock: list[float]) -> None:
    outage = Outage()
    for _ in range(FAILURES):
        assert not outage.is_on
        outage.failed()
    assert outage.is_on
    clock[0] += FIRST_SECONDS
    assert not outage.is_on


def test_a_job_that_fails_again_and_again_among_others_that_do_not_makes_none(clock: list[float]) -> None:
    outage = Outage()
    for _ in range(10):
        outage.failed()
        outage.ended()
        clock[0] += 1
    assert not outage.is_on


def test_the_waits_grow_to_an_hour_and_start_again_after_an_answer(clock: list[float]) -> None:
    outage = Outage(patience=0.5)
    waits = []
    for _ in range(12):
        begun = clock[0]
        while not outage.is_on:
            outage.failed()
        # Those that were on their way make it no longer.
        outage.failed()
        while outage.is_on:
            clock[0] += 1
        waits.append(clock[0] - begun)
    assert waits[:3] == [FIRST_SECONDS / 2, FIRST_SECONDS, FIRST_SECONDS * 2]
    assert waits[-1] == LONGEST_SECONDS / 2
    outage.ended()
    outage.failed()
    assert not outage.is_on
