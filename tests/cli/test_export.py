"""`harvester export` and the filters of `harvester domain list`, as processes of their own."""

from __future__ import annotations

import csv
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
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
    assert not (tmp_path / "shops.csv.part").exists()

    (listed,) = json.loads(run("domain", "list", "--tld", "shop", "--least-mentions", "3", "--json").stdout)
    assert listed["domain_name"] == "velmora.shop"
    assert "none fulfils" in run("domain", "list", "--method", "reversed").stdout


def test_a_file_that_cannot_be_written_and_an_unknown_order_are_named(run: Run) -> None:
    answer = run("export", "domains", "--output", "no/such/folder.csv")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "no/such/folder.csv cannot be written" in answer.stderr
    assert run("export", "domains", "--sort", "luck").returncode == 2
    assert run("export", "videos", "--format", "xml").returncode == 2


def test_a_pipe_is_written_to_and_stays_where_it_is(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as readers:
        read = readers.submit(pipe.read_text)
        answer = run("export", "domains", "--output", "pipe")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert read.result(30).startswith('"domain_name"')
    assert pipe.is_fifo()
