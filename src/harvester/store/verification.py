"""Whether what is stored about the rows is what the rows say: counters, first and last times, links."""

from __future__ import annotations

from dataclasses import dataclass

from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.statements import statements

_SQL = statements("verification")
_INGEST_SQL = statements("ingest")
_REPAIRS = (
    "repair_usernames", "drop_wrong_tallies", "add_missing_tallies", "repair_distinct_counts", "settle_days",
    "count_trends",
)  # fmt: skip
_DOMAINS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One stored value that is not what its rows say."""

    kind: str
    """domain, mention, sighting, comment, tally, day, trend or list."""
    name: str
    """Of the domain or comment, as people know it; of a sighting the domain and its place; a tally's key; the day."""
    field: str
    stored: str | None
    actual: str | None


async def differences(database: Database) -> list[Difference]:
    """Every difference of this moment, sorted; writers may go on meanwhile."""
    async with database.transaction(WORKER) as connection:
        return await _differences(connection)


async def repair(database: Database) -> list[Difference]:
    """Set every value to what its rows say, and return the differences there were.

    Writers wait for the domains that are being mended, and for no other, unless a stored statistic is wrong: then
    writers of mentions wait until all are counted. A mention that does not quote its comment, and a sighting that
    does not quote its text, is deleted: the next extraction writes it anew.
    """

    async def work() -> list[Difference]:
        async with database.transaction(WORKER) as connection:
            found = await _differences(connection)
            if found:
                statistics = any(_is_statistic(each) for each in found)
                if statistics:
                    await connection.execute(_SQL["hold_mentions"])
                await connection.execute(_SQL["repair_lists"])
                await connection.execute(_SQL["repair_mentions"])
                await connection.execute(_INGEST_SQL["link_all_waiting_replies"])
                rows = await (await connection.execute(_SQL["lock_domains"])).fetchall()
                # A statement of its own: it sees what others committed before they let us have the locks.
                await connection.execute(_SQL["repair_domains"], {"domains": [row["id"] for row in rows]})
                await connection.execute(_SQL["repair_verdicts"])
                if statistics:
                    for name in _REPAIRS:
                        await connection.execute(_SQL[name])
            return found

    found = await attempted(work, "The statistics could not be repaired")
    await count_domains(database)
    return found


async def count_domains(database: Database) -> int:
    """Count videos and commenters of the domains that an older version left without, some at a time; how many."""

    async def work() -> int:
        async with database.transaction(WORKER) as connection:
            row = await (await connection.execute(_SQL["count_domains"], {"most": _DOMAINS_AT_ONCE})).fetchone()
            assert row is not None, "a function gives a row"
            return int(row["n"])

    counted = 0
    while some := await attempted(work, "The domains could not be counted"):
        counted += some
    return counted


async def renew_trends(database: Database) -> None:
    """Bring the stored trends up to now; who writes does so every ten seconds, this is for a time without writers."""

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["renew_trends"])

    await attempted(work, "The trends could not be renewed")


def _is_statistic(difference: Difference) -> bool:
    """Whether it is one of those that are counted over many rows."""
    return difference.kind in {"tally", "day", "trend"} or difference.field in {
        "video_count",
        "commenter_count",
        "username",
    }


async def _differences(connection: Connection) -> list[Difference]:
    return [Difference(**row) for row in await (await connection.execute(_SQL["differences"])).fetchall()]
