"""Figures as they are measured: printed, and written into a page of the documentation row by row.

A page has, for each part, a place between `<!-- figures: NAME -->` and `<!-- end of NAME -->`. What was measured before
stays there until the part is measured anew; whoever ends the program loses the rows that are not measured yet alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

HEADS = ("what", "goal", "figure", "baseline", "ratio", "verdict")


class Report:
    """Tables of figures, a part each; `page` is where they go besides the standard output."""

    def __init__(self, comments: int, page: Path | None = None) -> None:
        self._comments = comments
        self.missed = 0
        """Rows whose goal was missed."""
        self._page = page
        self._part = ""
        self._lines: list[str] = []

    def begin(self, part: str, about: str, heads: Sequence[str] = HEADS) -> None:
        """Start the table of a part; `about` says what it was measured with."""
        self._part = part
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        machine = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {load} at the start"
        told = f"{machine}; {self._comments:,} comments; {about}"
        self._lines = [told, "", f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
        print(f"\n{part}: {told}\n{'  '.join(heads)}", flush=True)

    def add(self, *cells: str | float) -> None:
        """One row; a number is shown with as many digits as say something. The last cell is the verdict."""
        shown = [each if isinstance(each, str) else number(each) for each in cells]
        self.missed += shown[-1].startswith("MISSED")
        self._lines.append(f"| {' | '.join(shown)} |")
        print("  ".join([f"{shown[0]:52}", *(f"{each:>9}" for each in shown[1:])]), flush=True)
        if self._page is not None:
            write_part(self._page, self._part, self._lines)


def number(value: float) -> str:
    """A figure for a table.

    >>> number(0.8149), number(27.52), number(1234567.8), number(3.0)
    ('0.81', '27.5', '1,234,568', '3')
    """
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    shown = f"{value:,.{digits}f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def verdict(is_met: bool, why: str = "") -> str:
    """`met`, or `MISSED` and why."""
    return "met" if is_met else f"MISSED{': ' if why else ''}{why}"


def write_part(page: Path, part: str, lines: Sequence[str]) -> None:
    """Put lines in the place of a part; a page that has none for it gets it at its end."""
    text = page.read_text(encoding="utf-8") if page.exists() else ""
    first, last = f"<!-- figures: {part} -->", f"<!-- end of {part} -->"
    whole = "\n".join([first, "", *lines, "", last])
    place = re.compile(re.escape(first) + ".*?" + re.escape(last), re.DOTALL)
    text = place.sub(lambda _: whole, text) if place.search(text) else f"{text}\n{whole}\n"
    unfinished = page.with_name(f".{page.name}.unfinished")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(page)
