"""Verdicts as an analyst types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

TEXT = "see brightpebblecoins24.com"
ROWS = [{"id": f"738611131229361027{number}", "video_id": "7385291383449439519", "text": TEXT} for number in range(3)]


@pytest.fixture
def stored(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.ndjson").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    assert run("import", "rows.ndjson").returncode == 0


def rows(run: Run, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(*arguments, "--json").stdout)
    return found


@pytest.mark.usefixtures("stored")
def test_a_verdict_is_given_listed_and_taken_back(run: Run) -> None:
    name = "brightpebblecoins24.com"
    given = run("review", "domain", name, "--verdict", "malicious", "--reason", "phishing", "--as", "kim")
    assert (given.returncode, f"{name}: malicious" in given.stdout) == (0, True), given.stderr
    (review,) = rows(run, "review", "list", "--domain", name)
    assert (review["reviewer"], review["reason"], review["is_undone"]) == ("kim", "phishing", False)
    assert rows(run, "domain", "list")[0]["is_suspicious"] is True
    assert rows(run, "review", "precision")[0]["judged_mentions"] == 3

    rejected = run("review", "mention", name, "--comment", ROWS[0]["id"])
    assert f"in comment {ROWS[0]['id']}: not_a_domain" in rejected.stdout
    assert rows(run, "domain", "list")[0]["mention_count"] == 2

    # The table shows what is typed, whole at the width of any terminal.
    shown = run("review", "list", "--domain", name).stdout
    assert review["id"][-12:] in shown
    undone = run("review", "undo", review["id"][-12:])
    assert f"takes back {review['id']}" in undone.stdout
    assert "nothing to take back" in run("review", "undo", review["id"]).stdout
    assert rows(run, "domain", "list")[0]["is_suspicious"] is False


@pytest.mark.usefixtures("stored")
def test_what_is_not_stored_is_said_with_what_to_do(run: Run) -> None:
    answer = run("review", "domain", "unknown.com", "--verdict", "benign")
    assert (answer.returncode, "No domain 'unknown.com' is stored" in answer.stderr) == (1, True)
    answer = run("review", "undo", "ffffffff")
    assert (answer.returncode, "Take an id from: harvester review list" in answer.stderr) == (1, True)
    assert run("review", "domain", "a.com", "--verdict", "fine").returncode == 2
