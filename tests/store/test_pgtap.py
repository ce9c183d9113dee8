"""Who may do what: the suites of supabase/tests, one a table, function or group of views, by persona."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.store import pgtap

from harvester.store.binaries import binaries_in
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, schema_folder

SUITES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((schema_folder() / "tests").glob("*.sql"))}
DEBIANS = Path("/usr/lib/postgresql/15/bin")
"""The oldest PostgreSQL that is promised."""
PLACES = ["databases", "debians_databases"]
if Path(os.environ.get("HARVESTER_TEST_POSTGRES", "")).resolve() == DEBIANS.resolve():
    PLACES.remove("debians_databases")

NewDatabase = Callable[[], AbstractContextManager[str]]
_numbers = count(1)

DEMANDED = """
select format('%s %s %s', persona, verb, name)
from (
  select format('%s.%s', relnamespace::regnamespace, relname) as name,
    case when relkind in ('r', 'p') then '{select, insert, update, delete, truncate}'
         else '{select, insert, update, delete}' end::text[] as verbs
  from pg_class
  where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p', 'v', 'm', 'f')
  union all
  select format('%s.%s', pronamespace::regnamespace, proname), '{execute}'
  from pg_proc where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
) object
cross join unnest(verbs) verb cross join unnest('{anonymous, analyst, worker, owner}'::text[]) persona
"""
"""What the catalog asks to be tried: every persona, each verb, each table, view and function."""

MAY_REVIEW = """
create or replace function private.may_review() returns boolean language sql stable set search_path = '' return
  coalesce(auth.jwt() -> {}, false) or coalesce(auth.jwt() -> 'app_metadata' ->> 'role' = 'analyst', false)
  or auth.jwt() ->> 'role' = 'service_role'
"""
"""A door that is open to more than it should be, by a word of the token."""
IS_ADMIN = """
create or replace function private.is_admin() returns boolean language sql stable set search_path = '' return
  coalesce(auth.jwt() -> 'user_metadata' ->> 'role' = 'admin', auth.jwt() ->> 'role' <> 'anon')
"""
"""A door that opens to what people write into their own account."""

BREACHES = {
    "video": [
        ("grant insert on public.video to authenticated", "analyst may not insert public.video"),
        ("drop policy video_read on public.video", "analyst may select public.video"),
        ("alter policy video_read on public.video using (false)", "analyst may select public.video"),
        ("drop policy video_write on public.video", "new row violates row-level security policy"),
        ("revoke insert on public.video from service_role", "permission denied for table video"),
        ("alter table public.video disable row level security", "row level security is on for public.video"),
    ],
    "comment": [("grant select on public.comment to anon", "anonymous may not select public.comment")],
    "creator": [("drop policy creator_write on public.creator", "new row violates row-level security policy")],
    "ad": [("grant insert on public.ad to authenticated", "analyst may not insert public.ad")],
    "sighting": [
        ("alter policy sighting_read on public.sighting using (false)", "analyst may select public.sighting"),
        ("revoke execute on function private.sighting_text from service_role", "permission denied for function"),
    ],
    "domain": [("grant update (notes) on public.domain to authenticated", "analyst may not update public.domain")],
    "domain_mention": [("drop policy domain_write on public.domain", "is counted in public.domain")],
    "operations": [(IS_ADMIN, "analyst may not execute public.set_pause")],
    "run": [("grant truncate on public.run to service_role", "worker may not truncate public.run")],
    "review": [
        ("grant insert on public.review to service_role", "worker may not insert public.review"),
        ("grant select on public.v_review_precision to anon", "anonymous may not select public.v_review_precision"),
    ],
    "review_functions": [
        (MAY_REVIEW.format("'app_metadata' ->> 'role' <> 'none'"), "a viewer may not execute public.review_domains"),
        (MAY_REVIEW.format("'user_metadata' ->> 'role' = 'admin'"), "a viewer may not execute public.undo_reviews"),
        ("grant execute on function private.reviewer() to authenticated", "analyst may not execute private.reviewer"),
    ],
    "quota_use": [("grant update on public.quota_use to authenticated", "analyst may not update public.quota_use")],
    "pause": [("drop policy pause_write on public.pause", "new row violates row-level security policy")],
    "discovery": [("grant select on public.discovery to anon", "anonymous may not select public.discovery")],
    "harvest": [("drop policy harvest_read on public.harvest", "analyst may select public.harvest")],
    "enrichment": [
        ("grant select on public.enrichment to anon", "anonymous may not select public.enrichment"),
        ("alter policy enrichment_read on public.enrichment using (false)", "analyst may select public.enrichment"),
    ],
    "look_up": [("grant select on private.look_up to authenticated", "analyst may not select private.look_up")],
    "look_up_pace": [("drop policy look_up_pace_write on private.look_up_pace", "violates row-level security policy")],
    "quarantine": [("grant delete on public.quarantine to public", "analyst may not delete public.quarantine")],
    "api_key": [("grant select on private.api_key to authenticated", "analyst may not select private.api_key")],
    "reference_list": [
        ("drop policy reference_list_write on public.reference_list", "new row violates row-level security policy")
    ],
    "reference_list_entry": [
        (
            "grant insert on public.reference_list_entry to authenticated",
            "analyst may not insert public.reference_list_entry",
        )
    ],
    "table_size_sample": [
        ("grant usage on schema private to anon", "anonymous may not select private.table_size_sample")
    ],
    "day_tally": [
        ("revoke select on private.day_tally from authenticated", "permission denied for table day_tally"),
        ("alter policy day_tally_read on private.day_tally using (true)", "from whom rows are hidden sees no totals"),
    ],
    "mention_tally": [
        ("grant delete on private.mention_tally to authenticated", "analyst may not delete private.mention_tally"),
        ("alter policy mention_tally_read on private.mention_tally using (true)", "rows are hidden sees no totals"),
    ],
    "trend_moment": [
        ("revoke select on private.trend_moment from authenticated", "permission denied for table trend_moment"),
        ("alter policy trend_moment_read on private.trend_moment using (true)", "rows are hidden sees no totals"),
    ],
    "trend_tally": [
        ("grant delete on private.trend_tally to authenticated", "analyst may not delete private.trend_tally"),
        ("alter policy trend_tally_read on private.trend_tally using (true)", "rows are hidden sees no totals"),
    ],
    "mention_change": [
        ("grant insert on private.mention_change to authenticated", "analyst may not insert private.mention_change"),
        ("alter policy mention_change_read on private.mention_change using (true)", "rows are hidden sees no totals"),
    ],
    "statistic_functions": [
        (
            "grant execute on function private.settle_days to authenticated",
            "analyst may not execute private.settle_days",
        ),
        ("drop policy day_tally_read on private.day_tally", "analyst may execute private.period_rows"),
        (
            "grant execute on function private.kept_trends to anon; grant usage on schema private to anon",
            "anonymous may not execute private.kept_trends",
        ),
    ],
    "dashboard_views": [
        ("grant select on public.v_domains_new_today to anon", "anonymous may not select public.v_domains_new_today"),
        ("grant delete on public.v_domains_new_today to anon", "anonymous holds nothing on public.v_domains_new_today"),
        ("alter policy domain_read on public.domain using (false)", "analyst may select public.v_domains_new_today"),
        ("alter view public.v_videos_with_domains reset (security_invoker)", "public.v_videos_with_domains obeys"),
    ],
    "mentioned_domain": [
        (
            "alter view private.mentioned_domain reset (security_invoker)",
            "private.mentioned_domain obeys the policy on public.domain",
        )
    ],
    "monitoring_views": [
        ("grant select on private.index_use to authenticated", "analyst may not select private.index_use"),
        ("grant insert on private.index_use to service_role", "worker only reads private.index_use"),
    ],
    "get_dashboard_stats": [
        ("grant execute on function public.get_dashboard_stats to anon", "anonymous may not execute"),
        ("drop policy video_read on public.video", "analyst may execute public.get_dashboard_stats"),
    ],
    "get_trending_domains": [
        ("grant execute on function public.get_trending_domains to public", "anonymous may not execute"),
        ("drop policy domain_mention_read on public.domain_mention", "analyst may execute public.get_trending_domains"),
    ],
    "cleanup_old_data": [
        ("grant execute on function public.cleanup_old_data to authenticated", "analyst may not execute"),
        ("drop policy comment_write on public.comment", "worker may execute public.cleanup_old_data"),
    ],
    "cleanup_batch": [
        ("grant execute on function private.cleanup_batch to authenticated", "analyst may not execute"),
        ("drop policy video_write on public.video", "worker may execute private.cleanup_batch"),
        ("drop policy harvest_write on public.harvest", "what is still collected stayed"),
    ],
    "sample_table_sizes": [
        ("grant execute on function private.sample_table_sizes to authenticated", "analyst may not execute"),
    ],
    "row_functions": [
        ("grant execute on function private.uuid_v7 to public", "analyst may not execute private.uuid_v7")
    ],
    "trigger_functions": [
        ("grant execute on function private.recount_mentions to service_role", "worker may not execute"),
    ],
    "staging_table": [
        (
            "alter default privileges for role service_role grant select on tables to anon",
            "anonymous may not select a staging table",
        ),
    ],
    "queue": [
        ("grant usage on schema jobs to authenticated", "analyst may not select jobs.errand"),
        (
            "alter default privileges in schema jobs revoke select on tables from service_role",
            "permission denied for table errand",
        ),
        (
            "alter default privileges in schema jobs revoke usage on sequences from service_role",
            "permission denied for sequence errand_number",
        ),
    ],
}
"""For each suite, ways to break its rules in the database, and what of it must turn red."""

LOCKS = {
    "revoke all on public.mention_2026_01 from public, anon, authenticated, service_role;":
        "analyst may not select public.mention_2026_01",
    "alter table public.mention_2026_01 enable row level security;":
        "analyst sees no row of a leaf that was granted by mistake",
}  # fmt: skip
"""What the suite partition_leaf does for its leaf, and what of it must turn red where that is left out."""

LIKE_SUPABASES_OWNER = """
create role migrator login createrole bypassrls;
grant anon, authenticated, service_role to migrator;
alter schema public owner to migrator;
grant create on schema extensions to migrator;
grant create on database migrated to migrator;
"""
"""A role that migrates as Supabase's `postgres` does: no superuser, but past row level security."""


def not_run(missing: str) -> NoReturn:
    """Skip what this machine lacks a package for; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"not run: {missing}")
    pytest.skip(f"not run: {missing}")


@contextmanager
def copy_of(server: EmbeddedServer, template: str, owner: str | None = None) -> Iterator[str]:
    """A copy of a database for as long as the block lasts, at an address for this owner or for the superuser."""
    name = f"pgtap_{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        copy = sql.SQL("create database {} template {}")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))
        yield make_conninfo(server.conninfo(name), user=owner)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def databases_with_pgtap(server: EmbeddedServer, template: str, owner: str | None = None) -> Iterator[NewDatabase]:
    """Makes copies of a migrated database that has pgTAP as well: loading it takes longer than to copy it."""
    packaged = pgtap.packaged_pgtap() or not_run("pgTAP is missing (apt-get install postgresql-15-pgtap)")
    with copy_of(server, template) as conninfo:
        pgtap.load_pgtap(conninfo, packaged)
        yield partial(copy_of, server, str(conninfo_to_dict(conninfo)["dbname"]), owner)


@pytest.fixture(scope="module")
def databases(server: EmbeddedServer, template: str) -> Iterator[NewDatabase]:
    """Makes databases on the server of the session, owned by its superuser."""
    with databases_with_pgtap(server, template) as new_database:
        yield new_database


@pytest.fixture(scope="module")
def debians_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewDatabase]:
    """Makes databases on Debian's PostgreSQL 15, migrated and owned by a role that is no superuser."""
    binaries = binaries_in(DEBIANS) or not_run("PostgreSQL 15 is missing (apt-get install postgresql-15)")

    async def work(conninfo: str) -> None:
        async for _ in migrate(conninfo):
            pass

    with EmbeddedServer(tmp_path_factory.mktemp("debian"), binaries).running() as server:
        server.ensure_database("migrated")
        with psycopg.connect(server.conninfo("migrated"), autocommit=True) as connection:
            connection.execute((schema_folder() / "plain" / "roles_and_auth.sql").read_bytes())
            connection.execute(LIKE_SUPABASES_OWNER.encode())
        asyncio.run(work(make_conninfo(server.conninfo("migrated"), user="migrator")))
        with databases_with_pgtap(server, "migrated", "migrator") as new_database:
            yield new_database


@pytest.fixture(scope="module")
def scratch(databases: NewDatabase) -> Iterator[str]:
    """One database for all whose changes are rolled back."""
    with databases() as conninfo:
        yield conninfo


@pytest.fixture(scope="module")
def tried(scratch: str) -> set[str]:
    """What the suites try, as the catalog asks for it: persona, verb, object."""
    passed = [name for suite in SUITES.values() for name in pgtap.run_suite(scratch, suite).passed]
    return {name.replace(" may not ", " ").replace(" may ", " ") for name in passed}


def untried(connection: psycopg.Connection, tried: set[str]) -> set[str]:
    return {row[0] for row in connection.execute(DEMANDED)} - tried


@pytest.mark.parametrize("name", SUITES)
@pytest.mark.parametrize("place", PLACES)
def test_each_persona_may_do_what_the_suite_says(request: pytest.FixtureRequest, place: str, name: str) -> None:
    new_database: NewDatabase = request.getfixturevalue(place)
    with new_database() as conninfo:
        report = pgtap.run_suite(conninfo, SUITES[name])
    assert report.is_good, report.text


def test_every_persona_tries_every_verb_on_every_table_view_and_function(scratch: str, tried: set[str]) -> None:
    with psycopg.connect(scratch) as connection:
        assert untried(connection, tried) == set()


@pytest.mark.parametrize(
    ("newcomer", "lacking"),
    [
        ("table public.newcomer (id uuid)", "analyst truncate public.newcomer"),
        ("table public.newcomer (id uuid) partition by hash (id)", "worker insert public.newcomer"),
        ("view private.table_age as select 1", "anonymous select private.table_age"),
        ("materialized view public.domain_day as select 1", "analyst select public.domain_day"),
        ("function private.is_new() returns boolean language sql return true", "owner execute private.is_new"),
    ],
)
def test_a_newcomer_without_a_suite_is_noticed(scratch: str, tried: set[str], newcomer: str, lacking: str) -> None:
    with psycopg.connect(scratch) as connection, connection.transaction(force_rollback=True):
        connection.execute(f"create {newcomer}".encode())
        assert lacking in untried(connection, tried)


@pytest.mark.parametrize(
    ("name", "breach", "red"), [(name, *case) for name, cases in BREACHES.items() for case in cases]
)
def test_a_suite_turns_red_when_its_rule_is_broken(scratch: str, name: str, breach: str, red: str) -> None:
    # The suite's own `begin` changes nothing then, and its `rollback` takes the breach along.
    report = pgtap.run_suite(scratch, f"begin; {breach};\n{SUITES[name]}")
    assert any(red in failed for failed in report.failed), report.text


@pytest.mark.parametrize(("lock", "red"), LOCKS.items())
def test_the_suite_of_a_leaf_turns_red_when_a_lock_is_left_open(scratch: str, lock: str, red: str) -> None:
    assert lock in SUITES["partition_leaf"]
    report = pgtap.run_suite(scratch, SUITES["partition_leaf"].replace(lock, ""))
    assert red in report.failed, report.text


def test_every_suite_has_been_seen_to_fail() -> None:
    assert {*BREACHES, "partition_leaf"} == set(SUITES)


@pytest.mark.parametrize(
    "suite",
    [
        "",
        "select plan(2); select ok(true, 'one'); select ok(false, 'two'); select * from finish()",
        "select plan(2); select ok(true, 'one'); select * from finish()",
        "select plan(1); select ok(true, 'one'); select ok(true, 'two'); select * from finish()",
        "select ok from (select plan(2)) p, lateral ok(true, 'one') ok",
        "select plan(1); select ok(true, 'one'); select 1 / 0",
        "select plan(1); select ok(true, 'one'); selekt",
    ],
)
def test_a_suite_that_fails_breaks_its_plan_or_breaks_off_is_not_good(scratch: str, suite: str) -> None:
    assert not pgtap.run_suite(scratch, suite).is_good


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_package_is_told_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="not run: pgTAP is missing"):
        not_run("pgTAP is missing")
