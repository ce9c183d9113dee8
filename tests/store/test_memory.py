"""What our own server takes of the machine's memory."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from harvester.store import memory as room
from harvester.store.memory import memory, shared_buffers

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("268435456\n", 268435456), ("max\n", MACHINE), ("9223372036854771712\n", MACHINE), (None, MACHINE)],
)
def test_a_container_s_limit_counts_where_it_is_less_than_the_machine_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, expected: int
) -> None:
    limit = tmp_path / "memory.max"
    if written is not None:
        limit.write_text(written)
    monkeypatch.setattr(room, "_LIMITS", (limit,))
    assert memory() == expected


def test_the_server_has_its_share(direct_conninfo: str) -> None:
    with psycopg.connect(direct_conninfo) as connection:
        setting, unit = connection.execute(
            "select setting::bigint, unit from pg_settings where name = 'shared_buffers'"
        ).fetchone()  # type: ignore[misc]
    assert unit == "8kB"
    assert f"{setting * 8 // 1024}MB" == shared_buffers(memory())
