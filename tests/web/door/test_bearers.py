"""Programs at the API: what they show, and how often they may ask."""

from __future__ import annotations

import pytest
from tests.web.door.house import house, signed_in
from tests.web.door.people import desk

from harvester.store.api_key import create_key, revoke_key
from harvester.store.database import WORKER, Database
from harvester.web.door.door import Door

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
