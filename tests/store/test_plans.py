"""At a small scale, the plans that make pages instant at a large one: no table is read whole where an index answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from harvester.store.database import ANALYST, Database
from harvester.store.domain import list_domains
from harvester.store.domain_filter import DomainFilter
from harvester.store.embedded import EmbeddedServer
from harvester.store.statements import statements

FILL = """
set session_replication_role = replica;
insert into video (video_id, discovered_at)
select n::text, now() - n * interval '5 min' from generate_series(1, 5000) n;
insert into comment (video_id, comment_id, text, discovered_at)
select v.id, v.video_id || '-' || k, 'words of comment ' || k, v.discovered_at from video v, generate_series(1, 8) k;
insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, mention_count, first_seen_at,
                    last_seen_at, video_count, commenter_count)
select d, d, 'com', 'com', d, 1, v.discovered_at, v.discovered_at, 1, 0
from video v, lateral (select 'shop' || md5(v.video_id) || '.com' as d) named;
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
                            occurrences, confidence_score, extraction_method, extractor_version, discovered_at)
select d.id, c.id, c.video_id, 'words', 0, 5, '',
       '[{"text": "words", "start": 0, "end": 5, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1',
       c.discovered_at
from comment c join video v on v.id = c.video_id join domain d on d.domain_name = 'shop' || md5(v.video_id) || '.com'
where right(c.comment_id, 2) = '-1';
update domain set kind = 'platform' where right(md5(domain_name), 1) = 'a';
insert into reference_list (name, purpose, format, origin, licence, sha256)
select 'list' || n, 'block', 'plain', 'list.txt', 'MIT', repeat('0', 64) from generate_series(1, 5) n;
insert into reference_list_entry (list_id, domain_name, covers_subdomains)
select l.id, d.domain_name, true from reference_list l, domain d;
insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, mention_count, first_seen_at,
                    last_seen_at, video_count, commenter_count)
select d, d, 'example', 'example', d, 30000, now(), now(), 1, 0
from unnest(array['often.example', 'seldom.example']) d;
insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, mention_count,
                    first_seen_at, last_seen_at, video_count, commenter_count)
select k || '.often.example', k || '.often.example', 'example', 'example', 'often.example', k, 0, null, null, 0, 0
from generate_series(1, 3000) n, lateral (select 'k' || n as k) named;
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
                            occurrences, confidence_score, extraction_method, extractor_version, discovered_at)
select d.id, c.id, c.video_id, 'words', 0, 5, '',
       '[{"text": "words", "start": 0, "end": 5, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1',
       c.discovered_at
from comment c join domain d on d.domain_name = 'often.example' and right(c.comment_id, 2) <> '-1'
                             or d.domain_name = 'seldom.example' and c.comment_id = '7-2';
set session_replication_role = origin;
select private.settle_days();
select private.renew_trends(anew => true);
"""
BIG = ("video", "comment", "domain", "domain_mention", "mention_tally", "reference_list_entry")
PAGES = {
    "v_domains_new_today order by mention_count desc, id desc": "domain_",
    "v_domains_top_mentioned order by mention_count desc, id desc": "domain_mention_count_page_idx",
    "v_domains_top_mentioned order by last_seen_at desc, id desc": "domain_last_seen_at_page_idx",
    "v_domains_top_mentioned order by first_seen_at desc, id desc": "domain_first_seen_at_page_idx",
    "v_domains_top_mentioned order by domain_name, id": "domain_domain_name_key",
    "v_domains_top_mentioned where (mention_count, id) < (1, 'ffffffff-0000-7000-8000-000000000000')"
    " order by mention_count desc, id desc": "domain_mention_count_page_idx",
    "v_domains_top_mentioned where domain_name like '%abcde%'"
    " or unicode_name <> domain_name and unicode_name like '%abcde%'"
    " order by mention_count desc, id desc": "domain_domain_name_trgm_idx",
    "v_domains_top_mentioned where kind is distinct from 'platform'"
    " order by mention_count desc, id desc": "domain_mention_count_page_idx",
    "v_domains_top_mentioned where kind is distinct from 'platform'"
    " order by last_seen_at desc, id desc": "domain_last_seen_at_page_idx",
    "domain where kind = 'platform' and mention_count > 0": "domain_platform_idx",
    "v_domains_recent_activity order by last_seen_at desc, id desc": "domain_last_seen_at_page_idx",
    "v_videos_with_domains order by discovered_at desc, id desc": "video_discovered_at_page_idx",
    "v_comments_with_domains order by discovered_at desc, id desc": "comment_discovered_at_page_idx",
    "v_videos_with_domains order by coalesce(view_count, -1) desc, id desc": "video_view_count_page_idx",
    "domain_mention where video_id = (select id from video limit 1) and tier = 'shown'"
    " order by discovered_at desc, id desc": "domain_mention_video_id_page_idx",
    "domain_mention where domain_id = (select id from domain limit 1) and tier = 'shown'"
    " order by discovered_at desc, id desc": "domain_mention_domain_id_page_idx",
}
"""Each page with the index that drives it."""
ASKED = {
    "get_dashboard_stats(now() - interval '30 days', now())": 1500,
    "private.period_counts(now() - interval '60 days', now() - interval '30 days')": 500,
    "private.period_rows('{comment}', now() - interval '3 days', now() - interval '2 days')": 200,
    "private.trending_domains(30, 50)": 300,
    "private.find_comments('words', 51)": 400,
    "private.find_comments('words 7', 51)": 400,
    "private.find_comments('nobody', 51)": 400,
}
"""Calls with the most pages of tables and indexes that each may read; a read of the whole comments takes 1,000."""

FILTERS: list[tuple[DomainFilter, str | None]] = [
    (DomainFilter(method="homoglyph"), None),
    (DomainFilter(method="bare"), None),
    (DomainFilter(method="homoglyph"), "shop"),
    (DomainFilter(promoted=True, method="url", tld="com", state="suspicious", least_mentions=2), None),
]
"""Filters that look beyond the row of the domain, for what is rare and for what is common."""
BOUNDED = {
    "its days": ("neighbours", "domain_days", {"days": 30, "most": 100}, 700),
    "videos that carry it": ("neighbours", "carrying_videos", {"newest": 100, "limit": 10}, 300),
    "creators that carry it": ("neighbours", "carrying_creators", {"newest": 100, "limit": 10}, 700),
    "domains beside it": ("neighbours", "neighbours",
                          {"comments": 50, "videos": 10, "mentions": 10, "limit": 10}, 900),
    "siblings": ("neighbours", "siblings", {"newest": 100, "limit": 10}, 300),
    "why it rises": ("rising", "rising", {"days": 1, "platforms": False, "limit": 3, "newest": 50}, 2_000),
    "promoted and not judged": ("attention", "promoted",
                                {"since": "2000-01-01", "platforms": False, "domains": 50, "mentions": 20}, 2_000),
}  # fmt: skip
"""What is asked of one domain or the newest, with small limits, and the most pages that each may read: a domain is
mentioned 30,000 times, which takes as many pages to look at."""


NEW_TODAY = statements("domain")["new_today"]


@pytest.fixture(scope="module")
def small(server: EmbeddedServer, template: str) -> Iterator[str]:
    """40,000 comments, 5,000 domains."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database test_plans template {}").format(sql.Identifier(template)))
        with psycopg.connect(server.conninfo("test_plans"), autocommit=True) as filled:
            filled.execute(FILL)
            filled.execute("vacuum (analyze)")
        yield server.conninfo("test_plans")
        connection.execute("drop database test_plans with (force)")


def plan(connection: psycopg.Connection, statement: str) -> str:
    return "\n".join(row[0] for row in connection.execute(f"explain (costs off) {statement}"))  # type: ignore[arg-type]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_driven_by_an_index_for_an_analyst_as_for_the_owner(small: str, page: str) -> None:
    statement = f"select * from {page} limit 50"
    with psycopg.connect(small) as connection:
        owner = plan(connection, statement)
        connection.execute("set local role authenticated")
        assert plan(connection, statement) == owner
    assert PAGES[page] in owner, owner
    # All that has one time is sorted there for the first fifty rows, and an import gives one to all of its rows.
    assert not re.search(r"Presorted Key: \w+\.(?!domain_name)", owner), owner
    assert not [table for table in re.findall(r"Seq Scan on (\w+)", owner) if table in BIG and "limit 1" not in page]


def test_the_lists_of_others_are_asked_by_their_key(small: str) -> None:
    asked = {"names": "array['a.velmora.shop', 'velmora.shop', 'shop']", "domain_name": "'a.velmora.shop'"}
    statement = re.sub(r"%\((\w+)\)s", lambda found: asked[found[1]], statements("reference_list")["memberships"])
    with psycopg.connect(small) as connection:
        connection.execute("set local role authenticated")
        found = plan(connection, statement)
    assert "reference_list_entry_once" in found, found
    assert "Seq Scan on reference_list_entry" not in found, found


def test_the_domains_of_today_are_found_by_their_first_day(small: str) -> None:
    statement = re.sub(r"%\((\w+)\)s", lambda found: {"platforms": "false", "limit": "10"}[found[1]], NEW_TODAY)
    with psycopg.connect(small) as connection:
        connection.execute("set local role authenticated")
        found = plan(connection, statement)
    assert "domain_first_seen_at_page_idx" in found, found
    assert "domain_mention_count_page_idx" not in found, found


@pytest.mark.parametrize("name", BOUNDED)
def test_what_stands_beside_a_domain_is_read_from_few_pages_however_often_it_is_mentioned(
    small: str, name: str
) -> None:
    noun, statement, parameters, most = BOUNDED[name]
    read = []
    with psycopg.connect(small) as connection:
        connection.execute("set local role authenticated")
        for domain in ("often.example", "seldom.example"):
            ((key,),) = connection.execute("select id from domain where domain_name = %s", [domain]).fetchall()
            asked = {**parameters, "domain_id": key, "registrable_domain": "often.example"}
            explained = "explain (analyze, buffers, format json) " + statements(noun)[statement]
            ((found,),) = connection.execute(explained, asked).fetchall()  # type: ignore[arg-type]
            read.append(found[0]["Plan"]["Shared Hit Blocks"] + found[0]["Plan"]["Shared Read Blocks"])
            assert not re.findall(rf"'Seq Scan'[^{{}}]*'Relation Name': '({'|'.join(BIG)})'", str(found)), found
    assert max(read) < most, read


@pytest.mark.parametrize("call", ASKED)
def test_stored_figures_are_read_from_few_pages(small: str, call: str) -> None:
    with psycopg.connect(small) as connection:
        connection.execute("set local role authenticated")
        statement = f"explain (analyze, buffers, format json) select * from {call}"
        for _ in range(7):
            # From the sixth call on a function may take the plan that it keeps for all.
            ((found,),) = connection.execute(statement).fetchall()  # type: ignore[arg-type]
        read = found[0]["Plan"]["Shared Hit Blocks"] + found[0]["Plan"]["Shared Read Blocks"]
        assert read < ASKED[call], read


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
@pytest.mark.parametrize("sort", ["mentions", "name"])
@pytest.mark.anyio
async def test_filtered_domains_are_found_without_reading_mentions_or_videos_whole(
    small: str, wanted: tuple[DomainFilter, str | None], sort: str
) -> None:
    only, text = wanted
    async with Database(small) as database, database.transaction(ANALYST) as connection:
        plans: list[str] = []
        execute = connection.execute

        async def explained(statement: Any, asked: Any = None) -> Any:
            cursor = await execute(sql.SQL("explain (costs off) {}").format(statement), asked)
            plans.extend(row["QUERY PLAN"] for row in await cursor.fetchall())
            return await execute(statement, asked)

        connection.execute = explained  # type: ignore[assignment]
        await list_domains(connection, text=text, wanted=only, sort=sort)
    plan_of_all = "\n".join(plans)
    assert not re.findall(r"Seq Scan on (domain_mention|video|comment)", plan_of_all), plan_of_all
