"""Collecting from the APIs: what is stored in the end, whatever the API and the quota do on the way."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest
from tests.jobs.collecting import (
    LIMITS,
    Sandbox,
    a_world,
    access,
    all_faults,
    changed,
    comments_of,
    discover_all,
    opened,
    rows_of,
    sandboxed,
)  # fmt: skip

from harvester.errors import ScopeMissing
from harvester.jobs.worker import work, work_off
from harvester.sandbox.modes import Delays
from harvester.sandbox.world import World
from harvester.store.database import WORKER, Database
from harvester.store.discovery import add_discovery
from harvester.store.pause import is_paused, pause, resume
from harvester.store.queue import dead_jobs, replay
from harvester.store.quota import Limits

pytestmark = pytest.mark.anyio

UNBALANCED = "select * from run where fetched <> stored + updated + duplicate + quarantined or state <> 'finished'"


@pytest.fixture
def world() -> Iterator[World]:
    with a_world() as world:
        yield world


async def test_everything_that_the_api_has_is_stored(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await work_off(database, access(sandbox))
        assert comments_of(conninfo) == _with_comments(await sandbox.comments())
    assert rows_of(conninfo, UNBALANCED) == []
    assert rows_of(conninfo, "select video_id from video where username is null or not is_active") == []


async def test_whatever_the_api_does_the_same_is_stored(conninfo: str, world: World) -> None:
    async with sandboxed(world, faults=all_faults(0.05)) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await _worked_to_the_end(database, sandbox)
        assert comments_of(conninfo) == _with_comments(await sandbox.comments())
        booked = rows_of(conninfo, "select sum(request_count) as requests from quota_use")[0]["requests"]
        assert booked == await sandbox.requests()
    assert rows_of(conninfo, UNBALANCED) == []


async def test_promoted_videos_are_found_by_the_ad_library_and_harvested(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await add_discovery(database, "promoted", "commercial_contents", {}, days_back=90)
        await work_off(database, access(sandbox))
        promoted = {row["video_id"] for row in await sandbox.get("truth") if row["kind"] == "content"}
        true = await sandbox.comments()
        assert comments_of(conninfo) == _with_comments({each: true.get(each, set()) for each in promoted})
    found = rows_of(conninfo, "select video_id from video where is_promoted")
    assert {row["video_id"] for row in found} == promoted


async def test_ads_are_kept_with_the_domains_of_their_landing_pages(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await add_discovery(database, "ads", "ads", {}, days_back=90)
        await work_off(database, access(sandbox))
        true = {row["id"]: row["landing_url"] for row in await sandbox.get("truth") if row["kind"] == "ad"}
    assert {row["ad_id"]: row["landing_url"] for row in rows_of(conninfo, "select * from ad")} == true
    seen = rows_of(conninfo, "select distinct ad_id from sighting where place = 'landing_url'")
    assert len(seen) == sum(url is not None for url in true.values()) > 0


async def test_the_links_of_creators_are_seen_where_their_videos_name_domains(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await work_off(database, access(sandbox))
        linked = {row["id"]: row["bio_url"] for row in await sandbox.get("truth") if row["kind"] == "creator"}
    known = rows_of(conninfo, "select username, bio_url from creator where bio_url is not null")
    assert known
    assert all(linked[row["username"]] == row["bio_url"] for row in known)


@pytest.mark.parametrize("limits", [Limits(9, 100_000), Limits(1000, 150)], ids=["requests", "records"])
async def test_a_spent_quota_is_waited_for_and_nothing_is_lost(conninfo: str, world: World, limits: Limits) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        days = 0
        while comments_of(conninfo) != _with_comments(await sandbox.comments()):
            await work_off(database, access(sandbox, limits))
            used = rows_of(
                conninfo,
                "select request_count, record_count from quota_use where day = (now() at time zone 'UTC')::date",
            )[0]
            assert used["request_count"] <= limits.requests
            assert used["record_count"] <= limits.records
            changed(conninfo, "delete from quota_use")
            await sandbox.post("clock", offset_seconds=86_400 * (days + 1))
            days += 1
            assert days < 40
        assert days > 1
    assert rows_of(conninfo, UNBALANCED) == []


async def test_what_the_api_says_of_its_quota_counts_more_than_our_books(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await sandbox.post("limits", requests_per_day=6)
        await discover_all(database)
        await work_off(database, access(sandbox))
        asked = await sandbox.requests()
        await work_off(database, access(sandbox))
        assert await sandbox.requests() == asked, "no request is sent on a day that is spent"
        assert asked <= 6 + 4, "those under way when the first was refused"


async def test_no_request_is_sent_while_all_are_stopped(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await pause(database, "a test")
        await work_off(database, access(sandbox))
        assert await sandbox.requests() == 0
        await resume(database)
        await work_off(database, access(sandbox))
        assert comments_of(conninfo) == _with_comments(await sandbox.comments())


async def test_a_pause_calls_back_what_is_on_its_way(conninfo: str, world: World) -> None:
    slow = Delays(hang=20.0)
    async with sandboxed(world, faults={"hanging": 1.0}, delays=slow) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        working = asyncio.create_task(work_off(database, access(sandbox)))
        await _until(sandbox.requests)
        begun = time.monotonic()
        await pause(database)
        await working
        assert time.monotonic() - begun < 5


async def test_credentials_that_are_refused_stop_all_requests_and_say_why(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await work_off(database, access(sandbox, secret="wrong"))
        assert await is_paused(database)
        reason = rows_of(conninfo, "select reason from pause")[0]["reason"]
        assert "invalid_client" in reason
        assert "wrong" not in reason
        tokens = (await sandbox.get("state"))["endpoints"]["token"]
        assert sum(tokens.values()) == 1
        await resume(database)
        await work_off(database, access(sandbox))
        assert comments_of(conninfo) == _with_comments(await sandbox.comments())


async def test_a_job_that_fails_again_and_again_is_given_up_until_it_is_replayed(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await add_discovery(database, "odd", "research_videos", {"regions": ["XX"]}, days_back=90)
        changed(conninfo, "update discovery set query = '{}'")
        await work_off(database, access(sandbox))
        await work_off(database, access(sandbox))
        async with database.transaction(WORKER) as connection:
            dead = await dead_jobs(connection)
        assert [(job.task, job.state) for job in dead] == [("discover", "failed")]
        changed(conninfo, 'update discovery set query = \'{"regions": ["US"]}\'')
        async with database.transaction(WORKER) as connection:
            assert await replay(connection) == 1
        await work_off(database, access(sandbox))
        assert rows_of(conninfo, "select last_finished_at from discovery")[0]["last_finished_at"] is not None


async def test_a_video_whose_count_did_not_grow_is_not_harvested_again(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await work_off(database, access(sandbox))
        old = "v.posted_at < now() - interval '11 days'"
        for quiet in (1, 2):
            changed(conninfo, f"update harvest h set due_at = now() from video v where v.id = h.video_id and {old}")
            asked = await sandbox.requests()
            await work_off(database, access(sandbox))
            many = rows_of(conninfo, f"select h.* from harvest h join video v on v.id = h.video_id where {old}")
            assert len(many) > 3
            assert await sandbox.requests() - asked <= 3, "one query for all of a month"
            assert {(row["harvest_count"], row["quiet_count"]) for row in many} == {(1, quiet)}
            assert rows_of(conninfo, "select 1 from harvest where due_at <= now()") == []


async def test_a_video_whose_count_grew_is_harvested_again(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await work_off(database, access(sandbox))
        old = rows_of(conninfo, "select * from video where posted_at < now() - interval '11 days' limit 1")[0]
        await sandbox.post("comments", video_id=int(old["video_id"]), text="now at newpebbleshop.com")
        changed(conninfo, f"update harvest set due_at = now() where video_id = '{old['id']}'")
        await work_off(database, access(sandbox))
        assert comments_of(conninfo)[old["video_id"]] == (await sandbox.comments())[old["video_id"]]
        assert rows_of(conninfo, "select 1 from domain where domain_name = 'newpebbleshop.com'")


async def test_a_job_that_takes_long_is_waited_for_where_nothing_else_is_left(
    conninfo: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harvester.jobs.worker.GRACE_SECONDS", 0.01)
    async with sandboxed(world, faults={"slow": 1.0}) as sandbox, opened(conninfo) as database:
        await add_discovery(database, "promoted", "commercial_contents", {}, days_back=90)
        await work_off(database, access(sandbox))
    ended = rows_of(conninfo, "select distinct status::text, attempts from jobs.procrastinate_jobs")
    assert ended == [{"status": "succeeded", "attempts": 1}]


async def test_who_is_approved_for_one_api_alone_collects_from_that_one(
    conninfo: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise ScopeMissing("commercial_content/query: HTTP 401, scope_not_authorized.")

    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        monkeypatch.setattr("harvester.sources.api.commercial.CommercialApi.contents", refuse)
        await add_discovery(database, "promoted", "commercial_contents", {}, days_back=90)
        await discover_all(database)
        await work_off(database, access(sandbox))
        assert not await is_paused(database)
        assert comments_of(conninfo) == _with_comments(await sandbox.comments())
    assert rows_of(conninfo, "select last_finished_at from discovery where name = 'promoted'") == [
        {"last_finished_at": None}
    ]


async def test_creators_and_ads_are_asked_for_once(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await add_discovery(database, "ads", "ads", {}, days_back=90)
        await work_off(database, access(sandbox))
        asked = (await sandbox.get("state"))["endpoints"]
        assert asked["user/info"]
        changed(conninfo, "update video set username = upper(username)")
        await work_off(database, access(sandbox))
        assert (await sandbox.get("state"))["endpoints"] == asked


async def test_a_video_that_is_gone_twice_is_no_longer_active(conninfo: str, world: World) -> None:
    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        await work_off(database, access(sandbox))
        gone = rows_of(conninfo, "select * from video where posted_at < now() - interval '11 days'")[0]
        await sandbox.delete_video(gone["video_id"])
        one = f"video_id = '{gone['id']}'"
        for is_active in (True, False):
            changed(conninfo, f"update harvest set due_at = now() where {one}")
            await work_off(database, access(sandbox))
            video = rows_of(conninfo, f"select is_active from video where id = '{gone['id']}'")[0]
            assert video["is_active"] is is_active
        assert rows_of(conninfo, f"select due_at from harvest where {one}")[0]["due_at"] is None


async def test_a_comment_is_in_the_view_within_five_seconds_of_being_served(
    conninfo: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is discovered is served the sooner; what is served is under way already.
    monkeypatch.setattr("harvester.jobs.worker.PLAN_SECONDS", 0.5)

    async def shown() -> object:
        # Beside the loop that the worker runs in: it may hold what this question waits for.
        return await asyncio.to_thread(rows_of, conninfo, "select 1 from v_comments_with_domains limit 1")

    async with sandboxed(world) as sandbox, opened(conninfo) as database:
        await discover_all(database)
        working = asyncio.create_task(work(database, access(sandbox)))
        try:
            await _until(lambda: sandbox.get("served"))
            begun = time.monotonic()
            await _until(shown)
            assert time.monotonic() - begun < 5
        finally:
            # A worker that is cancelled leaves jobs behind; one that is told to stop ends them.
            signal.raise_signal(signal.SIGTERM)
            await working


async def _until(there: Callable[[], Awaitable[object]]) -> None:
    for _ in range(400):
        if await there():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came")


async def _worked_to_the_end(database: Database, sandbox: Sandbox) -> None:
    """Work until no job waits for another try, either."""
    for _ in range(30):
        await work_off(database, access(sandbox, LIMITS))
        async with database.transaction(WORKER) as connection:
            waiting = await (
                await connection.execute("select 1 from jobs.procrastinate_jobs where status = 'todo'")
            ).fetchall()
        if not waiting:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("jobs wait for ever")


def _with_comments(comments: dict[str, set[str]]) -> dict[str, set[str]]:
    return {video: each for video, each in comments.items() if each}
