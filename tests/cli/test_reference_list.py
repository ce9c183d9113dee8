"""Lists of others on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from tests.cli.conftest import Run

COMMENTS = "id,video_id,text\n7400000000000000001,7300000000000000001,see pay.velmora.shop and www.tiktok.com\n"


def test_a_list_is_added_shown_beside_a_domain_refreshed_and_removed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(COMMENTS)
    (tmp_path / "list.txt").write_text("||velmora.shop^\n||tiktok.com^\nvelmora.shop##.ad\n")
    assert run("import", "rows.csv").returncode == 0
    added = run("list", "add", "ads", "list.txt", "--purpose", "block", "--licence", "MIT")
    assert added.returncode == 0, added.stderr
    assert "ads: a block list of 2 names (adblock)" in added.stdout
    assert "left out: page_element 1" in added.stdout
    assert "flagged: platform 1" in added.stdout
    shown = json.loads(run("domain", "show", "pay.velmora.shop", "--json").stdout)
    assert [(each["list_name"], each["entry"]) for each in shown["on_lists"]] == [("ads", "velmora.shop")]
    assert "On other people's lists" in run("domain", "show", "pay.velmora.shop").stdout
    (tmp_path / "list.txt").write_text("||glow.shop^\n")
    assert "1 names" in run("list", "refresh", "ads", "list.txt").stdout
    assert json.loads(run("list", "show", "ads", "--json").stdout)["flagged_entries"] == []
    assert [row["name"] for row in csv.DictReader(io.StringIO(run("list", "show", "--csv").stdout))] == ["ads"]
    assert run("list", "remove", "ads").returncode == 0
    assert "harvester list add --help" in run("list", "show").stdout


def test_platforms_are_left_out_and_the_output_for_programs_holds_rows_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(COMMENTS)
    assert run("import", "rows.csv").returncode == 0
    answer = run("domain", "list", "--json")
    assert [(row["domain_name"], row["kind"]) for row in json.loads(answer.stdout)] == [("pay.velmora.shop", None)]
    assert "1 big platforms are left out; --platforms shows them" in answer.stderr
    rows = json.loads(run("domain", "list", "--json", "--platforms").stdout)
    assert {(row["domain_name"], row["kind"]) for row in rows} == {
        ("pay.velmora.shop", None), ("tiktok.com", "platform"),
    }  # fmt: skip


def test_what_cannot_be_is_said_before_anything_is_loaded(run: Run) -> None:
    for words, said in (
        (("list", "add", "A B", "x", "--purpose", "block", "--licence", "MIT"), "small letters"),
        (("list", "add", "a", "x", "--purpose", "block", "--licence", "MIT"), "cannot be read"),
        (("list", "add", "a", "x", "--purpose", "block", "--licence", "MIT", "--refresh-days", "1"), "Only a list at"),
        (("list", "refresh", "a"), "There is no list"),
    ):
        answer = run(*words)
        assert answer.returncode != 0
        assert said in answer.stderr
        assert "Traceback" not in answer.stderr
