"""How often a content was met before: in memory as far as it is cheap, then in a temporary file.

A file of fifty million rows without ids must not need memory for fifty million digests.
"""

from __future__ import annotations

import contextlib
import sqlite3

_IN_MEMORY = 250_000
"""Digests; about 40 MB."""


class Ordinals:
    """Numbers equal contents from 0 on, by their digests.

    >>> ordinals = Ordinals()
    >>> [ordinals.next(digest) for digest in (b"a", b"b", b"a", b"a")]
    [0, 0, 1, 2]
    """

    def __init__(self, in_memory: int = _IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._counts: dict[bytes, int] = {}
        self._file: sqlite3.Connection | None = None

    def next(self, digest: bytes) -> int:
        """The number of this one among its equals."""
        if self._file is not None:
            row = self._file.execute(
                "insert into met values (?, 1) on conflict do update set times = times + 1 returning times - 1",
                (digest,),
            ).fetchone()
            return int(row[0])
        ordinal = self._counts.get(digest, 0)
        self._counts[digest] = ordinal + 1
        if len(self._counts) > self._in_memory:
            self._spill()
        return ordinal

    def close(self) -> None:
        """Remove the temporary file."""
        if self._file is not None:
            with contextlib.suppress(sqlite3.Error):
                self._file.close()

    def _spill(self) -> None:
        # The empty name is SQLite's own for a database in a temporary file that vanishes with the connection.
        self._file = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._file.execute("pragma journal_mode = off")
        self._file.execute("pragma cache_size = -32000")
        self._file.execute("create table met (digest blob primary key, times integer not null) without rowid")
        self._file.execute("begin")
        self._file.executemany("insert into met values (?, ?)", self._counts.items())
        self._counts.clear()
