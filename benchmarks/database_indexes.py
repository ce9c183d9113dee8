"""What each index costs and what it is for: its size, the time of writing with and without it, a question likewise.

Indexes are dropped in a transaction that is undone. Five thousand rows are written as the triggers' owner with triggers
off, so that it is the index alone that differs; those of a constraint are left out, since no table can do without.
"""

from __future__ import annotations

import statistics
import time
from typing import LiteralString

import psycopg
from benchmarks.database_questions import Ask, questions, says
from benchmarks.database_report import Report, verdict
from psycopg import sql
from psycopg.rows import dict_row

from harvester.store.comment import find_comments
from harvester.store.database import Connection, Database
from harvester.store.domain import count_platforms, list_domains
from harvester.store.domain_filter import DomainFilter
from harvester.store.video import list_videos

ROUNDS = 5
TIMEOUT_MS = 4_000
"""For a question that nothing drives any more."""
TABLES = (
    "public.comment", "public.domain_mention", "public.domain", "public.video", "private.mention_tally",
    "private.trend_tally",
)  # fmt: skip
"""Those that have rows here. `tests/store/test_index_questions.py` asks for a question of each of their indexes."""
KEY = "('ffffffff-ffff-7fff-bfff-' || lpad(to_hex(row_number() over ()), 12, '0'))::uuid"
"""In the order of time, as keys are, and cheap."""
NOWHERE = "'00000000-0000-7000-8000-000000000000'"
ANEW = {
    "public.comment": {"id": KEY, "comment_id": "'x' || comment_id"},
    "public.domain_mention": {"id": KEY, "comment_id": KEY},
    "public.domain": {"id": KEY, "domain_name": "'x' || domain_name", "unicode_name": "'x' || unicode_name",
                      "registrable_domain": "'x' || registrable_domain"},
    "public.video": {"id": KEY, "video_id": "'1' || video_id"},
    "private.mention_tally": {"id": KEY},
    "private.trend_tally": {"id": KEY, "domain_id": KEY},
}  # fmt: skip
"""Columns of the rows that are written again, with what they become."""
ASKED = {
    "comment_discovered_at_page_idx": "view v_comments_with_domains",
    "comment_video_id_discovered_at_idx": "view v_videos_with_domains",
    "comment_words_idx": "comments with a middle word",
    "domain_domain_name_trgm_idx": "domains with 'kakaka' by mentions",
    "domain_first_seen_at_page_idx": "domains by first_seen, page 1",
    "domain_last_seen_at_page_idx": "domains by last_seen, page 1",
    "domain_mention_count_page_idx": "domains by mentions, page 1",
    "mention_tally_last_seen_at_idx": "get_dashboard_stats, 30 days",
    "trend_tally_order_idx": "get_trending_domains, 30 days",
    "video_discovered_at_page_idx": "view v_videos_with_domains",
}
"""Index by the page that it is for."""
NAMED = "(select {} from {} where {} is not null order by id limit 1)"
SAID: dict[str, str] = {
    "comment_parent_comment_id_idx": f"select id from comment where parent_comment_id = {NOWHERE}",
    "comment_posted_at_idx": "select id from comment order by posted_at desc limit 50",
    "comment_username_idx":
        f"select id from comment where username = {NAMED.format('username', 'comment', 'username')}",
    "comment_waiting_for_parent_idx":
        "select id from comment where parent_comment_id is null and parent_ref = '7400000000000000000'",
    "domain_mention_comment_id_idx": f"select id from domain_mention where comment_id = {NOWHERE}",
    # Of a domain with some thousand: those of the greatest stand among the newest of all, those of others are few.
    "domain_mention_domain_id_page_idx":
        "select id from domain_mention where tier = 'shown' and domain_id = (select id from domain"
        " order by mention_count desc, id desc offset 20 limit 1) order by discovered_at desc, id desc limit 25",
    "domain_mention_period_idx": "select * from private.counted_trends(7, 50)",
    "domain_mention_rejected_idx": "select id from domain_mention where verdict is not null",
    "domain_mention_video_id_page_idx":
        "select id from domain_mention where tier = 'shown' and video_id ="
        f" {NAMED.format('video_id', 'domain_mention', 'id')} order by discovered_at desc, id desc limit 25",
    "domain_registrable_domain_idx":
        f"select id from domain where registrable_domain = {NAMED.format('registrable_domain', 'domain', 'id')}",
    "domain_suspicious_idx": "select id from domain where is_suspicious",
    "domain_verdict_idx": "select id from domain where verdict = 'ignore'",
    "domain_verified_idx": "select id from domain where is_verified",
    "domain_tld_idx": "select id from domain where tld = 'museum'",
    "domain_uncounted_idx": "select id from domain where video_count is null order by id limit 500",
    "domain_unicode_name_trgm_idx":
        "select id from domain where unicode_name <> domain_name and unicode_name like '%bücher%'",
    "video_active_idx": "select id from video where is_active order by last_crawled_at limit 50",
    "video_last_crawled_at_idx": "select id from video order by last_crawled_at desc limit 50",
    "video_username_idx": f"select id from video where username = {NAMED.format('username', 'video', 'username')}",
}  # fmt: skip
"""Index by a statement, where no page of the benchmark needs it."""
CALLED: dict[str, Ask] = {
    "comment_pairs_idx": lambda connection: find_comments(connection, "优惠码"),
    "domain_mention_method_idx": lambda connection: list_domains(connection, wanted=DomainFilter(method="homoglyph")),
    "domain_platform_idx": count_platforms,
    "video_view_count_page_idx": lambda connection: list_videos(connection, sort="views"),
}
"""Index by a function of the product."""


async def measure_indexes(conninfo: str, report: Report) -> None:
    """Each index of the large tables, in a database that may be written to."""
    heads = ("index", "MB", "write ms", "without", "ratio", "question ms", "without", "verdict")
    report.begin("indexes", f"5,000 rows written; medians of {ROUNDS}; a question is given {TIMEOUT_MS} ms", heads)
    async with Database(conninfo) as database:
        asked = {question.name: question.ask for question in await questions(database)}
    async with await psycopg.AsyncConnection.connect(
        conninfo, autocommit=True, prepare_threshold=None, row_factory=dict_row
    ) as connection:
        await connection.execute("set session_replication_role = replica")
        found = [(table, name, size) for table in TABLES for name, size in await _indexes(connection, table)]
        # All questions come before the first row: rows that were undone stand in the way until they are cleared away.
        answers = {}
        for table, name, _ in found:
            ask = _question(name, asked)
            without = f"{_room(table)}.{name}"
            answers[name] = await _answered(connection, ask, None), await _answered(connection, ask, without)
        insertions = {table: await _insertion(connection, table) for table in TABLES}
        for table, name, size in found:
            kept, dropped = [], []
            for _ in range(ROUNDS):
                kept.append(await _written(connection, insertions[table], None))
                dropped.append(await _written(connection, insertions[table], f"{_room(table)}.{name}"))
            with_it, without = statistics.median(kept), statistics.median(dropped)
            quick, slow = answers[name]
            report.add(
                f"`{name}`", size / 1e6, with_it, without, with_it / without, quick,
                slow if slow < TIMEOUT_MS else f"> {TIMEOUT_MS:,}",
                verdict(slow > 1.2 * quick, "its question is as fast without it"),
            )  # fmt: skip


def _question(name: str, asked: dict[str, Ask]) -> Ask:
    if name in CALLED:
        return CALLED[name]
    return asked[ASKED[name]] if name in ASKED else says(SAID[name])


async def _indexes(connection: Connection, table: str) -> list[tuple[str, int]]:
    found = await connection.execute(
        "select c.relname as name, pg_relation_size(i.indexrelid) as size from pg_index i"
        " join pg_class c on c.oid = i.indexrelid"
        " where i.indrelid = %s::regclass and not exists (select from pg_constraint k where k.conindid = i.indexrelid)"
        " order by 1",
        [table],
    )
    return [(row["name"], row["size"]) for row in await found.fetchall()]


async def _insertion(connection: Connection, table: str) -> sql.Composed:
    found = await connection.execute(
        "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
        " and attgenerated = ''",
        [table],
    )
    columns = [row["attname"] for row in await found.fetchall()]
    becomes = [sql.SQL(ANEW[table].get(name, f'"{name}"')) for name in columns]  # type: ignore[arg-type]
    return sql.SQL(
        "insert into {table} ({columns}) select {becomes} from (select * from {table} order by id desc limit 5000) r"
    ).format(
        table=_identifier(table), columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
        becomes=sql.SQL(", ").join(becomes),
    )  # fmt: skip


async def _written(connection: Connection, insertion: sql.Composed, without: str | None) -> float:
    """Milliseconds for the rows, which are taken away again."""
    async with connection.transaction(force_rollback=True):
        await _drop(connection, without)
        began = time.perf_counter()
        await connection.execute(insertion)
        return (time.perf_counter() - began) * 1000


async def _answered(connection: Connection, ask: Ask, without: str | None) -> float:
    """Milliseconds of a question, the median; TIMEOUT_MS where it does not come to an end."""
    timeout: LiteralString = "set local statement_timeout = {}"
    async with connection.transaction(force_rollback=True):
        await _drop(connection, without)
        await connection.execute(sql.SQL(timeout).format(TIMEOUT_MS))
        taken: list[float] = []
        try:
            for _ in range(ROUNDS + 1):
                began = time.perf_counter()
                await ask(connection)
                taken.append((time.perf_counter() - began) * 1000)
        except psycopg.errors.QueryCanceled:
            return TIMEOUT_MS
    return statistics.median(taken[1:])


async def _drop(connection: Connection, index: str | None) -> None:
    if index is not None:
        await connection.execute(sql.SQL("drop index {}").format(_identifier(index)))


def _identifier(name: str) -> sql.Identifier:
    return sql.Identifier(*name.split("."))


def _room(table: str) -> str:
    return table.partition(".")[0]
