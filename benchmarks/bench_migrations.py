"""How long readers and writers wait while a database of a million comments is migrated.

Goal: no statement of theirs waits more than 100 ms longer for any migration after the first release. Baseline of
the same run: the same readers and writers for as long without a migration.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import psycopg

from harvester.store import migrations as runner
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, schema_folder

COMMENTS = 1_000_000
GOAL_MS = 100
RELEASED = "20250906000002"
INDEX = (
    "create index concurrently comment_like_count_idx on public.comment (like_count);\n\n"
    "-- Rollback:\n-- drop index concurrently public.comment_like_count_idx;\n"
)
FILL = f"""
alter table comment disable trigger user;
alter table domain_mention disable trigger user;
insert into video (video_id) select (7300000000000000000 + n)::text from generate_series(1, 10000) n;
create temporary table numbered as select id, row_number() over () - 1 as place from video;
insert into comment (video_id, comment_id, text, username, like_count)
select v.id, (7400000000000000000 + n)::text, 'win at brightpebble' || n % 5000 || '.com now ' || md5(n::text),
       'user' || n % 90000, n % 100
from generate_series(0, {COMMENTS - 1}) n join numbered v on v.place = n % 10000;
insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)
select d, d, 'com', 'com', d from (select 'brightpebble' || n || '.com' as d from generate_series(0, 4999) n) names;
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
                            occurrences, confidence_score, extraction_method, extractor_version)
select d.id, c.id, c.video_id, d.domain_name, 7, 7 + length(d.domain_name), c.text,
       json_build_array(json_build_object('text', d.domain_name, 'start', 7, 'end', 7 + length(d.domain_name),
                                          'confidence', 0.9, 'method', 'bare')), 0.9, 'bare', '1'
from (select *, substring(text from 'brightpebble\\d+\\.com') as name from comment order by id limit {COMMENTS // 10}) c
join domain d on d.domain_name = c.name;
update domain d set mention_count = m.n, first_seen_at = m.first, last_seen_at = m.last
from (select domain_id, count(*) n, min(discovered_at) first, max(discovered_at) last from domain_mention group by 1) m
where m.domain_id = d.id;
alter table comment enable trigger user;
alter table domain_mention enable trigger user;
analyze;
"""
READ = "select text from comment order by discovered_at desc limit 20"
WRITE = """
with written as (
  insert into comment (video_id, comment_id, text)
  select id, %(id)s, 'see brightpebble1.com' from video limit 1 returning id, video_id
)
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
                            occurrences, confidence_score, extraction_method, extractor_version)
select d.id, w.id, w.video_id, 'brightpebble1.com', 4, 21, '',
       '[{"text": "brightpebble1.com", "start": 4, "end": 21, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1'
from written w cross join domain d where d.domain_name = 'brightpebble1.com'
"""


async def statements(conninfo: str, statement: str, stop: asyncio.Event, waits: list[float]) -> None:
    """One client that says its statement again and again, and notes how long each answer took, in ms."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
        while not stop.is_set():
            began = time.perf_counter()
            await connection.execute(statement, {"id": str(uuid4())})  # type: ignore[arg-type]
            waits.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.005)


async def watched(conninfo: str, work: asyncio.Task[None] | None, seconds: float) -> dict[str, list[float]]:
    """What readers and writers wait while the work goes on, and for so many seconds where there is none."""
    waits: dict[str, list[float]] = {"reads": [], "writes": []}
    stop = asyncio.Event()
    clients = [
        asyncio.create_task(statements(conninfo, statement, stop, waits[kind]))
        for kind, statement in (("reads", READ), ("writes", WRITE))
        for _ in range(2)
    ]
    await (work if work is not None else asyncio.sleep(seconds))
    stop.set()
    await asyncio.gather(*clients)
    return waits


async def main() -> None:
    """Fill, measure without and with migrations, print the table."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder, "home")).running() as server:
        server.ensure_database("bench")
        conninfo = server.conninfo("bench")
        async for _ in migrate(conninfo, to=RELEASED):
            pass
        began = time.perf_counter()
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(FILL)  # type: ignore[arg-type]
        print(f"{COMMENTS:,} comments, {COMMENTS // 10:,} mentions, filled in {time.perf_counter() - began:.0f} s")

        copied = Path(folder, "supabase")
        shutil.copytree(schema_folder(), copied, ignore=shutil.ignore_patterns("node_modules"))
        (copied / "migrations" / "20990101000000_create_comment_like_count_idx.sql").write_text(INDEX)
        runner.schema_folder = lambda: copied

        async def everything() -> None:
            async for migration in migrate(conninfo):
                print(f"  {time.perf_counter() - began:6.2f} s  {migration.path.name}")

        began = time.perf_counter()
        during = await watched(conninfo, asyncio.create_task(everything()), 0)
        seconds = time.perf_counter() - began
        without = await watched(conninfo, None, seconds)
        print(f"\n{'':8}{'answers':>9}{'median ms':>11}{'longest ms':>12}{'baseline':>10}{'ratio':>8}  verdict")
        for kind in during:
            longest, baseline = max(during[kind]), max(without[kind])
            verdict = "met" if longest - baseline <= GOAL_MS else "MISSED"
            print(
                f"{kind:8}{len(during[kind]):>9,}{statistics.median(during[kind]):>11.2f}{longest:>12.1f}"
                f"{baseline:>10.1f}{longest / baseline:>8.1f}  {verdict} (at most {GOAL_MS} ms longer)"
            )


if __name__ == "__main__":
    asyncio.run(main())
