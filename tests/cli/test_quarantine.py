"""Refused records, as an operator sees them and reads them again."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Run

ROW = {"id": "7.38e+18", "video_id": 7385291383449439519, "parent_comment_id": 1, "text": "see \u202eevil"}
SOUND = {**ROW, "id": 7386111312293610270, "text": "see brightpebblecoins24.com"}


@pytest.fixture
def refused(run: Run, tmp_path: Path) -> list[dict[str, Any]]:
    """An import of one sound row and three that are refused; what quarantine lists of it."""
    (tmp_path / "rows.ndjson").write_text(
        "\n".join([json.dumps(SOUND), json.dumps(ROW), '{"torn', json.dumps({**SOUND, "text": None})]) + "\n"
    )
    answer = run("import", "rows.ndjson")
    assert (answer.returncode, "4 records = 1 stored" in answer.stdout) == (0, True), answer.stderr
    assert "ruined_id: 1, as in: line 2: id is 7.38e+18" in answer.stdout
    rows: list[dict[str, Any]] = json.loads(run("quarantine", "list", "--json").stdout)
    return rows


def test_a_list_says_what_was_wrong_and_where(run: Run, refused: list[dict[str, Any]]) -> None:
    assert {(row["reason"], row["place"], row["file"]) for row in refused} == {
        ("ruined_id", "line 2", "rows.ndjson"), ("bad_json", "line 3", "rows.ndjson"),
        ("missing_text", "line 4", "rows.ndjson"),
    }  # fmt: skip
    assert "line 3" in run("quarantine", "list", "--reason", "bad_json").stdout
    assert "line 2" not in run("quarantine", "list", "--reason", "bad_json").stdout
    assert "no such record was refused" in run("quarantine", "list", "--source", "apify_comments").stdout
    counts = list(csv.DictReader(io.StringIO(run("quarantine", "list", "--counts", "--csv").stdout)))
    assert sorted(row["reason"] for row in counts) == ["bad_json", "missing_text", "ruined_id"]
    assert len(json.loads(run("quarantine", "list", "--limit", "2", "--json").stdout)) == 2


def test_a_record_is_shown_with_its_raw_form_and_nothing_that_a_terminal_obeys(
    run: Run, refused: list[dict[str, Any]]
) -> None:
    (ruined,) = (row for row in refused if row["reason"] == "ruined_id")
    shown = run("quarantine", "show", ruined["id"]).stdout
    assert "7.38e+18" in shown
    assert "\u202e" not in shown
    answer = json.loads(run("quarantine", "show", ruined["id"], "--json").stdout)
    assert json.loads(answer["raw"]) == ROW
    assert answer["context"]["form"] == "item"


@pytest.mark.parametrize("key", ["nothing", "ffffffff", "%"])
def test_an_id_that_is_none_says_where_to_take_one(run: Run, key: str) -> None:
    answer = run("quarantine", "show", key)
    assert (answer.returncode, "harvester quarantine list" in answer.stderr) == (1, True)


def test_a_retry_says_what_was_read_and_what_stays(run: Run, refused: list[dict[str, Any]]) -> None:
    answer = run("quarantine", "retry")
    assert "research_comments: 0 read now (0 stored + 0 updated + 0 duplicate), 3 still refused" in answer.stdout
    one = json.loads(run("quarantine", "retry", refused[0]["id"], "--json").stdout)
    assert [(each["source"], each["fetched"], each["released"]) for each in one] == [("research_comments", 1, 0)]
    assert "no such record was refused" in run("quarantine", "retry", "--reason", "too_long").stdout


def test_a_column_named_at_the_retry_brings_the_rows_in_without_their_file(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    file.write_text("id,text,said\n7.58e+18,,see brightpebblecoins24.com\n")
    run("import", str(file))
    file.unlink()
    answer = run("quarantine", "retry", "--map", "text=said", "--map", "comment_id=nothing")
    assert "bare_csv: 1 read now (1 stored" in answer.stdout
    assert "brightpebblecoins24.com" in run("domain", "list").stdout


def test_a_folder_and_an_archive_are_imported_file_by_file_and_what_cannot_be_read_is_named(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "exports"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.csv").write_text("text\nsee brightpebblecoins24.com\n")
    (folder / "deeper" / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0 no table")
    with zipfile.ZipFile(folder / "b.zip", "w") as archive:
        archive.writestr("rows.ndjson", json.dumps(SOUND) + "\n")
    answer = run("import", str(folder), "--json")
    assert answer.returncode == 2
    first, second, third = json.loads(answer.stdout)
    assert (first["format"], first["stored"]) == ("bare_csv", 1)
    assert (second["file"].endswith("b.zip/rows.ndjson"), second["stored"]) == (True, 1)
    assert (third["file"].endswith("picture.jpg"), third["error"]["code"]) == (True, "format_unknown")
    again = run("import", str(folder))
    assert "1 records = 0 stored + 0 updated + 1 duplicate" in again.stdout
    assert "picture.jpg: the format is not known" in " ".join(again.stderr.split())
