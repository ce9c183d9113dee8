"""Sessions: they go on with fresh tokens, and end when they should."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import httpx
import pytest
from tests.web.door.cookies import cookies_of
from tests.web.door.people import ANALYST, SECRET, VIEWER, desk, post

from harvester.web.door.door import Door
from harvester.web.serve import serving


@pytest.mark.anyio
async def test_signing_out_ends_the_session_here_and_there(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        taken = dict(browser.cookies)
        answer = await post(browser, "/", "/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
        assert cookies_of(answer)["harvester-session"][0] == ""
        assert place.stub.asked[-1] == "/logout"
        assert (await browser.get("/")).status_code == 303
        thief = place.browser()
        thief.cookies.update(taken)
        assert (await thief.get("/")).status_code == 303


@pytest.mark.anyio
async def test_whoever_signs_in_again_leaves_no_session_behind(door_database: str) -> None:
    door = Door()
    async with serving(door_database, door=door) as url, httpx.AsyncClient(base_url=url, verify=False) as browser:
        await browser.get(door.new_link(url))
        earlier = dict(browser.cookies)
        await browser.get(door.new_link(url))
        assert (await browser.get("/")).status_code == 200
        browser.cookies.clear()
        browser.cookies.update(earlier)
        assert (await browser.get("/")).status_code == 303


@pytest.mark.anyio
async def test_two_dashboards_of_one_machine_sign_nobody_out_of_the_other(door_database: str) -> None:
    doors = Door(), Door()
    async with (
        serving(door_database, door=doors[0]) as one,
        serving(door_database, door=doors[1]) as other,
        # One browser, whose cookies know no ports.
        httpx.AsyncClient(verify=False) as browser,
    ):
        for door, url in zip(doors, (one, other), strict=True):
            await browser.get(door.new_link(url))
        assert [(await browser.get(url)).status_code for url in (one, other)] == [200, 200]
        await browser.post(one + "sign-out", headers={"origin": one.rstrip("/")})
        assert (await browser.get(other)).status_code == 200


@pytest.mark.anyio
async def test_signing_out_works_while_the_service_is_away(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        place.stub.faults.append("500")
        assert (await post(browser, "/", "/sign-out")).status_code == 303
        assert (await browser.get("/")).status_code == 303


@pytest.mark.anyio
async def test_a_session_goes_on_with_fresh_tokens_and_the_role_of_today(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        place.stub.change(replace(ANALYST, app_metadata={"role": "admin"}))
        place.clock.now += 3_000
        assert "analyst" in (await browser.get("/")).text
        assert place.stub.asked.count("/token") == 1
        place.clock.now += 600
        pages = await asyncio.gather(*(browser.get("/") for _ in range(8)))
        assert all(page.status_code == 200 and "admin" in page.text for page in pages)
        assert place.stub.asked.count("/token") == 2, "a refresh token is good once, and was used once"


@pytest.mark.anyio
async def test_a_session_that_the_service_ended_leads_to_the_sign_in(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        place.stub.end_sessions(ANALYST.email)
        place.clock.now += 3_600
        assert (await browser.get("/")).headers["location"] == "/sign-in"


@pytest.mark.anyio
async def test_whoever_loses_the_role_is_out_at_the_next_refresh(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(VIEWER)
        place.stub.change(replace(VIEWER, app_metadata={}))
        place.clock.now += 3_600
        assert (await browser.get("/")).status_code == 303


@pytest.mark.anyio
async def test_while_the_service_is_away_a_session_lasts_as_long_as_its_token(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        place.stub.faults.extend(["503", "503"])
        place.clock.now += 3_550
        assert (await browser.get("/")).status_code == 200
        place.clock.now += 60
        away = await browser.get("/")
        assert away.status_code == 503
        assert "retry-after" in away.headers
        assert (await browser.get("/")).status_code == 200


@pytest.mark.anyio
async def test_a_session_has_its_longest_time(door_database: str) -> None:
    async with desk(door_database, session_hours=1) as place:
        browser = await place.signed_in(ANALYST)
        place.clock.now += 3_500
        assert (await browser.get("/")).status_code == 200
        place.clock.now += 100
        assert (await browser.get("/")).status_code == 303


@pytest.mark.anyio
async def test_a_project_that_changes_its_key_signs_people_in_at_once(door_database: str) -> None:
    async with desk(door_database) as place:
        await place.signed_in(ANALYST)
        place.stub.issuer.rotate("RS256")
        place.clock.now += 30
        await place.signed_in(VIEWER)
        assert place.stub.asked.count("/.well-known/jwks.json") == 2


@pytest.mark.anyio
async def test_a_project_that_signs_with_its_secret_signs_people_in(door_database: str) -> None:
    async with desk(door_database, secret=SECRET) as place:
        place.stub.issuer.rotate("HS256", keep=False)
        browser = await place.signed_in(ANALYST)
        assert (await browser.get("/")).status_code == 200
