"""The line that tells how far a long command is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)  # fmt: skip

from harvester.cli.output import complaints, printable

Advance = Callable[[int, float], None]
"""Told how many rows are done so far, and which part of the work that is, from 0 to 1."""


@contextmanager
def progress(work: str, rows: str) -> Iterator[Advance]:
    """A line on standard error, while it is a terminal, that tells how far the work is; `rows` names its rows."""
    drawn = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TextColumn(f"{{task.fields[done]:,}} {rows}"), TextColumn("{task.fields[rate]}"), TimeElapsedColumn(),
        TimeRemainingColumn(), console=complaints, transient=True, disable=not complaints.is_terminal,
    )  # fmt: skip
    started = time.monotonic()
    with drawn:
        task = drawn.add_task(printable(work), total=1.0, rate="", done=0)

        def advance(done: int, part: float) -> None:
            seconds = time.monotonic() - started
            drawn.update(task, completed=part, done=done, rate=f"{done / seconds:,.0f}/s" if seconds else "")

        yield advance
