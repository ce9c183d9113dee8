"""Forms of strangers, and forms of ours."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.web.door.house import OURS, house, signed_in
from tests.web.door.people import ANALYST, PASSWORD, desk, post, sign_in, token_of

from harvester.web.door.door import Door

FORGERIES: dict[str, tuple[Mapping[str, str], bool]] = {
    "no headers of a browser": ({}, True),
    "another site": ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, True),
    "another port of this host": ({"Origin": "http://desk:81", "Sec-Fetch-Site": "same-site"}, True),
    "another scheme": ({"Origin": "https://desk"}, True),
    "a name that begins alike": ({"Origin": "http://desk.evil.example"}, True),
    "a hidden origin": ({"Origin": "null"}, True),
    "a hidden origin of another site": ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, True),
    "typed by hand": ({"Sec-Fetch-Site": "none"}, True),
    "no token": (OURS, False),
}


@pytest.mark.anyio
async def test_a_form_of_a_stranger_changes_nothing(door_database: str) -> None:
    async with signed_in(door_database) as (client, token):
        for name, (headers, has_token) in FORGERIES.items():
            for path in ("/decided", "/api/v1/decided", "/sign-out", "/nothing"):
                answer = await client.post(path, data={"csrf": token} if has_token else {}, headers=headers)
                assert answer.status_code == 403, (name, path)
                assert "form_refused" in answer.text
        for wrong in ("", token[:-1], token.upper() + "0", "é", "0" * 64):
            assert (await client.post("/decided", data={"csrf": wrong}, headers=OURS)).status_code == 403
        assert (await client.get("/")).status_code == 200, "nobody was signed out"


@pytest.mark.anyio
async def test_a_form_of_ours_is_taken_with_its_body_whole(door_database: str) -> None:
    async with signed_in(door_database) as (client, token):
        for headers in (OURS, {"Origin": "http://desk"}, {"Sec-Fetch-Site": "same-origin"}):
            answer = await client.post("/named", data={"csrf": token, "words": "a&b=č"}, headers=headers)
            assert answer.json() == ["local", "admin", {"csrf": token, "words": "a&b=č"}]
        answer = await client.post("/decided", json={"a": 1}, headers={**OURS, "X-CSRF-Token": token})
        assert answer.json() == ["local", '{"a":1}']
        assert (await client.post("/", data={"csrf": token}, headers=OURS)).status_code == 405
        assert (await client.post("/nothing", data={"csrf": token}, headers=OURS)).status_code == 404
        big = await client.post("/named", content=b"x" * (1 << 21), headers={**OURS, "X-CSRF-Token": token})
        assert big.status_code == 413
        many = "&".join(f"f{number}=1" for number in range(5_000))
        form = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": token, **OURS}
        assert (await client.post("/named", content=many, headers=form)).status_code == 400


@pytest.mark.anyio
async def test_a_token_of_one_session_is_none_of_another(door_database: str) -> None:
    door = Door()
    async with house(door_database, door) as client:
        tokens = []
        for _ in range(2):
            client.cookies.clear()
            await client.get(door.new_link("http://desk/"))
            tokens.append(token_of(await client.get("/")))
        assert tokens[0] != tokens[1]
        assert (await client.post("/decided", data={"csrf": tokens[0]}, headers=OURS)).status_code == 403
        assert (await client.post("/decided", data={"csrf": tokens[1]}, headers=OURS)).status_code == 200


@pytest.mark.anyio
async def test_nobody_is_signed_in_by_a_form_of_a_stranger(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        await browser.get("/sign-in")
        form = {"email": ANALYST.email, "password": PASSWORD}
        answer = await browser.post("/sign-in", data=form, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 403
        assert place.stub.asked == []


@pytest.mark.anyio
async def test_the_sign_in_page_is_bound_to_its_browser(door_database: str) -> None:
    async with desk(door_database) as place:
        mine, other = place.browser(), place.browser()
        token = token_of(await mine.get("/sign-in"))
        await other.get("/sign-in")
        form = {"csrf": token, "email": ANALYST.email, "password": PASSWORD}
        assert (await other.post("/sign-in", data=form, headers={"Origin": place.url.rstrip("/")})).status_code == 403
        assert (await sign_in(mine, ANALYST.email, PASSWORD)).status_code == 303
        assert (await post(mine, "/", "/sign-out")).status_code == 303
