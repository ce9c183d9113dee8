"""The command as users type it, with an embedded server of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.forked import Command

from harvester.store.embedded import EmbeddedServer

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(conninfo: str, tmp_path: Path) -> Run:
    """Runs `harvester …` on a database of this test's own; `url=None` takes the embedded server instead."""

    def command(*words: str, given: str = "", url: str | None = conninfo) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
        environment["HARVESTER_HOME"] = str(tmp_path / "home")
        if url is not None:
            environment["HARVESTER_DATABASE_URL"] = url
        return Command(*words, environment=environment, folder=tmp_path, given=given).completed()

    return command


@pytest.fixture
def home(tmp_path: Path) -> EmbeddedServer:
    """The embedded server that `run(…, url=None)` uses."""
    return EmbeddedServer(tmp_path / "home")
