"""The demonstration, from an empty folder to the dashboard."""

from __future__ import annotations

import hashlib
from typing import Any

import psycopg
from psycopg import sql
from tests.cli.conftest import Run, home, run

from harvester.store.embedded import EmbeddedServer

__all__ = ["home", "run"]

TABLES = ("video", "comment", "domain", "domain_mention", "run", "quarantine")


def fingerprint(conninfo: str) -> dict[str, Any]:
    """A hash of every row, its place and version included."""
    with psycopg.connect(conninfo) as connection:
        return {
            table: hashlib.sha256(
                repr(
                    connection.execute(
                        sql.SQL("select t.*, xmin, ctid from {} t order by id").format(sql.Identifier(table))
                    ).fetchall()
                ).encode()
            ).hexdigest()
            for table in TABLES
        }


def test_the_demonstration_fills_its_own_database_once_and_shows_it(run: Run, home: EmbeddedServer) -> None:
    first = run("demo", "--check", url=None)
    assert first.returncode == 0, first.stderr
    for words in (
        "12,240 records = 12,240 stored",
        "New today",
        "Top mentioned",
        "Trending",
        "ready http://127.0.0.1:",
    ):
        assert words in first.stdout
    with home.running():
        before = fingerprint(home.conninfo("harvester_demo"))
        second = run("demo", "--check", url=None)
        assert second.returncode == 0, second.stderr
        assert "in place" in second.stdout
        assert fingerprint(home.conninfo("harvester_demo")) == before
        # Evidence has its own database, which the demonstration never touches.
        assert "none are stored" in run("domain", "list", url=None).stdout
