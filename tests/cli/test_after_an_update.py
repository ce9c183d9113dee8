"""`harvester reextract` and `harvester domain reclassify`, as an operator types them after an update."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from tests.cli.conftest import Run
from tests.jobs.stored import stored, versions

from harvester.domains import EXTRACTOR_VERSION

GONE: LiteralString = (
    "insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)"
    " values ('velmora.invalid', 'velmora.invalid', 'invalid', 'invalid', 'velmora.invalid')"
)


def change(conninfo: str, statement: LiteralString) -> None:
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        connection.execute(statement)


@pytest.fixture
def imported(run: Run, conninfo: str, tmp_path: Path) -> dict[str, list[str]]:
    """Three comments of an older version, which found one of two mentions; what a fresh import would store."""
    (tmp_path / "comments.csv").write_text("text\nsee velmora.com\nlovely\nsee quietharbourdeals.shop\n")
    assert run("import", "comments.csv").returncode == 0
    rows = stored(conninfo)
    change(conninfo, "update comment set extractor_version = '2026.10.3'")
    change(conninfo, "delete from domain_mention m using domain d where d.id = domain_id and tld = 'com'")
    change(conninfo, "update domain_mention set confidence_score = 0.30")
    return rows


def test_it_says_what_changes_then_changes_it_and_has_nothing_left_to_do(
    run: Run, conninfo: str, imported: dict[str, list[str]]
) -> None:
    answer = run("reextract")
    assert answer.returncode == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[0] == f"3 comments, read by the rules of 2026.10.3 (3); now {EXTRACTOR_VERSION}:"
    assert lines[1].startswith("  appeared: 1 mentions (1 shown, 0 held)")
    assert lines[2] == "    velmora.com 1"
    assert lines[3].startswith("  raised: 1 mentions (1 shown, 0 held)")
    assert lines[4] == "    quietharbourdeals.shop 1"
    assert lines[5:] == ["3 comments read again: 1 mentions added, 0 removed, 1 renewed; 0 domains added"]
    assert stored(conninfo) == imported
    assert "no comment is to be read again" in run("reextract").stdout


@pytest.mark.usefixtures("imported")
def test_a_dry_run_says_the_same_and_writes_nothing(run: Run, conninfo: str) -> None:
    before = versions(conninfo)
    dry = run("reextract", "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert versions(conninfo) == before
    assert run("reextract").stdout.startswith(dry.stdout)


@pytest.mark.usefixtures("imported")
def test_programs_get_one_document(run: Run) -> None:
    dry: dict[str, Any] = json.loads(run("reextract", "--dry-run", "--json").stdout)
    assert (dry["version"], dry["comments"], dry["written"]) == (EXTRACTOR_VERSION, 3, None)
    assert dry["versions"] == [{"version": "2026.10.3", "comments": 3}]
    assert dry["changes"]["appeared"] == {
        "mentions": 1, "shown": 1, "held": 0, "domains": [{"domain_name": "velmora.com", "mentions": 1}],
    }  # fmt: skip
    assert set(dry["changes"]) == {"appeared", "vanished", "raised", "lowered", "kept"}
    wet = json.loads(run("reextract", "--json").stdout)
    assert wet == {
        **dry,
        "written": {"comments": 3, "added": 1, "removed": 0, "renewed": 1, "domains": 0, "refused": 0},
    }


@pytest.mark.usefixtures("imported")
def test_only_what_is_older_is_read_where_a_version_is_named(run: Run) -> None:
    assert "no comment is to be read again" in run("reextract", "--older-than", "2026.10.3").stdout
    assert "3 comments read again" in run("reextract", "--older-than", "2026.10.4").stdout


def test_a_version_that_is_none_is_refused(run: Run) -> None:
    answer = run("reextract", "--older-than", "yesterday")
    assert (answer.returncode, "--older-than yesterday is no version" in answer.stderr) == (2, True)


@pytest.mark.usefixtures("imported")
def test_domains_are_split_again_and_the_differences_listed(run: Run, conninfo: str) -> None:
    change(conninfo, "update domain set public_suffix = domain_name where domain_name = 'velmora.com'")
    change(conninfo, GONE)
    before = versions(conninfo)
    listed = json.loads(run("domain", "reclassify", "--dry-run", "--json").stdout)
    assert versions(conninfo) == before
    assert {each["domain_name"]: (each["public_suffix_before"], each["public_suffix"]) for each in listed} == {
        "velmora.com": ("velmora.com", "com"), "velmora.invalid": ("invalid", None),
    }  # fmt: skip
    answer = run("domain", "reclassify")
    assert answer.returncode == 0, answer.stderr
    assert "velmora.com" in answer.stdout
    assert "left alone, since they no longer split: 1" in answer.stdout
    change(conninfo, "delete from domain where tld = 'invalid'")
    assert "none; every domain is as the lists say" in run("domain", "reclassify").stdout


def test_captions_that_nobody_read_are_read_and_shown_with_their_domain(
    run: Run, conninfo: str, imported: dict[str, list[str]]
) -> None:
    del imported
    change(conninfo, "insert into video (video_id, username, caption) values ('77', 'maker', 'all at seen-only.com')")
    assert run("domain", "show", "seen-only.com").returncode == 1
    dry = run("reextract", "--dry-run").stdout
    assert "1 captions, profiles and ads, read by the rules of none (1)" in dry
    assert "  appeared: 1 sightings (1 shown, 0 held)" in dry
    told = json.loads(run("reextract", "--json").stdout)["elsewhere"]
    assert (told["records"], told["versions"]) == (1, [{"version": None, "records": 1}])
    assert told["written"] == {"records": 1, "added": 1, "removed": 0, "renewed": 0, "domains": 1, "refused": 0}
    shown = run("domain", "show", "seen-only.com").stdout
    assert "seen-only.com: 0 mentions in 0 videos, seen in no comment" in shown
    assert "Seen elsewhere" in shown
    (sighting,) = json.loads(run("domain", "show", "seen-only.com", "--json").stdout)["sightings"]
    assert (sighting["place"], sighting["video_id"], sighting["video_username"]) == ("caption", "77", "maker")
