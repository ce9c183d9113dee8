"""The sandbox as a command, and where it listens."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from harvester.cli.main import command_line
from harvester.errors import BindRefused
from harvester.sandbox.faults import FAULTS
from harvester.sandbox.server import serving
from harvester.sandbox.world import World


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
async def test_only_this_machine_is_served(world: World, host: str) -> None:
    with pytest.raises(BindRefused):
        async with serving(world, host=host):
            pass


@pytest.mark.anyio
async def test_a_port_that_is_taken_is_named(world: World) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(BindRefused, match=str(port)):
            async with serving(world, port=port):
                pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_stop(number: signal.Signals) -> None:
    begun = time.monotonic()
    command = [sys.executable, "-m", "harvester", "sandbox", "--videos", "5", "--comments", "50", "--fault", "all"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
        assert time.monotonic() - begun < 20
        process.send_signal(number)
        assert process.wait(10) == 0
    url = lines[0].removeprefix("ready ")
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert lines[1] == f"export HARVESTER_TIKTOK_URL={url}"
    assert [line.partition("=")[0] for line in lines[2:]] == [
        "export HARVESTER_TIKTOK_CLIENT_KEY", "export HARVESTER_TIKTOK_CLIENT_SECRET",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words", [["--fault", "unknown"], ["--fault", "slow=often"], ["--set", "replies=maybe"], ["--anchor", "soon"]]
)
def test_the_command_names_what_it_does_not_know(words: list[str]) -> None:
    answer = CliRunner().invoke(command_line(), ["sandbox", *words])
    assert answer.exit_code == 2
    assert words[1].partition("=")[0] in answer.output


def test_the_command_lists_what_can_go_wrong() -> None:
    answer = CliRunner().invoke(command_line(), ["sandbox", "--list-faults"])
    assert answer.exit_code == 0
    assert [line.split()[0] for line in answer.output.splitlines()] == [fault.name for fault in FAULTS]
