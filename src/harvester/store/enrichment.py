"""What look-ups told about a domain, as people read it: the newest of each kind, and what changed when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from harvester.store.database import WORKER, Connection, Database
from harvester.store.look_up import facts_of
from harvester.store.statements import statements

_SQL = statements("enrichment")
MOST_CHANGES = 50


@dataclass(frozen=True, slots=True)
class LatestLookUp:
    """The newest look-up of one kind."""

    look_up: str
    """`dns`, `rdap` or `http`."""
    outcome: str
    checked_at: datetime
    changed_at: datetime | None
    """Since when it has told the same; None where none ever told anything."""


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact that is another than it was."""

    fact: str
    before: Any
    """None where it was not known."""
    now: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A look-up that told something else than the one before."""

    look_up: str
    checked_at: datetime
    outcome_before: str | None
    """None for the first look-up that told anything."""
    outcome: str
    changed: Sequence[FactChange]


async def stored_names(database: Database, names: Sequence[str]) -> set[str]:
    """Those of these domains that are stored."""
    async with database.transaction(WORKER) as connection:
        rows = await (await connection.execute(_SQL["stored_names"], {"names": list(names)})).fetchall()
    return {row["domain_name"] for row in rows}


async def latest_look_ups(connection: Connection, domain_id: UUID) -> list[LatestLookUp]:
    """The newest look-up of each kind that was ever made."""
    rows = await (await connection.execute(_SQL["latest_look_ups"], {"domain_id": domain_id})).fetchall()
    return [LatestLookUp(row["kind"], row["state"], row["checked_at"], row["changed_at"]) for row in rows]


async def list_changes(connection: Connection, domain_id: UUID, most: int = MOST_CHANGES) -> list[Change]:
    """What look-ups told that was new, newest first; the first of each kind is one of them."""
    asked = {"domain_id": domain_id, "most": most}
    rows = await (await connection.execute(_SQL["changes"], asked)).fetchall()
    older: dict[str, Mapping[str, Any]] = {}
    changes = []
    for row in reversed(rows):
        before = older.get(row["kind"])
        changes.append(_change(row, before))
        older[row["kind"]] = row
    return changes[::-1][:most]


def _change(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> Change:
    changed = differing(before["result"] if before else {}, row["result"])
    return Change(row["kind"], row["checked_at"], before["state"] if before else None, row["state"], changed)


def differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[FactChange]:
    """The facts that are others now, by name; the state is told apart from them.

    >>> differing({"a": ["192.0.2.1"], "ttl": 9}, {"a": ["192.0.2.2"], "ttl": 60, "cname": None})
    [FactChange(fact='a', before=['192.0.2.1'], now=['192.0.2.2'])]
    """
    old, new = facts_of(before), facts_of(now)
    names = sorted(old.keys() | new.keys())
    return [
        FactChange(name, old.get(name), new.get(name))
        for name in names
        if name != "state" and old.get(name) != new.get(name)
    ]
