"""What each role may do, and what the database knows of whoever asks."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.types.json import Jsonb
from tests.web.door.house import house, signed_in
from tests.web.door.people import ADMIN, ANALYST, STRANGER, VIEWER, desk

from harvester.web.door.door import Door


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


@pytest.mark.anyio
async def test_only_these_pages_are_for_whoever_has_not_signed_in(door_database: str) -> None:
    async with house(door_database, Door()) as client:
        for path, status in {
            "/healthz": 200,
            "/readyz": 200,
            "/metrics": 200,
            "/metrics/": 303,
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
