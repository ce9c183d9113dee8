"""The bar chart of mentions per day, made on the server: what the template draws, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from harvester.store.statistics import DayCount

GAP = 0.24
"""The share of a day's width that stays empty beside its bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar in a drawing that is one unit wide per day and 100 units high."""

    x: float
    y: float
    width: float
    height: float
    day: date
    mentions: int


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars with their axes; the labels stand outside the drawing, so that they keep their size."""

    bars: Sequence[Bar]
    ceiling: int
    """The value at the top of the drawing."""
    total: int
    most: DayCount | None
    """The greatest day, the latest of equals."""
    first: date
    middle: date
    last: date


def bar_chart(counts: Sequence[DayCount]) -> BarChart:
    """The chart of some days, oldest first; at least one."""
    ceiling = round_ceiling(max(count.mentions for count in counts))
    bars = []
    for position, count in enumerate(counts):
        height = round(100 * count.mentions / ceiling, 2)
        bars.append(Bar(position + GAP / 2, 100 - height, 1 - GAP, height, count.day, count.mentions))
    most = max(counts, key=lambda count: (count.mentions, count.day))
    days = [count.day for count in counts]
    return BarChart(
        bars, ceiling, sum(count.mentions for count in counts), most if most.mentions else None,
        days[0], days[(len(days) - 1) // 2], days[-1],
    )  # fmt: skip


def round_ceiling(value: int) -> int:
    """The next of 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, …: its half is whole, too.

    >>> [round_ceiling(value) for value in (0, 1, 3, 7, 11, 41, 99, 430)]
    [2, 2, 4, 8, 20, 60, 100, 600]
    """
    scale = 1
    while True:
        for step in (2, 4, 6, 8, 10):
            if value <= step * scale:
                return step * scale
        scale *= 10
