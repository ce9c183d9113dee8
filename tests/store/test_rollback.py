"""Every migration can be undone, and leaves nothing of itself."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from tests.store.catalog import lacking, schema_of

from harvester.errors import MigrationError
from harvester.store.migrations import migrate, migrations, require_current, rollback, states

pytestmark = pytest.mark.anyio

STAYS = ("EXTENSION", "GRANT USAGE ON SCHEMA public TO")
"""An extension stays, because other people's tables may rely on it by now, and so does what every Supabase project
grants."""


async def up(conninfo: str, to: str | None = None) -> list[str]:
    return [migration.version async for migration in migrate(conninfo, to=to)]


async def down(conninfo: str, to: str | None = None) -> list[str]:
    return [state.version async for state in rollback(conninfo, to=to)]


async def test_undoing_each_migration_leaves_the_schema_as_it_was_before_it(empty: str) -> None:
    before: dict[str, list[str]] = {}
    await up(empty, to="0")
    for migration in migrations():
        before[migration.version] = lacking(schema_of(empty), *STAYS)
        assert await up(empty, to=migration.version) == [migration.version]
    whole = schema_of(empty)
    for migration in reversed(migrations()):
        assert await down(empty) == [migration.version]
        assert lacking(schema_of(empty), *STAYS) == before[migration.version], migration.name
    await up(empty)
    assert schema_of(empty) == whole


async def test_down_to_a_version_keeps_that_version_and_up_again_is_the_same(conninfo: str) -> None:
    whole = schema_of(conninfo)
    assert await down(conninfo, to="20250906000002") == [each.version for each in reversed(migrations()[2:])]
    assert [state.applied for state in await states(conninfo)][:-1] == [True, True, *(False for _ in migrations()[2:])]
    await up(conninfo)
    await require_current(conninfo)
    assert schema_of(conninfo) == whole


async def test_rows_survive_the_way_down_to_the_first_views_and_up_again(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("insert into video (video_id, caption) values ('7300000000000000001', 'words')")
        await down(conninfo, to="20250906000002")
        await up(conninfo)
        assert connection.execute("select video_id, caption from video").fetchall() == [
            ("7300000000000000001", "words")
        ]


async def test_a_version_that_the_database_lacks_is_refused_and_nothing_is_undone(conninfo: str) -> None:
    with pytest.raises(MigrationError, match="has no migration 20200101000000"):
        await down(conninfo, to="20200101000000")
    await require_current(conninfo)


async def test_migrations_of_others_in_the_same_record_are_left_alone(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements)"
            " values ('20991231000000', 'theirs', array['create table theirs ()'])"
        )
        assert await down(conninfo) == [migrations()[-1].version]
        left = connection.execute("select max(version) from supabase_migrations.schema_migrations").fetchone()
        assert left == ("20991231000000",)


async def test_what_a_newer_version_did_is_undone_by_what_the_database_recorded(empty: str, folder: Path) -> None:
    newer = folder / "20990101000000_make_more.sql"
    newer.write_text("create table public.more (id uuid);\n\n-- Rollback:\n-- drop table public.more;\n")
    await up(empty)
    newer.unlink()
    assert await down(empty) == ["20990101000000"]
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('public.more')").fetchone() == (None,)


async def test_a_rollback_that_is_refused_undoes_nothing(empty: str, folder: Path) -> None:
    (folder / "20990101000000_make_more.sql").write_text(
        "create table public.more (id uuid);\n\n-- Rollback:\n-- drop table public.more;\n-- select 1 / 0;\n"
    )
    await up(empty)
    with pytest.raises(MigrationError, match=r"rollback of 20990101000000 was refused.*division by zero"):
        await down(empty)
    await require_current(empty)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('public.more')").fetchone() == ("more",)
