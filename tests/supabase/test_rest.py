"""Who gets what from Supabase's REST API, asked with Supabase's own client.

Everything in `public` is found in the catalog, so that a table of tomorrow is asked for as well. All of it runs twice:
where new objects are granted to nobody, and where the project grants them to everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import httpx
import psycopg
import pytest
from postgrest.exceptions import APIError
from tests.supabase.conftest import client
from tests.supabase.gateway import PUBLISHABLE_KEY, SECRET_KEY, Gateway, token
from tests.supabase.postgrest import over

from supabase import Client

TABLES = {"video", "comment", "creator", "ad", "domain", "domain_mention", "sighting", "run", "quarantine"}
VIEWS = {
    "v_domains_new_today", "v_domains_top_mentioned", "v_domains_recent_activity", "v_videos_with_domains",
    "v_comments_with_domains",
}  # fmt: skip
CALLS: dict[str, dict[str, Any]] = {
    "get_dashboard_stats": {"start_date": "2026-01-01T00:00:00Z", "end_date": "2100-01-01T00:00:00Z"},
    "get_trending_domains": {"days_back": 7},
    "cleanup_old_data": {"days_to_keep": 36500},
}
VERDICTS: dict[str, dict[str, Any]] = {
    "review_domains": {"domain_names": ["unknown.com"], "verdict": "benign"},
    "review_mentions": {"domain_name": "unknown.com"},
    "undo_reviews": {"reviews": ["00000000-0000-7000-8000-000000000009"]},
}
"""What is not stored: nothing is judged by these calls, whoever makes them."""
SWITCH = {"what": "collection", "is_paused": False}
WRITES: dict[str, Callable[[Any], Any]] = {
    "insert": lambda table: table.insert({"id": "0190a000-0000-7000-8000-000000000001"}),
    "upsert": lambda table: table.upsert({"id": "0190a000-0000-7000-8000-000000000001"}),
    "update": lambda table: table.update({"updated_at": "2026-01-01T00:00:00Z"}).not_.is_("id", "null"),
    "delete": lambda table: table.delete().not_.is_("id", "null"),
}


def outcome(request: Any) -> str:
    """The error's code and words, or `ok`."""
    try:
        request.execute()
    except APIError as error:
        return f"{error.code}: {error.message}"
    return "ok"


def refused(kind: str, names: Iterable[str]) -> dict[str, str]:
    """What PostgreSQL answers for lack of a grant on these very objects: no later line of defence says this."""
    return {name: f"42501: permission denied for {kind} {name}" for name in names}


def public(project: str, catalog: str) -> set[str]:
    with psycopg.connect(project) as connection:
        return {name for (name,) in connection.execute(catalog.encode()).fetchall()}


@pytest.fixture(scope="module")
def tables(project: str) -> set[str]:
    found = public(
        project, "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    assert found >= TABLES
    return found


@pytest.fixture(scope="module")
def views(project: str) -> set[str]:
    found = public(
        project, "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')"
    )
    assert found >= VIEWS
    return found


def test_every_function_that_the_api_offers_is_called_here(project: str) -> None:
    offered = (
        "select proname from pg_proc where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype"
    )
    assert public(project, offered) == {*CALLS, *VERDICTS, "set_pause"}


def test_a_stranger_reads_nothing(stranger: Client, tables: set[str], views: set[str]) -> None:
    asked = {name: outcome(stranger.table(name).select("*").limit(1)) for name in tables | views}
    assert asked == refused("table", tables) | refused("view", views)


def test_a_stranger_calls_nothing(stranger: Client) -> None:
    asked = {name: outcome(stranger.rpc(name, given)) for name, given in (CALLS | VERDICTS).items()}
    assert asked == refused("function", CALLS | VERDICTS)


@pytest.mark.parametrize("persona", ["stranger", "analyst"])
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_only_the_worker_writes(
    personas: dict[str, Client], tables: set[str], persona: str, write: Callable[[Any], Any]
) -> None:
    asked = {name: outcome(write(personas[persona].table(name))) for name in tables}
    assert asked == refused("table", tables)


@pytest.mark.parametrize("persona", ["analyst", "worker"])
@pytest.mark.parametrize("relation", sorted(TABLES | VIEWS))
def test_an_analyst_and_the_worker_read_the_rows(personas: dict[str, Client], persona: str, relation: str) -> None:
    rows = personas[persona].table(relation).select("*").limit(1).execute().data
    assert len(rows) == 1


def test_an_analyst_calls_all_but_the_cleanup(analyst: Client) -> None:
    asked = {name: outcome(analyst.rpc(name, given)) for name, given in CALLS.items()}
    assert asked == dict.fromkeys(CALLS, "ok") | refused("function", ["cleanup_old_data"])


def test_the_worker_calls_every_function(worker: Client) -> None:
    assert {name: outcome(worker.rpc(name, given)) for name, given in CALLS.items()} == dict.fromkeys(CALLS, "ok")


def test_nobody_judges_without_a_role_that_an_administrator_gave(analyst: Client, worker: Client) -> None:
    asked = {name: outcome(analyst.rpc(name, given)) for name, given in VERDICTS.items()}
    assert asked == dict.fromkeys(VERDICTS, "42501: only an analyst or admin may give verdicts")
    assert {name: outcome(worker.rpc(name, given)).split()[0] for name, given in VERDICTS.items()} == dict.fromkeys(
        VERDICTS, "P0002:"
    )


def test_nobody_stops_requests_without_a_role_that_an_administrator_gave(
    stranger: Client, analyst: Client, worker: Client
) -> None:
    asked = [outcome(each.rpc("set_pause", SWITCH)) for each in (stranger, analyst, worker)]
    closed, refused_words = (
        "permission denied for function set_pause",
        "only an admin may stop requests or let them go on",
    )
    assert asked == [f"42501: {closed}", f"42501: {refused_words}", "ok"]


@pytest.mark.parametrize("schema", ["private", "jobs", "auth", "extensions", "supabase_migrations"])
@pytest.mark.parametrize("persona", ["stranger", "analyst", "worker"])
def test_the_api_knows_no_schema_but_public(personas: dict[str, Client], persona: str, schema: str) -> None:
    asked = outcome(personas[persona].schema(schema).table("users").select("*"))
    assert asked == "PGRST106: The schema must be one of the following: public"


@pytest.mark.parametrize(
    ("bearer", "code"),
    [
        (token("authenticated"), None),
        (token("authenticated", secret="signed by another than the project, at length"), "PGRST301"),
        (token("authenticated", lasts=-60), "PGRST301"),
        (f"{token('anon').rpartition('.')[0]}.", "PGRST301"),
        (token("harvester"), "42501"),
        (SECRET_KEY, "PGRST301"),
    ],
    ids=["a right one", "signed by another", "expired", "unsigned", "of a role out of reach", "a key"],
)
def test_postgrest_takes_a_right_token_alone(gateway: Gateway, bearer: str, code: str | None) -> None:
    with over(gateway.postgrest) as postgrest:
        answer = postgrest.get("/domain", headers={"Authorization": f"Bearer {bearer}"})
    assert (answer.is_success, answer.json()["code"] if answer.is_error else None) == (code is None, code)


@pytest.mark.parametrize("headers", [{}, {"apikey": "sb_secret_guessed"}, {"Authorization": f"Bearer {SECRET_KEY}"}])
def test_without_a_key_the_gateway_lets_nobody_in(gateway: Gateway, headers: dict[str, str]) -> None:
    assert httpx.get(f"{gateway.url}/rest/v1/domain", headers=headers).status_code == 401


def test_a_wrong_password_signs_nobody_in(gateway: Gateway) -> None:
    with client(gateway.url, PUBLISHABLE_KEY) as made:
        with pytest.raises(Exception, match="Invalid login credentials"):
            made.auth.sign_in_with_password({"email": "ana@example.com", "password": "a guess"})
        assert outcome(made.table("domain").select("*")) == refused("table", ["domain"])["domain"]
