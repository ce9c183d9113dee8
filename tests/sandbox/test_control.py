"""What the sandbox counts and limits, and how it is changed while it runs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.sandbox.asking import YESTERDAY, client, data, get, largest, one, refused, send

from harvester.sandbox.modes import Limits
from harvester.sandbox.refusal import NO_QUOTA
from harvester.sandbox.world import World


@pytest.mark.anyio
async def test_the_days_quota_ends_and_begins_again(world: World) -> None:
    video_id = largest(world)
    async with client(world, limits=Limits(requests_per_day=3, records_per_day=10**6)) as patient:
        for _ in range(2):
            await data(patient, "video/comment/list", video_id=video_id)
        assert (await refused(patient, "video/comment/list"))[0] == 400
        expected = (429, "daily_quota_limit_exceeded", NO_QUOTA)
        assert await refused(patient, "video/comment/list", video_id=video_id) == expected
        await data(patient, "adlib/ad/query", filters={"ad_published_date_range": YESTERDAY})
        (used,) = (await get(patient, "state"))["days"].values()
        assert used["research"] == {"requests": 3, "records": 20, "refused": 1}
        assert used["commercial"]["requests"] == 1
        await send(patient, "POST", "clock", offset_seconds=86_400)
        await patient.renew()
        await data(patient, "video/comment/list", video_id=video_id)


@pytest.mark.anyio
async def test_records_are_limited_as_well(world: World) -> None:
    video_id = largest(world)
    async with client(world, limits=Limits(records_per_day=150)) as patient:
        for _ in range(2):
            await data(patient, "video/comment/list", video_id=video_id, max_count=100)
        assert (await refused(patient, "video/comment/list", video_id=video_id))[1] == "daily_quota_limit_exceeded"
        assert (await send(patient, "POST", "limits", records_per_day=10**6))[0] == 200
        await data(patient, "video/comment/list", video_id=video_id)


@pytest.mark.anyio
async def test_a_minute_may_be_limited(world: World) -> None:
    async with client(world, limits=Limits(per_minute=2)) as patient:
        codes = [(await refused(patient, "video/comment/list"))[:2] for _ in range(3)]
        assert codes == [(400, "invalid_params"), (400, "invalid_params"), (429, "rate_limit_exceeded")]
        await send(patient, "POST", "clock", offset_seconds=61)
        assert (await refused(patient, "video/comment/list"))[0] == 400


@pytest.mark.anyio
async def test_the_state_tells_how_fast_requests_came(world: World) -> None:
    async with client(world) as patient:
        await patient.renew()
        for number in range(40):
            await data(patient, "video/comment/list", video_id=largest(world), cursor=number % 2)
        counted = await get(patient, "state")
        assert counted["endpoints"]["comment/list"] == {"ok": 40}
        burst = counted["longest_burst"]
        assert 20 <= burst["requests"] <= 41
        assert 10 <= burst["same_request"] <= 20
        assert (await send(patient, "POST", "reset"))[0] == 200
        counted = await get(patient, "state")
    assert (counted["endpoints"], counted["days"], counted["longest_burst"]["requests"]) == ({}, {}, 0)


@pytest.mark.anyio
async def test_a_comment_that_is_posted_is_served_and_the_first_time_noted(world: World) -> None:
    video_id = one(world, "select id from video where is_deleted = 0 order by comments")["id"]
    async with client(world) as patient:
        _, top = await send(patient, "POST", "comments", video_id=video_id, text="see quietharbourdeals.shop")
        _, reply = await send(patient, "POST", "comments", video_id=video_id, text="no", comment_id=int(top["id"]))
        for body in ({"video_id": 1, "text": "x"}, {"video_id": video_id, "text": "x", "comment_id": 5}):
            assert (await send(patient, "POST", "comments", **body))[0] == 404
        for body in ({"video_id": video_id}, {"video_id": video_id, "text": "\ud83d"}):
            assert (await send(patient, "POST", "comments", **body))[0] == 400
        before = time.time()
        rows = {row["id"]: row async for row in patient.comments(video_id=video_id)}
        assert rows[int(top["id"])]["reply_count"] == 1
        found = await data(patient, "video/comment/list", comment_id=int(top["id"]))
        assert [str(row["id"]) for row in found["comments"]] == [reply["id"]]
        served = {row["id"]: row for row in await get(patient, "served")}
        assert before <= served[top["id"]]["served_at"] <= served[reply["id"]]["served_at"] <= time.time()
        (known,) = [row for row in await get(patient, "truth") if row.get("id") == str(video_id)]
    assert {top["id"], reply["id"]} <= set(known["comment_ids"])


@pytest.mark.anyio
async def test_faults_are_switched_while_it_runs(world: World) -> None:
    async with client(world, faults={"rate_limit": 0.0}) as patient:
        assert (await send(patient, "POST", "faults", internal_error=1))[0] == 200
        assert (await refused(patient, "video/comment/list", video_id=1))[0] == 500
        assert (await get(patient, "state"))["faults"] == {"internal_error": 1}
        assert (await send(patient, "DELETE", "faults"))[0] == 200
        await data(patient, "video/comment/list", video_id=1)
        for body in ({"unknown": 1}, {"slow": 2}, {"slow": "often"}):
            status, answer = await send(patient, "POST", "faults", **body)
            assert status == 400, answer
            assert next(iter(body)) in answer["error"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("DELETE", "videos/99999999999999999999", {}, 400),
        ("DELETE", "videos/x", {}, 400),
        ("POST", "limits", {"token_seconds": None}, 400),
        ("POST", "limits", {"requests": 5}, 400),
        ("POST", "limits", {"per_minute": None}, 200),
        ("POST", "clock", {"offset_seconds": "soon"}, 400),
    ],
)
async def test_a_control_says_what_it_cannot_do(
    world: World, method: str, path: str, body: dict[str, Any], status: int
) -> None:
    async with client(world) as patient:
        got, answer = await send(patient, method, path, **body)
    assert got == status
    assert ("error" in answer) == (status == 400)
