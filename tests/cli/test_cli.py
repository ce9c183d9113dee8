"""The verbs, as processes of their own."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.cli.conftest import Run

from harvester.cli import main as command
from harvester.store.embedded import EmbeddedServer

TABLE = "user,text,date\nann,go to brightpebblecoins24 (dot) com,2026-01-03\nbob,great.so true,2026-01-03\n"
VERBS = (
    [], ["import"], ["extract"], ["stats"], ["trending"], ["serve"], ["demo"], ["sandbox"],
    ["domain", "list"], ["domain", "show"],
    ["export", "domains"], ["export", "mentions"], ["export", "comments"], ["export", "videos"],
    ["db", "migrate"], ["db", "status"], ["db", "path"], ["db", "start"], ["db", "stop"],
    ["db", "rollback"], ["db", "backup"], ["db", "restore"], ["db", "verify"], ["db", "cleanup"], ["db", "health"],
)  # fmt: skip


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_the_help_of_every_verb_ends_in_an_example(run: Run, verb: list[str]) -> None:
    answer = run(*verb, "--help")
    assert answer.returncode == 0
    assert re.search(r"\n *Example: \S[^\n]*(\n[^\n]+)?\s*$", answer.stdout)


@pytest.mark.parametrize("word", [*command.VERBS, *command.NOUNS])
def test_a_word_alone_brings_what_it_has_in_the_whole_command_line(word: str) -> None:
    whole, part = (typer.main.get_command(command.command_line(first)).commands for first in (None, word))
    assert list(whole) == [*command.VERBS, *command.NOUNS]
    assert word in part
    assert part.keys() <= whole.keys()


def test_a_word_that_reads_no_texts_does_not_wait_for_the_rules_of_reading() -> None:
    words = ["--version", "db", "domain", "export", "quarantine", "review", "serve", "worker"]
    script = (
        "import sys; from harvester.cli.main import command_line\n"
        "for word in sys.argv[1:]:\n"
        "    command_line(word)\n"
        "    print(word, [name for name in sys.modules if name.startswith('harvester.domains')])"
    )
    said = subprocess.check_output([sys.executable, "-c", script, *words], text=True)
    assert said.splitlines() == [f"{word} []" for word in words]


ALONE = """
import os, sys
from importlib import import_module
import tests.warm
# What others made stays, and takes no time any more; ours is imported anew, each in a process that has none of it.
for name in [name for name in sys.modules if name.partition(".")[0] == "harvester"]:
    del sys.modules[name]
for name in sys.argv[1:]:
    process = os.fork()
    if not process:
        import_module(name)
        os._exit(0)
    if os.waitpid(process, 0)[1]:
        sys.exit(name)
"""


def test_whatever_a_verb_imports_can_be_the_first_to_be_imported() -> None:
    folder = Path(command.__file__).parent
    texts = "".join(map(Path.read_text, folder.glob("*.py")))
    late = re.findall(r"^ +from (harvester[\w.]+) import", texts, re.MULTILINE)
    modules = {f"harvester.cli.{name}" for name in (*command.VERBS.values(), *command.NOUNS.values())} | set(late)
    assert len(modules) > 40
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ended = subprocess.run(
        [sys.executable, "-c", ALONE, *sorted(modules)], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr


def test_texts_are_read_without_a_database(run: Run) -> None:
    lines = ['{"id": "a", "text": "see https://brightpebblecoins24.com/win?x=1 now"}', "nothing here", '{"id": 7']
    answer = run("extract", given="\n".join(lines) + "\n", url="host=/nowhere")
    first, second, third = (json.loads(line) for line in answer.stdout.splitlines())
    assert first == {
        "id": "a",
        "mentions": [
            {
                "domain_name": "brightpebblecoins24.com", "registrable_domain": "brightpebblecoins24.com",
                "public_suffix": "com", "tld": "com", "subdomain": "", "text": "https://brightpebblecoins24.com/win?x=1",
                "start": 4, "end": 43, "confidence": first["mentions"][0]["confidence"], "method": "url",
                "url": "https://brightpebblecoins24.com/win?x=1",
            }
        ],
    }  # fmt: skip
    assert 0.5 <= first["mentions"][0]["confidence"] <= 1
    assert (second, third) == ({"id": 2, "mentions": []}, {"id": 3, "mentions": []})


def test_a_file_goes_in_and_its_domains_come_out_in_every_form(run: Run, tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text(TABLE)
    report = run("import", "comments.csv")
    assert report.returncode == 0
    assert "2 records = 2 stored + 0 updated + 0 duplicate + 0 quarantined" in report.stdout
    assert "1 mentions of 1 domains found" in report.stdout

    assert "brightpebblecoins24.com" in run("domain", "list").stdout
    (listed,) = json.loads(run("domain", "list", "--json").stdout)
    assert (listed["domain_name"], listed["mention_count"]) == ("brightpebblecoins24.com", 1)
    assert listed["first_seen_at"].endswith("Z")
    (row,) = csv.DictReader(io.StringIO(run("domain", "list", "--csv").stdout))
    assert row["domain_name"] == "brightpebblecoins24.com"

    shown = json.loads(run("domain", "show", "BrightPebbleCoins24.com", "--json").stdout)
    assert shown["evidence"][0]["text"] == "go to brightpebblecoins24 (dot) com"
    assert "brightpebblecoins24 (dot) com" in run("domain", "show", "brightpebblecoins24.com").stdout

    (stats,) = json.loads(run("stats", "--json").stdout)
    assert (stats["new_domains"], stats["total_comments"]) == (1, 2)
    (trend,) = json.loads(run("trending", "--json").stdout)
    assert (trend["domain_name"], trend["current_mentions"]) == ("brightpebblecoins24.com", 1)


def test_one_file_that_cannot_be_read_does_not_stop_the_others(run: Run, tmp_path: Path) -> None:
    (tmp_path / "comments.csv").write_text(TABLE)
    (tmp_path / "odd.json").write_text('{"odd": true}')
    report = run("import", "none.csv", "odd.json", "comments.csv", "--json")
    assert report.returncode == 2
    none, odd, good = json.loads(report.stdout)
    assert (none["error"]["code"], odd["error"]["code"]) == ("file_unreadable", "format_unknown")
    assert (good["format"], good["fetched"], good["stored"], good["mentions_found"]) == ("bare_csv", 2, 2, 1)


def test_standard_input_is_imported(run: Run) -> None:
    report = run("import", "-", "--map", "text=said", "--json", given="said\nbrightpebblecoins24.com\n")
    assert json.loads(report.stdout)[0]["stored"] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["import", "-", "--map", "said"], 2, "--map text=komentar"),
        (["import", "-", "--observed-at", "yesterday"], 2, "2026-01-31T12:00Z"),
        (["domain", "show", "never-seen-anywhere.com"], 1, "No stored comment mentions never-seen-anywhere.com"),
        (["domain", "list", "--sort", "beauty"], 2, "mentions, last_seen"),
        (["domain", "list", "--json", "--csv"], 2, "exclude each other"),
        (["serve", "--host", "0.0.0.0"], 2, "127.0.0.1, ::1 or localhost"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_an_error_says_what_to_do_in_plain_words_and_has_its_exit_code(
    run: Run, words: list[str], code: int, said: str
) -> None:
    answer = run(*words, given="text\nx\n")
    assert answer.returncode == code
    assert said in " ".join(answer.stderr.split())
    assert "Traceback" not in answer.stderr


def test_a_server_that_does_not_answer_is_named(run: Run) -> None:
    answer = run("domain", "list", url="postgresql://ann:secret@127.0.0.1:1/none")
    assert answer.returncode == 3
    assert "No PostgreSQL answers at 127.0.0.1" in answer.stderr
    assert "secret" not in answer.stderr


def test_a_database_of_others_is_migrated_only_by_its_own_verb(run: Run, home: EmbeddedServer) -> None:
    with home.running():
        home.ensure_database("theirs")
        theirs = home.conninfo("theirs")
        refused = run("domain", "list", url=theirs)
        assert (refused.returncode, "harvester db migrate" in refused.stderr) == (3, True)
        assert run("db", "status", url=theirs).returncode == 1
        assert "applied 20250906000001_initial_schema.sql" in run("db", "migrate", url=theirs).stdout
        assert run("db", "migrate", url=theirs).stdout == "up to date\n"
        assert run("db", "status", url=theirs).returncode == 0
        assert run("domain", "list", url=theirs).returncode == 0


def test_the_embedded_server_is_set_up_at_the_first_use_and_stopped_after_the_last(
    run: Run, home: EmbeddedServer
) -> None:
    assert "none are stored" in run("domain", "list", url=None).stdout
    assert not home.status().running
    assert json.loads(run("db", "path", "--json", url=None).stdout)["data"] == str(home.data)


def test_a_started_server_stays_until_it_is_stopped(run: Run, home: EmbeddedServer) -> None:
    try:
        assert run("db", "start", url=None).stdout == run("db", "path", url=None).stdout
        assert run("domain", "list", url=None).returncode == 0
        assert home.status().running
    finally:
        run("db", "stop", url=None)
    assert not home.status().running


def test_control_characters_of_strangers_never_reach_the_terminal(run: Run) -> None:
    run("import", "-", given="text\n\x1b[31m brightpebblecoins24.com \u202e\x07\n")
    shown = run("domain", "show", "brightpebblecoins24.com").stdout
    assert "brightpebblecoins24.com" in shown
    assert not set(shown) & {"\x1b", "\x07", "\u202e"}
