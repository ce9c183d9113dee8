"""Migrations apply to an empty server, once, and say how far they are."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from harvester.errors import DatabaseUnavailable, MigrationError, SchemaOutdated, SettingsError
from harvester.store.database import ANALYST, Database
from harvester.store.migrations import migrate, migrations, require_current, schema_folder, states

pytestmark = pytest.mark.anyio


async def applied(conninfo: str) -> list[str]:
    return [migration.name async for migration in migrate(conninfo)]


async def test_all_migrations_apply_in_order_and_a_second_time_none(empty: str) -> None:
    assert await applied(empty) == [migration.name for migration in migrations()]
    assert await applied(empty) == []
    assert all(state.applied for state in await states(empty))
    await require_current(empty)


async def test_the_record_is_the_one_of_the_supabase_cli(empty: str) -> None:
    await applied(empty)
    with psycopg.connect(empty) as connection:
        recorded = connection.execute(
            "select version, name, cardinality(statements) > 0 from supabase_migrations.schema_migrations order by 1"
        ).fetchall()
    assert recorded == [(migration.version, migration.name, True) for migration in migrations()]


async def test_an_empty_database_lacks_everything_and_says_what_to_do(empty: str) -> None:
    assert not any(state.applied for state in await states(empty))
    with pytest.raises(SchemaOutdated, match="harvester db migrate"):
        await require_current(empty)


async def test_what_supabase_brings_can_be_made_twice(empty: str) -> None:
    plain = (schema_folder() / "plain" / "roles_and_auth.sql").read_text()
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute(plain)  # type: ignore[arg-type]
        connection.execute(plain)  # type: ignore[arg-type]


async def test_what_supabase_brings_is_never_made_on_supabase(empty: str) -> None:
    plain = (schema_folder() / "plain" / "roles_and_auth.sql").read_text()
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create role supabase_admin")
        try:
            with pytest.raises(psycopg.errors.RaiseException, match="Supabase"):
                connection.execute(plain)  # type: ignore[arg-type]
        finally:
            connection.execute("drop role supabase_admin")


async def test_the_signed_in_user_is_read_from_the_claims_of_the_transaction(conninfo: str) -> None:
    claims = {"sub": "7f0c1f6e-35a1-4f6b-9a3e-6d2a1c9b0e11", "email": "ann@example.org"}
    async with Database(conninfo) as database:
        async with database.transaction(ANALYST, claims) as connection:
            cursor = await connection.execute(
                "select auth.uid()::text as uid, auth.email() as email, auth.role() as role"
            )
            assert await cursor.fetchone() == {"uid": claims["sub"], "email": claims["email"], "role": ANALYST}
        # The claims end with the transaction, even on the same connection.
        async with database.transaction(ANALYST) as connection:
            cursor = await connection.execute("select auth.uid() as uid, current_user as name")
            assert await cursor.fetchone() == {"uid": None, "name": ANALYST}


async def test_a_migration_that_is_refused_is_named_and_leaves_nothing_behind(empty: str, folder: Path) -> None:
    (folder / "20990101000000_break_things.sql").write_text("create table half (); select 1 / 0;")
    with pytest.raises(MigrationError, match=r"20990101000000_break_things\.sql was refused.*division by zero"):
        await applied(empty)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('public.half')").fetchone() == (None,)
    # The queue comes after the files.
    assert [state.applied for state in await states(empty)] == [*(True for _ in migrations()[:-1]), False, False]


async def test_two_who_migrate_at_once_apply_each_file_once(empty: str) -> None:
    import anyio

    done: list[str] = []

    async def work() -> None:
        done.extend(await applied(empty))

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(work)
    assert sorted(done) == sorted(migration.name for migration in migrations())


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("postgresql://nobody@127.0.0.1:1/none", DatabaseUnavailable),
        ("host=/nowhere dbname=none", DatabaseUnavailable),
        ("not an address", SettingsError),
    ],
)
async def test_an_address_that_leads_nowhere_says_so(address: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await states(address)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nobody:hun%ter2@127.0.0.1:1/none",
        "postgresql://nobody:hun/ter2@127.0.0.1:1/none",
        "postgresql://nobody:hun@ter2@127.0.0.1:1/none",
        "postgresql://nobody:hun ter2@127.0.0.1:1/none",
        "postgres//nobody:hunter2@127.0.0.1:1/none",
        "postgresql://nobody:hunter2@[::1/none",
    ],
)
async def test_an_address_that_cannot_be_read_is_not_repeated_with_its_password(address: str) -> None:
    with pytest.raises(SettingsError) as refused:
        await states(address)
    assert "ter2" not in f"{refused.value} {refused.value.hint}"
    # Nor is it in what a log writes of an error that caused this one.
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
