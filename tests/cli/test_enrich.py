"""Looking domains up, as an analyst and an operator type it, over a name server of our own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.forked import Command
from tests.outside import in_a_thread
from tests.store.looked import do, put_domains, rows

from harvester.sandbox.outside.name_server import Host, NameServer

Typed = Callable[..., subprocess.CompletedProcess[str]]
HOSTS = {
    "glow.com": {"A": ["192.0.2.1", "192.0.2.2"], "MX": ["10 mail.glow.com."]},
    "xn--gre-6ka8i.de": {"A": ["192.0.2.3"]},
    "down.com": Host(fault="servfail"),
    "odd.com": {"CNAME": ["\\027[31mred.glow.com."]},
}


@pytest.fixture(scope="module")
def name_server() -> Iterator[NameServer]:
    with in_a_thread(NameServer(HOSTS)) as server:
        yield server


@pytest.fixture
def typed(conninfo: str, tmp_path: Path, name_server: NameServer) -> Typed:
    """Runs `harvester …` with the name server for its resolver; `more` changes the settings."""

    def command(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("HARVESTER_")}
        ours = {
            "HARVESTER_DATABASE_URL": conninfo, "HARVESTER_HOME": "home",
            "HARVESTER_DNS_RESOLVERS": f"127.0.0.1:{name_server.port}",
        }  # fmt: skip
        return Command(*words, environment={**kept, **ours, **more}, folder=tmp_path).completed()

    return command


def told(answer: subprocess.CompletedProcess[str]) -> dict[str, dict[str, object]]:
    assert answer.returncode == 0, answer.stderr
    return {row["domain_name"]: row for row in json.loads(answer.stdout)}


def test_what_is_stored_is_kept_and_what_is_not_leaves_no_trace(typed: Typed, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    found = told(typed("enrich", "hxxps://GLOW[.]com/win", "größe.de", "down.com", "nobody.com", "--dns", "--json"))
    assert {name: row["state"] for name, row in found.items()} == {
        "glow.com": "ok", "xn--gre-6ka8i.de": "ok", "down.com": "servfail", "nobody.com": "nxdomain",
    }  # fmt: skip
    assert [name for name, row in found.items() if row["is_stored"]] == ["glow.com"]
    [domain] = rows(conninfo, "select domain_name, metadata, verified_at from domain")
    assert domain["metadata"]["dns"] == found["glow.com"]["result"]
    assert domain["metadata"]["dns"]["a"] == ["192.0.2.1", "192.0.2.2"]
    assert domain["verified_at"] is not None
    assert [row["state"] for row in rows(conninfo, "select state from enrichment")] == ["ok"]


def test_people_read_states_facts_and_why_something_was_not_asked(typed: Typed) -> None:
    answer = typed("enrich", "glow.com", "--dns", "--rdap", "--http")
    assert answer.returncode == 0, answer.stderr
    assert "glow.com  (not stored: nothing is kept)" in answer.stdout
    assert re.search(r"DNS +ok · \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", answer.stdout)
    assert re.search(r"a +192\.0\.2\.1, 192\.0\.2\.2", answer.stdout)
    assert "RDAP  not asked: HARVESTER_RDAP is off" in answer.stdout
    assert "HTTP  not asked: HARVESTER_PAP forbids it" in answer.stdout


def test_what_strangers_wrote_does_nothing_to_a_terminal(typed: Typed) -> None:
    assert "\x1b" not in typed("enrich", "odd.com").stdout


def test_under_red_nothing_is_sent_whatever_is_asked_for(typed: Typed, name_server: NameServer) -> None:
    before = len(name_server.asked)
    found = told(typed("enrich", "glow.com", "--dns", "--json", HARVESTER_PAP="red"))
    assert found["glow.com"]["state"] == "refused:pap"
    assert len(name_server.asked) == before


@pytest.mark.parametrize(
    ("words", "said"), [(["no domain at all"], "names no domain"), (["one.com two.com"], "names several domains")]
)
def test_what_names_not_one_domain_is_refused(typed: Typed, words: list[str], said: str) -> None:
    answer = typed("enrich", *words)
    assert answer.returncode == 2
    assert said in re.sub(r"[\s│]+", " ", answer.stderr)


def test_a_resolver_that_is_no_address_is_named(typed: Typed) -> None:
    answer = typed("enrich", "glow.com", HARVESTER_DNS_RESOLVERS="resolver.example")
    assert answer.returncode == 2
    assert "HARVESTER_DNS_RESOLVERS" in answer.stderr


def test_a_switch_stops_look_ups_until_they_are_resumed(typed: Typed, conninfo: str, name_server: NameServer) -> None:
    put_domains(conninfo, "glow.com")
    assert typed("enrichment", "pause", "--reason", "a complaint").returncode == 0
    before = len(name_server.asked)
    answer = typed("enrich", "glow.com", "nobody.com")
    assert (answer.returncode, len(name_server.asked)) == (4, before)
    assert "a complaint" in answer.stderr
    assert "STOPPED" in typed("enrichment", "status").stdout
    assert typed("enrichment", "resume").returncode == 0
    assert told(typed("enrich", "glow.com", "--json"))["glow.com"]["state"] == "ok"
    state = json.loads(typed("enrichment", "status", "--json").stdout)
    assert (state["pap"], state["allowed"], state["pause"]["is_paused"]) == ("amber", ["dns"], False)
    assert [(row["kind"], row["domains"], row["due"]) for row in state["look_ups"]] == [("dns", 1, 0)]


def test_what_a_worker_has_in_hand_is_waited_for(typed: Typed, conninfo: str) -> None:
    put_domains(conninfo, "glow.com")
    do(
        conninfo,
        "insert into private.look_up (domain_id, kind, taken_by, due_at)"
        " select id, 'dns', gen_random_uuid(), clock_timestamp() + interval '3 seconds' from domain",
    )
    assert told(typed("enrich", "glow.com", "--json"))["glow.com"]["state"] == "ok"
    assert rows(conninfo, "select 1 from private.look_up where checked_at < created_at + interval '3 seconds'") == []
