"""Databases that are not migrated yet, as the tests of migrations and backups want them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from harvester.store import migrations as runner
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import schema_folder

_numbers = count(1)


@pytest.fixture
def empty(server: EmbeddedServer) -> Iterator[str]:
    """The address of a database without anything in it."""
    name = f"test_empty_{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        yield server.conninfo(name)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of `supabase/migrations` that the runner reads instead, to put other files into."""
    copied = tmp_path / "supabase"
    shutil.copytree(schema_folder() / "migrations", copied / "migrations")
    shutil.copytree(schema_folder() / "plain", copied / "plain")
    monkeypatch.setattr(runner, "schema_folder", lambda: copied)
    return copied / "migrations"
