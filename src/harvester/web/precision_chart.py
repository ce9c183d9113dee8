"""The chart of precision, made on the server: what the template draws, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from harvester.store.review import Precision

Z = 1.96
"""Standard deviations to each side that hold 95 of 100 values."""


@dataclass(frozen=True, slots=True)
class Share:
    """One bar, in percent, with the range in which the true share lies 95 times out of 100."""

    label: str
    judged: int
    right: int
    percent: float
    low: float
    high: float


def shares(rows: Sequence[Precision], dimension: str) -> list[Share]:
    """The bars of one dimension, in the order of the rows."""
    return [
        Share(row.value, row.judged_mentions, row.right_mentions, round(100 * row.precision, 1), low, high)
        for row in rows
        if row.dimension == dimension
        for low, high in [likely(row.right_mentions, row.judged_mentions)]
    ]


def likely(right: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share in percent, by Wilson's score (Journal of the ASA 22, 1927): honest for few, too.

    >>> likely(1, 1), likely(95, 100)
    ((20.7, 100.0), (88.8, 97.8))
    """
    share, spread = right / judged, Z * Z / judged
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / judged + spread / (4 * judged))
    low, high = ((middle - reach) / (1 + spread), (middle + reach) / (1 + spread))
    return round(100 * max(0.0, low), 1), round(100 * min(1.0, high), 1)
