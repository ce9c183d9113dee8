"""How the word lists of the sandbox are written down: many to a line, because they are read as a whole."""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """What stands between spaces."""
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """What stands between vertical bars."""
    return tuple(part.strip() for part in text.split("|"))
