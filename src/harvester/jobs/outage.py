"""Whether it is worth asking: where several jobs in a row got no usable answer, all of one process wait."""

from __future__ import annotations

import time

FAILURES = 3
"""Jobs in a row without a usable answer that make an outage; one alone may be about a thing that TikTok trips over."""
FIRST_SECONDS = 60.0
LONGEST_SECONDS = 3600.0
"""TikTok's APIs fail for hours at times, and count what they are asked meanwhile."""


class Outage:
    """Counts what failed in a row. After every further failure the wait is twice as long."""

    def __init__(self, patience: float = 1.0) -> None:
        """The waits are `patience` times as long."""
        self._patience = patience
        self._failures = 0
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether nothing shall be asked now."""
        return time.monotonic() < self._until

    def failed(self) -> None:
        """A job got no usable answer. Those that were on their way when the wait began do not make it longer."""
        if self.is_on:
            return
        self._failures += 1
        if self._failures >= FAILURES:
            wait = FIRST_SECONDS * 2.0 ** min(self._failures - FAILURES, 16)
            self._until = time.monotonic() + min(wait, LONGEST_SECONDS) * self._patience

    def ended(self) -> None:
        """A job got its answers."""
        self._failures = 0
        self._until = 0.0
