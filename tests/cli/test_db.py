"""`harvester db`: what an operator types."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from tests.cli.conftest import Run

from harvester.store.embedded import EmbeddedServer

TABLE = "text\nsee brightpebblecoins24.com\n"


@pytest.fixture
def filled(run: Run) -> Run:
    assert run("import", "-", given=TABLE).returncode == 0
    return run


def test_counters_that_lie_are_named_and_repaired(filled: Run, conninfo: str) -> None:
    assert "every counter is what its rows say" in filled("db", "verify").stdout
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update domain set mention_count = 5")
    found = filled("db", "verify", "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout) == [
        {"kind": "domain", "name": "brightpebblecoins24.com", "field": "mention_count", "stored": "5", "actual": "1"}
    ]
    assert "brightpebblecoins24.com" in filled("db", "verify", "--repair").stdout
    assert filled("db", "verify").returncode == 0


def test_what_is_old_is_deleted_only_when_it_is_said_how_old(filled: Run, conninfo: str) -> None:
    refused = filled("db", "cleanup")
    assert (refused.returncode, "HARVESTER_RETENTION_DAYS" in refused.stderr) == (2, True)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update comment set discovered_at = now() - interval '40 days'")
        connection.execute("update video set discovered_at = now() - interval '40 days'")
    assert "deleted 0 mentions, 0 comments, 0 videos, 0 domains" in filled("db", "cleanup", "--days", "50").stdout
    assert json.loads(filled("db", "cleanup", "--days", "30", "--json").stdout) == {
        "mentions_deleted": 1, "comments_deleted": 1, "videos_deleted": 1, "domains_deleted": 1,
        "creators_deleted": 0, "ads_deleted": 0,
    }  # fmt: skip
    assert "none are stored" in filled("domain", "list").stdout


def test_health_is_printed_with_advice_in_words(filled: Run, conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("create table public.naked (id uuid)")
    said = filled("db", "health").stdout
    for words in ("PostgreSQL 1", "public.comment", "Largest indexes", "Triggers"):
        assert words in said
    assert "alter table public.naked enable row level security;" in " ".join(said.split())
    assert json.loads(filled("db", "health", "--json").stdout)["advice"]


def test_a_backup_is_restored_with_identical_listings(filled: Run, tmp_path: Path) -> None:
    listing = filled("domain", "list", "--json").stdout
    assert filled("db", "backup", "mine.dump").stdout == "mine.dump\n"
    refused = filled("db", "restore", "mine.dump")
    assert (refused.returncode, "--replace" in refused.stderr) == (3, True)
    restored = filled("db", "restore", "mine.dump", "--replace")
    assert restored.returncode == 0, restored.stderr
    assert "restored 1 rows of public.comment" in restored.stdout
    assert filled("domain", "list", "--json").stdout == listing
    assert len(list((tmp_path / "home" / "backups").iterdir())) == 1
    elsewhere = filled("db", "restore", "mine.dump", url=None)
    assert elsewhere.returncode == 0, elsewhere.stderr
    assert filled("domain", "list", "--json", url=None).stdout == listing


def test_a_file_that_is_no_backup_is_refused_in_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no backup")
    for file in ("notes.txt", "nowhere.dump"):
        answer = run("db", "restore", file)
        assert answer.returncode == 3
        assert "pg_restore failed" in answer.stderr
        assert "Traceback" not in answer.stderr


def test_migrations_are_undone_after_a_question_and_a_backup(filled: Run, tmp_path: Path) -> None:
    assert filled("db", "rollback", given="n\n").returncode == 1
    assert filled("db", "status").returncode == 0
    undone = filled("db", "rollback", "--to", "20250906000002", "--yes")
    assert undone.returncode == 0, undone.stderr
    assert "undone 20261125000001_create_jobs_schema" in undone.stdout
    assert list((tmp_path / "home" / "backups").glob("*.dump"))
    assert filled("db", "status").returncode == 1
    assert filled("db", "migrate").returncode == 0
    assert "brightpebblecoins24.com" in filled("domain", "list").stdout


def test_an_empty_database_is_rolled_back_without_a_question(run: Run, home: EmbeddedServer) -> None:
    undone = run("db", "rollback", "--to", "0", url=None)
    assert undone.returncode == 0, undone.stderr
    run("db", "migrate", url=None)
    assert "20250906000001_initial_schema" in run("db", "rollback", "--to", "0", url=None).stdout
    assert not home.status().running
