"""The bar chart of a count per day, made on the server: what the template draws, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

GAP = 0.24
"""The share of a day's width that stays empty beside its bar."""
_MOST_STEPS = 5
_MOST_DATES = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bar in a drawing that is one unit wide per day and 100 units high."""

    x: float
    y: float
    width: float
    height: float
    day: date
    value: int


@dataclass(frozen=True, slots=True)
class DateTick:
    """A day named below the drawing, at the middle of its bar."""

    day: date
    percent: float
    """From the left edge of the drawing."""
    anchor: str
    """start, middle or end: what of the label stands there, as SVG says it."""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars with their axes; the labels stand outside the drawing, so that they keep their size."""

    bars: Sequence[Bar]
    values: Sequence[int]
    """Round values at equal distances, the greatest, at the top of the drawing, first; the last is 0."""
    dates: Sequence[DateTick]
    total: int
    most: Bar | None
    """The greatest day, the latest of equals."""


def bar_chart(counts: Sequence[tuple[date, int]]) -> BarChart:
    """The chart of some days, oldest first; at least one."""
    step = round_step(max(value for _, value in counts))
    steps = max(1, -(-max(value for _, value in counts) // step))
    ceiling = step * steps
    bars = []
    for position, (day, value) in enumerate(counts):
        height = round(100 * value / ceiling, 2)
        bars.append(Bar(position + GAP / 2, round(100 - height, 2), 1 - GAP, height, day, value))
    most = max(bars, key=lambda bar: (bar.value, bar.day))
    return BarChart(
        bars, [step * each for each in range(steps, -1, -1)], _dates([day for day, _ in counts]),
        sum(value for _, value in counts), most if most.value else None,
    )  # fmt: skip


def round_step(value: int) -> int:
    """The least of 1, 2, 5, 10, 20, 50, … of which five reach the value.

    >>> [round_step(value) for value in (0, 1, 5, 6, 11, 41, 99, 430)]
    [1, 1, 1, 2, 5, 10, 20, 100]
    """
    scale = 1
    while True:
        for step in (1, 2, 5):
            if value <= _MOST_STEPS * step * scale:
                return step * scale
        scale *= 10


def _dates(days: Sequence[date]) -> list[DateTick]:
    """The first day, the last, and some at equal distances between them."""
    count = min(_MOST_DATES, len(days))
    places = sorted({round(number * (len(days) - 1) / max(1, count - 1)) for number in range(count)})
    ticks = []
    for place in places:
        anchor = "start" if place == 0 else "end" if place == len(days) - 1 else "middle"
        edge = place if anchor == "start" else place + 1 if anchor == "end" else place + 0.5
        ticks.append(DateTick(days[place], round(100 * edge / len(days), 2), anchor))
    return ticks
