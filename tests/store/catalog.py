"""A database's whole schema as text, to see whether two are the same."""

from __future__ import annotations

import re
import subprocess

import psycopg

from harvester.store.binaries import find_client

_STAMP = re.compile(r"ALTER TABLE ONLY \S+ ALTER COLUMN \S+ SET \(pg_attver=\d+\);")
"""A number that the server gives changed columns (PostgreSQL 15.20); undoing a change draws another."""


def schema_of(conninfo: str) -> list[str]:
    """What pg_dump says of every object, its comments and grants included; rows, random tokens and stamps left out."""
    with psycopg.connect(conninfo) as connection:
        client = find_client(connection.info.server_version // 10000)
    dump = subprocess.run(
        [client.pg_dump, "--schema-only", f"--dbname={conninfo}"], capture_output=True, text=True, check=True
    ).stdout
    lines = (line for line in dump.splitlines() if line and not line.startswith(("--", "\\restrict", "\\unrestrict")))
    return [line for line in lines if not _STAMP.fullmatch(line)]


def lacking(lines: list[str], *words: str) -> list[str]:
    """The lines that hold none of these words."""
    return [line for line in lines if not any(word in line for word in words)]
