"""What waits for a person: domains without a verdict, records that were refused, jobs given up, switches turned off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from harvester.store.database import Connection
from harvester.store.statements import statements

What = Literal["rising", "promoted", "quarantine", "given_up", "paused"]
MOST = 1_000
"""Refused records that are counted; where there are more, it is at least so many."""
_DOMAINS, _MENTIONS = 300, 50
"""The newest domains that are looked at, and the newest mentions of each."""
_SQL = statements("attention")


@dataclass(frozen=True, slots=True)
class Need:
    """One sort of thing that waits for a person, and how many there are: never none."""

    what: What
    count: int
    is_at_least: bool
    """Whether there may be more."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """How collection stands."""

    paused: Sequence[str]
    """What an operator has stopped: collection, enrichment."""
    jobs_waiting: int
    jobs_in_hand: int
    last_finished_at: datetime | None
    """When one of the newest runs came to its end."""


async def attention(
    connection: Connection, since: date, *, rising: int, platforms: bool
) -> tuple[list[Need], Collecting]:
    """What waits, and how collection stands; `since` is the first day (UTC) of the period that domains are taken from.

    `rising` is how many of the rising domains nobody has judged.
    """
    jobs = await _row(connection, "jobs", {})
    paused = [row["what"] for row in await (await connection.execute(_SQL["paused"])).fetchall()]
    last = await _row(connection, "last_finished", {})
    asked = {
        "since": f"{since} 00:00:00+00", "platforms": platforms, "domains": _DOMAINS, "mentions": _MENTIONS,
    }  # fmt: skip
    needs = [
        Need("rising", rising, is_at_least=False),
        Need("promoted", **await _row(connection, "promoted", asked)),
        Need("quarantine", **await _row(connection, "quarantine", {"most": MOST})),
        Need("given_up", jobs["given_up"], is_at_least=False),
        Need("paused", len(paused), is_at_least=False),
    ]
    return [need for need in needs if need.count], Collecting(paused, jobs["waiting"], jobs["in_hand"], last["at"])


async def _row(connection: Connection, name: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    row = await (await connection.execute(_SQL[name], asked)).fetchone()
    assert row is not None, "an aggregate gives one row"
    return row
