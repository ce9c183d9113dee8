"""Comments and mentions in one table each against the same in a partition a month: what is gained, and what it costs.

Both layouts hold the same rows, in a schema that is gone at the end, with the same indexes. An id of TikTok is to stay
unique over all partitions: that needs a second table. Foreign keys and triggers are in neither, since a reference to a
partitioned table would have to name its time as well.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
from benchmarks.database_report import Report

ROUNDS = 15
IN_A_BATCH = 2_000
NEWEST = 50_000
FASTER, SLOWER = 1.1, 1.25
"""Adopted where taking in is so many times as fast, and no question takes more than so many times as long."""
LAYOUTS = ("plain", "months")
KEYS: LiteralString = """
create table try.comment_key (comment_id text primary key, discovered_at timestamptz not null);
create index on try.comment_key (discovered_at)
"""
QUESTIONS: dict[str, tuple[str, str]] = {
    "the newest 50 comments": ("select * from try.{}_comment order by discovered_at desc, id desc limit 50", ""),
    "a comment by TikTok's id": (
        "select * from try.plain_comment where comment_id = '{id}'",
        ("select c.* from try.comment_key k join try.months_comment c using (comment_id, discovered_at)"
        " where k.comment_id = '{id}'"),
    ),
    "the newest comments of a video": (
        "select * from try.{}_comment where video_id = '{video}' order by discovered_at desc limit 50", ""),
    "the newest 25 mentions of a domain": (
        ("select * from try.{}_mention where domain_id = '{domain}' and tier = 'shown'"
        " order by discovered_at desc, id desc limit 25"), ""),
    "the mentions of a rare domain": ("select * from try.{}_mention where domain_id = '{rare}'", ""),
    "a word in 30 days, the newest 50": (
        ("select * from try.{}_comment where to_tsvector('simple', text) @@ '{word}'"
        " and discovered_at >= now() - interval '30 days' order by discovered_at desc limit 50"), ""),
    "mentions of 60 days by domain": (
        ("select domain_id, count(*) from try.{}_mention where tier = 'shown'"
        " and discovered_at >= now() - interval '60 days' group by 1 order by 2 desc limit 50"), ""),
}  # fmt: skip
"""Statements for both layouts, or one for each."""
Run = Callable[[str], Any]


async def measure_partitions(conninfo: str, report: Report) -> None:
    """Both layouts of the rows of this database, side by side."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("drop schema if exists try cascade")
        try:
            _measure(connection, report)
        finally:
            connection.execute("drop schema if exists try cascade")


def _measure(connection: psycopg.Connection[Any], report: Report) -> None:
    def run(statement: str) -> Any:
        return connection.execute(statement)  # type: ignore[call-overload]

    comments = run("select count(*) from comment").fetchone()[0]
    heads = ("what", "plain", "a partition a month", "ratio", "verdict")
    report.begin("partitions", f"of these {comments:,} here; milliseconds; ratio months by plain", heads)
    columns = {table: _columns(run, table) for table in ("comment", "domain_mention")}
    _make(run, columns)
    taken = _taken_in(run, columns)
    gain = taken["plain"] / taken["months"]
    report.add(f"taking in {NEWEST:,} comments with their mentions, comments/s", NEWEST / taken["plain"] * 1000,
               NEWEST / taken["months"] * 1000, gain, "gained" if gain >= FASTER else "no gain")  # fmt: skip
    run(
        "vacuum (analyze) try.plain_comment, try.plain_mention, try.months_comment, try.months_mention, try.comment_key"
    )
    slower = []
    known = _known(run)
    for name, (plain, months) in QUESTIONS.items():
        one = _median(run, (plain if months else plain.replace("{}", "plain")).format(**known))
        two = _median(run, (months or plain.replace("{}", "months")).format(**known))
        slower.append(two / one)
        report.add(name, one, two, two / one, "lost" if two > SLOWER * one else "gained" if one > SLOWER * two else "")
    kept, dropped = _deleted(run, "plain"), _deleted(run, "months")
    report.add("taking the oldest month away", kept, dropped, dropped / kept, "gained" if dropped < kept else "lost")
    sizes = [_size(run, layout) for layout in LAYOUTS]
    report.add("size, MB", *sizes, sizes[1] / sizes[0], "lost" if sizes[1] > sizes[0] else "gained")
    is_better = gain >= FASTER and max(slower) <= SLOWER
    report.add("**partitions are adopted**", "", "", "", "yes" if is_better else "no")


def _columns(run: Run, table: str) -> str:
    found = run(
        f"select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute"
        f" where attrelid = 'public.{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''"
    )
    return str(found.fetchone()[0])


def _make(run: Run, columns: dict[str, str]) -> None:
    """Both layouts with all rows but the newest."""
    run("create schema try")
    run("set maintenance_work_mem = '512MB'")
    oldest, newest = run("select min(discovered_at), max(discovered_at) from comment").fetchone()
    edge = run(f"select discovered_at from comment order by discovered_at desc offset {NEWEST} limit 1").fetchone()[0]
    for table, short in (("comment", "comment"), ("domain_mention", "mention")):
        run(f"create table try.plain_{short} (like public.{table} including defaults including generated)")
        run(
            f"create table try.months_{short} (like public.{table} including defaults including generated)"
            " partition by range (discovered_at)"
        )
        month = oldest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while month <= newest:
            following = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
            run(
                f"create table try.months_{short}_{month:%Y%m} partition of try.months_{short}"
                f" for values from ('{month}') to ('{following}')"
            )
            month = following
        for layout in LAYOUTS:
            run(
                f"insert into try.{layout}_{short} ({columns[table]}) select {columns[table]} from public.{table}"
                f" where discovered_at <= '{edge}' order by discovered_at"
            )
        run(f"alter table try.months_{short} add primary key (id, discovered_at)")
        for definition, is_unique in run(
            f"select pg_get_indexdef(indexrelid), indisunique from pg_index where indrelid = 'public.{table}'::regclass"
        ).fetchall():
            rest = definition.partition(" ON ")[2].partition(" ")[2]
            run(f"create {'unique' if is_unique else ''} index on try.plain_{short} {rest}")
            if not is_unique:
                run(f"create index on try.months_{short} {rest}")
    run("create unique index on try.months_mention (comment_id, domain_id, discovered_at)")
    for statement in KEYS.split(";"):
        run(statement)
    run("insert into try.comment_key select comment_id, discovered_at from try.months_comment")
    run(
        f"create table try.newest as select {columns['comment']}, (row_number() over (order by discovered_at) - 1)"
        f" / {IN_A_BATCH} as batch from public.comment where discovered_at > '{edge}'"
    )
    run("create index on try.newest (batch)")
    run("vacuum (analyze)")


def _taken_in(run: Run, columns: dict[str, str]) -> dict[str, float]:
    """Milliseconds for the newest rows in batches, by turns; what is there already is left out."""
    comment, mention = columns["comment"], columns["domain_mention"]
    found = f"select {comment} from try.newest where batch = {{}}"
    of_these = (
        f"({mention}) select {mention} from public.domain_mention"
        " where comment_id in (select id from try.newest where batch = {})"
    )
    ways = {
        "plain": (
            f"insert into try.plain_comment ({comment}) {found} on conflict (comment_id) do nothing",
            f"insert into try.plain_mention {of_these} on conflict do nothing",
        ),
        "months": (
            (
                "with new as (insert into try.comment_key"
                " select comment_id, discovered_at from try.newest where batch = {}"
                " on conflict do nothing returning comment_id)"
                f" insert into try.months_comment ({comment}) {found} and comment_id in (select comment_id from new)"
            ),
            f"insert into try.months_mention {of_these} on conflict do nothing",
        ),
    }
    taken = dict.fromkeys(LAYOUTS, 0.0)
    for batch in range(NEWEST // IN_A_BATCH):
        for layout in LAYOUTS if batch % 2 else LAYOUTS[::-1]:
            began = time.perf_counter()
            for statement in ways[layout]:
                run(statement.replace("{}", str(batch)))
            taken[layout] += (time.perf_counter() - began) * 1000
    return taken


def _known(run: Run) -> dict[str, str]:
    """What the questions name."""
    found = run(
        "select (select comment_id from try.newest limit 1), (select video_id from try.newest limit 1),"
        " (select id from domain order by mention_count desc limit 1),"
        " (select id from domain where mention_count = 1 limit 1),"
        " (select (tsvector_to_array(to_tsvector('simple', text)))[1] from try.newest offset 700 limit 1)"
    ).fetchone()
    return dict(zip(("id", "video", "domain", "rare", "word"), map(str, found), strict=True))


def _median(run: Run, statement: str) -> float:
    taken = []
    for _ in range(ROUNDS + 2):
        began = time.perf_counter()
        run(statement).fetchall()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[2:])


def _deleted(run: Run, layout: str) -> float:
    """Milliseconds until the oldest whole month is gone; it is put back."""
    month = run(
        "select date_trunc('month', min(discovered_at)) + interval '1 month' from try.plain_comment"
    ).fetchone()[0]
    until = f"'{month}'::timestamptz + interval '1 month'"
    run("begin")
    began = time.perf_counter()
    if layout == "plain":
        run(f"delete from try.plain_mention where discovered_at < {until}")
        run(f"delete from try.plain_comment where discovered_at < {until}")
    else:
        for short in ("mention", "comment"):
            for (name,) in run(
                "select inhrelid::regclass::text from pg_inherits"
                f" where inhparent = 'try.months_{short}'::regclass order by 1 limit 2"
            ).fetchall():
                run(f"drop table {name}")
        run(f"delete from try.comment_key where discovered_at < {until}")
    taken = (time.perf_counter() - began) * 1000
    run("rollback")
    return taken


def _size(run: Run, layout: str) -> float:
    more = " + pg_total_relation_size('try.comment_key')" if layout == "months" else ""
    found = run(
        f"select (sum(pg_total_relation_size(c.oid)){more}) / 1e6 from pg_class c"
        f" where c.relnamespace = 'try'::regnamespace and c.relkind = 'r' and c.relname like '{layout}\\_%'"
    )
    return float(found.fetchone()[0])
