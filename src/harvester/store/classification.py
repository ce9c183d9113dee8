"""How stored domains are split at the public suffix, and of which kind they are: read through, and set anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Database
from harvester.store.statements import statements

BATCH_SIZE = 10_000
"""Domains a transaction."""
_SQL = statements("classification")
_REEXTRACTION_SQL = statements("reextraction")


@dataclass(frozen=True, slots=True)
class Split:
    """One domain, its parts and its kind."""

    id: UUID
    domain_name: str
    tld: str
    public_suffix: str
    registrable_domain: str
    subdomain: str
    kind: str | None


async def stored_splits(database: Database, *, batch_size: int = BATCH_SIZE) -> AsyncIterator[list[Split]]:
    """Every stored domain with its parts, some at a time; nothing is locked."""
    after = UUID(int=0)
    while batch := await _batch(database, after, batch_size):
        yield batch
        after = batch[-1].id


async def split_anew(database: Database, splits: Sequence[Split]) -> None:
    """Set the parts and the kind of these domains, in one transaction that holds importers off."""
    parts = {
        "ids": [split.id for split in splits],
        "tlds": [split.tld for split in splits],
        "public_suffixes": [split.public_suffix for split in splits],
        "registrable_domains": [split.registrable_domain for split in splits],
        "subdomains": [split.subdomain for split in splits],
        "kinds": [split.kind for split in splits],
    }

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_REEXTRACTION_SQL["hold_off_importers"])
            await connection.execute(_SQL["lock_domains"], {"ids": parts["ids"]})
            await connection.execute(_SQL["split_anew"], parts)

    await attempted(work, "Domains could not be split anew")


async def _batch(database: Database, after: UUID, batch_size: int) -> list[Split]:
    async def work() -> list[Split]:
        async with database.transaction(WORKER) as connection:
            cursor = await connection.execute(_SQL["splits"], {"after": after, "limit": batch_size})
            return [Split(**row) for row in await cursor.fetchall()]

    return await attempted(work, "Domains could not be read")
