"""Block and allow lists of others: loaded as a whole, shown beside our data, never mixed into it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from psycopg.types.json import Jsonb

from harvester.errors import NameTaken, NotFound
from harvester.store.attempts import attempted
from harvester.store.copy_text import copy_text
from harvester.store.database import WORKER, Connection, Database
from harvester.store.ids import uuid7, uuid7s
from harvester.store.statements import statements

Entry = tuple[str, bool, str | None]
"""A name in A-labels, whether all below it is meant, and its flag."""
_COPY = "copy pg_temp.staged_entry (id, domain_name, covers_subdomains, flag) from stdin"
_SQL = statements("reference_list")
_MOST_LABELS = 127
"""Of a name of 253 octets."""


class Contents(Protocol):
    """What a list holds: its entries some at a time, and once they are read all the rest."""

    @property
    def format(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def refused(self) -> Mapping[str, int]: ...
    @property
    def is_overbroad(self) -> bool: ...

    def blocks(self) -> Iterator[Sequence[Entry]]:
        """Read it once from its beginning to its end."""
        ...


@dataclass(frozen=True, slots=True)
class NewList:
    """What a person says of a list."""

    name: str
    purpose: str
    origin: str
    """An address, or the name of a file."""
    licence: str
    refresh_days: int | None = None


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """One list, and what was read of it."""

    name: str
    purpose: str
    format: str
    origin: str
    licence: str
    sha256: str
    refreshed_at: datetime
    tried_at: datetime
    entry_count: int
    refused: Mapping[str, int]
    """Lines that were left out, by reason."""
    flagged: Mapping[str, int]
    """Entries that name more than a list can mean, by flag."""
    refresh_days: int | None
    is_overbroad: bool
    """Whether it may be damaged: it names a public suffix, or blocks half of the big platforms."""
    failure: str | None
    """Why it could not be read when that was last tried; its entries are those of the time before."""

    @property
    def is_fetched(self) -> bool:
        """Whether it comes from an address."""
        return self.origin.startswith(("https://", "http://"))


@dataclass(frozen=True, slots=True)
class Membership:
    """One list that names a domain, or a name above it together with all below."""

    list_name: str
    purpose: str
    licence: str
    origin: str
    refreshed_at: datetime
    entry: str
    """The name on the list."""
    flag: str | None
    """`public_suffix` or `platform`, where the entry names more than it can mean."""


async def add_list(database: Database, new: NewList, opened: Callable[[], Contents]) -> ReferenceList:
    """Add a list with its entries, in one transaction; raises NameTaken. `opened` may be called again."""
    return await _load(database, new, opened)


async def reload_list(
    database: Database, name: str, opened: Callable[[], Contents], *, origin: str | None = None
) -> ReferenceList:
    """Replace the entries of a list, in one transaction; raises NotFound. Those that stay are not written again."""
    return await _load(database, await list_by_name(database, name), opened, origin=origin)


async def note_failure(database: Database, name: str, failure: str) -> None:
    """Note why a list could not be read; its entries stay as they are."""

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["note_failure"], {"name": name, "failure": failure[:200]})

    await attempted(work, "The list could not be marked")


async def take_due(database: Database, now: datetime, done: Collection[str] = ()) -> str | None:
    """Take one list that is due to be fetched again, and none of those `done`; its name, or None where none is.

    No two callers get the same.
    """

    async def work() -> str | None:
        async with database.transaction(WORKER) as connection:
            row = await (await connection.execute(_SQL["take_due"], {"now": now, "done": list(done)})).fetchone()
            return row["name"] if row else None

    return await attempted(work, "Lists could not be looked through")


async def remove_list(database: Database, name: str) -> None:
    """Forget a list and its entries; raises NotFound."""

    async def work() -> bool:
        async with database.transaction(WORKER) as connection:
            return await (await connection.execute(_SQL["remove_list"], {"name": name})).fetchone() is not None

    if not await attempted(work, "The list could not be removed"):
        raise _unknown(name)


async def list_by_name(database: Database, name: str) -> ReferenceList:
    """One list; raises NotFound."""
    async with database.transaction(WORKER) as connection:
        found = await reference_lists(connection, name)
    if not found:
        raise _unknown(name)
    return found[0]


async def reference_lists(connection: Connection, name: str | None = None) -> list[ReferenceList]:
    """All lists by name, or the one that is named."""
    rows = await (await connection.execute(_SQL["lists"], {"name": name})).fetchall()
    return [ReferenceList(**row) for row in rows]


async def flagged_entries(connection: Connection, name: str, *, limit: int = 50) -> list[tuple[str, str]]:
    """Entries of a list that name more than it can mean, each with its flag."""
    rows = await (await connection.execute(_SQL["flagged_entries"], {"name": name, "limit": limit})).fetchall()
    return [(row["domain_name"], row["flag"]) for row in rows]


async def memberships(connection: Connection, domain_name: str) -> list[Membership]:
    """The lists that a domain is on, by itself or by a name above it; block lists first."""
    asked = {"domain_name": domain_name, "names": names_above(domain_name)}
    rows = await (await connection.execute(_SQL["memberships"], asked)).fetchall()
    return [Membership(**row) for row in rows]


def names_above(domain_name: str) -> list[str]:
    """The name itself and each name above it.

    >>> names_above("shop.velmora.co.uk")
    ['shop.velmora.co.uk', 'velmora.co.uk', 'co.uk', 'uk']
    """
    labels = domain_name.split(".")[-_MOST_LABELS:]
    return [".".join(labels[place:]) for place in range(len(labels))]


async def _load(
    database: Database, head: NewList | ReferenceList, opened: Callable[[], Contents], *, origin: str | None = None
) -> ReferenceList:
    async def work() -> ReferenceList:
        contents = opened()
        async with database.transaction(WORKER) as connection:
            key = await _held(connection, head)
            await connection.execute(_SQL["stage_entries"])
            async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                blocks = contents.blocks()
                while block := await asyncio.to_thread(_next_block, blocks):
                    await copy.write(block)
            for statement in ("know_staged", "drop_unlisted", "change_entries", "insert_entries"):
                await connection.execute(_SQL[statement], {"list": key})
            read = {
                "list": key, "origin": origin or head.origin, "format": contents.format, "sha256": contents.sha256,
                "refused": Jsonb(dict(contents.refused)), "is_overbroad": contents.is_overbroad,
            }  # fmt: skip
            await connection.execute(_SQL["note_reading"], read)
            return (await reference_lists(connection, head.name))[0]

    return await attempted(work, "The list could not be written")


async def _held(connection: Connection, head: NewList | ReferenceList) -> UUID:
    """The key of the list's row, which nobody else changes until the transaction ends."""
    if isinstance(head, NewList):
        row = await (await connection.execute(_SQL["add_list"], {"id": uuid7(), **asdict(head)})).fetchone()
        if row is None:
            raise NameTaken(
                f"There is a list {head.name!r} already.", hint=f"To read it anew: harvester list refresh {head.name}"
            )
    else:
        row = await (await connection.execute(_SQL["hold_list"], {"name": head.name})).fetchone()
        if row is None:
            raise _unknown(head.name)
    key: UUID = row["id"]
    return key


def _next_block(blocks: Iterator[Sequence[Entry]]) -> bytes:
    """The next entries as rows for COPY; empty at the end."""
    entries: Iterable[Entry] = next(blocks, ())
    names = list(entries)
    return copy_text((key, *entry) for key, entry in zip(uuid7s(len(names)), names, strict=True))


def _unknown(name: str) -> NotFound:
    return NotFound(f"There is no list {name!r}.", hint="See what there is: harvester list show")
