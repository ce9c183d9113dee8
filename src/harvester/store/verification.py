"""Whether what is stored about the rows is what the rows say: counters, first and last times, links."""

from __future__ import annotations

from dataclasses import dataclass

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.statements import statements

_SQL = statements("verification")
_INGEST_SQL = statements("ingest")


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored value that is not what its rows say."""

    kind: str
    """domain, mention, sighting or comment."""
    name: str
    """Of the domain or comment, as people know it; of a sighting the domain and its place."""
    field: str
    stored: str | None
    actual: str | None


async def differences(database: Database) -> list[Difference]:
    """Every difference of this moment, sorted; writers may go on meanwhile."""
    async with database.transaction(WORKER) as connection:
        return await _differences(connection)


async def repair(database: Database) -> list[Difference]:
    """Set every value to what its rows say, and return the differences there were.

    Writers wait for the domains that are being mended, and for no other. A mention that does not quote its
    comment, and a sighting that does not quote its text, is deleted: the next extraction writes it anew.
    """

    async def work() -> list[Difference]:
        async with database.transaction(WORKER) as connection:
            found = await _differences(connection)
            if found:
                await connection.execute(_SQL["repair_mentions"])
                await connection.execute(_INGEST_SQL["link_all_waiting_replies"])
                rows = await (await connection.execute(_SQL["lock_domains"])).fetchall()
                # A statement of its own: it sees what others committed before they let us have the locks.
                await connection.execute(_SQL["repair_domains"], {"domains": [row["id"] for row in rows]})
            return found

    return await attempted(work, "The statistics could not be repaired")


async def _differences(connection: Connection) -> list[Difference]:
    return [Difference(**row) for row in await (await connection.execute(_SQL["differences"])).fetchall()]
