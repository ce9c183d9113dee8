"""`/metrics` as Prometheus gets it: who may ask, what it says, and what it never holds."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.store.test_verification import comment, write
from tests.web.conftest import OpenSite
from tests.web.door.people import VIEWER, desk

from harvester.store.api_key import create_key
from harvester.store.database import WORKER, Database
from harvester.store.look_up_tally import LookUpTally
from harvester.store.metrics import Policy, look_up_metrics
from harvester.web.door.door import Door
from harvester.web.serve import serving

pytestmark = pytest.mark.anyio
MOST_SERIES = 1_000
LOOK_UP = """
insert into public.enrichment (domain_id, kind, state, is_change, result, checked_at)
select id, 'http', %s, true, '{}', clock_timestamp() from domain limit 1
"""


def samples(answer: httpx.Response) -> dict[tuple[str, ...], float]:
    """Each sample by its name and labels."""
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, *(each for pair in sorted(sample.labels.items()) for each in pair)): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_scraper_of_this_machine_reads_the_figures_of_the_database_and_of_the_process(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await write(database, *(comment(number, name=number % 3) for number in range(8)))
    async with serving(conninfo) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        await client.get("/healthz")
        found = samples(await client.get("/metrics"))
        assert found["harvester_records_total", "outcome", "stored"] == 8
        assert found["harvester_stored_rows", "kind", "comment"] == 8
        assert found["harvester_http_requests_total", "method", "GET", "status", "200"] == 1
        assert any(name == "harvester_http_request_duration_seconds_count" for name, *_ in found)
        assert len(found) < MOST_SERIES
        with psycopg.connect(conninfo) as owner:
            names = {name for (name,) in owner.execute("select domain_name from domain").fetchall()}
        assert names
        assert names.isdisjoint(label for key in found for label in key[2::2])
        assert (await client.get("/metrics?domain=x")).status_code == 400


async def test_the_alerts_of_the_guide_ask_for_figures_that_there_are(conninfo: str) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "howto" / "operate.md").read_text(encoding="utf-8")
    asked = set(re.findall(r"\bharvester_[a-z_]+", guide))
    policy = Policy(retention_days=30)
    async with serving(conninfo, policy=policy) as url, httpx.AsyncClient() as client:
        told = (await client.get(f"{url}metrics")).text
    assert guide.count("- alert:") == 5
    assert asked
    families = {family.name for family in text_string_to_metric_families(told)}
    assert {name.removesuffix("_total") for name in asked} <= families


async def test_with_accounts_a_scraper_shows_a_key_or_a_token(conninfo: str) -> None:
    async with Database(conninfo) as database, database.transaction(WORKER) as connection:
        key = await create_key(connection, "prometheus", "read")
    async with desk(conninfo) as place:
        client = place.browser()
        refused = await client.get("/metrics")
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["www-authenticate"].startswith("Bearer")
        for proof in (key, place.stub.issuer.token(sub=VIEWER.id, app_metadata={"role": "viewer"})):
            answer = await client.get("/metrics", headers={"Authorization": f"Bearer {proof}"})
            assert samples(answer)["harvester_oldest_job_age_seconds",] == 0
        answer = await client.get("/metrics", headers={"Authorization": "Bearer tdh_wrong"})
        assert answer.status_code == 401


async def test_behind_a_name_of_its_own_nobody_reads_without_having_signed_in(conninfo: str) -> None:
    door = Door(public_url="https://desk.example.org")
    async with serving(conninfo, door=door) as url, httpx.AsyncClient() as client:
        assert (await client.get(f"{url}metrics")).status_code == 401


async def test_look_ups_are_counted_from_the_first_question_on_and_once(conninfo: str) -> None:
    tally = LookUpTally(lag_seconds=0)
    async with Database(conninfo) as database:
        await write(database, comment(1))
        with psycopg.connect(conninfo, autocommit=True) as owner:
            owner.execute(LOOK_UP, ["ok"])
            owner.execute("select pg_sleep(0.005)")
            assert await tally.read(database) == {}
            for state in ("ok", "timeout", "refused:robots", "refused:private_address"):
                owner.execute("select pg_sleep(0.005)")
                owner.execute(LOOK_UP, [state])
            owner.execute("select pg_sleep(0.005)")
        counts = await tally.read(database)
        assert counts == await tally.read(database)
    found = {
        (each.name, *labels): value for each in look_up_metrics(counts) for labels, value in each.samples
    }  # fmt: skip
    assert found == {
        ("harvester_look_ups", "http", "ok"): 1,
        ("harvester_look_ups", "http", "timeout"): 1,
        ("harvester_look_ups", "http", "not_sent"): 2,
        ("harvester_ssrf_refused", "robots"): 1,
        ("harvester_ssrf_refused", "private_address"): 1,
    }


async def test_what_is_too_new_waits_for_the_next_question(conninfo: str) -> None:
    tally = LookUpTally(lag_seconds=60)
    async with Database(conninfo) as database:
        await write(database, comment(1))
        await tally.read(database)
        with psycopg.connect(conninfo, autocommit=True) as owner:
            owner.execute(LOOK_UP, ["ok"])
        assert await tally.read(database) == {}


def test_a_database_that_lacks_a_migration_is_not_ready(conninfo: str, open_site: OpenSite) -> None:
    with psycopg.connect(conninfo, autocommit=True) as owner:
        owner.execute("drop schema jobs cascade")
    with open_site(conninfo) as client:
        for path in ("/readyz", "/metrics"):
            answer = client.get(path)
            assert answer.status_code == 503, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["code"] == "schema_outdated"
            assert "harvester db migrate" in answer.json()["hint"]
        assert client.get("/healthz").status_code == 200
