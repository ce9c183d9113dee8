"""The chart of a count per day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from harvester.web.chart import bar_chart

FIRST = date(2025, 8, 8)


def days(*counts: int) -> list[tuple[date, int]]:
    return [(FIRST + timedelta(days=number), count) for number, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "values", "heights"),
    [
        ((0, 0), [1, 0], [0, 0]),
        ((1, 2), [2, 1, 0], [50, 100]),
        ((5, 0, 20), [20, 15, 10, 5, 0], [25, 0, 100]),
        ((7, 14), [15, 10, 5, 0], [46.67, 93.33]),
        ((900_000, 450_000), [1_000_000, 800_000, 600_000, 400_000, 200_000, 0], [90, 45]),
    ],
)
def test_bars_are_as_high_as_their_share_of_a_round_value(
    counts: tuple[int, ...], values: list[int], heights: list[float]
) -> None:
    chart = bar_chart(days(*counts))
    assert chart.values == values
    assert [bar.height for bar in chart.bars] == heights
    assert all(round(bar.y + bar.height, 2) == 100 for bar in chart.bars)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 30, 90, 365])
def test_the_axis_names_its_first_and_last_day_and_few_between(count: int) -> None:
    chart = bar_chart(days(*range(count)))
    ticks = chart.dates
    assert (ticks[0].day, ticks[-1].day) == (FIRST, FIRST + timedelta(days=count - 1))
    assert len(ticks) == min(5, count)
    places = [tick.percent for tick in ticks]
    assert places == sorted(set(places))
    assert (places[0], places[-1] if count > 1 else 100) == (0, 100)
    assert chart.total == sum(range(count))


def test_the_latest_of_equal_days_is_named() -> None:
    most = bar_chart(days(1, 3, 3, 0, 2)).most
    assert most is not None
    assert (most.day, most.value) == (date(2025, 8, 10), 3)


def test_days_without_any_have_no_greatest() -> None:
    assert bar_chart(days(0, 0, 0)).most is None
