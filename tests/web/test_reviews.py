"""Verdicts as people give them by forms, and programs by the API: who may, what follows, and what is taken back."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.store.looked import rows
from tests.store.test_ingest import NAMES
from tests.store.test_verification import comment, write
from tests.web.conftest import OpenSite
from tests.web.door.people import ANALYST, VIEWER, desk
from tests.web.door.people import post as sent
from tests.web.test_hostile import HOSTILE

from harvester.store.api_key import Scope, create_key
from harvester.store.database import WORKER, Database

FIRST, SECOND = NAMES[:2]
UNKNOWN = "00000000-0000-7000-8000-000000000000"
STANDING = "select domain_name, verdict from domain where verdict is not null order by 1"


async def put_comments(conninfo: str) -> None:
    """Eight comments, of which four mention the first domain, and four the second."""
    async with Database(conninfo) as database:
        await write(database, *(comment(number, name=number % 2, video=number % 3) for number in range(1, 9)))


@pytest.fixture
def desk_site(conninfo: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    """The dashboard of the person at this machine, over eight comments."""
    asyncio.run(put_comments(conninfo))
    with open_site(conninfo) as client:
        yield client


def program(site: httpx.Client, conninfo: str, scope: Scope = "write") -> httpx.Client:
    """A program with an API key."""

    async def work() -> str:
        async with Database(conninfo) as database, database.transaction(WORKER) as connection:
            return await create_key(connection, f"feed {scope}", scope)

    return httpx.Client(
        base_url=site.base_url.join("/api/v1"), headers={"Authorization": f"Bearer {asyncio.run(work())}"}
    )


def token(site: httpx.Client) -> str:
    """The token of forms for this session."""
    found = re.search(r'name="csrf" value="([^"]*)"', site.get("/reviews").text)
    assert found is not None
    return found[1]


def post(site: httpx.Client, path: str, **fields: Any) -> httpx.Response:
    """Send a form as a page of ours would."""
    origin = str(site.base_url).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    return site.post(path, data={"csrf": token(site), **fields}, headers=headers)


def give(site: httpx.Client, **fields: Any) -> str:
    """Give a verdict, and the address that the answer leads to."""
    answer = post(site, "/reviews", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def standing(conninfo: str) -> dict[str, str]:
    """The verdicts in force."""
    return {row["domain_name"]: row["verdict"] for row in rows(conninfo, STANDING)}


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


@pytest.mark.parametrize("verdict", ["malicious", "suspicious", "benign", "ignore"])
def test_a_verdict_is_given_told_and_taken_back(desk_site: httpx.Client, conninfo: str, verdict: str) -> None:
    page = f"/domains/{FIRST}"
    assert "Nobody has given a verdict" in desk_site.get(page).text
    led = give(desk_site, domain_name=FIRST, verdict=verdict, reason=" a shop ", note="one\r\ntwo", back=page)
    assert re.fullmatch(rf"{re.escape(page)}\?done=[0-9a-f-]{{36}}", led)
    shown = desk_site.get(led).text
    assert f"{FIRST}: {verdict}." in words(shown)
    assert f"{verdict} by Local admin" in words(shown)
    assert "a shop" in shown
    assert "one\ntwo" in shown
    assert standing(conninfo) == {FIRST: verdict}
    listed = desk_site.get("/api/v1/domains").json()["rows"]
    assert {row["domain_name"]: row["verdict"] for row in listed} == (
        {SECOND: None} if verdict == "ignore" else {FIRST: verdict, SECOND: None}
    )
    assert (f">{verdict}</span>" in desk_site.get("/domains").text) == (verdict != "ignore")

    (request_id,) = re.findall(r'name="request_id" value="([^"]*)"', shown)
    undone = post(desk_site, "/reviews/undo", request_id=request_id, back=page)
    assert "Taken back: 1 verdict" in words(desk_site.get(undone.headers["location"]).text)
    assert standing(conninfo) == {}
    assert "Taken back since." in words(desk_site.get(led).text)
    assert len(desk_site.get("/api/v1/reviews").json()["rows"]) == 2


def test_many_are_judged_at_once_and_taken_back_together(desk_site: httpx.Client, conninfo: str) -> None:
    led = give(desk_site, domain_name=[FIRST, SECOND], verdict="suspicious", back="/domains?sort=name&done=old")
    assert led.startswith("/domains?sort=name&done=")
    assert f"{FIRST}, {SECOND}: suspicious." in words(desk_site.get(led).text)
    assert standing(conninfo) == {FIRST: "suspicious", SECOND: "suspicious"}
    post(desk_site, "/reviews/undo", request_id=led.partition("done=")[2], back=led)
    assert standing(conninfo) == {}


def test_ignored_domains_are_listed_where_they_are_asked_for(desk_site: httpx.Client) -> None:
    give(desk_site, domain_name=FIRST, verdict="ignore")
    for state, names in {"ignored": [FIRST], "": [SECOND], "verified": [], "unreviewed": [SECOND]}.items():
        found = desk_site.get("/api/v1/domains", params={"state": state}).json()["rows"]
        assert [row["domain_name"] for row in found] == names, state
    overview = desk_site.get("/api/v1/overview").json()
    for part in ("top_mentioned", "trending", "new_today"):
        assert FIRST not in [row["domain_name"] for row in overview[part]]
    assert desk_site.get(f"/domains/{FIRST}").status_code == 200


def test_mentions_that_mean_no_domain_go_and_their_page_stays(desk_site: httpx.Client) -> None:
    page = f"/domains/{FIRST}"
    evidence = [row["comment_id"] for row in desk_site.get(f"/api/v1{page}").json()["evidence"]]
    one = give(desk_site, domain_name=FIRST, verdict="not_a_domain", comment_id=evidence[:1], back=page)
    assert "1 mention of" in words(desk_site.get(one).text)
    give(desk_site, domain_name=FIRST, verdict="not_a_domain", comment_id=evidence[1:], reason="a product", back=page)
    told = desk_site.get(f"/api/v1{page}").json()
    assert (told["facts"]["mention_count"], told["evidence"]) == (0, [])
    assert [row["comment_id"] for row in told["reviews"]][-1] == evidence[0]
    (undone,) = [row["id"] for row in told["reviews"] if row["comment_id"] == evidence[0]]
    post(desk_site, "/reviews/undo", id=undone, back=page)
    assert desk_site.get(f"/api/v1{page}").json()["facts"]["mention_count"] == 1


REFUSED_FORMS: list[tuple[dict[str, Any], int]] = [
    ({"verdict": "malicious"}, 400),
    ({"verdict": "fine", "domain_name": FIRST}, 400),
    ({"domain_name": FIRST}, 400),
    ({"verdict": "benign", "domain_name": FIRST, "reason": "x" * 201}, 400),
    ({"verdict": "benign", "domain_name": FIRST, "note": "x" * 4_001}, 400),
    ({"verdict": "benign", "domain_name": FIRST, "note": "a\0b"}, 400),
    ({"verdict": "benign", "domain_name": [FIRST, "never.example"]}, 404),
    ({"verdict": "benign", "domain_name": "\0"}, 400),
    ({"verdict": "not_a_domain", "domain_name": FIRST}, 400),
    ({"verdict": "not_a_domain", "domain_name": FIRST, "comment_id": "1"}, 404),
]


def test_a_form_that_cannot_be_carried_out_changes_nothing(desk_site: httpx.Client, conninfo: str) -> None:
    for fields, status in REFUSED_FORMS:
        answer = post(desk_site, "/reviews", **fields)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8"), fields
    for fields in ({}, {"id": "x"}, {"request_id": "x"}):
        assert post(desk_site, "/reviews/undo", **fields).status_code == 400
    for fields in ({"id": UNKNOWN}, {"request_id": UNKNOWN}):
        assert post(desk_site, "/reviews/undo", **fields).status_code == 404
    assert rows(conninfo, "select 1 from review") == []


def test_a_form_of_a_stranger_judges_nothing(desk_site: httpx.Client, conninfo: str) -> None:
    fields = {"domain_name": FIRST, "verdict": "benign"}
    for path in ("/reviews", "/reviews/undo", "/api/v1/reviews", "/api/v1/reviews/undo"):
        assert desk_site.post(path, data=fields).status_code == 403
        evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        assert desk_site.post(path, data={"csrf": token(desk_site), **fields}, headers=evil).status_code == 403
    assert rows(conninfo, "select 1 from review") == []


def test_nobody_is_led_elsewhere(desk_site: httpx.Client) -> None:
    for back in ("//evil.example", "https://evil.example", "/\\evil", "/runs", "javascript:1", ""):
        assert give(desk_site, domain_name=FIRST, verdict="benign", back=back).startswith("/reviews?done=")


def test_what_people_wrote_of_a_domain_does_nothing_on_its_page(desk_site: httpx.Client) -> None:
    for text in HOSTILE:
        fields = {"reason": text[:200], "note": text[:4_000]}
        answer = post(desk_site, "/reviews", domain_name=FIRST, verdict="benign", **fields)
        assert answer.status_code == (400 if "\0" in text else 303), text
    for path in (f"/domains/{FIRST}", "/reviews"):
        page = desk_site.get(path, params={}).text
        outside = re.sub(r"<bdi>.*?</bdi>", "", page, flags=re.DOTALL)
        assert "alert(1)" not in outside
        assert "evil.example" not in outside
        assert "\u202e" not in page
        assert not re.findall(r"<(?:script(?! type=\"module\")|iframe|svg/|style)", page)
        assert all(link.startswith(("/", "#")) for link in re.findall(r'(?:href|action)="([^"]*)"', page))


@pytest.mark.anyio
async def test_viewers_see_the_trail_and_judge_nothing(conninfo: str) -> None:
    await put_comments(conninfo)
    async with desk(conninfo) as place:
        ann, vera = await place.signed_in(ANALYST), await place.signed_in(VIEWER)
        page = f"/domains/{FIRST}"
        assert (await sent(ann, page, "/reviews", domain_name=FIRST, verdict="malicious")).status_code == 303
        assert (await sent(vera, page, "/reviews", domain_name=FIRST, verdict="benign")).status_code == 403
        for path in (page, "/domains", "/reviews"):
            seen = (await vera.get(path)).text
            assert 'action="/reviews' not in re.sub(r'<form action="/reviews">', "", seen), path
            assert 'type="checkbox" id="tick' not in seen
        seen = (await vera.get(page)).text
        assert "ann@example.org" in seen
        assert "Analysts and admins give verdicts; your role is viewer." in seen
        (written,) = rows(conninfo, "select reviewer, reviewer_id::text, verdict from review")
        assert written == {"reviewer": "ann@example.org", "reviewer_id": ANALYST.id, "verdict": "malicious"}


def test_programs_judge_with_a_key_that_may_write(desk_site: httpx.Client, conninfo: str) -> None:
    with program(desk_site, conninfo) as client:
        asked = {"domain_names": [FIRST.upper(), SECOND], "verdict": "malicious", "reason": "feed", "note": None}
        answer = client.post("/reviews", json=asked)
        assert answer.status_code == 201, answer.text
        written = answer.json()["reviews"]
        assert {(row["domain_name"], row["reviewer"], row["verdict"]) for row in written} == {
            (FIRST, "API key feed write", "malicious"), (SECOND, "API key feed write", "malicious"),
        }  # fmt: skip
        rejected = client.post("/reviews", json={"domain_name": SECOND, "verdict": "not_a_domain"}).json()["reviews"]
        assert {row["verdict"] for row in rejected} == {"not_a_domain"}
        ids = [row["id"] for row in written]
        undone = client.post("/reviews/undo", json={"ids": ids})
        assert (undone.status_code, {row["undoes"] for row in undone.json()["reviews"]}) == (201, set(ids))
        assert client.post("/reviews/undo", json={"ids": ids}).json() == {"reviews": []}
        (whole, *_) = client.get("/reviews/precision").json()["rows"]
        assert (whole["dimension"], whole["right_mentions"], whole["precision"]) == ("all", 0, 0.0)
    with program(desk_site, conninfo, "read") as reader:
        refused = reader.post("/reviews", json={"domain_names": [FIRST], "verdict": "benign"})
        assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
        assert refused.headers["content-type"] == "application/problem+json"
        assert reader.get("/reviews").status_code == 200


REFUSED_CALLS: list[tuple[dict[str, Any], int, str | None]] = [
    ({}, 400, "body"),
    ({"verdict": "fine", "domain_names": [FIRST]}, 400, "body"),
    ({"verdict": "benign"}, 400, "domain_names"),
    ({"verdict": "benign", "domain_names": []}, 400, "domain_names"),
    ({"verdict": "benign", "domain_names": ["x.com"] * 1_001}, 400, "domain_names"),
    ({"verdict": "benign", "domain_names": [FIRST], "comment_ids": ["1"]}, 400, "comment_ids"),
    ({"verdict": "benign", "domain_names": [FIRST], "reason": "x" * 201}, 400, "reason"),
    ({"verdict": "benign", "domain_names": [FIRST], "note": "\0"}, 400, "note"),
    ({"verdict": "benign", "domain_names": [FIRST], "note": "\ud800"}, 400, "note"),
    ({"verdict": "benign", "domain_names": ["never.example"]}, 404, None),
    ({"verdict": "not_a_domain", "domain_name": FIRST, "comment_ids": []}, 400, "comment_ids"),
    ({"verdict": "not_a_domain", "domain_name": FIRST, "comment_ids": ["x"]}, 404, None),
]


def test_a_call_that_cannot_be_carried_out_says_why(desk_site: httpx.Client, conninfo: str) -> None:
    with program(desk_site, conninfo) as client:
        for body, status, parameter in REFUSED_CALLS:
            # Written by hand: half a character goes into JSON by its number alone.
            answer = client.post("/reviews", content=json.dumps(body), headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()["parameter"]) == (status, parameter), answer.text
            assert answer.headers["content-type"] == "application/problem+json"
        assert client.post("/reviews", content="{", headers={"Content-Type": "application/json"}).status_code == 400
        assert client.post("/reviews/undo", json={"ids": [UNKNOWN]}).status_code == 404
    assert rows(conninfo, "select 1 from review") == []


def test_a_call_that_is_sent_again_is_carried_out_once(desk_site: httpx.Client, conninfo: str) -> None:
    asked = {"domain_names": [FIRST], "verdict": "malicious"}
    with program(desk_site, conninfo) as client:
        key = {"Idempotency-Key": "4711"}
        first, again = (client.post("/reviews", json=asked, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert ("idempotency-replayed" in first.headers, again.headers["idempotency-replayed"]) == (False, "true")
        other = client.post("/reviews", json={**asked, "verdict": "benign"}, headers=key)
        assert (other.status_code, other.json()["code"]) == (400, "review_refused")
        ids = [first.json()["reviews"][0]["id"]]
        undone = [client.post("/reviews/undo", json={"ids": ids}, headers=key) for _ in range(2)]
        assert undone[0].json() == undone[1].json()
        assert client.post("/reviews", json=asked, headers={"Idempotency-Key": ""}).status_code == 400
    assert len(rows(conninfo, "select 1 from review")) == 2


def test_the_same_key_of_another_is_another(desk_site: httpx.Client, conninfo: str) -> None:
    asked, key = {"domain_names": [FIRST], "verdict": "malicious"}, {"Idempotency-Key": "4711"}
    with program(desk_site, conninfo) as client:
        client.post("/reviews", json=asked, headers=key)
    headers = {"Origin": str(desk_site.base_url).rstrip("/"), "X-CSRF-Token": token(desk_site), **key}
    answer = desk_site.post("/api/v1/reviews", json=asked, headers=headers)
    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)
    assert len(rows(conninfo, "select 1 from review")) == 2


@pytest.mark.anyio
async def test_calls_that_come_at_the_same_time_are_carried_out_once(conninfo: str) -> None:
    await put_comments(conninfo)
    async with desk(conninfo) as place:
        access = place.stub.issuer.token(sub=ANALYST.id, app_metadata=dict(ANALYST.app_metadata))
        headers = {"Authorization": f"Bearer {access}", "Idempotency-Key": "one"}
        asked = {"domain_names": [FIRST], "verdict": "malicious"}
        client = place.browser()
        answers = await asyncio.gather(*(client.post("/api/v1/reviews", json=asked, headers=headers) for _ in range(6)))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 5
    assert len(rows(conninfo, "select 1 from review")) == 1


def test_the_trail_is_filtered_and_walked_to_its_end(desk_site: httpx.Client, conninfo: str) -> None:
    for verdict in ("malicious", "suspicious", "benign"):
        give(desk_site, domain_name=[FIRST, SECOND], verdict=verdict)
    with program(desk_site, conninfo) as client:
        client.post("/reviews", json={"domain_names": [FIRST], "verdict": "benign"})
    for asked, count in (
        ({}, 7), ({"domain_name": FIRST}, 4), ({"verdict": "benign"}, 3), ({"reviewer": "Local admin"}, 6),
        ({"domain_name": FIRST, "verdict": "benign", "reviewer": "API key feed write"}, 1), ({"reviewer": "\0"}, 7),
        ({"reviewer": "nobody"}, 0), ({"domain_name": "never.example"}, 0),
    ):  # fmt: skip
        found: list[str] = []
        address: str | None = str(httpx.URL("/api/v1/reviews", params={**asked, "limit": 2}))
        while address:
            answer = desk_site.get(address)
            found += [row["id"] for row in answer.json()["rows"]]
            address = answer.links.get("next", {}).get("url")
        assert (len(found), found) == (count, sorted(set(found), reverse=True)), asked
        page = desk_site.get("/reviews", params={**asked, "limit": 1000}).text
        assert all(key in page for key in found)
        assert ("Nothing matches" in page) == (count == 0)


def test_precision_says_what_counts_and_shows_each_number_twice(desk_site: httpx.Client) -> None:
    assert "Nothing has been judged yet" in desk_site.get("/reviews/precision").text
    assert "Nothing has been judged yet" in desk_site.get("/reviews").text
    give(desk_site, domain_name=FIRST, verdict="malicious")
    evidence = desk_site.get(f"/api/v1/domains/{FIRST}").json()["evidence"]
    give(desk_site, domain_name=FIRST, verdict="not_a_domain", comment_id=evidence[0]["comment_id"])
    page = desk_site.get("/reviews/precision").text
    assert "What counts as right" in page
    told = desk_site.get("/api/v1/reviews/precision").json()["rows"]
    assert {row["dimension"] for row in told} == {"all", "method", "tld", "source"}
    for row in told:
        assert (row["judged_mentions"], row["right_mentions"], row["precision"]) == (4, 3, 0.75)
    assert page.count('class="bar" x="0" y="4" width="75.0"') == len(told)
    assert page.count('<td class="n">75.0 %</td>') == len(told)
