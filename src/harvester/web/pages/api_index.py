"""The table of contents of the REST API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One thing that can be asked for."""

    http_method: str
    path: str
    summary: str


@dataclass(frozen=True, slots=True)
class ApiIndex:
    """All that the API offers."""

    endpoints: Sequence[Endpoint]
