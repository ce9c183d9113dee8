"""`harvester extract`: texts in, an answer for each line out, and why."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

NOWHERE = "host=/nowhere"
"""No database: the verb asks for none."""


def test_an_explanation_tells_each_step_up_to_the_verdict(run: Run) -> None:
    answer = run("extract", "--explain", given="velmora (dot) com\n", url=NOWHERE)
    lines = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert lines[:4] == [
        "text        velmora (dot) com",
        "signs       disguised",
        "dots        ' (dot) ' bracketed",
        "candidate   velmora (dot) com  ->  velmora.com  (bracketed)",
    ]
    assert [line.split()[0] for line in lines[4:9]] == ["address", "fragment", "backwards", "mixed", "begins"]
    assert lines[9].split()[:2] == ["bracketed", "0.98"]
    assert lines[10].split() == ["shown", "0.98"]


def test_an_explanation_tells_how_a_disguised_text_was_read(run: Run) -> None:
    told = run("extract", "--explain", given="ｖｅｌｍｏｒａ．ｃｏｍ\n", url=NOWHERE).stdout
    assert "read as     velmora.com\n" in told


def test_a_text_without_a_candidate_is_explained_too(run: Run) -> None:
    assert run("extract", "--explain", given="nothing\n", url=NOWHERE).stdout.splitlines() == [
        "text        nothing", "signs       none", "candidate   none", "",
    ]  # fmt: skip


def test_what_a_stranger_wrote_cannot_steer_the_terminal(run: Run) -> None:
    told = run("extract", "--explain", given="\x1b]0;owned\x07 velmora.com\x1b[2J \u202e\u009b\n", url=NOWHERE).stdout
    assert "velmora.com" in told
    assert all(character == "\n" or character.isprintable() for character in told)


def test_held_mentions_are_printed_where_they_are_asked_for(run: Run) -> None:
    def found(*options: str) -> list[str]:
        answer = run("extract", *options, given="#velmora.com\n", url=NOWHERE)
        return [each["domain_name"] for each in json.loads(answer.stdout)["mentions"]]

    assert found() == []
    assert found("--all") == ["velmora.com"]


def test_a_file_of_many_lines_gives_an_answer_for_each_in_order(run: Run, tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"c{each}", "text": f"go to velmora{each}.com"}) for each in range(2_500)]
    (tmp_path / "many.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    answers = [json.loads(line) for line in run("extract", "many.ndjson", url=NOWHERE).stdout.splitlines()]
    assert [each["id"] for each in answers] == [f"c{each}" for each in range(2_500)]
    assert [each["mentions"][0]["domain_name"] for each in answers] == [f"velmora{each}.com" for each in range(2_500)]


def test_a_file_that_is_not_there_is_said_in_a_sentence(run: Run) -> None:
    answer = run("extract", "missing.txt", url=NOWHERE)
    assert answer.returncode != 0
    assert "missing.txt" in answer.stderr
    assert "Traceback" not in answer.stderr
