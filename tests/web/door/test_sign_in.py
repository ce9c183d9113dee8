"""Signing in and out with Supabase, over HTTP: the pages, the cookies, and what goes wrong on the other side."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from http.cookies import SimpleCookie

import httpx
import pytest
from tests.web.door.people import ANALYST, PASSWORD, SECRET, STRANGER, VIEWER, Desk, desk, post, sign_in, token_of

from harvester.errors import BindRefused, SettingsError
from harvester.store.database import Database
from harvester.web.app import create_app
from harvester.web.door.auth_api import AuthApi
from harvester.web.door.door import Door, Supabase
from harvester.web.door.pages import PRINTED, SENT, SPENT, WRONG
from harvester.web.identity import local_admin
from harvester.web.serve import serving


def cookies_of(answer: httpx.Response) -> dict[str, tuple[str, dict[str, str]]]:
    """The cookies that an answer sets, by the first words of their names, with all that is said about each."""
    found = {}
    for header in answer.headers.get_list("set-cookie"):
        for name, morsel in SimpleCookie(header).items():
            about = {key: str(value) for key, value in morsel.items() if value}
            found[name.rpartition("-")[0]] = (morsel.value, about)
    return found


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


BINDS: dict[str, tuple[str, Callable[[str], Door], str | None]] = {
    "nobody signs in": ("0.0.0.0", lambda _: Door(), "no sign-in"),
    "nobody signs in, with a name": ("0.0.0.0", lambda _: Door(public_url="https://desk.example.org"), "no sign-in"),
    "no name": ("0.0.0.0", lambda url: Door(Supabase(url, "key")), "under which name"),
    "a host name": (
        "desk.example.org",
        lambda url: Door(Supabase(url, "key"), public_url="https://desk.example.org"),
        "an IP address",
    ),
    "people sign in": (
        "0.0.0.0",
        lambda url: Door(Supabase(url, "key"), public_url="https://desk.example.org"),
        None,
    ),
}


@pytest.mark.anyio
@pytest.mark.parametrize("case", BINDS)
async def test_it_is_open_to_others_only_where_they_sign_in(door_database: str, case: str) -> None:
    host, door_of, refusal = BINDS[case]
    door = door_of("http://127.0.0.1:1")
    if refusal is not None:
        with pytest.raises(BindRefused) as refused:
            async with serving(door_database, host, door=door):
                pass
        assert refusal in str(refused.value)
        return
    async with serving(door_database, host, door=door) as url, httpx.AsyncClient(verify=False) as client:
        port = httpx.URL(url).port
        for name, status in (("desk.example.org", 200), ("evil.example", 421), (f"127.0.0.1:{port}", 200)):
            answer = await client.get(f"http://127.0.0.1:{port}/healthz", headers={"Host": name})
            assert answer.status_code == status, name


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


@pytest.mark.parametrize(
    "url", ["http://ref.supabase.co", "ftp://ref.supabase.co", "ref.supabase.co", "https://a:b@ref.supabase.co", ""]
)
def test_passwords_go_to_https_alone(url: str) -> None:
    with pytest.raises(SettingsError, match="HARVESTER_SUPABASE_URL"):
        Supabase(url, "key")


@pytest.mark.parametrize(
    "url", ["desk.example.org", "http://desk.example.org", "https://desk.example.org/path", "ftp://desk", "https://"]
)
def test_the_public_address_is_one_of_a_site(url: str) -> None:
    with pytest.raises(SettingsError, match="HARVESTER_PUBLIC_URL"):
        Door(public_url=url)
