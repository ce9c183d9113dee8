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

Advance = Callable[[int], None]
"""Told how many rows are done so far."""


@contextmanager
def progress(work: str, total: int, rows: str) -> Iterator[Advance]:
    """A line on standard error, while it is a terminal, that tells how much of `total` is done; `rows` names them."""
    drawn = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TextColumn(f"{{task.completed:,.0f}} {rows}"), TextColumn("{task.fields[rate]}"), TimeElapsedColumn(),
        TimeRemainingColumn(), console=complaints, transient=True, disable=not complaints.is_terminal,
    )  # fmt: skip
    started = time.monotonic()
    with drawn:
        task = drawn.add_task(printable(work), total=total, rate="")

        def advance(done: int) -> None:
            seconds = time.monotonic() - started
            drawn.update(task, completed=done, rate=f"{done / seconds:,.0f}/s" if seconds else "")

        yield advance
