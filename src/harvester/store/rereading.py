"""Captions, profiles and ads that other rules read, or none: found by the version on them, and read again.

As with comments, the version is the cursor: it is written with the sightings, so that whatever cuts this short, the
same call goes on with those that still have another one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID

import psycopg

from harvester.store.attempts import attempted
from harvester.store.copy_text import copy_text
from harvester.store.database import WORKER, Connection, Database
from harvester.store.elsewhere import SIGHTINGS
from harvester.store.elsewhere_rows import Found, Texts, sighting_rows
from harvester.store.reextraction import BATCH_SIZE, StoredMention
from harvester.store.sighted import ALL, Sighted, statement_for
from harvester.store.statements import copied, counted, statements

_ELSEWHERE_SQL = statements("elsewhere")
_INGEST_SQL = statements("ingest")
_REEXTRACTION_SQL = statements("reextraction")
_NOUN = "rereading"

ReadTexts = Callable[[Iterable[tuple[str, str]]], Found]
"""Finds what stands in texts, each with its place."""


@dataclass(frozen=True, slots=True)
class StoredTexts:
    """One video, creator or ad as far as reading it again takes it."""

    id: UUID
    texts: Mapping[str, str]
    """By place."""
    sightings: Mapping[str, Sequence[StoredMention]]
    """What is stored, by place."""


@dataclass(frozen=True, slots=True)
class RenewedSightings:
    """What reading captions, profiles and ads again did to them and their sightings."""

    records: int = 0
    added: int = 0
    removed: int = 0
    renewed: int = 0
    """Sightings that were found again: their columns are those of the new rules."""
    domains: int = 0
    """Domains that were not stored before."""
    refused: int = 0
    """Records that stay as they were, since the database refuses what is found in them."""

    def __add__(self, other: RenewedSightings) -> RenewedSightings:
        return RenewedSightings(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


async def records_by_version(database: Database) -> dict[str | None, int]:
    """How many captions, profiles and ads each version of the rules read last; under None, those never read."""

    async def work() -> dict[str | None, int]:
        found: dict[str | None, int] = {}
        async with database.transaction(WORKER) as connection:
            for sighted in ALL:
                for row in await (await connection.execute(statement_for(sighted, _NOUN, "versions"))).fetchall():
                    found[row["version"]] = found.get(row["version"], 0) + row["records"]
        return found

    return await attempted(work, "The versions could not be counted")


async def stale_texts(
    database: Database, versions: Sequence[str], *, batch_size: int = BATCH_SIZE
) -> AsyncIterator[list[StoredTexts]]:
    """What these versions read last, or none, with what is stored of it; nothing is locked."""
    for sighted in ALL:
        after = UUID(int=0)
        while batch := await _Stale(database, sighted, versions).batch(after, batch_size):
            yield batch
            after = batch[-1].id


async def read_texts_again(
    database: Database, versions: Sequence[str], version: str, read: ReadTexts, *, batch_size: int = BATCH_SIZE
) -> AsyncIterator[RenewedSightings]:
    """Replace the sightings of the same records by what `read` finds, and note its version; each batch's work."""
    for sighted in ALL:
        stale = _Stale(database, sighted, versions)
        after = UUID(int=0)
        while True:
            last, renewed = await stale.renew_or_less(after, batch_size, version, read)
            if last is None:
                break
            yield renewed
            after = last


Done = tuple[UUID | None, RenewedSightings]
"""The key of the last record that was read, None where none was left; and what became of the batch."""


@dataclass(frozen=True, slots=True)
class _Stale:
    """The records of one table that these versions read last, or none."""

    database: Database
    sighted: Sighted
    versions: Sequence[str]

    async def batch(self, after: UUID, limit: int) -> list[StoredTexts]:
        async def work() -> list[StoredTexts]:
            async with self.database.transaction(WORKER) as connection:
                return await self._stored(connection, "stale", after, limit)

        return await attempted(work, "Captions, profiles and ads could not be read")

    async def renew_or_less(self, after: UUID, limit: int, version: str, read: ReadTexts) -> Done:
        """Read a batch again; where the database refuses what is found in it, half of it, down to one record.

        A record whose sightings it refuses keeps its own, and its version, and is passed over.
        """
        try:
            return await self._renew_batch(after, limit, version, read)
        except (psycopg.DataError, psycopg.IntegrityError):
            if limit > 1:
                return await self.renew_or_less(after, limit // 2, version, read)
        refused = await self.batch(after, 1)
        return (refused[0].id, RenewedSightings(refused=1)) if refused else (None, RenewedSightings())

    async def _renew_batch(self, after: UUID, limit: int, version: str, read: ReadTexts) -> Done:
        async def work() -> Done:
            async with self.database.transaction(WORKER) as connection:
                await connection.execute(_REEXTRACTION_SQL["hold_off_importers"])
                batch = await self._stored(connection, "lock_stale", after, limit)
                if not batch:
                    return None, RenewedSightings()
                return max(each.id for each in batch), await self._renew(connection, batch, version, read)

        return await attempted(work, "Captions, profiles and ads could not be read again")

    async def _renew(
        self, connection: Connection, batch: Sequence[StoredTexts], version: str, read: ReadTexts
    ) -> RenewedSightings:
        """Write what is found in records that are locked."""
        keys = {"owners": [each.id for each in batch]}
        found = read(text for each in batch for text in each.texts.items())
        # The time is not taken from here: it is the owner's, or that of the sighting which is there.
        now = datetime.now(UTC)
        texts = (Texts(each.id.hex, now, each.texts) for each in batch)
        await connection.execute(_INGEST_SQL["stage"])
        await connection.execute(_ELSEWHERE_SQL["stage_sightings"])
        await copied(connection, SIGHTINGS, copy_text(sighting_rows(texts, found, version)))
        domains = await counted(connection, _ELSEWHERE_SQL["insert_domains_seen"])
        removed = (await connection.execute(self._sql("delete_vanished"), keys)).rowcount
        written = await (await connection.execute(self._sql("write_found"))).fetchone()
        assert written is not None, "an aggregate gives one row"
        await connection.execute(self._sql("note_version"), {**keys, "version": version})
        return RenewedSightings(len(batch), written["added"], removed, written["renewed"], domains)

    async def _stored(self, connection: Connection, name: LiteralString, after: UUID, limit: int) -> list[StoredTexts]:
        asked = {"versions": list(self.versions), "after": after, "limit": limit}
        rows = await (await connection.execute(self._sql(name), asked)).fetchall()
        stored: dict[UUID, dict[str, list[StoredMention]]] = {row["id"]: {} for row in rows}
        cursor = await connection.execute(self._sql("stored"), {"owners": list(stored)})
        for seen in await cursor.fetchall():
            mention = StoredMention(seen["domain_name"], seen["tier"], is_judged=False)
            stored[seen["owner_row"]].setdefault(seen["place"], []).append(mention)
        return [
            StoredTexts(
                row["id"],
                {place: row[place] for place, _ in self.sighted.places if row[place] is not None},
                stored[row["id"]],
            )
            for row in rows
        ]

    def _sql(self, name: LiteralString) -> LiteralString:
        return statement_for(self.sighted, _NOUN, name)
