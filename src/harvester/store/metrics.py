"""Figures for monitoring, read from the database: the same ones from every process, and true after a restart.

Names follow Prometheus: base units, `_total` for what only rises. No label holds a domain, video, person or address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import psycopg
from psycopg import errors as refusals

from harvester.errors import DatabaseUnavailable, SchemaOutdated
from harvester.store.database import WORKER, Connection, Database
from harvester.store.look_up_tally import LookUpTally
from harvester.store.plan import APIS
from harvester.store.quota import Limits, remaining
from harvester.store.statements import statements

_SQL = statements("metrics")


NOT_SENT = "refused:"
"""Begins the state of a look-up that we refused ourselves: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows: the day's quota of each API, and how long things are kept (None: for ever)."""

    limits: Limits = field(default_factory=lambda: Limits(1000, 100_000))
    retention_days: int | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """One family of figures: a name, what it means, and a value for each set of labels."""

    name: str
    """Without `_total`, which a counter gets where it is written."""
    kind: Literal["counter", "gauge"]
    help: str
    labels: Sequence[str]
    samples: Sequence[tuple[Sequence[str], float]]


class _Family(NamedTuple):
    """A metric whose samples are the rows of one statement."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    labels: tuple[str, ...]
    statement: str
    value: str


_FAMILIES = (
    _Family("records", "counter", "Records that sources gave, by what became of them.",
            ("outcome",), "records", "records"),
    _Family("quarantine", "counter", "Records refused or mended, by the code of the reason.",
            ("reason",), "reasons", "records"),
    _Family("runs", "gauge", "Runs of sources, by state.", ("source", "state"), "runs", "runs"),
    _Family("last_success_timestamp_seconds", "gauge", "When a run of the source last came to its end.",
            ("source",), "successes", "last_finished_at"),
    _Family("api_requests", "counter", "Requests to TikTok's APIs, whatever became of them.",
            ("api",), "requests", "requests"),
    _Family("queue_depth", "gauge", "Jobs that wait, are in hand, or were given up.",
            ("task", "state"), "queue", "jobs"),
    _Family("oldest_job_age_seconds", "gauge", "How long the longest waiting job waits for a worker.",
            (), "oldest_job", "seconds"),
    _Family("stored_rows", "gauge", "Rows stored, by kind; mentions and domains that are shown.",
            ("kind",), "stored", "rows"),
    _Family("paused", "gauge", "1 where an operator has stopped it.", ("what",), "paused", "is_paused"),
    _Family("look_ups_due", "gauge", "Look-ups of domains that are due, of each kind counted up to 20000.",
            ("kind",), "look_ups_due", "due"),
    _Family("look_ups_overdue", "gauge", "Those among them that have been due for more than an hour.",
            ("kind",), "look_ups_due", "overdue"),
)  # fmt: skip


async def figures(database: Database, policy: Policy, tally: LookUpTally) -> list[Metric]:
    """Every figure at one moment, look-ups among them.

    Raises DatabaseUnavailable where the server goes away, SchemaOutdated where it lacks what is to be counted.
    """
    try:
        found = await read_metrics(database, policy.limits, policy.retention_days)
        return found + look_up_metrics(await tally.read(database))
    except (refusals.UndefinedTable, refusals.UndefinedFunction) as error:
        raise SchemaOutdated("The database lacks a migration.", hint="Run: harvester db migrate") from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise DatabaseUnavailable(
            "The connection to the database was lost.", hint="See whether the server still runs, then try again."
        ) from error


async def read_metrics(database: Database, limits: Limits, retention_days: int | None) -> list[Metric]:
    """Every figure at one moment, as the worker sees it; raises DatabaseUnavailable."""
    async with database.transaction(WORKER) as connection:
        found = [await _read(connection, family) for family in _FAMILIES]
        found.append(await _quota(connection, limits))
        if retention_days is not None:
            row = await (await connection.execute(_SQL["overdue"], {"days": retention_days})).fetchone()
            said = "1 where something is kept longer than retention allows."
            found.append(Metric("harvester_retention_overdue", "gauge", said, (), [((), row["overdue"] if row else 0)]))
    return found


def look_up_metrics(counts: Mapping[tuple[str, str], int]) -> list[Metric]:
    """The look-ups that a `LookUpTally` has counted, and those that we refused to make, by reason."""
    made: Counter[tuple[str, str]] = Counter()
    refused: Counter[str] = Counter()
    for (kind, state), look_ups in counts.items():
        if state.startswith(NOT_SENT):
            refused[state.removeprefix(NOT_SENT)] += look_ups
            state = "not_sent"  # noqa: PLW2901  One state for all reasons.
        made[kind, state] += look_ups
    return [
        Metric("harvester_look_ups", "counter", "Look-ups of domains since this process was first asked, by state.",
               ("kind", "state"), sorted(made.items())),
        Metric("harvester_ssrf_refused", "counter", "Look-ups since then that were refused before anything was sent.",
               ("reason",), sorted(((reason,), count) for reason, count in refused.items())),
    ]  # fmt: skip


async def _read(connection: Connection, family: _Family) -> Metric:
    rows = await (await connection.execute(_SQL[family.statement])).fetchall()
    samples = [([row[label] for label in family.labels], row[family.value]) for row in rows]
    return Metric(f"harvester_{family.name}", family.kind, family.help, family.labels, samples)


async def _quota(connection: Connection, limits: Limits) -> Metric:
    left = [(api, await remaining(connection, api, limits)) for api in APIS]
    samples = [((api, what), getattr(day, what)) for api, day in left for what in ("requests", "records")]
    said = "What is left of the day's quota of an API."
    return Metric("harvester_api_quota_remaining", "gauge", said, ("api", "what"), samples)
