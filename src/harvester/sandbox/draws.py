"""Chance that is the same in every process: each thing draws for itself, whatever else was drawn before."""

from __future__ import annotations

from collections.abc import Callable
from random import Random


def drawn(*name: object) -> Callable[[], float]:
    """Numbers from 0 to 1, always the same ones for the same name."""
    return random_of(*name).random


def random_of(*name: object) -> Random:
    """A generator of random numbers that belongs to this name."""
    return Random(" ".join(map(str, name)))  # noqa: S311 - invented data, nothing to guess.
