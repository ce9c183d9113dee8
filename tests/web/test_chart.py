"""The chart of mentions per day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from harvester.store.statistics import DayCount
from harvester.web.chart import bar_chart

FIRST = date(2025, 8, 8)


def days(*mentions: int) -> list[DayCount]:
    return [DayCount(FIRST + timedelta(days=number), count) for number, count in enumerate(mentions)]


@pytest.mark.parametrize(
    ("mentions", "ceiling", "heights"),
    [
        ((0, 0), 2, [0, 0]),
        ((1, 2), 2, [50, 100]),
        ((5, 0, 20), 20, [25, 0, 100]),
        ((900_000, 450_000), 1_000_000, [90, 45]),
    ],
)
def test_bars_are_as_high_as_their_share(mentions: tuple[int, ...], ceiling: int, heights: list[float]) -> None:
    chart = bar_chart(days(*mentions))
    assert chart.ceiling == ceiling
    assert [bar.height for bar in chart.bars] == heights
    assert all(bar.y + bar.height == 100 for bar in chart.bars)


def test_the_axis_names_its_first_middle_and_last_day() -> None:
    chart = bar_chart(days(1, 3, 3, 0, 2))
    assert (chart.first, chart.middle, chart.last) == (FIRST, date(2025, 8, 10), date(2025, 8, 12))
    assert chart.total == 9
    assert chart.most == DayCount(date(2025, 8, 10), 3)


def test_days_without_mentions_have_no_greatest() -> None:
    assert bar_chart(days(0, 0, 0)).most is None
