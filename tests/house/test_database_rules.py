"""Rules that the schema keeps, in both worlds: where new objects are open by default, and where they are not.

Each rule is broken on purpose as well, to see that its test would turn red.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.house.grants import granted

from harvester.store.backup import NOT_BACKED_UP, TABLES
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate

HERE = Path(__file__).parent
MATRIX = HERE / "grants.txt"
_TRAIL = "Only functions write the trail of verdicts; they ask for the caller's role first."
_QUEUE = "The queue's tables are closed to people; this counts them and shows what was given up, and writes nothing."
_BOOKS = "The books of look-ups are closed to people; it gives counts, times and ids, and writes nothing."
SECURITY_DEFINER: dict[str, str] = {
    "private.judge_domains(uuid[],text,text,text)": _TRAIL,
    "private.judge_mentions(uuid[],text,text)": _TRAIL,
    "private.take_back(uuid[])": _TRAIL,
    "private.queued_jobs()": _QUEUE,
    "private.given_up_jobs(integer)": _QUEUE,
    "private.listed_jobs(text,text,integer)": _QUEUE,
    "private.replay_jobs(bigint[])": "Only an admin puts jobs back to work; it asks for the caller's role first.",
    "private.waiting_look_ups(integer)": _BOOKS,
    "private.longest_due_look_ups(text,integer)": _BOOKS,
    "private.kept_trends(uuid,integer,bigint)": "It answers who brings the pass that is shown to them alone who see"
    " every row; each table that it reads would ask for that again.",
    "private.table_sizes()": "Sizes are the owner's to read; it tells names of our own tables and numbers alone.",
    "private.write_pause(text,boolean,text)": "Only an admin turns a switch; it asks for the caller's role first.",
}
"""Functions that may run as their owner, each with the reason."""
EXPOSED = "alter default privileges in schema public grant all on {} to anon, authenticated, service_role"
"""What Supabase projects did until 2026: whatever is made in public is for everybody."""


def _rules() -> dict[str, str]:
    parts = (HERE / "database_rules.sql").read_text().split("-- name: ")[1:]
    return {name.strip(): statement for name, _, statement in (part.partition("\n") for part in parts)}


RULES = _rules()
BREAKS = [
    ("row level security is on for every table, partitions included", "create table public.naked (id uuid)"),
    (
        "row level security is on for every table, partitions included",
        (
            "create table private.parent (id uuid) partition by list (id); alter table private.parent enable row level"
            " security; create table private.leaf partition of private.parent default"
        ),
    ),
    (
        "a partition is reached through its parent alone",
        (
            "create table public.parent (id uuid) partition by list (id); create table public.leaf partition of"
            " public.parent default; grant select on public.leaf to authenticated"
        ),
    ),
    ("row level security is on for every table, partitions included", "create table jobs.naked (id bigint)"),
    ("nothing is granted on single columns", "grant select (text) on public.comment to anon"),
    ("a stranger may call no function", "create function public.f() returns int language sql return 1"),
    ("a stranger may call no function", "grant execute on function jobs.procrastinate_register_worker_v1 to public"),
    ("every function pins its search_path", "create function private.f() returns int language sql return 1"),
    (
        "every function pins its search_path",
        "alter function jobs.procrastinate_register_worker_v1 reset search_path",
    ),
    ("a view runs as its caller", "create view public.v as select 1 as one"),
    ("nothing is offered that row level security cannot guard", "create materialized view public.m as select 1 as one"),
    ("every foreign key is indexed", "drop index public.quarantine_run_id_idx"),
    ("no two indexes are alike", "create index again on public.comment (username)"),
    (
        "every index and constraint is in force",
        "alter table public.video add constraint later check (caption <> '') not valid",
    ),
    ("every policy names its roles", "create policy loose on public.video for delete using (true)"),
    (
        "one permissive policy for each role and action",
        "create policy second on public.video for select to authenticated using (true)",
    ),
    (
        "no policy calls a function for each row",
        "alter policy video_read on public.video using (auth.role() = 'authenticated')",
    ),
    ("every object has its comment", "comment on column public.v_comments_with_domains.mentions is null"),
    ("every object has its comment", "comment on trigger comment_mentions_follow on public.comment is null"),
    ("every object has its comment", "comment on index public.run_started_at_idx is null"),
    ("every object has its comment", "comment on function private.uuid_v7() is null"),
    ("every table has its key and its two times", "alter table public.run drop column updated_at cascade"),
    ("all times carry their zone", "alter table public.run add column at timestamp"),
    ("TikTok's ids are texts", "alter table public.video add column music_id bigint"),
    ("no extension lives in public", "create extension citext with schema public"),
]


@pytest.fixture(scope="module", params=["closed by default", "open by default"])
def world(request: pytest.FixtureRequest, server: EmbeddedServer, template: str) -> Iterator[psycopg.Connection]:  # noqa: ARG001
    """A migrated database of each world; the template comes first, because roles belong to the server."""
    name = f"test_rules_{request.param.split()[0]}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as maintenance:
        maintenance.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        with psycopg.connect(server.conninfo(name), autocommit=True) as connection:
            if request.param == "open by default":
                for kind in ("tables", "sequences", "functions"):
                    connection.execute(sql.SQL(EXPOSED).format(sql.SQL(kind)))
            _migrate(server.conninfo(name))
            yield connection
        maintenance.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _migrate(conninfo: str) -> None:
    async def work() -> None:
        async for _ in migrate(conninfo):
            pass

    asyncio.run(work())


def broken(connection: psycopg.Connection, rule: str) -> list[str]:
    # psycopg takes literal SQL alone for safe; what is ignored here is a statement of this house.
    return sorted(text for (text,) in connection.execute(RULES[rule]).fetchall())  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", RULES)
def test_the_schema_keeps_the_rule(world: psycopg.Connection, rule: str) -> None:
    assert broken(world, rule) == []


@pytest.mark.parametrize(("rule", "statement"), BREAKS)
def test_the_rule_notices_that_it_is_broken(conninfo: str, rule: str, statement: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
        assert broken(connection, rule)


def test_every_rule_is_broken_once() -> None:
    assert {rule for rule, _ in BREAKS} == set(RULES)


def test_a_subselect_in_a_policy_is_called_once_and_allowed(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            "alter policy video_read on public.video using ((select auth.uid()) is not null and"
            " id = any (array(select c.video_id from public.comment c where c.id = (select auth.uid()))))"
        )
        assert broken(connection, "no policy calls a function for each row") == []


def test_grants_are_those_of_the_matrix(world: psycopg.Connection) -> None:
    assert granted(world) == MATRIX.read_text().splitlines()


@pytest.mark.parametrize(
    "statement",
    [
        "grant insert on public.video to authenticated",
        "grant select on public.v_domains_new_today to anon",
        "grant select on private.index_use to authenticated",
        "grant usage on schema jobs to authenticated",
        "grant execute on function public.cleanup_old_data(integer) to authenticated",
        "revoke delete on public.comment from service_role",
        "create table jobs.queue (id bigint)",
        "create table public.new (id uuid)",
        "create function private.f() returns int language sql return 1",
    ],
)
def test_the_matrix_notices_a_grant_that_was_added_taken_or_forgotten(conninfo: str, statement: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
        assert granted(connection) != MATRIX.read_text().splitlines()


def definers(connection: psycopg.Connection) -> set[str]:
    found = connection.execute(
        "select p.oid::regprocedure::text from pg_proc p where p.prosecdef"
        " and p.pronamespace in ('public'::regnamespace, 'private'::regnamespace, 'jobs'::regnamespace)"
    ).fetchall()
    return {name for (name,) in found}


def test_only_functions_with_a_reason_run_as_their_owner(world: psycopg.Connection) -> None:
    assert definers(world) == set(SECURITY_DEFINER)
    assert all(SECURITY_DEFINER.values())


def test_a_function_that_runs_as_its_owner_is_noticed(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            "create function private.f() returns int language sql security definer set search_path = '' return 1"
        )
        assert definers(connection) != set(SECURITY_DEFINER)


def test_a_backup_holds_every_table(world: psycopg.Connection) -> None:
    found = world.execute(
        "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname in ('public', 'private', 'jobs') and c.relkind in ('r', 'p')"
        " and not starts_with(c.relname, 'procrastinate_')"
    ).fetchall()
    assert {name for (name,) in found} == {*TABLES, *NOT_BACKED_UP}
