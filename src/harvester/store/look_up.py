"""Look-ups of domains: which are due, who has them in hand, and what they told.

Whoever takes some gives them a mark and has them until the lease is over, by the clock of the database. What is
written names that mark, so that a worker whose lease ran out, and lives, changes nothing any more: no look-up is
written twice, and what a dead worker had is due again when its lease is over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
from msgspec.structs import replace
from psycopg.types.json import Jsonb

from harvester.model import Enrichment, LookUp
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection, Database
from harvester.store.pace import Pace, allowed, spend
from harvester.store.statements import statements

_SQL = statements("look_up")
PASSING_FACTS = frozenset({"checked_at", "elapsed_ms", "ttl", "sha256", "bytes", "cut"})
"""What differs from one look-up to the next and tells nothing: a page with a clock has another hash each time."""
ENROLLED_AT_ONCE = 10_000
"""Look-ups that are put onto the books in one transaction: what writes domains waits for it."""
UNSTORABLE = "unstorable"
"""The state of a look-up whose result the database refuses."""


@dataclass(frozen=True, slots=True)
class TakenLookUp:
    """One look-up that we have in hand."""

    id: UUID
    domain_id: UUID
    domain_name: str
    kind: LookUp
    failure_count: int
    """Look-ups before it, in a row, that told nothing of the domain."""
    since_seen: timedelta | None
    """How long ago somebody mentioned the domain; None where no comment does."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Look-ups under one mark."""

    mark: UUID
    look_ups: Sequence[TakenLookUp]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one look-up told, and when it is made again."""

    id: UUID
    enrichment: Enrichment
    wait: timedelta
    is_failure: bool = False
    """Whether it told nothing of the domain."""


@dataclass(frozen=True, slots=True)
class LookUpStatus:
    """How the books of one kind stand."""

    kind: str
    domains: int
    due: int
    in_hand: int
    never_asked: int
    failing: int
    next_due_at: datetime | None


async def plan_look_ups_alone(connection: Connection) -> bool:
    """Whether nobody else plans look-ups until this transaction ends."""
    row = await (await connection.execute(_SQL["plan_look_ups_alone"])).fetchone()
    return row is not None and bool(row["is_alone"])


async def enrol(connection: Connection, kinds: Sequence[LookUp], most: int = ENROLLED_AT_ONCE) -> int:
    """Put domains that people can see, and that are not on these books yet, onto them; how many look-ups are new.

    All domains are looked through for it.
    """
    return await _enrolled(connection, "enrol", kinds, most)


async def enrol_recent(connection: Connection, kinds: Sequence[LookUp], most: int = ENROLLED_AT_ONCE) -> int:
    """The same among those that were stored, or first seen, within ten minutes; to be asked again and again."""
    return await _enrolled(connection, "enrol_recent", kinds, most)


async def due_counts(connection: Connection, kinds: Sequence[LookUp], most: int) -> dict[LookUp, int]:
    """How many are due of each kind, so many at the most."""
    rows = await (await connection.execute(_SQL["due_counts"], {"kinds": list(kinds), "most": most})).fetchall()
    return {row["kind"]: row["n"] for row in rows}


async def look_up_status(connection: Connection) -> list[LookUpStatus]:
    """How the books stand, by kind; the worker's role sees them, no other."""
    return [LookUpStatus(**row) for row in await (await connection.execute(_SQL["status"])).fetchall()]


async def take_due(database: Database, kind: LookUp, most: int, lease: timedelta, pace: Pace | None = None) -> Taken:
    """Take what is due, the fresh first; no more than the pace allows, and nothing while look-ups are stopped."""
    return await _taken(database, "take_due", kind, most, lease, pace, {})


async def take_named(
    database: Database, names: Sequence[str], kind: LookUp, lease: timedelta, pace: Pace | None = None
) -> Taken:
    """Take those of these stored domains, due or not, that nobody has in hand; no more than the pace allows."""
    return await _taken(database, "take_named", kind, len(names), lease, pace, {"names": list(names)})


async def enrol_named(database: Database, names: Sequence[str], kinds: Sequence[LookUp]) -> None:
    """Put these domains, where they are stored, onto the books."""

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["share_domains"])
            await connection.execute(_SQL["enrol_named"], {"names": list(names), "kinds": list(kinds)})

    await attempted(work, "The look-ups could not be put onto the books")


async def record(database: Database, mark: UUID, answers: Sequence[Answer]) -> int:
    """Write what look-ups told, with each domain's latest, in one transaction; how many were still ours.

    A result that the database refuses is written as `unstorable`, and keeps no other from being written.
    """
    if not answers:
        return 0
    try:
        return await attempted(lambda: _recorded(database, mark, answers), "Look-ups could not be written")
    except (psycopg.DataError, psycopg.IntegrityError):
        if len(answers) > 1:
            return sum([await record(database, mark, [each]) for each in answers])
        if answers[0].enrichment.state == UNSTORABLE:
            raise
        return await record(database, mark, [_unstorable(answers[0])])


async def release(database: Database, mark: UUID, ids: Sequence[UUID]) -> None:
    """Give back what was taken and not asked: it is due at once."""
    if not ids:
        return

    async def work() -> None:
        async with database.transaction(WORKER) as connection:
            await connection.execute(_SQL["release"], {"ids": list(ids), "mark": mark})

    await attempted(work, "Look-ups could not be given back")


def tells(told: Enrichment) -> bool:
    """Whether it told anything, so that it takes the place of what was told before.

    >>> from datetime import UTC, datetime
    >>> now = datetime(2026, 11, 26, tzinfo=UTC)
    >>> [tells(Enrichment("glow.shop", "dns", state, {}, now)) for state in ("nxdomain", "rate_limited", "refused:pap")]
    [True, False, False]
    """
    return told.is_alive or not (told.state == "rate_limited" or told.state.startswith("refused:"))


def facts_of(result: Mapping[str, Any]) -> dict[str, Any]:
    """What can be compared with another look-up: without what passes, and lists of words in one order.

    >>> facts_of({"a": ["192.0.2.2", "192.0.2.1"], "ttl": 60, "checked_at": "2026-11-26T00:00:00Z"})
    {'a': ['192.0.2.1', '192.0.2.2']}
    """
    return {
        name: sorted(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else value
        for name, value in sorted(result.items())
        if name not in PASSING_FACTS
    }


async def _enrolled(connection: Connection, statement: str, kinds: Sequence[LookUp], most: int) -> int:
    await connection.execute(_SQL["share_domains"])
    return (await connection.execute(_SQL[statement], {"kinds": list(kinds), "most": most})).rowcount


async def _taken(
    database: Database, statement: str, kind: LookUp, most: int, lease: timedelta, pace: Pace | None,
    more: Mapping[str, Any],
) -> Taken:  # fmt: skip
    async def work() -> Taken:
        # A mark of its own for each try: what an unknown COMMIT took is due again when its lease is over.
        asked = {"kind": kind, "lease": lease, "mark": uuid4(), "most": most, **more}
        async with database.transaction(WORKER) as connection:
            if pace is not None:
                asked["most"] = min(most, await allowed(connection, kind, pace))
            if not asked["most"]:
                return Taken(asked["mark"], [])
            rows = await (await connection.execute(_SQL[statement], asked)).fetchall()
            if pace is not None:
                await spend(connection, kind, pace, len(rows))
        return Taken(asked["mark"], [TakenLookUp(**row) for row in rows])

    return await attempted(work, "Look-ups could not be taken in hand")


async def _recorded(database: Database, mark: UUID, answers: Sequence[Answer]) -> int:
    asked = {"ids": [each.id for each in answers], "mark": mark}
    async with database.transaction(WORKER) as connection:
        await connection.execute(_SQL["share_domains"])
        await connection.execute(_SQL["lock_domains"], asked)
        rows = await (await connection.execute(_SQL["hold_look_ups"], asked)).fetchall()
        before = {row["id"]: (row["state"], row["result"]) for row in rows}
        # Those of another by now, or of a domain that is gone, are left out.
        ours = [_row(each, *before[each.id]) for each in answers if each.id in before]
        if ours:
            for name in ("insert_enrichments", "update_domains", "finish_look_ups"):
                await connection.execute(_SQL[name], {"answers": Jsonb(ours)})
    return len(ours)


def _row(answer: Answer, state_before: str | None, result_before: Mapping[str, Any] | None) -> dict[str, Any]:
    """One answer as the statements take it."""
    told = answer.enrichment
    result = _storable(dict(told.result))
    is_told = tells(told)
    return {
        "id": str(answer.id),
        "state": told.state,
        "result": result,
        "checked_at": told.checked_at.astimezone(UTC).isoformat(),
        "is_change": is_told and (told.state != state_before or facts_of(result) != facts_of(result_before or {})),
        "is_told": is_told,
        "is_alive": told.is_alive,
        "is_failure": answer.is_failure,
        "wait": answer.wait.total_seconds(),
    }


def _storable(value: Any) -> Any:
    """The same without characters that PostgreSQL's text cannot hold: strangers wrote it."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_storable(str(name)): _storable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    return value


def _unstorable(answer: Answer) -> Answer:
    checked_at = answer.enrichment.checked_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    told = replace(answer.enrichment, state=UNSTORABLE, result={"checked_at": checked_at}, is_alive=False)
    return Answer(answer.id, told, answer.wait, is_failure=True)
