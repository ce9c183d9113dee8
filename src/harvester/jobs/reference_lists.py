"""Reads block and allow lists of others: from a file at once, from an address now and when they are due."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import cast

from harvester.domains.kinds import listed_names
from harvester.domains.listing import Unlisted, listing_of
from harvester.errors import SourceError, UnknownFormat, UnreadableFile
from harvester.sources.reference_list.base import Format, Skipped
from harvester.sources.reference_list.reading import Reading
from harvester.store.database import Database
from harvester.store.reference_list import (
    Entry,
    NewList,
    ReferenceList,
    add_list,
    list_by_name,
    note_failure,
    reload_list,
    take_due,
)  # fmt: skip

MOST_ENTRIES = 5_000_000
"""Names of one list that are read; those behind them are counted as left out."""
_BLOCK = 10_000
_HINTS = {
    "refused:pap": "HARVESTER_PAP is red: nothing is sent. Fetch the list elsewhere, and add it as a file.",
    "too_long": "It is longer than we fetch. Fetch it by hand, and add it as a file.",
}
_log = logging.getLogger(__name__)

Fetch = Callable[[str, Path], Awaitable[str | None]]
"""Writes what an address gives into a file; None, or in one word why it could not."""


class ListFile:
    """A list in a file, in the form that the store takes."""

    def __init__(self, path: Path, purpose: str, wanted: Format | None = None) -> None:
        """Nothing is read yet."""
        self.refused: Mapping[str, int] = {}
        self.is_overbroad = False
        self.format: str = wanted or "plain"
        self.sha256 = ""
        self._path, self._purpose, self._wanted = path, purpose, wanted

    def blocks(self) -> Iterator[list[Entry]]:
        """Read it; raises UnreadableFile, and UnknownFormat where it names nothing: then it is no list."""
        refused: Counter[str] = Counter()
        flags: Counter[str | None] = Counter()
        try:
            with self._path.open("rb") as stream:
                self.sha256 = _sha256(stream)
                stream.seek(0)
                reading = Reading(stream, self._wanted)
                self.format = reading.format
                entries = self._entries(reading, refused)
                taken = islice(entries, MOST_ENTRIES)
                while block := list(islice(taken, _BLOCK)):
                    flags.update(flag for _, _, flag in block)
                    yield block
                refused["beyond_limit"] += sum(1 for _ in entries)
        except OSError as error:
            raise UnreadableFile(f"{self._path.name} cannot be read: {error.strerror}.") from error
        if not flags:
            raise UnknownFormat(
                f"It names no host, read as {self.format}{_left_out(refused)}.",
                hint="Say how it is written: --format plain, hosts, adblock or csv.",
            )
        self.refused = {reason: count for reason, count in sorted(refused.items()) if count}
        platforms = sum(kind == "platform" for kind in listed_names().values())
        self.is_overbroad = bool(flags["public_suffix"]) or 2 * flags["platform"] >= platforms

    def _entries(self, reading: Reading, refused: Counter[str]) -> Iterator[Entry]:
        for each in reading:
            if isinstance(each, Skipped):
                refused[each.reason] += 1
                continue
            listing = listing_of(each.name)
            if isinstance(listing, Unlisted):
                refused[listing.reason] += 1
                continue
            # That an allow list names a platform is what it is for.
            flag = None if listing.flag == "platform" and self._purpose == "allow" else listing.flag
            yield listing.domain_name, each.covers_subdomains, flag


def _sha256(stream: BufferedReader) -> str:
    return hashlib.file_digest(stream, "sha256").hexdigest()


def _left_out(refused: Counter[str]) -> str:
    said = ", ".join(f"{reason} {count:,}" for reason, count in refused.most_common(3) if count)
    return f" (left out: {said})" if said else ""


async def add(database: Database, new: NewList, wanted: Format | None, path: Path) -> ReferenceList:
    """Add a list that lies in a file.

    Raises NameTaken, UnreadableFile, and UnknownFormat where it names nothing.
    """
    return await add_list(database, new, lambda: ListFile(path, new.purpose, wanted))


async def add_fetched(database: Database, new: NewList, wanted: Format | None, fetch: Fetch) -> ReferenceList:
    """Add a list that lies at an address; raises the same, and UnreadableFile where the address gives nothing."""
    async with _fetched(new.origin, fetch) as path:
        return await add(database, new, wanted, path)


async def refresh(database: Database, name: str, fetch: Fetch) -> ReferenceList:
    """Fetch a list again and replace its entries; raises NotFound, and what `add_fetched` does.

    Where that fails its entries stay, and the list says why.
    """
    known = await list_by_name(database, name)
    try:
        async with _fetched(known.origin, fetch) as path:
            return await refresh_from(database, name, path)
    except SourceError as error:
        await note_failure(database, name, error.failure if isinstance(error, _NotFetched) else error.code)
        raise


async def refresh_from(database: Database, name: str, path: Path, *, origin: str | None = None) -> ReferenceList:
    """Replace the entries of a list by those in a file; raises NotFound, UnreadableFile, UnknownFormat."""
    known = await list_by_name(database, name)
    return await reload_list(
        database, name, lambda: ListFile(path, known.purpose, cast("Format", known.format)), origin=origin
    )


async def refresh_due(database: Database, fetch: Fetch, now: datetime) -> int:
    """Fetch every list that is due at `now`, one after the other; how many were read.

    One that fails is logged and says why; it is tried again after six hours.
    """
    read = 0
    done: list[str] = []
    while (name := await take_due(database, now, done)) is not None:
        done.append(name)
        try:
            found = await refresh(database, name, fetch)
        except SourceError as error:
            _log.warning("list %s could not be read: %s", name, error)
        else:
            read += 1
            _log.info("list %s was read: %s entries", name, found.entry_count)
    return read


class _NotFetched(UnreadableFile):
    """An address gave no list."""

    def __init__(self, failure: str) -> None:
        super().__init__(f"The address gives no list: {failure}.", hint=_HINTS.get(failure, ""))
        self.failure = failure


@asynccontextmanager
async def _fetched(url: str, fetch: Fetch) -> AsyncIterator[Path]:
    """What an address gives, in a file for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="harvester-list-") as folder:
        path = Path(folder) / "list"
        failure = await fetch(url, path)
        if failure is not None:
            raise _NotFetched(failure)
        yield path
