"""Why something was not fetched, or not wholly: one word each."""

from __future__ import annotations


class TargetRefused(Exception):
    """Nothing was sent, as a stranger chose a place where we do not go; `reason` says which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Broken(Exception):
    """The other side did not give a whole answer; `state` says what it did instead."""

    def __init__(self, state: str, tls_error: str | None = None) -> None:
        super().__init__(state)
        self.state = state
        self.tls_error = tls_error
