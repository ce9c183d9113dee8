"""With the recipe of docs/howto/multi-tenant.md the policy is asked once a statement, and indexes answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from tests.store.test_tenants import ANNA, CARLA, STRANGER, TEAM_A, TEAM_B, acting, apply, rows

from harvester.store.embedded import EmbeddedServer

LARGE = f"""
set session_replication_role = replica;
insert into auth.users (id) values ('{ANNA}'), ('{CARLA}'), ('{STRANGER}');
insert into project (name) select 'team ' || n from generate_series(1, 48) n;
insert into project (id, name) values ('{TEAM_A}', 'A'), ('{TEAM_B}', 'B');
insert into membership (user_id, project_id) values
  ('{ANNA}', '{TEAM_A}'), ('{CARLA}', '{TEAM_A}'), ('{CARLA}', '{TEAM_B}');
create temporary table team as select id, row_number() over (order by id) - 1 as place from project;
insert into video (video_id, username, discovered_at, project_id)
select n, 'maker', now() - n * interval '10 min', t.id from generate_series(1, 2000) n join team t on place = n % 50;
insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, mention_count, first_seen_at,
                    last_seen_at, project_id)
select 'd' || video_id || '.com', 'd' || video_id || '.com', 'com', 'com', 'd' || video_id || '.com', video_id::int,
       discovered_at, discovered_at, project_id from video;
insert into comment (video_id, comment_id, text, discovered_at, project_id)
select v.id, v.video_id || '-' || k, 'see d' || v.video_id || '.com', v.discovered_at, v.project_id
from video v, generate_series(1, 50) k;
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
                            occurrences, confidence_score, extraction_method, extractor_version, discovered_at,
                            project_id)
select d.id, c.id, c.video_id, d.domain_name, 4, 4 + length(d.domain_name), c.text,
       jsonb_build_array(jsonb_build_object('text', d.domain_name, 'start', 4, 'end', 4 + length(d.domain_name),
                                            'confidence', 0.9, 'method', 'bare')),
       0.9, 'bare', '1', c.discovered_at, c.project_id
from comment c join domain d on d.domain_name = substr(c.text, 5) where right(c.comment_id, 1) = '0';
"""
BIG = ("video", "comment", "domain", "domain_mention")
LISTINGS = (
    "select * from comment order by discovered_at desc, id desc limit 50",
    "select * from video order by discovered_at desc, id desc limit 50",
    "select * from domain_mention order by discovered_at desc, id desc limit 50",
    "select * from v_domains_top_mentioned order by mention_count desc, id desc limit 51",
    "select * from v_domains_top_mentioned order by last_seen_at desc, id desc limit 51",
    "select * from v_domains_top_mentioned order by domain_name, id limit 51",
    "select * from v_domains_new_today order by mention_count desc, id limit 50",
    "select * from v_domains_recent_activity order by last_seen_at desc, id limit 50",
    "select * from v_videos_with_domains order by discovered_at desc, id limit 50",
    "select * from v_comments_with_domains order by discovered_at desc, id limit 50",
)
COUNTS = tuple(f"select count(updated_at) from {table}" for table in BIG)


@pytest.fixture(scope="module")
def large(server: EmbeddedServer, template: str) -> Iterator[str]:
    """100,000 comments of fifty teams."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database test_large template {}").format(sql.Identifier(template)))
        apply(server.conninfo("test_large"), "projects", "tables", "search", LARGE, "vacuum analyze")
        yield server.conninfo("test_large")
        connection.execute("drop database test_large with (force)")


def plan(connection: psycopg.Connection[Any], statement: str) -> str:
    return "\n".join(row["QUERY PLAN"] for row in rows(connection, f"explain (costs off) {statement}"))


def lapses(found: str) -> list[str]:
    """What a plan does that a policy must not cost."""
    whole = [f"reads all of {table}" for table in re.findall(r"Seq Scan on (\w+)", found) if table in BIG]
    return whole + ([] if "InitPlan" in found else ["asks for the projects more than once"])


@pytest.mark.parametrize("statement", [*LISTINGS, *COUNTS])
def test_at_a_hundred_thousand_comments_the_policy_is_asked_once_and_no_big_table_is_read_whole(
    large: str, statement: str
) -> None:
    for person in (ANNA, CARLA, STRANGER):
        with acting(large, person) as connection:
            found = plan(connection, statement)
            assert lapses(found) == [], found
            if statement in COUNTS:
                assert re.search(r"Index Cond: \(project_id = ANY \(", found), found


def test_the_other_way_to_write_the_policy_would_be_noticed(large: str) -> None:
    with psycopg.connect(large, row_factory=dict_row) as connection:
        connection.execute(
            "alter policy comment_project on comment using (project_id in (select private.my_projects()))"
        )
        connection.execute("set local role authenticated")
        assert lapses(plan(connection, COUNTS[1])) == [
            "reads all of comment", "asks for the projects more than once",
        ]  # fmt: skip
        connection.rollback()


def test_a_listing_that_names_its_project_reads_the_projects_index_in_order(large: str) -> None:
    statement = f"select * from comment where project_id = '{TEAM_A}' order by discovered_at desc limit 50"
    with acting(large, ANNA) as connection:
        found = plan(connection, statement)
        assert "Index Scan using comment_project_id_idx" in found
        assert "Sort" not in found
        assert len(rows(connection, statement)) == 50
    with acting(large, STRANGER) as connection:
        assert rows(connection, statement) == []


def test_search_uses_the_text_index_only_by_the_function_which_gives_the_persons_own_comments(large: str) -> None:
    scans = "select pg_stat_get_xact_numscans('comment_words_idx'::regclass) as n"
    plain = "select comment_id from comment where to_tsvector('simple', text) @@ plainto_tsquery('simple', '{}')"
    with psycopg.connect(large, row_factory=dict_row) as connection:
        mine, theirs = (
            row["name"] for row in rows(connection, "select min(substr(text, 5)) as name from comment"
            f" group by project_id = '{TEAM_A}' order by project_id = '{TEAM_A}' desc")
        )  # fmt: skip
    with acting(large, ANNA) as connection:
        assert len(rows(connection, plain.format(mine))) == 50
        assert rows(connection, scans)[0]["n"] == 0
        assert len(rows(connection, f"select comment_id from search_comments('{mine}', 1000)")) == 50
        assert rows(connection, f"select comment_id from search_comments('{theirs}', 1000)") == []
        assert rows(connection, scans)[0]["n"] == 2
    with psycopg.connect(large) as connection:
        for function in ("public.search_comments(text, integer)", "private.search_comments(text, integer)"):
            allowed = connection.execute("select has_function_privilege('anon', %s, 'execute')", [function]).fetchone()
            assert allowed == (False,)
