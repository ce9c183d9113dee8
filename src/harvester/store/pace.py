"""How fast a kind of look-up may be made, by all workers together: evenly, with a few that may go ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from harvester.model import LookUp
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.statements import statements

_SQL = statements("pace")


@dataclass(frozen=True, slots=True)
class Pace:
    """So many look-ups of a kind in any minute, by all workers together.

    >>> Pace(30).burst, Pace(30).interval.total_seconds(), Pace(1).burst, Pace(1).interval.total_seconds()
    (5, 2.307693, 1, 60.0)
    """

    per_minute: int

    @property
    def burst(self) -> int:
        """How many may begin at once."""
        return max(1, self.per_minute // 6)

    @property
    def interval(self) -> timedelta:
        """Between two, where many wait: a burst and what follows it within a minute are no more than a minute's."""
        return timedelta(microseconds=-(-60_000_000 // (self.per_minute - self.burst + 1)))


async def begin(database: Database, kind: LookUp, most: int, pace: Pace) -> int:
    """How many look-ups of domains that are not stored may begin now; they count as the others do."""

    async def work() -> int:
        async with database.transaction(WORKER) as connection:
            n = min(most, await allowed(connection, kind, pace))
            await spend(connection, kind, pace, n)
            return n

    return await attempted(work, "The pace of look-ups could not be read")


async def allowed(connection: Connection, kind: LookUp, pace: Pace) -> int:
    """How many may begin now; whoever asks next waits until this transaction ends."""
    asked = {"kind": kind, "burst": pace.burst, "interval": pace.interval}
    row = await (await connection.execute(_SQL["allowed"], asked)).fetchone()
    if row is None:
        await connection.execute(_SQL["open_pace"], {"kind": kind})
        row = await (await connection.execute(_SQL["allowed"], asked)).fetchone()
    assert row is not None, "the row was made just now"
    return int(row["n"])


async def spend(connection: Connection, kind: LookUp, pace: Pace, n: int) -> None:
    """So many begin, in the same transaction."""
    if n:
        await connection.execute(_SQL["spend"], {"kind": kind, "n": n, "interval": pace.interval})
