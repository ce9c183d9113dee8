"""What the figures of a database ask a person to do: pure, the same answer for the same figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from harvester.store.health import Health, TableHealth

MEGABYTE = 1_000_000
LARGE_BYTES = 10 * MEGABYTE
"""Below this nothing is worth a person's time."""
MOST_DEAD_SHARE = 0.2
"""Autovacuum begins at this share by default (autovacuum_vacuum_scale_factor)."""
FEW_ROWS = 10_000
OLDEST_TRANSACTION = 1_000_000_000
"""Half of what there is (PostgreSQL's manual, routine vacuuming)."""
SLOW_MS = 1_000
LONG_ENOUGH = timedelta(days=7)
"""Use of an index says little before."""
OPEN_TO = {"anon", "public"}
"""Roles of strangers: nothing is granted to them."""


def advice(health: Health, now: datetime) -> list[str]:
    """One sentence for each thing to do, the most urgent first; empty where all is well."""
    return [
        *_security(health), *_rows(health), *_indexes(health, now), *_growth(health), *_cost(health),
    ]  # fmt: skip


def _security(health: Health) -> Iterator[str]:
    for table in health.tables:
        # The queue's tables are closed by their schema and its grants.
        if not table.row_level_security and not table.table_name.startswith("jobs."):
            yield (
                f"{table.table_name} has no row level security: "
                f"alter table {table.table_name} enable row level security;"
            )
        strangers = sorted(OPEN_TO & set(table.granted_to))
        if strangers:
            yield (
                f"{table.table_name} is open to {', '.join(strangers)}: "
                f"revoke all on {table.table_name} from {', '.join(strangers)};"
            )


def _rows(health: Health) -> Iterator[str]:
    for table in health.tables:
        if table.transaction_age > OLDEST_TRANSACTION:
            yield (
                f"{table.table_name} was not frozen for {table.transaction_age:,} transactions; at two billion the "
                f"server stops: vacuum (freeze) {table.table_name};"
            )
        if (table.dead_share or 0) > MOST_DEAD_SHARE and table.dead_rows > FEW_ROWS:
            yield (
                f"{table.dead_share:.0%} of the rows of {table.table_name} are dead and take room: "
                f"vacuum (analyze) {table.table_name};"
            )
        elif table.analyzed_at is None and table.total_bytes > LARGE_BYTES:
            yield f"The planner knows nothing about {table.table_name}: analyze {table.table_name};"


def _indexes(health: Health, now: datetime) -> Iterator[str]:
    for index in health.indexes:
        if not index.is_valid:
            name = index.index_name
            yield f"{name} was never finished and is not used: reindex index concurrently {name};"
    if now - health.server.counted_since < LONG_ENOUGH:
        return
    for index in health.indexes:
        if index.is_valid and not index.scans and not index.is_unique and index.index_bytes > LARGE_BYTES:
            yield (
                f"{index.index_name} ({size(index.index_bytes)}) was not used since "
                f"{health.server.counted_since:%Y-%m-%d}: see whether your queries need it."
            )


def _growth(health: Health) -> Iterator[str]:
    for table in health.tables:
        if _is_doubling(table):
            yield (
                f"{table.table_name} grew by {size(table.week_bytes or 0)} in a week, to {size(table.total_bytes)}: "
                "see that the disk has room, or set HARVESTER_RETENTION_DAYS."
            )
    if health.server.connections > 0.8 * health.server.most_connections:
        yield (
            f"{health.server.connections} of {health.server.most_connections} connections are in use: "
            "use a pooler, or raise max_connections."
        )


def _is_doubling(table: TableHealth) -> bool:
    """Whether it gained a fifth of its size in a week: it doubles within a month."""
    return table.week_bytes is not None and table.week_bytes > max(LARGE_BYTES, table.total_bytes / 5)


def _cost(health: Health) -> Iterator[str]:
    for statement in health.slow_statements or ():
        if statement.mean_ms > SLOW_MS:
            yield (
                f"A statement takes {statement.mean_ms / 1000:.1f} s on average ({statement.calls:,} calls): "
                f"{statement.statement}"
            )
    if health.slow_statements is None:
        yield (
            "Slow statements are not counted here: add pg_stat_statements to shared_preload_libraries, "
            "restart the server, and run `create extension pg_stat_statements with schema extensions`."
        )
    if health.server.track_functions == "none":
        yield "What triggers cost is not counted here: alter database … set track_functions = 'pl';"


def size(count: int) -> str:
    """Bytes as people read them.

    >>> size(999), size(15_300_000), size(2_100_000_000)
    ('999 B', '15.3 MB', '2.1 GB')
    """
    for unit, factor in (("GB", 1_000_000_000), ("MB", MEGABYTE), ("kB", 1000)):
        if abs(count) >= factor:
            return f"{count / factor:,.1f} {unit}"
    return f"{count} B"
