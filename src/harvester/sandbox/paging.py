"""Pages by cursor: from where to where, and how faults cut and disturb them without a row being lost.

A cursor counts slots of a list. In the beginning each slot holds a row; a fault may put empty slots in between, as
lists have them whose other rows may not be shown. So a page may be short or empty and another one follow: what says
where to go on is the cursor of the answer, never the number of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harvester.sandbox.asked import Asked
from harvester.sandbox.world import Row

GAP_ROWS = 27
"""The recorded first page of a real query had 27 rows and the cursor 100."""
_MOST_GAPS = 6
"""In one list: it still comes to an end."""
_REPEATED = 3
"""So many rows of the page before stand on a page with duplicates, at most."""

Fetch = Callable[[int, int], list[Row]]
"""From a rank and a number to so many rows from that rank on."""


@dataclass(frozen=True, slots=True)
class Paged:
    """The rows of one page, and where the next one begins."""

    rows: list[Row]
    cursor: int
    has_more: bool

    def data(self, asked: Asked, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The page as its answer lists it."""
        data: dict[str, Any] = {name: rows, "cursor": self.cursor, "has_more": self.has_more}
        if not rows and "missing_list" in asked.bends:
            del data[name]
        if self.has_more and "missing_cursor" in asked.bends:
            del data["cursor"]
        if "has_more_as_text" in asked.bends:
            data["has_more"] = "true" if self.has_more else "false"
        return data


class Gaps:
    """Where the lists have empty slots. Once there is a gap it stays: a cursor after it counts it."""

    def __init__(self) -> None:
        self._gaps: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)

    def within(self, name: str) -> int:
        """How many empty slots a list has."""
        return sum(end - start for start, end in self._gaps.get(name, ()))

    def rank_at(self, name: str, slot: int) -> int:
        """How many rows of a list come before a slot.

        >>> gaps = Gaps()
        >>> gaps.add("list", 27, 100)
        >>> [gaps.rank_at("list", slot) for slot in (0, 27, 60, 100, 101)]
        [0, 27, 27, 27, 28]
        """
        return slot - sum(min(slot, end) - start for start, end in self._gaps.get(name, ()) if start < slot)

    def add(self, name: str, start: int, end: int) -> None:
        """Move the rows from a slot on, to another one.

        Whoever is further on already gets rows for a second time, and never misses one.
        """
        gaps = self._gaps[name]
        if len(gaps) < _MOST_GAPS and not any(start < other_end and other < end for other, other_end in gaps):
            moved = [(a + end - start, b + end - start) if a >= start else (a, b) for a, b in gaps]
            self._gaps[name] = sorted([*moved, (start, end)])

    def clear(self) -> None:
        """Close all gaps."""
        self._gaps.clear()


@dataclass(frozen=True, slots=True)
class Listing:
    """One list, and how it is read."""

    name: str
    fetch: Fetch
    gaps: Gaps
    may_have_gap: bool = True
    end: int | None = None
    """The rank from which on nothing is given."""

    def page(self, asked: Asked, cursor: int, size: int) -> Paged:
        """So many slots from a cursor on."""
        bends, chance = asked.bends, asked.chance
        if self.may_have_gap and not bends.isdisjoint({"gap", "empty_page"}):
            kept = 0 if "empty_page" in bends else min(GAP_ROWS, int(chance.random() * size))
            if cursor == 0 or self._rows(cursor - size, size):
                # Of empty pages one follows on another at the most.
                self.gaps.add(self.name, cursor + kept, cursor + size)
        repeated = 0
        if "missing_cursor" not in bends:
            # Where no cursor says so, a client may count rows and slots: then they must be what it thinks.
            repeated = min(_REPEATED, cursor, size - 1) if "duplicate_rows" in bends else 0
            size -= repeated
            shorter = 1 + int(chance.random() * size)
            if "short_page" in bends and self._rows(cursor, shorter):
                size = shorter
        first, last = self.gaps.rank_at(self.name, cursor), self.gaps.rank_at(self.name, cursor + size)
        if self.end is not None:
            last = max(first, min(last, self.end))
        rows = self.fetch(first, last - first + 1)
        has_more = len(rows) > last - first and (self.end is None or last < self.end)
        rows = rows[: last - first]
        repeated = min(repeated, first) if rows else 0
        if repeated:
            rows = self.fetch(first - repeated, repeated) + rows
        if "shuffled_rows" in bends:
            chance.shuffle(rows)
        return Paged(rows, cursor + size, has_more)

    def _rows(self, cursor: int, size: int) -> int:
        """How many rows so many slots hold, as long as the list has not ended."""
        before = max(0, cursor)
        return self.gaps.rank_at(self.name, cursor + size) - self.gaps.rank_at(self.name, before)
