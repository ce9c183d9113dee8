"""The time of the sandbox, which may be moved: a day's end need not be waited for."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime


class Clock:
    """The machine's time, moved by an offset in seconds."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        """Unix seconds."""
        return time.time() + self.offset

    def today(self) -> date:
        """The day in UTC."""
        return datetime.fromtimestamp(self.now(), UTC).date()
