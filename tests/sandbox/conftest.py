"""One world for all tests that only ask for what is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.sandbox.asking import ANCHOR

from harvester.sandbox.generate import Scale
from harvester.sandbox.world import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World.invent(Scale(videos=60, comments=6_000, days=20), anchor=ANCHOR, seed=3) as world:
        yield world
