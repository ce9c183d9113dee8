"""Links that sign in: those of a mail, and the one in the terminal."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from tests.web.door.people import ANALYST, Desk, desk, post

from harvester.web.door.door import Door
from harvester.web.door.pages import PRINTED, SENT, SPENT
from harvester.web.identity import local_admin
from harvester.web.serve import serving


async def mailed(place: Desk, number: int = 1) -> None:
    """Wait for the mail that was asked for."""
    for _ in range(200):
        if len(place.stub.mails) >= number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("no mail came")


@pytest.mark.anyio
async def test_a_link_in_the_mail_signs_in_the_browser_that_asked_for_it(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        answer = await post(browser, "/sign-in", "/sign-in/mail", email=" Ann@example.org ")
        assert (answer.status_code, SENT in answer.text) == (200, True)
        await mailed(place)
        sent_back = (await browser.get(place.stub.mails[0].link)).headers["location"]
        assert sent_back.startswith(f"{place.url}sign-in/back?code=")
        in_other_browser = await place.browser().get(sent_back)
        assert (in_other_browser.status_code, SPENT in in_other_browser.text) == (401, True)
        assert (await browser.head(sent_back)).status_code == 200
        answer = await browser.get(sent_back)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "ann@example.org" in (await browser.get("/")).text
        assert (await place.browser().get(sent_back)).status_code == 401


@pytest.mark.anyio
async def test_a_link_to_our_own_page_leaves_the_address_and_asks_for_a_click(door_database: str) -> None:
    async with desk(door_database) as place:
        await post(place.browser(), "/sign-in", "/sign-in/mail", email=ANALYST.email)
        await mailed(place)
        browser, token = place.browser(), place.stub.mails[0].token_hash
        opened = await browser.get("/sign-in/confirm", params={"token_hash": token, "type": "email"})
        assert (opened.status_code, opened.headers["location"]) == (303, "/sign-in/confirm")
        assert opened.headers["referrer-policy"] == "no-referrer"
        assert "/verify" not in place.stub.asked, "a program that looks into mail uses no link up"
        page = await browser.get("/sign-in/confirm")
        assert token not in page.text
        answer = await post(browser, "/sign-in/confirm", "/sign-in/confirm")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert (await browser.get("/")).status_code == 200
        other = place.browser()
        await other.get("/sign-in/confirm", params={"token_hash": token, "type": "email"})
        assert SPENT in (await post(other, "/sign-in/confirm", "/sign-in/confirm")).text


@pytest.mark.anyio
async def test_whoever_has_no_account_gets_the_same_answer_and_no_mail(door_database: str) -> None:
    async with desk(door_database) as place:
        answers = [
            await post(place.browser(), "/sign-in", "/sign-in/mail", email=email)
            for email in ("ann@example.org", "nobody@example.org")
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert all(SENT in answer.text for answer in answers)
        await mailed(place)
        assert [mail.to for mail in place.stub.mails] == ["ann@example.org"]


@pytest.mark.anyio
async def test_a_link_that_leads_nowhere_says_so(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        await browser.get("/sign-in")
        for address in (
            "/sign-in/back",
            "/sign-in/back?code=guessed",
            "/sign-in/back?error=access_denied&error_code=otp_expired&error_description=%3Cscript%3E",
            "/sign-in/confirm",
            "/sign-in/confirm?token_hash=a&type=recovery",
            "/sign-in/link/guessed",
        ):
            answer = await browser.get(address)
            assert (answer.status_code, "was used already" in answer.text) == (401, True), address
            assert "<script>" not in answer.text


@pytest.mark.anyio
async def test_the_link_of_this_machine_is_good_once(door_database: str) -> None:
    announced: list[str] = []
    door = Door(announce=announced.append)
    async with serving(door_database, door=door) as url:
        link = door.new_link(url)
        async with (
            httpx.AsyncClient(base_url=url, verify=False) as first,
            httpx.AsyncClient(base_url=url, verify=False) as second,
        ):
            assert "terminal" in (await first.get("/", follow_redirects=True)).text
            ahead = await second.head(link)
            assert (ahead.status_code, "set-cookie" in ahead.headers) == (200, False), "looking ahead uses no link up"
            answer = await first.get(link)
            assert (answer.status_code, answer.headers["location"]) == (303, "/")
            assert answer.headers["referrer-policy"] == "no-referrer"
            page = await first.get("/")
            assert local_admin().name in page.text
            assert link.rpartition("/")[2] not in page.text
            again = await second.get(link)
            assert (again.status_code, "used already" in again.text) == (401, True)
            assert (await second.get("/")).status_code == 303
            for attempt in range(4):
                printed = await post(second, "/sign-in", "/sign-in/link")
                assert (printed.status_code, PRINTED in printed.text) == ((200, True) if attempt < 3 else (429, False))
            assert [len(each) for each in announced] == [len(link)] * 3
            assert announced[-1] not in printed.text
            assert (await second.get(announced[0])).status_code == 401, "only the newest is good"
            assert (await second.get(announced[2])).status_code == 303
            assert (await second.get("/")).status_code == 200


@pytest.mark.anyio
async def test_without_a_link_of_the_caller_nobody_comes_in(door_database: str) -> None:
    async with serving(door_database) as url, httpx.AsyncClient(base_url=url, verify=False) as browser:
        assert (await browser.get("/")).status_code == 303
        assert (await browser.get("/api/v1/overview")).status_code == 401


@pytest.mark.anyio
async def test_where_people_sign_in_there_is_no_link(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        assert (await browser.get(place.door.new_link(place.url))).status_code == 401
        assert (await post(browser, "/sign-in", "/sign-in/link")).status_code == 401
