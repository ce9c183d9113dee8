"""A database's whole schema as text, to see whether two are the same."""

from __future__ import annotations

import subprocess

import psycopg

from harvester.store.binaries import find_client


def schema_of(conninfo: str) -> list[str]:
    """What pg_dump says of every object, its comments and grants included; rows and random tokens left out."""
    with psycopg.connect(conninfo) as connection:
        client = find_client(connection.info.server_version // 10000)
    dump = subprocess.run(
        [client.pg_dump, "--schema-only", f"--dbname={conninfo}"], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in dump.splitlines() if line and not line.startswith(("--", "\\restrict", "\\unrestrict"))]


def lacking(lines: list[str], *words: str) -> list[str]:
    """The lines that hold none of these words."""
    return [line for line in lines if not any(word in line for word in words)]
