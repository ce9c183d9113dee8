"""The sandbox, with a small world for these tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from harvester.sandbox.generate import Scale
from harvester.sandbox.world import World

ANCHOR = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """Two hundred videos; the newest has more comments than the API may list."""
    with World.invent(Scale(videos=200, comments=4_000), anchor=ANCHOR) as world:
        newest = world.rows("select id from video where is_deleted = 0 order by id desc")[0]["id"]
        for number in range(1_030):
            world.add_comment(newest, f"comment {number}", int(ANCHOR.timestamp()))
        yield world
