"""Every request at the door: whose it is, what it may change, how often it comes, and what is noted about it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
import psycopg
import pytest
import structlog
from fastapi import Depends, Request
from psycopg.types.json import Jsonb
from starlette.responses import Response
from structlog.testing import LogCapture
from tests.web.door.people import ADMIN, ANALYST, PASSWORD, STRANGER, VIEWER, desk, post, sign_in, token_of

from harvester.store.api_key import create_key, revoke_key
from harvester.store.database import ANALYST as READER
from harvester.store.database import WORKER, Database
from harvester.web.app import create_app
from harvester.web.door.door import Door
from harvester.web.identity import Identity, admin, analyst, form_of, identity_of, viewer

OURS = {"Origin": "http://desk", "Sec-Fetch-Site": "same-origin"}


async def asked_database(request: Request) -> Response:
    """What the database knows of whoever asks."""
    async with request.app.state.database.transaction(READER, identity_of(request).claims) as connection:
        row = await (await connection.execute("select current_user as as_role, auth.jwt() as claims")).fetchone()
    return Response(json.dumps(row), media_type="application/json")


async def named(request: Request, who: Annotated[Identity, Depends(viewer)]) -> Response:
    return Response(json.dumps([who.subject, who.role, dict(form_of(request))]))


async def decided(request: Request, who: Annotated[Identity, Depends(analyst)]) -> Response:
    return Response(json.dumps([who.subject, (await request.body()).decode()]))


async def ruled(who: Annotated[Identity, Depends(admin)]) -> Response:
    return Response(who.name)


@asynccontextmanager
async def house(conninfo: str, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """The application with some routes more, asked in this process."""
    async with Database(conninfo) as database:
        app = create_app(database, hosts=frozenset({"desk"}), door=door)
        for path, route, methods in (
            ("/claims", asked_database, ["GET"]),
            ("/named", named, ["GET", "POST"]),
            ("/decided", decided, ["POST"]),
            ("/api/v1/decided", decided, ["POST"]),
            ("/ruled", ruled, ["GET"]),
        ):
            app.add_api_route(path, route, methods=methods, response_model=None)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            yield client


@asynccontextmanager
async def signed_in(conninfo: str, **options: Any) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client of the person at this machine, and the token of their forms."""
    door = Door(**options)
    async with house(conninfo, door) as client:
        await client.get(door.new_link("http://desk/"))
        yield client, token_of(await client.get("/"))


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
        many = "&".join(f"f{number}=1" for number in range(500))
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
async def test_roles_decide_what_may_be_done(door_database: str) -> None:
    async with desk(door_database) as place, house(door_database, place.door) as client:
        issuer = place.stub.issuer
        for account, statuses in (
            (VIEWER, {"/named": 200, "/decided": 403, "/ruled": 403}),
            (ANALYST, {"/named": 200, "/decided": 200, "/ruled": 403}),
            (ADMIN, {"/named": 200, "/decided": 200, "/ruled": 200}),
            (STRANGER, {"/named": 403, "/decided": 403, "/ruled": 403}),
        ):
            token = issuer.token(
                sub=account.id, app_metadata=dict(account.app_metadata), user_metadata=dict(account.user_metadata)
            )
            for path, status in statuses.items():
                method = "POST" if path == "/decided" else "GET"
                answer = await client.request(method, path, headers={"Authorization": f"Bearer {token}"})
                assert answer.status_code == status, (account.email, path)
                if status == 403:
                    assert answer.headers["www-authenticate"] == 'Bearer realm="harvester", error="insufficient_scope"'


@pytest.mark.anyio
async def test_a_viewer_changes_nothing_even_where_a_route_forgot_to_ask(door_database: str) -> None:
    async with desk(door_database) as place, house(door_database, place.door) as client:
        token = place.stub.issuer.token(app_metadata={"role": "viewer"})
        answer = await client.post("/named", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 403


@pytest.mark.anyio
async def test_the_database_knows_who_asks(door_database: str) -> None:
    async with desk(door_database) as place, house(door_database, place.door) as client:
        token = place.stub.issuer.token(sub=ANALYST.id, app_metadata=dict(ANALYST.app_metadata))
        known = (await client.get("/claims", headers={"Authorization": f"Bearer {token}"})).json()
        assert known["as_role"] == "authenticated"
        assert known["claims"]["sub"] == ANALYST.id
        assert known["claims"]["app_metadata"]["role"] == "analyst"
    async with signed_in(door_database) as (client, _):
        known = (await client.get("/claims")).json()
        assert known == {
            "as_role": "authenticated",
            "claims": {"role": "authenticated", "app_metadata": {"role": "admin"}},
        }


@pytest.mark.anyio
async def test_each_person_sees_what_policies_show_them(conninfo: str) -> None:
    with psycopg.connect(conninfo) as owner:
        owner.execute("drop policy run_read on run")
        owner.execute(
            "create policy run_read on run for select to authenticated"
            " using (request ->> 'for' = (select auth.jwt() ->> 'sub'))"
        )
        owner.cursor().executemany(
            "insert into run (source, state, extractor_version, finished_at, request)"
            " values (%s, 'finished', '1', now(), %s)",
            [("for-ann", Jsonb({"for": ANALYST.id})), ("for-vera", Jsonb({"for": VIEWER.id}))],
        )
    async with desk(conninfo) as place:
        for account, source in ((ANALYST, "for-ann"), (VIEWER, "for-vera")):
            browser = await place.signed_in(account)
            runs = (await browser.get("/api/v1/overview")).json()["latest_runs"]
            assert [run["source"] for run in runs] == [source]


UNPROVEN = {
    "nothing": None,
    "another scheme": "Basic YWRtaW46YWRtaW4=",
    "no token": "Bearer",
    "an empty token": "Bearer ",
    "a guess": "Bearer admin",
    "a key that was never made": "Bearer tdh_0000000000000000000000000000000000000000000000",
    "two tokens": "Bearer a, Bearer b",
    "no ASCII": "Bearer \u00e9",
}


@pytest.mark.anyio
@pytest.mark.parametrize("has_supabase", [False, True])
async def test_the_api_says_what_it_needs(door_database: str, has_supabase: bool) -> None:
    async with desk(door_database) as place:
        door = place.door if has_supabase else Door()
        async with house(door_database, door) as client:
            for name, shown in UNPROVEN.items():
                headers = {} if shown is None else {"Authorization": shown.encode()}
                answer = await client.get("/api/v1/domains", headers=headers)  # type: ignore[arg-type]
                assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), name
                assert answer.headers["content-type"] == "application/problem+json"
                expected = "" if shown is None else ', error="invalid_token"'
                assert answer.headers["www-authenticate"] == f'Bearer realm="harvester"{expected}'


@pytest.mark.anyio
async def test_a_bearer_is_judged_alone_whatever_cookie_comes_with_it(door_database: str) -> None:
    async with signed_in(door_database) as (client, _):
        assert (await client.get("/api/v1/overview")).status_code == 200
        assert (await client.get("/api/v1/overview", headers={"Authorization": "Bearer guess"})).status_code == 401


@pytest.mark.anyio
async def test_guesses_are_slowed_down(door_database: str) -> None:
    async with house(door_database, Door(clock=lambda: 0.0)) as client:
        statuses = [
            (await client.get("/api/v1/overview", headers={"Authorization": f"Bearer guess-{number}"})).status_code
            for number in range(62)
        ]
        assert statuses == [401] * 60 + [429] * 2


@pytest.mark.anyio
async def test_a_key_opens_the_api_until_it_is_revoked(door_database: str) -> None:
    async with Database(door_database) as database, house(door_database, Door()) as client:
        async with database.transaction(WORKER) as connection:
            reader = await create_key(connection, "reader", "read")
            writer = await create_key(connection, "writer", "write")
        for key, role, status in ((reader, "viewer", 403), (writer, "analyst", 200)):
            headers = {"Authorization": f"Bearer {key}"}
            assert (await client.get("/api/v1/overview", headers=headers)).status_code == 200
            subject, found, _ = (await client.get("/named", headers=headers)).json()
            assert (subject.startswith("key:"), found) == (True, role)
            assert (await client.post("/api/v1/decided", headers=headers)).status_code == status
            assert (await client.get("/ruled", headers=headers)).status_code == 403
        async with database.transaction(WORKER) as connection:
            await revoke_key(connection, "reader")
        headers = {"Authorization": f"Bearer {reader}"}
        assert (await client.get("/api/v1/overview", headers=headers)).status_code == 401
        assert (await client.get(f"/api/v1/overview?key={writer}")).status_code == 401, "never in an address"


@pytest.mark.anyio
async def test_whoever_asks_too_often_is_told_when_to_come_back(door_database: str) -> None:
    now = [0.0]
    async with signed_in(door_database, api_per_minute=3, clock=lambda: now[0]) as (client, _):
        answers = [await client.get("/api/v1/overview") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[0].headers["ratelimit-policy"] == '"api";q=3;w=60'
        assert [answer.headers["ratelimit"] for answer in answers[:3]] == [
            '"api";r=2;t=20', '"api";r=1;t=40', '"api";r=0;t=60',
        ]  # fmt: skip
        assert answers[3].headers["retry-after"] == "20"
        assert answers[3].json()["code"] == "too_many_requests"
        assert (await client.get("/")).status_code == 200, "pages for people are not counted"
        now[0] += 20
        assert (await client.get("/api/v1/overview")).status_code == 200


@pytest.mark.anyio
async def test_only_these_pages_are_for_whoever_has_not_signed_in(door_database: str) -> None:
    async with house(door_database, Door()) as client:
        for path, status in {
            "/healthz": 200,
            "/readyz": 200,
            "/sign-in": 200,
            "/static/desk.css": 200,
            "/static/nothing": 404,
            "/sign-in/nothing": 404,
            "/": 303,
            "/domains": 303,
            "/named": 303,
            "/nothing": 303,
            "/healthz/": 303,
            "/static": 303,
            "/Static/desk.css": 303,
            "/sign-in/../domains": 303,
            "/%2fstatic/": 303,
            "/healthz%3F": 303,
            "/sign-in%23/x": 303,
            "/domains/a%3Fb": 303,
            "/api/v1": 401,
            "/api/v1/openapi.json": 401,
            "/api/v1/nothing": 401,
        }.items():
            assert (await client.get(path)).status_code == status, path


@pytest.fixture
def lines() -> AsyncIterator[list[dict[str, Any]]]:
    """What is logged, as the command sets it up."""
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture], cache_logger_on_first_use=False)
    yield capture.entries  # type: ignore[misc]
    structlog.reset_defaults()


@pytest.mark.anyio
async def test_a_request_is_logged_under_the_id_of_its_answer_without_its_words(
    door_database: str, lines: list[dict[str, Any]]
) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        await browser.get("/sign-in/back?code=secret-code")
        await browser.get("/sign-in/link/secret-link")
        await browser.get("/domains?q=secret-words", headers={"X-Request-Id": "chosen"})
        answer = await browser.get("/domains/secret-name.com", headers={"Authorization": "Bearer secret-token"})
        last = lines[-1]
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
        assert last["request_id"] == answer.headers["x-request-id"]
        assert (last["event"], last["method"], last["status"], last["subject"]) == ("request", "GET", 401, None)
        browser.headers.pop("Authorization", None)
        answer = await browser.get("/domains/secret-name.com")
        assert (lines[-1]["route"], lines[-1]["subject"]) == ("/domains/{domain_name}", ANALYST.id)
        assert len({line["request_id"] for line in lines}) == len(lines)
        told = json.dumps(lines, default=str)
        for secret in ("secret-", PASSWORD, ANALYST.email, "chosen", *browser.cookies.values()):
            assert secret not in told


@pytest.mark.anyio
async def test_every_answer_has_an_id_also_of_what_is_refused(door_database: str) -> None:
    async with house(door_database, Door()) as client:
        for path, headers in (("/", {}), ("/api/v1", {}), ("/healthz", {}), ("/", {"Host": "evil.example"})):
            assert "x-request-id" in (await client.get(path, headers=headers)).headers


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
