"""The memory of this machine, and what of it our own server takes."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_LIMITS = Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux tells what a container may have (cgroups(7), version 2 and 1)."""


def memory() -> int:
    """Bytes that this process and its children may have together."""
    bounds = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for limit in _LIMITS:
        # Where there is no limit a word stands for it.
        with contextlib.suppress(OSError, ValueError):
            bounds.append(int(limit.read_text()))
    return min(bounds)


def shared_buffers(size: int) -> str:
    """PostgreSQL's setting of that name where there are so many bytes of memory: a sixteenth, from 128 MB to 1 GB.

    More is for the other work of the machine. With 128 MB alone, who reads beside an import has to write the pages of
    that import to disk first.

    >>> shared_buffers(1 << 30), shared_buffers(8 << 30), shared_buffers(64 << 30)
    ('128MB', '512MB', '1024MB')
    """
    return f"{min(max(size >> 24, 128), 1024)}MB"
