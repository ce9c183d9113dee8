"""A backup brings back everything, into any database, or nothing at all."""

from __future__ import annotations

import stat
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from harvester.errors import BackupError
from harvester.jobs.collect import collect
from harvester.model import Ad, Comment, Creator, Refused, Video
from harvester.sandbox.generate import Scale, generate
from harvester.store import backup, binaries
from harvester.store import migrations as runner
from harvester.store import restore as restoring
from harvester.store.backup import TABLES, back_up, write_backup
from harvester.store.database import Database
from harvester.store.migrations import migrate, migrations, require_current, rollback
from harvester.store.restore import restore
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio


@pytest.fixture
async def evidence(conninfo: str) -> str:
    """A database with hundreds of records of every kind, odd ones among them."""
    records = [
        *generate(Scale(videos=20, comments=300), datetime.now(UTC), seed=3),
        Video("7300000000000000001", caption='tab\there, \\backslash\\., "quote", \\N and a\nnew line'),
        Comment("7300000000000000002", "7300000000000000001", "\\.\n\\.\nsee brightpebblecoins24.com"),
        Comment("7300000000000000003", "7300000000000000001", "answer", parent_ref="7300000000000000002"),
        Refused("bad_json", "Line 3 is no JSON.", b"\x00\xff{" * 50_000),
    ]
    async with Database(conninfo) as database:
        await collect(database, "sandbox", {}, records)
    with psycopg.connect(conninfo) as connection:
        connection.execute("update domain set notes = 'seen before', is_suspicious = true where mention_count > 2")
        connection.execute("select private.sample_table_sizes()")
    return conninfo


def contents(conninfo: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table and of every view, in the order of its key."""
    views = ("v_domains_top_mentioned", "v_videos_with_domains", "v_comments_with_domains")
    with psycopg.connect(conninfo, row_factory=dict_row) as connection:
        return {
            name: connection.execute(f"select * from {name} order by id").fetchall()  # type: ignore[arg-type]
            for name in (*TABLES, *(f"public.{view}" for view in views))
        }


def of_that_version(tables: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What the first release had of it: without the tables and columns that came later."""
    anywhere = {"observation_digest", "context", "caption_extractor_version"}
    later = {
        "public.domain": {"video_count", "commenter_count"},
        "public.domain_mention": {"username"},
        "public.comment": {"sources"},
    }
    return {
        name: [
            {column: value for column, value in row.items() if column not in anywhere | later.get(name, set())}
            for row in rows
        ]
        for name, rows in tables.items()
        if name.startswith("public.")
    }


async def test_what_was_backed_up_comes_back_to_the_letter_in_an_empty_database(
    evidence: str, empty: str, tmp_path: Path
) -> None:
    file = await back_up(evidence, tmp_path)
    restored = await restore(empty, file, replace=False, backups=tmp_path)
    assert contents(empty) == contents(evidence)
    assert restored.rows == {table: len(rows) for table, rows in contents(evidence).items() if table in TABLES}
    await require_current(empty)
    async with Database(empty) as database:
        assert await differences(database) == []
    # The triggers are in force again.
    with psycopg.connect(empty) as connection:
        connection.execute("delete from comment")
        assert connection.execute("select sum(mention_count) from domain").fetchone() == (0,)


async def test_the_books_of_collecting_come_back_and_the_jobs_of_the_queue_do_not(
    evidence: str, empty: str, tmp_path: Path
) -> None:
    with psycopg.connect(evidence) as connection:
        connection.execute(
            "insert into discovery (name, source, query, cursor, begun_at, run_id)"
            " select 'gifts', 'research_videos', %s, jsonb_build_object('mark', 'me'), now(), id from run limit 1",
            [Jsonb({"keywords": ["a\\b", "c\td"]})],
        )
        connection.execute(
            "insert into harvest (video_id, discovery_id, due_at) select v.id, d.id, null from video v, discovery d"
        )
        connection.execute("insert into quota_use (api, request_limit, record_limit) values ('research', 1000, 100000)")
        connection.execute("insert into pause (what, is_paused, reason) values ('collection', true, 'a\tb')")
        connection.execute("insert into jobs.procrastinate_jobs (queue_name, task_name) values ('default', 'note')")
    await restore(empty, await back_up(evidence, tmp_path), replace=False, backups=tmp_path)
    assert contents(empty) == contents(evidence)
    assert all(contents(empty)[table] for table in ("public.discovery", "public.harvest", "public.quota_use"))
    with psycopg.connect(empty) as connection:
        assert connection.execute("select count(*) from jobs.procrastinate_jobs").fetchone() == (0,)


async def test_look_ups_come_back_with_what_is_due(evidence: str, empty: str, tmp_path: Path) -> None:
    with psycopg.connect(evidence) as connection:
        connection.execute("insert into private.look_up (domain_id, kind) select id, 'dns' from domain")
        connection.execute(
            "insert into enrichment (domain_id, kind, state, is_change, result, checked_at)"
            " select id, 'dns', 'ok', true, %s, now() from domain",
            [Jsonb({"cname": "a\\b\tc"})],
        )
        connection.execute("insert into private.look_up_pace (kind) values ('http')")
    await restore(empty, await back_up(evidence, tmp_path), replace=False, backups=tmp_path)
    assert contents(empty) == contents(evidence)
    assert all(contents(empty)[table] for table in ("public.enrichment", "private.look_up", "private.look_up_pace"))


async def test_what_was_seen_elsewhere_than_in_comments_comes_back(evidence: str, empty: str, tmp_path: Path) -> None:
    records = [
        Video("1", caption="all at glow.shop\t!"),
        Creator("maker", bio="see velmora.com", is_verified=True),
        Ad("5", landing_url="https://glow.shop/\\a", first_shown_on=date(2026, 2, 1)),
    ]
    async with Database(evidence) as database:
        await collect(database, "test", {}, records)
    await restore(empty, await back_up(evidence, tmp_path), replace=False, backups=tmp_path)
    assert contents(empty) == contents(evidence)
    assert len(contents(empty)["public.sighting"]) >= 3
    async with Database(empty) as database:
        assert await differences(database) == []


async def test_a_backup_of_an_older_version_comes_back_and_is_brought_up_to_this_one(
    evidence: str, empty: str, tmp_path: Path
) -> None:
    before = contents(evidence)
    async for _ in rollback(evidence, to="20250906000002"):
        pass
    file = tmp_path / "old.dump"
    with pytest.MonkeyPatch.context() as patch:
        # That version had no such table yet.
        patch.setattr(backup, "TABLES", tuple(table for table in TABLES if table.startswith("public.")))
        await write_backup(evidence, file)
    restored = await restore(empty, file, replace=False, backups=tmp_path)
    assert restored.version == "20250906000002"
    await require_current(empty)
    assert of_that_version(contents(empty)) == of_that_version(before)


async def test_a_database_with_records_is_replaced_only_when_that_is_said_and_is_backed_up_first(
    evidence: str, empty: str, tmp_path: Path
) -> None:
    file = await back_up(evidence, tmp_path)
    async for _ in migrate(empty):
        pass
    with psycopg.connect(empty) as connection:
        connection.execute("insert into video (video_id) values ('7300000000000000009')")
    was = contents(empty)
    with pytest.raises(BackupError, match="holds records already"):
        await restore(empty, file, replace=False, backups=tmp_path)
    assert contents(empty) == was
    restored = await restore(empty, file, replace=True, backups=tmp_path / "before")
    assert contents(empty) == contents(evidence)
    assert restored.replaced is not None
    await restore(empty, restored.replaced, replace=True, backups=tmp_path)
    assert contents(empty) == was


async def test_tables_of_other_people_are_neither_backed_up_nor_touched(
    evidence: str, empty: str, tmp_path: Path
) -> None:
    for conninfo in (evidence, empty):
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("create table public.theirs as select 1 as one")
    file = await back_up(evidence, tmp_path)
    await restore(empty, file, replace=False, backups=tmp_path)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select one from theirs").fetchall() == [(1,)]


async def test_only_its_owner_can_read_a_backup_and_none_is_ever_overwritten(conninfo: str, tmp_path: Path) -> None:
    file = await back_up(conninfo, tmp_path / "new")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="exists already"):
        await write_backup(conninfo, file)
    assert list(file.parent.iterdir()) == [file]


async def test_a_backup_that_fails_leaves_no_file(conninfo: str, tmp_path: Path) -> None:
    with psycopg.connect(conninfo) as holder:
        holder.execute("lock table video")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(backup, "LOCK_TIMEOUT", "50ms")
            with pytest.raises(BackupError, match="pg_dump failed"):
                await back_up(conninfo, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["text", "cut", "missing"])
async def test_a_file_that_is_no_whole_backup_changes_nothing(
    evidence: str, empty: str, tmp_path: Path, damage: str
) -> None:
    file = await back_up(evidence, tmp_path)
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(b"video_id,text\n" if damage == "text" else file.read_bytes()[:-20_000])
    with pytest.raises(BackupError):
        await restore(empty, file, replace=False, backups=tmp_path)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('public.video')").fetchone() == (None,)


async def test_a_backup_of_a_newer_version_is_refused_before_anything_is_changed(
    empty: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = folder / "20990101000000_make_more.sql"
    newer.write_text("select 1;\n\n-- Rollback:\n-- select 1;\n")
    async for _ in migrate(empty):
        pass
    file = await back_up(empty, tmp_path)
    newer.unlink()
    monkeypatch.setattr(restoring, "migrations", runner.migrations)
    with pytest.raises(BackupError, match="newer version: it has the migration 20990101000000"):
        await restore(empty, file, replace=True, backups=tmp_path)
    with psycopg.connect(empty) as connection:
        count = connection.execute("select count(*) from supabase_migrations.schema_migrations").fetchone()
    assert count == (len(migrations()) + 1,)


async def test_a_password_is_in_no_command_line() -> None:
    word, environment = backup._address("postgresql://ann:se%20cret@db.example.org:6543/project")
    assert "cret" not in word
    assert environment == {"PGPASSWORD": "se cret"}


def test_a_server_that_is_newer_than_every_pg_dump_is_named() -> None:
    with pytest.raises(BackupError, match=r"PostgreSQL 99.*no pg_dump"):
        binaries.find_client(99)


async def test_pg_restore_reads_a_backup_without_the_harvester(evidence: str, tmp_path: Path) -> None:
    file = await back_up(evidence, tmp_path)
    client = binaries.find_client(0)
    listed = subprocess.run([client.pg_restore, "--list", str(file)], capture_output=True, text=True, check=True)
    assert "TABLE DATA public domain_mention" in listed.stdout


async def test_a_backup_is_written_through_no_link_and_into_no_file_that_others_can_read(
    evidence: str, tmp_path: Path
) -> None:
    precious, file = tmp_path / "precious", tmp_path / "a.dump"
    precious.write_text("mine")
    precious.chmod(0o644)
    (tmp_path / "a.dump.unfinished").symlink_to(precious)
    await write_backup(evidence, file)
    assert precious.read_text() == "mine"
    assert (file.is_symlink(), stat.S_IMODE(file.stat().st_mode)) == (False, 0o600)
