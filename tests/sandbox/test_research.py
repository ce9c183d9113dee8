"""The Research API of the sandbox answers as its documentation and recorded answers say, over real HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.sandbox.asking import ANCHOR, SPAN, client, condition, data, largest, one, refused, send
from tests.sandbox.patient import EVERYTHING, day

from harvester.sandbox.generate import Scale
from harvester.sandbox.modes import Modes
from harvester.sandbox.refusal import BAD_CURSOR
from harvester.sandbox.rows import COMMENT_FIELDS, VIDEO_FIELDS
from harvester.sandbox.world import World


@pytest.mark.anyio
async def test_a_row_of_a_comment_is_written_as_the_research_api_does(world: World) -> None:
    video_id = largest(world)
    async with client(world) as patient:
        status, answer = await patient.post(
            "video/comment/list", ", ".join(sorted(COMMENT_FIELDS)), video_id=video_id, max_count=100
        )
    assert status == 200
    assert re.fullmatch(r"\d{14}[0-9A-F]{20}", answer["error"].pop("log_id"))
    assert answer["error"] == {"code": "ok", "message": ""}
    rows = answer["data"].pop("comments")
    assert answer["data"] == {"cursor": 100, "has_more": True}
    assert len(rows) == 100
    for row in rows:
        # Ids are bare numbers of 19 digits; a comment whose parent is the video is at the top.
        assert (len(str(row["id"])), type(row["id"])) == (19, int)
        assert row["video_id"] == row["parent_comment_id"] == video_id
        assert row["id"] >> 32 == row["create_time"]
        assert all(row.values()), "keys that are zero or empty are left out"
    assert len({tuple(row) for row in rows if len(row) == 6}) > 1, "keys come in any order"


@pytest.mark.anyio
async def test_replies_are_given_for_their_comment(world: World) -> None:
    parent = one(world, "select * from comment where replies > 1 and video_id = parent_id")
    async with client(world) as patient:
        found = await data(patient, "video/comment/list", comment_id=parent["id"], max_count=100)
    assert len(found["comments"]) == parent["replies"]
    assert {row["parent_comment_id"] for row in found["comments"]} == {parent["id"]}
    assert {row["video_id"] for row in found["comments"]} == {parent["video_id"]}


@pytest.mark.anyio
async def test_replies_may_stand_within_the_list_of_the_video(world: World) -> None:
    video = one(world, "select id, comments from video where is_deleted = 0 and comments between 20 and 100")
    async with client(world, modes=Modes(replies="within")) as patient:
        found = await data(patient, "video/comment/list", video_id=video["id"], max_count=100)
    assert len(found["comments"]) == video["comments"]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("write acharles@emortgagecapital.com, please", "write a*******@********************, please"),
        ("call 4059233930", "call 40******30"),
        ("23216471 or 2321647", "****6471 or 2321647"),
    ],
)
async def test_mail_addresses_and_long_numbers_are_hidden(world: World, text: str, given: str) -> None:
    video_id = one(world, "select id from video where is_deleted = 0 order by comments")["id"]
    async with client(world) as patient:
        status, answer = await send(patient, "POST", "comments", video_id=video_id, text=text)
        assert status == 200
        texts = {str(row["id"]): row["text"] async for row in patient.comments(video_id=video_id)}
    assert texts[answer["id"]] == given


@pytest.mark.anyio
async def test_comments_are_listed_to_the_thousandth() -> None:
    with World.invent(Scale(1, 1_600), anchor=ANCHOR, seed=5) as long:
        video_id = largest(long)
        assert long.length(video_id) > 1000
        for cap, says_more, listed in (("1000", False, 1000), ("1000_says_more", True, 1000), ("none", True, 1050)):
            async with client(long, modes=Modes(comment_cap=cap)) as patient:
                page = await data(patient, "video/comment/list", video_id=video_id, max_count=50, cursor=950)
                assert page["has_more"] is says_more
                status, answer = await patient.post(
                    "video/comment/list", video_id=video_id, max_count=50, cursor=page["cursor"]
                )
                assert (status, answer["error"]["message"]) == ((200, "") if cap == "none" else (400, BAD_CURSOR))
                assert page["cursor"] + len(answer["data"].get("comments", [])) == listed


@pytest.mark.anyio
async def test_a_video_is_written_as_the_research_api_does(world: World) -> None:
    async with client(world) as patient:
        found = await data(patient, "video/query", ",".join(VIDEO_FIELDS), query=EVERYTHING, max_count=100, **SPAN)
    ids = [row["id"] for row in found["videos"]]
    assert ids == sorted(ids, reverse=True)
    assert found["search_id"].isdigit()
    tags = [row["video_tag"] for row in found["videos"] if "video_tag" in row]
    assert {frozenset(tag[0] if isinstance(tag, list) else tag) for tag in tags} == {
        frozenset({"type", "number"}), frozenset({"video_tag_type", "video_tag_number"}),
    }  # fmt: skip
    assert {type(tag) for tag in tags} == {list, dict}
    for row in found["videos"]:
        known = one(world, f"select * from video where id = {row['id']}")
        assert row["username"] == known["username"]
        assert row["hashtag_names"] == known["hashtags"].split()


DE, SEEN = condition("region_code", "EQ", "de"), condition("view_count", "GTE", 20_000)
FEW, DE_US = condition("comment_count", "LT", 20), condition("region_code", "IN", "DE", "US")
RECENT = day(ANCHOR - timedelta(days=3))


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"and": [DE]}, "region = 'DE'"),
        ({"and": [DE_US], "not": [SEEN]}, "region in ('DE', 'US') and views < 20000"),
        ({"or": [DE, SEEN]}, "region = 'DE' or views >= 20000"),
        ({"and": [SEEN], "or": [DE, FEW]}, "views >= 20000 and (region = 'DE' or comments < 20)"),
        ({"not": [DE, SEEN]}, "region <> 'DE' and views < 20000"),
        ({"and": [condition("create_date", "GT", RECENT)]}, f"day > {RECENT}"),
        ({"and": [condition("video_length", "IN", "SHORT", "MID")]}, "duration <= 60"),
        ({"and": [condition("hashtag_name", "EQ", "SlowSunday")]}, "caption like '%#slowsunday%'"),
        ({"and": [condition("keyword", "IN", "the")]}, "caption like '%the%'"),
    ],
)  # fmt: skip
async def test_conditions_choose_videos(world: World, query: dict[str, Any], expected: str) -> None:
    rows = world.rows(
        f"select id from video where ({expected}) and is_deleted = 0 and day >= {SPAN['start_date']} order by id desc"
    )
    async with client(world) as patient:
        found = await data(patient, "video/query", query=query, max_count=100, **SPAN)
    assert [row["id"] for row in found["videos"]] == [row["id"] for row in rows]
    assert ("search_id" in found) == bool(rows)


@pytest.mark.anyio
async def test_the_last_day_may_be_left_out(world: World) -> None:
    last = one(world, "select max(day) as day from video where is_deleted = 0")["day"]
    span = SPAN | {"end_date": str(last)}
    days = set()
    for mode in ("included", "excluded"):
        async with client(world, modes=Modes(end_date=mode)) as patient:
            found = await data(patient, "video/query", "id,create_time", query=EVERYTHING, max_count=100, **span)
        seen = {day(datetime.fromtimestamp(row["create_time"], UTC)) for row in found["videos"]}
        days.add((mode, str(last) in seen))
    assert days == {("included", True), ("excluded", False)}


@pytest.mark.anyio
async def test_profiles_are_shown_hidden_or_unknown(world: World) -> None:
    async with client(world) as patient:
        shown = one(world, "select * from creator where state = 'public' and bio_url > ''")
        found = await data(patient, "user/info", "display_name,bio_description,bio_url", username=shown["username"])
        assert found["bio_url"] == shown["bio_url"]
        assert "username" not in found
        for state, words in (("private", "is private"), ("withheld", "API cannot return this user's information")):
            hidden = world.row("select username from creator where state = ?", (state,))
            if hidden is not None:
                assert words in (await refused(patient, "user/info", username=hidden["username"]))[2]


@pytest.mark.anyio
async def test_a_video_that_is_gone_has_no_row_and_no_comments() -> None:
    with World.invent(Scale(3, 60), anchor=ANCHOR) as small:
        video_id = largest(small)
        async with client(small) as patient:
            assert (await send(patient, "DELETE", f"videos/{video_id}"))[0] == 200
            assert (await send(patient, "DELETE", "videos/1"))[0] == 404
            found = await data(patient, "video/comment/list", video_id=video_id)
            query = {"and": [condition("video_id", "EQ", video_id)]}
            start = datetime.fromtimestamp(video_id >> 32, UTC)
            span = {"start_date": day(start), "end_date": day(start)}
            assert await data(patient, "video/query", query=query, **span) == {
                "videos": [], "cursor": 20, "has_more": False,
            }  # fmt: skip
            parent = small.row("select id from comment where replies > 0 and video_id = ?", (video_id,))
            if parent is not None:
                replies = await data(patient, "video/comment/list", comment_id=parent["id"])
                assert replies["comments"] == []
    assert found == {"comments": [], "cursor": 10, "has_more": False}
