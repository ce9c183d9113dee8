"""Signing in by password: the page, the cookie, and what goes wrong on the other side."""

from __future__ import annotations

import httpx
import pytest
from tests.web.door.cookies import cookies_of
from tests.web.door.people import ANALYST, PASSWORD, STRANGER, VIEWER, desk, post, sign_in, token_of

from harvester.store.database import Database
from harvester.web.app import create_app
from harvester.web.door.auth_api import AuthApi
from harvester.web.door.door import Door, Supabase
from harvester.web.door.pages import WRONG
from harvester.web.serve import serving


@pytest.mark.anyio
async def test_a_password_opens_the_page_that_was_wanted(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        sent_away = await browser.get("/domains?q=a&sort=name")
        assert (sent_away.status_code, sent_away.headers["location"]) == (
            303,
            "/sign-in?next=%2Fdomains%3Fq%3Da%26sort%3Dname",
        )
        marked = await browser.get("/domains/a%3Fb%23c%20d?limit=5")
        assert marked.headers["location"] == "/sign-in?next=%2Fdomains%2Fa%253Fb%2523c%2520d%3Flimit%3D5"
        shown = await browser.get(sent_away.headers["location"])
        assert (shown.status_code, "Sign out" in shown.text) == (200, False)
        answer = await sign_in(browser, ANALYST.email, PASSWORD, next="/domains?q=a&sort=name")
        assert (answer.status_code, answer.headers["location"]) == (303, "/domains?q=a&sort=name")
        page = await browser.get("/")
        assert page.status_code == 200
        assert "ann@example.org" in page.text
        assert "analyst" in page.text
        assert "Sign out" in page.text
        assert (await browser.get("/sign-in")).headers["location"] == "/"


@pytest.mark.anyio
async def test_the_cookie_is_random_and_hidden_from_scripts(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        value, about = cookies_of(await sign_in(browser, ANALYST.email, PASSWORD))["harvester-session"]
        assert about == {"path": "/", "max-age": "43200", "httponly": "True", "samesite": "lax"}
        assert len(value) == 43
        other = cookies_of(await sign_in(place.browser(), ANALYST.email, PASSWORD))["harvester-session"]
        assert other[0] != value
        for cookie in browser.cookies.jar:
            assert str(browser.base_url.port) in cookie.name, "another dashboard on this machine has its own"


@pytest.mark.anyio
async def test_over_https_the_cookie_stays_there(door_database: str) -> None:
    door = Door(public_url="https://desk.example.org")
    async with Database(door_database) as database:
        app = create_app(database, hosts=frozenset({"desk.example.org"}), door=door)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as client:
            answer = await client.get(door.new_link("https://desk.example.org/"))
            assert "__Host-harvester-session-443" in answer.headers["set-cookie"]
            _, about = cookies_of(answer)["__Host-harvester-session"]
            assert about == {"path": "/", "max-age": "43200", "httponly": "True", "samesite": "lax", "secure": "True"}
            assert (await client.get("/")).status_code == 200
            page = await client.get("/")
            headers = {"Origin": "https://desk.example.org"}
            answer = await client.post("/sign-out", data={"csrf": token_of(page)}, headers=headers)
            assert answer.status_code == 303


@pytest.mark.anyio
async def test_whoever_is_refused_learns_nothing_about_the_account(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        for email, password in (
            ("ann@example.org", "wrong"),
            ("nobody@example.org", PASSWORD),
            ("ann@example.org", ""),
            ("", PASSWORD),
            ("ann@example.org", "x" * 5_000),
            ("x" * 5_000, PASSWORD),
            ("<script>alert(1)</script>", "' or 1=1"),
            ("ann@example.org\u202e", PASSWORD),
        ):
            answer = await sign_in(browser, email, password)
            assert answer.status_code == 401
            assert WRONG in answer.text
            assert 'role="alert"' in answer.text
            assert "<script>alert" not in answer.text
            assert "harvester-session" not in cookies_of(answer)
            assert not password or password not in answer.text
            assert (await browser.get("/")).status_code == 303


@pytest.mark.anyio
async def test_an_account_without_a_role_is_told_to_ask_for_one(door_database: str) -> None:
    async with desk(door_database) as place:
        answer = await sign_in(place.browser(), STRANGER.email, PASSWORD)
        assert answer.status_code == 403
        assert "no role here yet" in answer.text


@pytest.mark.anyio
async def test_a_service_in_trouble_is_named(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        for fault, status, words in (
            ("500", 503, "cannot be read"),
            ("503", 503, "cannot be read"),
            ("garbage", 503, "cannot be read"),
            ("huge", 503, "cannot be read"),
            ("redirect", 503, "cannot be read"),
            ("429", 429, "asked too often"),
        ):
            place.stub.faults.append(fault)
            answer = await sign_in(browser, ANALYST.email, PASSWORD)
            assert (answer.status_code, words in answer.text) == (status, True), fault
            assert status != 429 or answer.headers["retry-after"] == "7"
        assert (await sign_in(browser, ANALYST.email, PASSWORD)).status_code == 303


@pytest.mark.anyio
async def test_a_service_that_hangs_is_given_up(door_database: str) -> None:
    async with desk(door_database) as place:
        assert place.door.supabase is not None
        place.stub.faults.append("hanging")
        impatient = AuthApi(place.stub.url, "sb_publishable_sandbox", seconds=0.2)
        async with impatient:
            with pytest.raises(Exception, match="does not answer"):
                await impatient.sign_in(ANALYST.email, PASSWORD)


@pytest.mark.anyio
async def test_the_wrong_key_of_the_project_lets_nobody_in(door_database: str) -> None:
    async with desk(door_database) as place:
        door = Door(Supabase(place.stub.url, "sb_publishable_other"))
        async with serving(door_database, door=door) as url, httpx.AsyncClient(base_url=url, verify=False) as browser:
            assert (await sign_in(browser, ANALYST.email, PASSWORD)).status_code == 401


@pytest.mark.anyio
async def test_nobody_is_led_elsewhere(door_database: str) -> None:
    async with desk(door_database) as place:
        for following in (
            "//evil.example/",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\nb",
            "/sign-out",
            "évil",
        ):
            answer = await sign_in(place.browser(), ANALYST.email, PASSWORD, next=following)
            assert answer.headers["location"] == "/", following


@pytest.mark.anyio
async def test_attempts_at_one_account_are_slowed_down_whoever_makes_them(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        for _ in range(10):
            assert (await sign_in(browser, "ANN@example.org", "wrong")).status_code == 401
        refused = await sign_in(browser, "ann@example.org", PASSWORD)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert "too many attempts" in refused.text
        asked = place.stub.asked.count("/token")
        assert asked == 10, "the service is not asked"
        by_mail = await post(browser, "/sign-in", "/sign-in/mail", email="ann@example.org")
        assert by_mail.status_code == 429
        assert (await sign_in(browser, VIEWER.email, PASSWORD)).status_code == 303
        place.clock.now += 60
        assert (await sign_in(place.browser(), "ann@example.org", PASSWORD)).status_code == 303


@pytest.mark.anyio
async def test_attempts_from_one_address_are_slowed_down_whatever_account_they_name(door_database: str) -> None:
    async with desk(door_database) as place:
        browser = place.browser()
        for number in range(30):
            assert (await sign_in(browser, f"guess-{number}@example.org", "wrong")).status_code == 401
        assert (await sign_in(browser, ANALYST.email, PASSWORD)).status_code == 429


@pytest.mark.anyio
@pytest.mark.parametrize(("proxies", "statuses"), [(["127.0.0.1"], [401, 429]), ([], [401, 401])])
async def test_a_proxy_is_believed_only_where_it_is_named(
    door_database: str, proxies: list[str], statuses: list[int]
) -> None:
    async with desk(door_database) as place:
        door = Door(Supabase(place.stub.url, "sb_publishable_sandbox"))
        for _ in range(30):
            door.by_address.take("203.0.113.7")
        async with (
            serving(door_database, door=door, proxies=proxies) as url,
            httpx.AsyncClient(base_url=url, verify=False) as client,
        ):
            seen = []
            for sender in ("198.51.100.1", "203.0.113.7"):
                client.headers["X-Forwarded-For"] = sender
                seen.append((await sign_in(client, f"{sender}@example.org", "wrong")).status_code)
        assert seen == statuses
