"""What a migration file may hold, so that it can be undone and stands in nobody's way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harvester.errors import MigrationError
from harvester.store.migration import Migration, concurrent_index
from harvester.store.migrations import migrations

FIRST = {"20250906000001", "20250906000002"}
"""These make the tables; there is nobody yet who could wait."""


def broken(migration: Migration) -> list[str]:
    """The rules that a file breaks."""
    text = re.sub(r"--[^\n]*", "", migration.sql).lower()
    found = []
    if not migration.sql.rstrip().splitlines()[-1].startswith("--"):
        found.append("something follows the rollback")
    if re.search(r"^\s*(begin|commit|start transaction)\s*;", text, re.MULTILINE):
        found.append("it handles transactions itself")
    if re.search(r"\bcreate\s+(table|view|index)\s+if\s+not\s+exists\b", text):
        found.append("it hides drift with `if not exists`")
    if re.search(r"\b(auth|storage|realtime)\.\w+", re.sub(r"\bauth\.(jwt|uid|role|email)\(\)", "", text)):
        found.append("it touches a schema that is Supabase's")
    if migration.version not in FIRST:
        if re.search(
            r"\bcreate\s+(unique\s+)?index\s+(?!concurrently)[^;]*\bon\s+(public\.)?(comment|domain_mention)\b", text
        ):
            found.append("it builds an index of a large table while writers wait")
        added = re.findall(r"\badd\s+constraint\s[^;]*?(?=add\s+constraint|;)", text)
        if not all("not valid" in constraint for constraint in added):
            found.append("it adds a constraint while everybody waits for old rows to be read")
        if re.search(r"\balter\s+column\s+\w+\s+(set\s+data\s+)?type\b", text):
            found.append("it writes a table anew")
    return found


@pytest.mark.parametrize("migration", migrations(), ids=lambda migration: migration.name)
def test_a_migration_can_be_undone_and_stands_in_nobodys_way(migration: Migration) -> None:
    assert broken(migration) == []
    assert migration.rollback
    concurrent_index(migration.sql)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("begin;\nselect 1;\ncommit;", "handles transactions"),
        ("create table if not exists public.a ();", "hides drift"),
        ("create table auth.a ();", "Supabase's"),
        ("create index a on public.comment (text);", "writers wait"),
        ("create unique index a on domain_mention (id);", "writers wait"),
        ("alter table public.a add constraint b check (c > 0), add constraint d check (e > 0) not valid;", "old rows"),
        ("alter table public.a alter column b type bigint;", "writes a table anew"),
    ],
)
def test_a_file_that_breaks_a_rule_is_named(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "20990101000000_break_rules.sql"
    path.write_text(f"{text}\n\n-- Rollback:\n-- select 1;\n")
    assert any(rule in each for each in broken(Migration.of(path)))


def test_a_file_without_a_rollback_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "20990101000000_make_things.sql"
    path.write_text("create table a ();\n")
    with pytest.raises(MigrationError, match="does not say how it is undone"):
        _ = Migration.of(path).rollback


def test_an_index_that_is_built_concurrently_stands_alone_in_its_file() -> None:
    with pytest.raises(MigrationError, match="alone"):
        concurrent_index("create index concurrently a on public.b (c); select 1;")
