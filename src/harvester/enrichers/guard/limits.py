"""How long and how much the outside may answer."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and sizes of one fetch, all its redirects together; production takes them as they are."""

    connect: float = 3.0
    """Until TCP is connected, whatever number of addresses is tried."""
    tls: float = 3.0
    first_byte: float = 5.0
    """Also between any two parts of an answer."""
    total: float = 10.0
    frame_bytes: int = 4 * MEBIBYTE
    """Of what comes with one answer besides as much content as may come: headers, and the frames of chunks."""
    header_bytes: int = 64 * 1024
    header_fields: int = 100
