"""Collecting, as an operator types it, against a sandbox that runs as a program of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.forked import Command
from tests.jobs.collecting import REGIONS, changed

Answer = subprocess.CompletedProcess[str]
Typed = Callable[..., Answer]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[dict[str, str]]:
    """The settings that a running sandbox prints."""
    words = [sys.executable, "-m", "harvester", "sandbox", "--videos", "6", "--comments", "120"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("ready http://127.0.0.1:")
        exports = [program.stdout.readline() for _ in range(3)]
        yield dict(line.removeprefix("export ").rstrip("\n").split("=", 1) for line in exports)
        program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0


@pytest.fixture
def typed(conninfo: str, tmp_path: Path, sandbox: dict[str, str]) -> Typed:
    """Runs `harvester …` with the sandbox's settings; `more` changes them."""

    def command(*words: str, **more: str) -> Answer:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
        ours = {"HARVESTER_DATABASE_URL": conninfo, "HARVESTER_TIKTOK_PATIENCE": "0.01", "HARVESTER_HOME": "home"}
        return Command(*words, environment={**kept, **ours, **sandbox, **more}, folder=tmp_path).completed()

    return command


def test_a_discovery_is_saved_listed_and_removed(typed: Typed) -> None:
    words = ["--keyword", "promo code", "--region", "DE", "--every", "6h"]
    assert typed("discovery", "add", "codes", *words).returncode == 0
    [listed] = json.loads(typed("discovery", "list", "--json").stdout)
    assert (listed["name"], listed["every_seconds"]) == ("codes", 21_600)
    assert listed["query"] == {"keywords": ["promo code"], "regions": ["DE"]}
    assert "promo code" in typed("discovery", "list").stdout
    again = typed("discovery", "add", "codes", "--hashtag", "ad")
    assert (again.returncode != 0, "There is a discovery codes already" in again.stderr) == (True, True)
    assert typed("discovery", "remove", "codes").returncode == 0
    assert json.loads(typed("discovery", "list", "--json").stdout) == []
    assert "There is no discovery codes" in typed("discovery", "remove", "codes").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--every", "5s", "--hashtag", "ad"], "write 30m, 6h or 1d"),
        ([], "--keyword, --hashtag, --region or --username"),
        (["--source", "ads", "--hashtag", "ad"], "ads is not asked by hashtags"),
    ],
    ids=["too often", "nothing asked", "what the source does not know"],
)
def test_a_query_that_cannot_be_asked_is_refused_at_once(typed: Typed, words: list[str], said: str) -> None:
    answer = typed("discovery", "add", "odd", *words)
    assert answer.returncode == 2
    assert said in re.sub(r"[\s│]+", " ", answer.stderr)


def test_collecting_stores_what_the_sandbox_has_and_says_how_it_stands(typed: Typed, sandbox: dict[str, str]) -> None:
    everywhere = [word for region in REGIONS for word in ("--region", region)]
    assert typed("discovery", "add", "all", *everywhere, "--days-back", "90").returncode == 0
    answer = typed("collect", "run")
    assert answer.returncode == 0, answer.stderr
    assert "1 discoveries" in answer.stdout
    assert "quota     research: " in answer.stdout
    state = json.loads(typed("collect", "status", "--json").stdout)
    with urllib.request.urlopen(f"{sandbox['HARVESTER_TIKTOK_URL']}/sandbox/truth") as truth:
        videos = [row for row in map(json.loads, truth) if row["kind"] == "video"]
    assert state["videos"]["videos"] == len(videos)
    assert state["videos"]["due"] == 0
    assert {run["state"] for run in state["runs"]} == {"finished"}
    research = next(each for each in state["quota"] if each["api"] == "research")
    assert 0 < research["requests"] < 1000
    assert json.loads(typed("stats", "--json").stdout)[0]["total_comments"] == sum(
        len(video["comment_ids"]) for video in videos
    )
    assert "Latest runs" in typed("collect", "status").stdout


def test_a_pause_stops_collecting_until_it_is_resumed(typed: Typed) -> None:
    assert typed("discovery", "add", "all", "--region", "US").returncode == 0
    assert typed("collect", "pause", "--reason", "a test").returncode == 0
    stopped = typed("collect", "run").stdout
    assert "STOPPED" in stopped
    assert "a test" in stopped
    assert json.loads(typed("collect", "status", "--json").stdout)["runs"] == []
    assert typed("collect", "resume").returncode == 0
    assert "planned" in typed("collect", "run").stdout


def test_without_credentials_it_says_which_settings_are_missing(typed: Typed) -> None:
    answer = typed("collect", "run", HARVESTER_TIKTOK_CLIENT_SECRET="")
    assert answer.returncode == 2
    assert "HARVESTER_TIKTOK_CLIENT_SECRET" in answer.stderr


def test_a_wrong_secret_is_told_and_never_shown(typed: Typed) -> None:
    assert typed("discovery", "add", "all", "--region", "US").returncode == 0
    answer = typed("collect", "run", HARVESTER_TIKTOK_CLIENT_SECRET="hunter2secret")
    assert "invalid_client" in answer.stdout
    assert "hunter2secret" not in answer.stdout + answer.stderr


def test_jobs_that_were_given_up_are_listed_and_replayed(typed: Typed, conninfo: str) -> None:
    assert typed("discovery", "add", "odd", "--region", "US").returncode == 0
    changed(conninfo, "update discovery set query = '{}'")
    assert "1 jobs were given up" in typed("collect", "run").stdout
    [dead] = json.loads(typed("job", "list", "--json").stdout)
    assert (dead["task"], dead["state"]) == ("discover", "failed")
    assert typed("job", "replay").returncode == 2
    assert "1 jobs wait" in typed("job", "replay", str(dead["id"])).stdout
    assert json.loads(typed("job", "list", "--json").stdout) == []
