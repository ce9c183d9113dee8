"""What an operator sees, and what the figures ask for in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from harvester.store.advice import advice
from harvester.store.backup import NOT_BACKED_UP, TABLES
from harvester.store.binaries import Binaries
from harvester.store.embedded import EmbeddedServer
from harvester.store.health import (
    Health,
    IndexHealth,
    ServerHealth,
    StatementHealth,
    TableHealth,
    TriggerHealth,
    read_health,
)
from harvester.store.migrations import migrate

pytestmark = pytest.mark.anyio

QUEUE = [f"jobs.procrastinate_{name}" for name in ("jobs", "events", "workers", "periodic_defers")]
"""The tables of the queue, which grow like ours."""

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SERVER = ServerHealth("18.6", "pl", 900_000_000, NOW - timedelta(days=30), 5, 100)
TABLE = TableHealth("public.comment", 100_000, 50_000_000, 20_000_000, 0, 0, 0, 0.0, NOW, NOW, 1000, True, 2, [])
INDEX = IndexHealth("public.comment_username_idx", "public.comment", 5, 40_000_000, False, True)
WELL = Health(SERVER, [TABLE], [INDEX], [TriggerHealth("count_added_mentions", "domain_mention", 5, 1.0)], [])


async def test_every_table_is_measured_with_its_growth_against_earlier_samples(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            "insert into private.table_size_sample (sampled_on, schema_name, table_name, row_estimate, total_bytes)"
            " select current_date - days, 'public', 'comment', 0, bytes"
            " from (values (5, 1000), (29, 400), (40, 1)) as earlier (days, bytes)"
        )
        size = connection.execute("select pg_total_relation_size('public.comment')").fetchone()
    health = await read_health(conninfo)
    assert size is not None
    assert {table.table_name for table in health.tables} == {*TABLES, *NOT_BACKED_UP, *QUEUE}
    comment = next(table for table in health.tables if table.table_name == "public.comment")
    assert (comment.week_bytes, comment.month_bytes) == (size[0] - 1000, size[0] - 400)
    video = next(table for table in health.tables if table.table_name == "public.video")
    assert (video.week_bytes, video.month_bytes) == (None, None)


async def test_sizes_are_kept_once_a_day(conninfo: str) -> None:
    await read_health(conninfo)
    await read_health(conninfo)
    with psycopg.connect(conninfo) as connection:
        assert connection.execute("select count(*) from private.table_size_sample").fetchone() == (
            len(TABLES) + len(NOT_BACKED_UP) + len(QUEUE),
        )


async def test_use_of_indexes_and_cost_of_triggers_are_counted(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("insert into video (video_id) values ('1')")
        connection.execute("insert into comment (video_id, comment_id, text) select id, '2', 'a.com' from video")
        connection.execute("update comment set text = 'b.com'")
        connection.execute("set enable_seqscan = off")
        connection.execute("select from video where video_id = '1'")
        connection.execute("select pg_stat_force_next_flush()")
        connection.execute("select 1")
    health = await read_health(conninfo)
    assert next(each for each in health.indexes if each.index_name == "public.video_video_id_key").scans >= 1
    follow = next(each for each in health.triggers if each.function_name == "mentions_follow_comment")
    assert follow.calls == 1
    assert follow.table_names == "comment"


async def test_slow_statements_are_listed_where_the_library_is_loaded(conninfo: str, server: EmbeddedServer) -> None:
    with psycopg.connect(server.conninfo("postgres")) as connection:
        libraries = connection.execute("show shared_preload_libraries").fetchone()
    with psycopg.connect(conninfo) as connection:
        connection.execute("select pg_sleep(0.2)")
    health = await read_health(conninfo)
    assert libraries == ("pg_stat_statements",)
    assert health.slow_statements is not None
    # On a busy machine another one may be slower.
    [sleep] = [each for each in health.slow_statements if "pg_sleep" in each.statement]
    assert sleep.mean_ms > 150
    means = [each.mean_ms for each in health.slow_statements]
    assert means == sorted(means, reverse=True)


async def test_a_server_without_the_library_starts_all_the_same_and_says_how_to_get_it(
    tmp_path: Path, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Binaries, "has_library", lambda *_: False)
    with EmbeddedServer(tmp_path, server._binaries).running() as other:
        other.ensure_database("evidence")
        async for _ in migrate(other.conninfo("evidence")):
            pass
        health = await read_health(other.conninfo("evidence"))
    assert health.slow_statements is None
    assert any("shared_preload_libraries" in sentence for sentence in advice(health, datetime.now(UTC)))


def test_a_database_that_is_well_asks_for_nothing() -> None:
    assert advice(WELL, NOW) == []


@pytest.mark.parametrize(
    ("health", "said"),
    [
        (replace(WELL, tables=[replace(TABLE, row_level_security=False)]), "public.comment enable row level security"),
        (replace(WELL, tables=[replace(TABLE, granted_to=["anon", "authenticated"])]), "revoke all on public.comment"),
        (replace(WELL, tables=[replace(TABLE, dead_rows=40_000, dead_share=0.4)]), "40% of the rows of public.comment"),
        (replace(WELL, tables=[replace(TABLE, analyzed_at=None)]), "analyze public.comment;"),
        (replace(WELL, tables=[replace(TABLE, transaction_age=1_500_000_000)]), "vacuum (freeze) public.comment"),
        (replace(WELL, tables=[replace(TABLE, week_bytes=30_000_000)]), "grew by 30.0 MB in a week, to 50.0 MB"),
        (replace(WELL, indexes=[replace(INDEX, is_valid=False)]), "reindex index concurrently public.comment_username"),
        (replace(WELL, indexes=[replace(INDEX, scans=0)]), "(40.0 MB) was not used since 2026-01-30"),
        (replace(WELL, slow_statements=[StatementHealth("select 1", 9, 2500.0, 1.0)]), "2.5 s on average (9 calls)"),
        (replace(WELL, slow_statements=None), "pg_stat_statements"),
        (replace(WELL, server=replace(SERVER, track_functions="none")), "track_functions"),
        (replace(WELL, server=replace(SERVER, connections=95)), "95 of 100 connections"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_well_is_said_with_the_command_to_type(health: Health, said: str) -> None:
    (sentence,) = advice(health, NOW)
    assert said in sentence


@pytest.mark.parametrize(
    "health",
    [
        replace(WELL, tables=[replace(TABLE, table_name="jobs.queue", row_level_security=False)]),
        replace(WELL, tables=[replace(TABLE, dead_rows=50, dead_share=0.9)]),
        replace(WELL, tables=[replace(TABLE, analyzed_at=None, total_bytes=10_000)]),
        replace(WELL, indexes=[replace(INDEX, scans=0, is_unique=True)]),
        replace(
            WELL, indexes=[replace(INDEX, scans=0)], server=replace(SERVER, counted_since=NOW - timedelta(hours=1))
        ),
    ],
)
def test_what_is_small_young_or_meant_so_is_not_complained_about(health: Health) -> None:
    assert advice(health, NOW) == []
