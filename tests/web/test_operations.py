"""The page of operations: what it shows, who may turn what there, and where each of its numbers leads."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import psycopg
import pytest
from tests.store.errands import Errands
from tests.store.test_verification import comment, write
from tests.web.conftest import OpenSite
from tests.web.door.house import OURS
from tests.web.door.people import ADMIN, ANALYST, VIEWER, desk, post, token_of

from harvester.store.database import Database

HOSTILE = "<script>alert(1)</script>\u202e"


async def busy(conninfo: str) -> None:
    """Jobs that wait and that were given up, refused records, a failed run, and domains to be asked about."""
    async with Database(conninfo) as database:
        await write(database, *(comment(number, name=number) for number in range(3)))
        errands = Errands(database)
        await errands.fail.defer_async()
        await errands.work()
        await errands.note.defer_async(what=HOSTILE)
    with psycopg.connect(conninfo) as owner:
        owner.execute(
            "insert into private.look_up (domain_id, kind, due_at, checked_at, failure_count)"
            " select id, 'dns', now() - interval '2 hours', now() - interval '1 day', 3 from domain"
        )
        run = owner.execute(
            "insert into run (source, state, extractor_version, finished_at, errors)"
            " values ('broken', 'failed', '1', now(), '{\"unreadable\": 2}') returning id"
        ).fetchone()
        assert run is not None
        owner.execute(
            "insert into quarantine (run_id, source, reason, detail, raw, sha256, context)"
            " values (%s, 'broken', 'ruined_id', %s, 'x', sha256('x'), '{}')",
            [run[0], HOSTILE],
        )


async def worked_off(conninfo: str) -> list[Any]:
    """What the tasks did that could be done."""
    async with Database(conninfo) as database:
        errands = Errands(database)
        await errands.work()
        return errands.done


@pytest.fixture
def busy_site(conninfo: str) -> str:
    asyncio.run(busy(conninfo))
    return conninfo


@pytest.fixture
def client(busy_site: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    with open_site(busy_site) as client:
        yield client


def numbers(page: str) -> list[str]:
    """Where the numbers of the page lead."""
    return [html.unescape(each) for each in re.findall(r'<td class="n"><a href="([^"]+)"', page)]


def test_each_number_leads_to_its_rows(client: httpx.Client) -> None:
    page = client.get("/operations")
    assert page.status_code == 200
    led = numbers(page.text)
    assert {each.partition("?")[0] for each in led} == {
        "/operations/jobs", "/operations/look-ups", "/operations/quarantine",
    }  # fmt: skip
    for address in led:
        behind = client.get(address)
        assert behind.status_code == 200
        assert "<tbody>" in behind.text, address
        assert "<script>alert" not in behind.text
    assert "/runs?state=failed" in page.text
    assert client.get("/runs?state=failed").text.count("broken") >= 1


def test_a_switch_is_called_alike_in_its_heading_and_on_its_button(client: httpx.Client) -> None:
    switches = re.findall(r'<div class="switch">(.*?)</form>', client.get("/operations").text, re.DOTALL)
    names = [(re.search(r"<h3>(.*?)</h3>", each), re.search(r">Stop (\w+)</button>", each)) for each in switches]
    assert [(heading and heading[1].lower(), button and button[1]) for heading, button in names] == [
        ("collection", "collection"), ("enrichment", "enrichment"),
    ]  # fmt: skip


def test_the_document_says_the_same_as_the_page(client: httpx.Client) -> None:
    told: dict[str, Any] = client.get("/api/v1/operations").json()
    assert {(row["task"], row["job_state"]): row["jobs"] for row in told["queue"]} == {
        ("note", "todo"): 1, ("fail", "failed"): 1,
    }  # fmt: skip
    assert [(row["task"], row["attempts"]) for row in told["given_up"]] == [("fail", 1)]
    assert [(row["look_up"], row["due"], row["overdue"], row["never_asked"]) for row in told["waiting"]] == [
        ("dns", 3, 3, 0)
    ]
    assert [(row["source"], row["refusal"], row["records"]) for row in told["refused"]] == [("broken", "ruined_id", 1)]
    assert [row["source"] for row in told["failed_runs"]] == ["broken"]
    assert {row["switch"]: row["is_stopped"] for row in told["switches"]} == {"collection": False, "enrichment": False}
    assert {row["api"]: row["requests_left"] for row in told["quota"]} == {"research": 1000, "commercial": 1000}
    assert "public.comment" in [row["table_name"] for row in told["tables"]]
    due = client.get("/api/v1/operations/look-ups?look_up=dns").json()["due_look_ups"]
    assert [row["failures"] for row in due] == [3, 3, 3]


def test_an_admin_stops_and_lets_go_on(client: httpx.Client) -> None:
    form = {"csrf": token_of(client.get("/operations")), "switch": "collection", "state": "stopped"}
    headers = {**OURS, "Origin": str(client.base_url).rstrip("/")}
    answer = client.post("/operations/switch", data={**form, "reason": f" {HOSTILE} "}, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "/operations#switches")
    page = client.get("/operations").text
    assert "<script>alert" not in page
    assert "U+202E" in page
    [collection, _] = client.get("/api/v1/operations").json()["switches"]
    assert (collection["is_stopped"], collection["stop_reason"]) == (True, HOSTILE)
    client.post("/operations/switch", data={**form, "state": "on"}, headers=headers)
    assert not client.get("/api/v1/operations").json()["switches"][0]["is_stopped"]
    for wrong in ({"switch": "everything"}, {"state": ""}):
        assert client.post("/operations/switch", data={**form, **wrong}, headers=headers).status_code == 400
    assert client.post("/operations/switch", data={**form, "csrf": ""}, headers=headers).status_code == 403


def test_an_admin_puts_what_was_given_up_back_to_work(client: httpx.Client, busy_site: str) -> None:
    page = client.get("/operations")
    [job] = client.get("/api/v1/operations").json()["given_up"]
    headers = {**OURS, "Origin": str(client.base_url).rstrip("/")}
    form = {"csrf": token_of(page), "ids": job["job_id"]}
    assert client.post("/operations/replay", data={**form, "ids": "1; drop"}, headers=headers).status_code == 400
    assert client.post("/operations/replay", data=form, headers=headers).status_code == 303
    told = client.get("/api/v1/operations").json()
    assert told["given_up"] == []
    assert ("fail", "todo") in [(row["task"], row["job_state"]) for row in told["queue"]]
    assert asyncio.run(worked_off(busy_site)) == [HOSTILE]


@pytest.fixture
async def people(busy_site: str) -> AsyncIterator[Any]:
    async with desk(busy_site) as place:
        yield place


@pytest.mark.anyio
async def test_others_see_the_switches_without_buttons_and_turn_none(people: Any) -> None:
    for account, may in ((VIEWER, False), (ANALYST, False), (ADMIN, True)):
        browser = await people.signed_in(account)
        page = await browser.get("/operations")
        assert page.status_code == 200
        assert ("/operations/switch" in page.text, "/operations/replay" in page.text) == (may, may)
        answer = await post(browser, "/operations", "/operations/switch", switch="enrichment", state="stopped")
        assert answer.status_code == (303 if may else 403), account.email


def test_a_quiet_database_says_what_to_run_and_a_broken_one_what_to_do(conninfo: str, open_site: OpenSite) -> None:
    with open_site(conninfo) as client:
        page = client.get("/operations").text
        for words in ("harvester up", "No job was given up", "harvester import FILE", "Nothing was read yet"):
            assert words in page, words
        with psycopg.connect(conninfo) as owner:
            owner.execute("drop schema jobs cascade")
        page = client.get("/operations").text
        assert "harvester db migrate" in page
        assert "Nothing matches" in client.get("/operations/jobs?task=no-such&job_state=todo").text
