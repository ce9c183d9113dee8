"""Supabase's command line and our own runner take each other's databases for their own."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable

import psycopg
import pytest
from tests.supabase.cli import SupabaseCli
from tests.supabase.conftest import migrate_all

from harvester.errors import SchemaOutdated
from harvester.store.binaries import find_binaries
from harvester.store.migrations import migrations, require_current

INDEX_BUILD = """
-- Built beside readers and writers: alone in its file, for it runs in no transaction.
create index concurrently video_region_code_idx on public.video (region_code);

-- Rollback:
-- drop index concurrently public.video_region_code_idx;
"""


def schema_of(conninfo: str) -> list[str]:
    """The catalog as pg_dump writes it, but for the word it makes up anew each time."""
    pg_dump = [str(find_binaries().folder / "pg_dump"), "--schema-only", "--dbname", conninfo]
    dumped = subprocess.run(pg_dump, capture_output=True, text=True, check=True).stdout
    return [line for line in dumped.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]


def test_the_cli_sees_every_migration_that_our_runner_applied(cli: SupabaseCli, conninfo: str) -> None:
    listed = cli.answer(conninfo, "migration", "list")["migrations"]
    assert [(row["local"], row["remote"]) for row in listed] == [(each.version,) * 2 for each in migrations()]


def test_the_cli_sees_which_migrations_a_database_lacks(cli: SupabaseCli, new_database: Callable[..., str]) -> None:
    listed = cli.answer(new_database(), "migration", "list")["migrations"]
    assert [(row["local"], row["remote"]) for row in listed] == [(each.version, "") for each in migrations()]


def test_the_cli_has_nothing_to_push_after_our_runner(cli: SupabaseCli, conninfo: str) -> None:
    answer = cli.answer(conninfo, "db", "push")
    assert (answer["upToDate"], answer["migrations"]) == (True, [])


def test_a_database_that_the_cli_pushed_is_the_one_our_runner_makes(
    cli: SupabaseCli, conninfo: str, new_database: Callable[..., str]
) -> None:
    pushed = new_database()
    assert cli.answer(pushed, "db", "push")["migrations"] == [each.path.name for each in migrations()]
    # The queue's tables are no file of ours: our runner makes them.
    with pytest.raises(SchemaOutdated, match="procrastinate"):
        asyncio.run(require_current(pushed))
    assert migrate_all(pushed) == []
    asyncio.run(require_current(pushed))
    assert schema_of(pushed) == schema_of(conninfo)


def test_our_runner_goes_on_where_the_cli_stopped(
    cli: SupabaseCli, conninfo: str, new_database: Callable[..., str]
) -> None:
    begun, (first, *later) = new_database(), [each.path.name for each in migrations()]
    for name in later:
        (cli.migrations / name).rename(cli.folder / name)
    assert cli.answer(begun, "db", "push")["migrations"] == [first]
    assert migrate_all(begun) == later
    for name in later:
        (cli.folder / name).rename(cli.migrations / name)
    assert cli.answer(begun, "db", "push")["upToDate"]
    assert schema_of(begun) == schema_of(conninfo)


def test_the_cli_pushes_a_file_that_builds_an_index_concurrently(cli: SupabaseCli, conninfo: str) -> None:
    name = "29990101000000_index_region_code.sql"
    (cli.migrations / name).write_text(INDEX_BUILD)
    assert cli.answer(conninfo, "db", "push")["migrations"] == [name]
    with psycopg.connect(conninfo) as connection:
        valid = "select indisvalid from pg_index where indexrelid = 'public.video_region_code_idx'::regclass"
        assert connection.execute(valid).fetchall() == [(True,)]
    # A newer version has been here: ours is content all the same.
    asyncio.run(require_current(conninfo))


@pytest.mark.parametrize(
    "wrong",
    [
        ("max_rows = 1000", 'max_rows = "many"'),
        ("major_version = 17", "major_version = 7"),
        ("auto_expose_new_tables = false", 'auto_expose_new_tables = "never"'),
    ],
    ids=lambda wrong: wrong[1],
)
def test_config_toml_is_right_to_the_cli(cli: SupabaseCli, wrong: tuple[str, str]) -> None:
    def complains() -> bool:
        # Of all commands this one reads every section; then it misses its containers, which is all the same here.
        done = cli.run("status")
        return "config" in (done.stdout + done.stderr).lower()

    assert not complains()
    config = cli.config.read_text()
    cli.config.write_text(config.replace(*wrong))
    assert cli.config.read_text() != config
    assert complains()
