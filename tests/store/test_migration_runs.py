"""Migrations in the world as it is: killed halfway, without superuser, beside Supabase's schemas, under load."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo
from tests.store.catalog import schema_of

from harvester.errors import MigrationError
from harvester.store import migrations as runner
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, migrations, require_current, rollback

pytestmark = pytest.mark.anyio

SLOW = "select pg_sleep(30);\n\n-- Rollback:\n-- select 1;\n"
INDEX = (
    "-- Why it is there.\ncreate index concurrently comment_like_count_idx on public.comment (like_count);\n\n"
    "-- Rollback:\n-- drop index concurrently public.comment_like_count_idx;\n"
)
SUPABASE = """
create role supabase_admin superuser;
create role project_owner login nosuperuser createdb createrole bypassrls;
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit;
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to project_owner with admin option;
"""
"""The roles of a project (security facts of the platform: its owner is no superuser but bypasses row security)."""
SCHEMAS = """
create schema auth; create schema storage; create schema realtime; create schema extensions;
create table auth.users (id uuid primary key, email text);
create table storage.objects (id uuid primary key); create table realtime.messages (id uuid primary key);
create function auth.jwt() returns jsonb language sql stable as 'select null::jsonb';
create function auth.uid() returns uuid language sql stable as 'select null::uuid';
grant usage on schema auth, storage, realtime to project_owner, anon, authenticated, service_role;
grant usage, create on schema extensions to project_owner;
grant usage on schema extensions to anon, authenticated, service_role;
"""


async def up(conninfo: str, **options: Any) -> list[str]:
    return [migration.name async for migration in migrate(conninfo, **options)]


async def test_a_kill_between_two_files_leaves_the_first_and_the_next_run_goes_on(empty: str, folder: Path) -> None:
    await _killed_in_the_last_file(empty, folder, SLOW)
    with psycopg.connect(empty) as connection:
        done = connection.execute("select count(*) from supabase_migrations.schema_migrations").fetchone()
    assert done == (len(migrations()) - 1,)
    (folder / "20990101000000_take_long.sql").write_text("select 1;\n\n-- Rollback:\n-- select 1;\n")
    assert await up(empty) == ["take_long"]
    await require_current(empty)


async def test_an_index_build_that_was_killed_is_done_anew(empty: str, folder: Path) -> None:
    await up(empty)
    # The build waits for this transaction, which began before it.
    with psycopg.connect(empty) as older:
        older.execute("insert into video (video_id) values ('1')")
        older.execute("insert into comment (video_id, comment_id, text) select id, '2', '' from video")
        await _killed_in_the_last_file(empty, folder, INDEX)
        with psycopg.connect(empty) as connection:
            assert _validity(connection) == [(False,)]
        older.commit()
    assert await up(empty) == ["take_long"]
    with psycopg.connect(empty) as connection:
        assert _validity(connection) == [(True,)]
    assert [state.version async for state in rollback(empty)] == ["20990101000000"]
    with psycopg.connect(empty) as connection:
        assert _validity(connection) == []


async def test_an_index_that_was_built_but_not_recorded_is_taken_as_it_is(empty: str, folder: Path) -> None:
    await up(empty)
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(INDEX.partition("-- Rollback")[0])  # type: ignore[arg-type]
        before = connection.execute("select 'comment_like_count_idx'::regclass::oid").fetchone()
        (folder / "20990101000000_take_long.sql").write_text(INDEX)
        assert await up(empty) == ["take_long"]
        assert connection.execute("select 'comment_like_count_idx'::regclass::oid").fetchone() == before


async def test_writers_go_on_while_an_index_is_built(empty: str, folder: Path) -> None:
    await up(empty)
    (folder / "20990101000000_take_long.sql").write_text(INDEX)
    with psycopg.connect(empty) as older, psycopg.connect(empty, autocommit=True) as writer:
        older.execute("insert into video (video_id) values ('1')")
        older.execute("insert into comment (video_id, comment_id, text) select id, '2', '' from video")
        building = asyncio.create_task(up(empty))
        await _until(lambda: bool(_validity(writer)))
        writer.execute("set lock_timeout = '1s'")
        writer.execute("insert into video (video_id) values ('3')")
        writer.execute("insert into comment (video_id, comment_id, text) select id, '4', '' from video limit 1")
        assert not building.done()
        older.commit()
        assert await building == ["take_long"]


def _validity(connection: psycopg.Connection) -> list[Any]:
    return connection.execute(
        "select indisvalid from pg_index where indexrelid = to_regclass('public.comment_like_count_idx')"
    ).fetchall()


async def _until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end, "it never happened"
        await asyncio.sleep(0.02)


async def _killed_in_the_last_file(conninfo: str, folder: Path, text: str) -> None:
    """A process that migrates is killed with SIGKILL while it is in its last file."""
    (folder / "20990101000000_take_long.sql").write_text(text)
    code = (
        "import asyncio, pathlib, sys\nfrom harvester.store import migrations as runner\n"
        "runner.schema_folder = lambda: pathlib.Path(sys.argv[2])\n"
        "async def work():\n  async for _ in runner.migrate(sys.argv[1]): pass\nasyncio.run(work())"
    )
    command = [sys.executable, "-c", code, conninfo, str(folder.parent)]
    process = await asyncio.create_subprocess_exec(*command)
    with psycopg.connect(conninfo, autocommit=True) as watcher:
        busy = "select pid from pg_stat_activity where query like %s and pid <> pg_backend_pid() and state = 'active'"
        words = "%pg_sleep(30)%" if "pg_sleep" in text else "%index concurrently comment_like_count_idx%"
        await _until(lambda: bool(watcher.execute(busy, [words]).fetchall()))
        pids = watcher.execute(busy, [words]).fetchall()
        process.send_signal(signal.SIGKILL)
        await process.wait()
        # The server notices a lost client only when it next speaks to it; a backend that is killed ends at once.
        for (pid,) in pids:
            watcher.execute("select pg_terminate_backend(%s, 5000)", [pid])


async def test_readers_and_writers_never_wait_behind_a_migration_that_waits(
    empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await up(empty)
    (folder / "20990101000000_add_column.sql").write_text(
        "alter table public.comment add column tone text;\n\n-- Rollback:\n"
        "-- alter table public.comment drop column tone;\n"
    )
    monkeypatch.setattr(runner, "_LOCK_ATTEMPTS", 1000)
    waits = []
    with psycopg.connect(empty) as holder, psycopg.connect(empty, autocommit=True) as reader:
        holder.execute("select from comment")
        migrating = asyncio.create_task(up(empty))
        for _ in range(40):
            await asyncio.sleep(0.03)
            began = time.monotonic()
            reader.execute("select from comment limit 1")
            waits.append(time.monotonic() - began)
        assert not migrating.done()
        holder.rollback()
        assert await migrating == ["add_column"]
    # A wait of ours lasts 50 ms; with one of 30 s the first reader would have waited for all of it.
    assert max(waits) < 5


async def test_a_lock_that_is_never_had_ends_in_an_error_that_names_the_file(
    empty: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await up(empty)
    (folder / "20990101000000_add_column.sql").write_text("alter table public.comment add column tone text;")
    monkeypatch.setattr(runner, "_LOCK_ATTEMPTS", 2)
    with psycopg.connect(empty) as holder:
        holder.execute("select from comment")
        with pytest.raises(MigrationError, match=r"20990101000000_add_column\.sql.*lock timeout"):
            await up(empty)


async def test_every_file_runs_with_limits_on_locks_and_statements(empty: str, folder: Path) -> None:
    (folder / "20990101000000_show_limits.sql").write_text(
        "create table public.limits as select current_setting('lock_timeout') as locks,"
        " current_setting('statement_timeout') as statements;\n\n-- Rollback:\n-- drop table public.limits;\n"
    )
    await up(empty)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select locks, statements from limits").fetchall() == [("50ms", "15min")]


async def test_a_database_in_use_is_backed_up_before_a_migration_that_is_marked_as_major(
    empty: str, folder: Path, tmp_path: Path
) -> None:
    major = folder / "20990101000000_drop_notes.sql"
    major.write_text(
        "-- Major: notes cannot be brought back.\nalter table public.domain drop column notes cascade;\n\n"
        "-- Rollback:\n-- alter table public.domain add column notes text;\n"
    )
    backups = tmp_path / "backups"
    await up(empty, to="20981231000000")
    with pytest.raises(MigrationError, match="needs a backup before it: notes cannot be brought back"):
        await up(empty)
    assert await up(empty, backups=backups) == ["drop_notes"]
    (file,) = backups.iterdir()
    assert file.stat().st_size > 0


async def test_a_new_database_needs_no_backup_before_anything(empty: str, folder: Path) -> None:
    (folder / "20990101000000_drop_notes.sql").write_text("-- Major: nothing is lost yet.\nselect 1;")
    with psycopg.connect(empty) as connection:
        # A project may have migrations of its own in the same record.
        connection.execute(
            "create schema supabase_migrations; create table supabase_migrations.schema_migrations"
            " (version text primary key, statements text[], name text);"
            " insert into supabase_migrations.schema_migrations values ('20240101000000', '{select 1}', 'theirs')"
        )
    assert (await up(empty))[-1] == "drop_notes"


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, server: EmbeddedServer) -> Iterator[EmbeddedServer]:
    """A server of its own that looks like a Supabase project: roles belong to a whole server."""
    home = tmp_path_factory.mktemp("project")
    with EmbeddedServer(home, server._binaries).running() as running:
        with psycopg.connect(running.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(SUPABASE)
            connection.execute("create database project owner project_owner")
        with psycopg.connect(running.conninfo("project"), autocommit=True) as connection:
            connection.execute(SCHEMAS)
        yield running


def as_owner(server: EmbeddedServer, database: str) -> str:
    return make_conninfo(server.conninfo(database), user="project_owner")


async def test_a_role_that_is_no_superuser_migrates_twice_and_touches_nothing_of_supabase(
    project: EmbeddedServer,
) -> None:
    conninfo = as_owner(project, "project")
    theirs = ("auth.", "storage.", "realtime.", "SCHEMA auth", "SCHEMA storage", "SCHEMA realtime")

    def closed() -> list[str]:
        lines = [line for line in schema_of(project.conninfo("project")) if any(word in line for word in theirs)]
        # Our functions ask who is signed in: that touches nothing.
        return [line for line in lines if "auth.jwt()" not in line]

    before = closed()
    assert await up(conninfo) == [migration.name for migration in migrations()]
    assert await up(conninfo) == []
    assert closed() == before
    assert [state.name async for state in rollback(conninfo, to="0")] == [each.name for each in reversed(migrations())]
    assert closed() == before
    with psycopg.connect(conninfo) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("create table auth.ours ()")


async def test_on_plain_postgresql_a_role_that_may_make_roles_is_enough(
    tmp_path_factory: pytest.TempPathFactory, server: EmbeddedServer
) -> None:
    with EmbeddedServer(tmp_path_factory.mktemp("plain"), server._binaries).running() as running:
        with psycopg.connect(running.conninfo("postgres"), autocommit=True) as connection:
            connection.execute("create role project_owner login nosuperuser createrole")
            connection.execute("create database plain owner project_owner")
        conninfo = as_owner(running, "plain")
        assert await up(conninfo) == [migration.name for migration in migrations()]
        assert await up(conninfo) == []
        with psycopg.connect(conninfo) as connection:
            connection.execute(sql.SQL("set local role service_role"))
            connection.execute("insert into video (video_id) values ('1')")
