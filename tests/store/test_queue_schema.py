"""The queue's tables come from the package that they belong to, with `harvester db migrate`."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import migrations_path
from psycopg.conninfo import make_conninfo

from harvester.errors import MigrationError, SchemaOutdated
from harvester.store import queue_schema
from harvester.store.database import WORKER, Database
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, migrations, require_current, rollback, schema_folder, states
from harvester.store.queue_schema import packaged_version

pytestmark = pytest.mark.anyio

QUEUE_SINCE = "20261125000001"
LOOKS = """
select 'column', format('%s.%s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
where c.relnamespace = 'jobs'::regnamespace and c.relkind = 'r'
union all select 'table', format('%s %s %s', relname, relrowsecurity, relacl::text)
from pg_class where relnamespace = 'jobs'::regnamespace and relkind in ('r', 'S')
union all select 'function', format('%s %s %s', pg_get_functiondef(oid), proacl, proconfig)
from pg_proc where pronamespace = 'jobs'::regnamespace
union all select 'policy', format('%s', p) from pg_policies p where schemaname = 'jobs'
union all select 'trigger', tgname || ' ' || tgrelid::regclass from pg_trigger t join pg_class c on c.oid = tgrelid
where c.relnamespace = 'jobs'::regnamespace and not tgisinternal
order by 1, 2
"""
"""What the queue consists of; the package's own steps leave columns and texts in another order than its schema."""
LIKE_SUPABASES_OWNER = """
create role migrator login createrole;
grant anon, authenticated, service_role to migrator;
alter schema public owner to migrator;
grant create on schema extensions to migrator;
"""


async def up(conninfo: str, *, to: str | None = None) -> list[str]:
    return [migration.version async for migration in migrate(conninfo, to=to)]


def looks(conninfo: str) -> list[tuple[str, str]]:
    with psycopg.connect(conninfo) as connection:
        return [(kind, " ".join(text.split())) for kind, text in connection.execute(LOOKS.encode()).fetchall()]


def made_by(conninfo: str) -> str | None:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute("select obj_description(to_regclass('jobs.procrastinate_jobs'))").fetchone()
        assert row is not None
        return row[0]


def set_back(conninfo: str, older: str) -> None:
    """Make the queue anew with a job in it, as an older version of the package would have left it."""
    later = {path.name for path in queue_schema._files(older, None)}
    steps = sorted(path for path in Path(migrations_path).glob("*.sql") if path.name not in later)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("drop schema jobs cascade")
        connection.execute((schema_folder() / "migrations" / f"{QUEUE_SINCE}_create_jobs_schema.sql").read_bytes())
        connection.execute("set search_path = jobs, pg_catalog")
        for step in steps:
            connection.execute(step.read_bytes())
        connection.execute("insert into procrastinate_jobs (queue_name, task_name) values ('default', 'note')")
        connection.execute(f"comment on table procrastinate_jobs is 'procrastinate {older}'".encode())


async def test_the_queue_comes_with_the_schema_it_lives_in_and_goes_with_it(empty: str) -> None:
    await up(empty, to="20250906000002")
    assert not (await states(empty))[-1].applied
    await up(empty)
    assert made_by(empty) == f"procrastinate {packaged_version()}"
    queue = (await states(empty))[-1]
    assert (queue.version, queue.name, queue.applied) == (packaged_version(), "procrastinate", True)
    async for _ in rollback(empty, to="20250906000002"):
        pass
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regtype('jobs.procrastinate_job_status')").fetchone() == (None,)
    await up(empty)
    await require_current(empty)


async def test_a_database_that_was_pushed_without_us_lacks_the_queue_and_says_so(conninfo: str) -> None:
    before = looks(conninfo)
    with psycopg.connect(conninfo) as connection:
        connection.execute("drop schema jobs cascade")
        connection.execute((schema_folder() / "migrations" / f"{QUEUE_SINCE}_create_jobs_schema.sql").read_bytes())
    with pytest.raises(SchemaOutdated, match=rf"1 migration\(s\), from {packaged_version()} procrastinate on"):
        await require_current(conninfo)
    assert await up(conninfo) == []
    await require_current(conninfo)
    assert looks(conninfo) == before


async def test_what_is_there_is_left_as_it_is(conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("insert into jobs.procrastinate_jobs (queue_name, task_name) values ('default', 'note')")
        before = looks(conninfo)
        await up(conninfo)
        assert looks(conninfo) == before
        assert connection.execute("select count(*) from jobs.procrastinate_jobs").fetchone() == (1,)


@pytest.mark.parametrize("older", ["3.0.0", "3.3.0"])
async def test_an_older_queue_is_brought_up_by_the_packages_own_steps_and_keeps_its_jobs(
    direct_conninfo: str, older: str
) -> None:
    whole = looks(direct_conninfo)
    set_back(direct_conninfo, older)
    with psycopg.connect(direct_conninfo, autocommit=True) as connection:
        assert looks(direct_conninfo) != whole
        with pytest.raises(SchemaOutdated):
            await require_current(direct_conninfo)
        await up(direct_conninfo)
        assert made_by(direct_conninfo) == f"procrastinate {packaged_version()}"
        assert connection.execute("select task_name from jobs.procrastinate_jobs").fetchall() == [("note",)]
    await require_current(direct_conninfo)
    assert set(whole) - set(looks(direct_conninfo)) == set()


async def test_a_queue_that_a_newer_package_made_is_left_alone(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        connection.execute("comment on table jobs.procrastinate_jobs is 'procrastinate 99.0.0'")
    await up(conninfo)
    await require_current(conninfo)
    assert made_by(conninfo) == "procrastinate 99.0.0"


async def test_who_migrates_at_once_makes_the_queue_once(empty: str) -> None:
    await asyncio.gather(*(up(empty) for _ in range(3)))
    await require_current(empty)


async def test_a_file_of_the_package_that_fails_leaves_nothing_behind(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "schema.sql"
    broken.write_text("create table procrastinate_jobs (id bigint); select 1 / 0;")
    monkeypatch.setattr(queue_schema, "_files", lambda *_: [broken])
    with pytest.raises(MigrationError, match=rf"The queue of procrastinate {packaged_version()} was refused.*division"):
        await up(empty)
    assert made_by(empty) is None
    assert [each.applied for each in await states(empty)] == [*(True for _ in migrations()), False]
    monkeypatch.undo()
    await up(empty)
    await require_current(empty)


async def test_an_owner_that_is_no_superuser_makes_the_queue_and_the_worker_uses_it(
    server: EmbeddedServer, empty: str
) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute((schema_folder() / "plain" / "roles_and_auth.sql").read_bytes())
        connection.execute(LIKE_SUPABASES_OWNER.encode())
        name = connection.info.dbname
        connection.execute(f"grant create on database {name} to migrator".encode())
        try:
            conninfo = make_conninfo(server.conninfo(name), user="migrator")
            await up(conninfo)
            await require_current(conninfo)
            async with Database(conninfo) as database, database.transaction(WORKER) as worker:
                await worker.execute("select jobs.procrastinate_register_worker_v1()")
                found = await worker.execute("select count(*) as n from jobs.procrastinate_workers")
                assert await found.fetchone() == {"n": 1}
        finally:
            connection.execute("drop owned by migrator cascade")
            connection.execute("drop role migrator")


async def test_steps_that_were_cut_short_are_gone_on_with(
    direct_conninfo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "99.00.00_01_add.sql", tmp_path / "99.00.00_50_use.sql"
    first.write_text("alter type procrastinate_job_status add value 'odd';")
    second.write_text("update procrastinate_jobs set status = 'odd'; select 1 / 0;")
    files = queue_schema._files
    monkeypatch.setattr(queue_schema, "packaged_version", lambda: "99.0.0")
    monkeypatch.setattr(
        queue_schema,
        "_files",
        lambda version, step: (
            [each for each in (first, second) if each.name > (step or "")]
            if version is not None
            else files(version, step)
        ),
    )
    with pytest.raises(MigrationError, match="division by zero"):
        await up(direct_conninfo)
    assert made_by(direct_conninfo) == f"procrastinate {version('procrastinate')}, then {first.name}"
    second.write_text("update procrastinate_jobs set status = 'odd';")
    await up(direct_conninfo)
    assert made_by(direct_conninfo) == "procrastinate 99.0.0"


def test_the_steps_after_a_version_are_those_of_later_versions() -> None:
    pre = "03.04.00_01_pre_add_retry_failed_job_procedure.sql"
    post = "03.04.00_50_post_add_retry_failed_job_procedure.sql"
    assert [path.name for path in queue_schema._files("3.3.0", None)] == [pre, post]
    assert [path.name for path in queue_schema._files("3.3.0", pre)] == [post]
    assert queue_schema._files(packaged_version(), None) == []
    assert [path.name for path in queue_schema._files(None, None)] == ["schema.sql"]
