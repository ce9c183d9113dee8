"""`harvester export` and the filters of `harvester domain list`, as processes of their own."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from pathlib import Path

from tests.cli.conftest import Run

TABLE = (
    "user,text,date\n"
    "ann,go to brightpebblecoins24 (dot) com,2026-01-03\n"
    "bob,see https://velmora.shop/win now,2026-01-03\n"
    "cleo,velmora.shop again and brightpebblecoins24.com,2026-01-03\n"
    '"=1+1","=HYPERLINK(""x"") velmora.shop",2026-01-03\n'
)


def test_everything_stored_leaves_in_every_form_and_by_every_filter(run: Run, tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text(TABLE)
    assert run("import", "comments.csv").returncode == 0

    domains = run("export", "domains")
    assert (domains.returncode, domains.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(domains.stdout)))
    assert [(row["domain_name"], row["domain_defanged"], row["mention_count"], row["state"]) for row in rows] == [
        ("velmora.shop", "velmora[.]shop", "3", "unreviewed"),
        ("brightpebblecoins24.com", "brightpebblecoins24[.]com", "2", "unreviewed"),
    ]

    whole = json.loads(
        run("export", "mentions", "--domain", "VELMORA.shop.", "--method", "url", "--format", "json").stdout
    )
    assert (whole["export"], whole["filter"]) == ("mentions", {"domain_name": "velmora.shop", "method": "url"})
    assert [row["url"] for row in whole["rows"]] == ["https://velmora.shop/win"]

    found = run("export", "comments", "--words", "AGAIN", "--format", "ndjson", "--header").stdout.splitlines()
    assert json.loads(found[0])["filter"] == {"words": "AGAIN"}
    assert [span["domain_name"] for span in json.loads(found[1])["spans"]] == [
        "velmora.shop",
        "brightpebblecoins24.com",
    ]

    safe, raw = run("export", "comments"), run("export", "comments", "--raw")
    assert '"\'=HYPERLINK(""x"") velmora.shop"' in safe.stdout
    assert '"=HYPERLINK(""x"") velmora.shop"' in raw.stdout

    (video,) = csv.DictReader(io.StringIO(run("export", "videos", "--sort", "views").stdout))
    assert (video["total_domain_mentions"], video["comments_with_domains"]) == ("5", "4")
    assert run("export", "videos", "--promoted").stdout.count("\n") == 1

    written = run("export", "domains", "--tld", "shop", "--header", "--output", "shops.csv")
    assert (written.returncode, written.stdout) == (0, "")
    lines = (tmp_path / "shops.csv").read_text().splitlines()
    assert lines[2] == '# filter {"tld":"shop","sort":"mentions"}'
    assert len(lines) == 5
    assert [path.name for path in tmp_path.glob("*.part")] == []

    (listed,) = json.loads(run("domain", "list", "--tld", "shop", "--least-mentions", "3", "--json").stdout)
    assert listed["domain_name"] == "velmora.shop"
    assert "none fulfils" in run("domain", "list", "--method", "reversed").stdout


def test_a_file_that_cannot_be_written_and_an_unknown_order_are_named(run: Run) -> None:
    answer = run("export", "domains", "--output", "no/such/folder.csv")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "no/such/folder.csv cannot be written" in answer.stderr
    for folder in (".", "/"):
        assert f"{folder} cannot be written: Is a directory" in run("export", "domains", "--output", folder).stderr
    assert run("export", "domains", "--sort", "luck").returncode == 2
    assert run("export", "videos", "--format", "xml").returncode == 2


def test_an_export_replaces_the_file_that_was_named_and_no_other(run: Run, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "out.csv.part").symlink_to(precious)
    assert run("export", "domains", "--output", "out.csv").returncode == 0
    assert (precious.read_text(), (tmp_path / "out.csv.part").is_symlink()) == ("mine", True)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o600
    (tmp_path / "out.csv").chmod(0o644)
    assert run("export", "domains", "--output", "out.csv").returncode == 0
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o644


def test_a_pipe_is_written_to_and_stays_one(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("export", "domains", "--output", "pipe").returncode == 0
        assert b"domain_name" in os.read(reader, 10_000)
    finally:
        os.close(reader)
    assert pipe.is_fifo()
