"""The Research API: its pages as records, and where each next one begins."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from tests.sources.api.conftest import ANCHOR
from tests.sources.api.scripted import PATIENCE, Books, Said, asking, ok, refused
from tests.sources.reading import records_of

from harvester.errors import RequestRefused, SearchExpired
from harvester.model import Comment, Credentials, Refused, Repair, Video
from harvester.sandbox.modes import Limits, Modes
from harvester.sandbox.server import serving
from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET
from harvester.sandbox.world import World
from harvester.sources.api.answer import Answer
from harvester.sources.api.channel import Channel
from harvester.sources.api.query import research_query, windows
from harvester.sources.api.research import ResearchApi
from harvester.sources.base import Options

pytestmark = pytest.mark.anyio

DAY = date(2026, 11, 1)
COMMENT = {
    "id": 7386111312293610270, "parent_comment_id": 7385291383449439519, "text": "so cute",
    "video_id": 7385291383449439519, "create_time": 1719713129,
}  # fmt: skip
VIDEO = {"id": 7320768196569599275, "create_time": 1704499196, "username": "kim.studio", "region_code": "US"}
BAD_PLACE = refused(400, "invalid_params", "Invalid count or cursor")
SANDBOX = Credentials(CLIENT_KEY, CLIENT_SECRET)


async def whole(page: Callable[[Answer], Awaitable[Answer]]) -> list[Answer]:
    """All pages of a list."""
    pages = [await page(Answer([], 0, has_more=True, cursor=0))]
    while pages[-1].has_more:
        assert len(pages) < 200
        pages.append(await page(pages[-1]))
    return pages


def ids(pages: list[Answer]) -> list[str | None]:
    found = []
    for each in (each for page in pages for each in page.records):
        assert isinstance(each, Video | Comment)
        found.append(each.video_id if isinstance(each, Video) else each.comment_id)
    return found


async def test_a_query_of_videos_is_asked_in_the_words_of_the_documentation() -> None:
    query = research_query(keywords=["glow"])
    page = ok({"videos": [VIDEO], "cursor": 100, "has_more": True, "search_id": 7354367454467855403})
    async with asking(page) as (channel, script, _):
        api = ResearchApi(channel)
        first = await api.videos(query, DAY, DAY + timedelta(days=29))
        await api.videos(query, DAY, DAY, cursor=first.cursor or 0, search_id=first.search_id, most=50)
    assert script.bodies == [
        {"query": query, "start_date": "20261101", "end_date": "20261130", "max_count": 100},
        {
            "query": query, "start_date": "20261101", "end_date": "20261101", "max_count": 50, "cursor": 100,
            "search_id": "7354367454467855403",
        },
    ]  # fmt: skip
    assert (first.served, first.has_more, first.cursor, first.search_id) == (1, True, 100, "7354367454467855403")
    (video,) = first.records
    assert isinstance(video, Video)
    assert video.video_id == "7320768196569599275"
    assert video.observed_at is not None


async def test_the_api_and_a_file_of_its_answers_give_the_same_records() -> None:
    rows: list[Any] = [
        COMMENT, {**COMMENT, "id": "7.38e+18"}, 7, {**COMMENT, "id": 5, "text": "a\0\ud83d", "new_key": [1, None]},
        {"id": 8, "parent_comment_id": 5, "video_id": 6},
    ]  # fmt: skip
    said = ok({"comments": rows, "has_more": False})
    async with asking(said) as (channel, _, books):
        answer = await ResearchApi(channel).comments("7385291383449439519")
    observed_at = answer.records[0].observed_at  # type: ignore[union-attr]
    _, records = records_of(said.body, Options(observed_at=observed_at))
    assert [_placeless(each) for each in answer.records] == [_placeless(each) for each in records]
    assert [type(each) for each in records] == [Comment, Refused, Refused, Comment, Comment]
    assert (answer.served, books.records) == (5, [5])


def _placeless(record: Any) -> Any:
    """A refusal without where it stood, and in which words it was told."""
    return replace(record, place="", detail="") if isinstance(record, Refused) else record


async def test_keys_that_stand_twice_are_a_repair_before_the_records() -> None:
    row = json.dumps(COMMENT)[:-1] + ', "text": "again"}'
    body = '{"data": {"comments": [' + row + ']}, "error": {"code": "ok"}}'
    async with asking(Said(body)) as (channel, _, _):
        answer = await ResearchApi(channel).comments("7385291383449439519")
    repair, comment = answer.records
    assert repair == Repair("duplicate_key")
    assert isinstance(comment, Comment)
    assert comment.text == "again"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"comments": [COMMENT], "cursor": 100, "has_more": True}, (1, True, 300)),
        ({"comments": [COMMENT], "cursor": 350, "has_more": 1}, (1, True, 350)),
        ({"comments": [COMMENT], "cursor": "350", "has_more": "true"}, (1, True, 350)),
        ({"comments": [COMMENT] * 27, "has_more": True}, (27, True, 227 + 99)),
        ({"comments": [COMMENT] * 27, "cursor": None, "has_more": True}, (27, True, 326)),
        ({"comments": [], "has_more": True}, (0, True, 399)),
        ({"comments": [], "cursor": 299, "has_more": True}, (0, True, 399)),
        ({"comments": None, "cursor": 400, "has_more": True}, (0, True, 400)),
        ({"cursor": 400, "has_more": False, "total": 7}, (0, False, 400)),
        ({"comments": {"a": 1}, "has_more": 0}, (0, False, None)),
        ({}, (0, False, None)),
    ],
)
async def test_the_next_page_begins_where_the_api_says_or_where_nothing_is_skipped(
    data: dict[str, Any], expected: tuple[int, bool, int | None]
) -> None:
    async with asking(ok(data)) as (channel, script, _):
        answer = await ResearchApi(channel).comments("7385291383449439519", cursor=299)
    assert (answer.served, answer.has_more, answer.cursor) == expected
    assert len(answer.records) == expected[0]
    assert script.bodies == [{"video_id": 7385291383449439519, "max_count": 100, "cursor": 299}]


async def test_replies_are_asked_for_by_their_comment() -> None:
    async with asking(ok({"comments": [{**COMMENT, "id": 1, "parent_comment_id": 2}]})) as (channel, script, _):
        answer = await ResearchApi(channel).replies("7386111312293610270", most=20)
    assert script.bodies == [{"comment_id": 7386111312293610270, "max_count": 20, "cursor": 0}]
    (reply,) = answer.records
    assert isinstance(reply, Comment)
    assert (reply.video_id, reply.parent_ref) == ("7385291383449439519", "2")


@pytest.mark.parametrize("video_id", ["file:ab12", "7.38e+18", "", "0", "-1", "٣"])
async def test_what_is_no_id_is_not_asked_for(video_id: str) -> None:
    async with asking() as (channel, script, books):
        with pytest.raises(RequestRefused, match="no video_id"):
            await ResearchApi(channel).comments(video_id)
    assert (script.requests, books.passages) == ([], [])


@pytest.mark.parametrize(("cursor", "asked"), [(950, 50), (999, 1), (1000, 100), (1100, 100)])
async def test_where_the_api_lists_no_further_the_list_ends(cursor: int, asked: int) -> None:
    async with asking(BAD_PLACE) as (channel, script, books):
        answer = await ResearchApi(channel).comments("7385291383449439519", cursor=cursor)
    assert answer == Answer([], 0, has_more=False, is_capped=True)
    assert [body["max_count"] for body in script.bodies] == [asked] * 6
    assert len(books.passages) == 6


async def test_that_the_api_lists_no_further_is_learned_and_forgotten() -> None:
    page = ok({"comments": [COMMENT], "has_more": True, "cursor": 1100})
    async with asking(*[BAD_PLACE] * 7, page, BAD_PLACE, page) as (channel, _, books):
        api = ResearchApi(channel)
        attempts = []
        for _ in range(4):
            answer = await api.comments("7385291383449439519", cursor=1000)
            attempts.append((len(books.passages), answer.is_capped))
    assert attempts == [(6, True), (7, True), (8, False), (10, False)]


async def test_a_place_that_is_lost_before_the_end_is_no_end() -> None:
    async with asking(BAD_PLACE) as (channel, _, _):
        api = ResearchApi(channel)
        with pytest.raises(SearchExpired):
            await api.comments("7385291383449439519", cursor=200)
        with pytest.raises(RequestRefused) as caught:
            await api.comments("7385291383449439519")
    assert type(caught.value) is RequestRefused


@pytest.mark.parametrize(
    "message",
    [
        "The username glow is invalid: cannot find the user",
        "The user glow is private",
        "API cannot return this user's information",
        "The information cannot be returned",
    ],
)
async def test_a_creator_who_is_gone_or_private_is_none(message: str) -> None:
    async with asking(refused(400, "invalid_params", message)) as (channel, script, books):
        assert await ResearchApi(channel).creator("@Glow") is None
    assert (script.bodies, books.records) == ([{"username": "glow"}], [0])


async def test_a_creator_is_not_taken_for_gone_for_another_reason() -> None:
    async with asking(refused(400, "invalid_params", "The fields are invalid.")) as (channel, _, _):
        with pytest.raises(RequestRefused):
            await ResearchApi(channel).creator("glow")


async def test_a_creator_is_read_with_the_handle_that_was_asked_for() -> None:
    async with asking(ok({"bio_url": "https://glow.shop", "likes_count": 7, "is_verified": True})) as (
        channel,
        _,
        books,
    ):
        creator = await ResearchApi(channel).creator("@Glow")
    assert creator is not None
    assert (creator.username, creator.bio_url, creator.like_count) == ("glow", "https://glow.shop", 7)
    assert books.records == [1]


@pytest.mark.parametrize("end_date", ["included", "excluded"])
async def test_all_videos_of_a_month_come_whether_the_last_day_counts_or_not(world: World, end_date: str) -> None:
    books = Books()
    found: set[str | None] = set()
    async with (
        serving(world, modes=Modes(end_date=end_date)) as url,
        Channel(url, SANDBOX, books, PATIENCE) as channel,
    ):
        api = ResearchApi(channel)
        regions = [row["region"] for row in world.rows("select distinct region from video")]
        query = research_query(regions=regions)
        for start, end in windows(ANCHOR.date() - timedelta(days=60), ANCHOR.date()):
            pages = await whole(
                lambda last, start=start, end=end: api.videos(  # type: ignore[misc]
                    query, start, end, cursor=last.cursor or 0, search_id=last.search_id
                )
            )
            found.update(ids(pages))
    assert found == {str(row["id"]) for row in world.rows("select id from video where is_deleted = 0")}


@pytest.mark.parametrize(("cap", "listed"), [("1000", 1000), ("none", None)])
async def test_comments_come_as_far_as_they_are_listed(world: World, cap: str, listed: int | None) -> None:
    longest = world.rows("select id from video where is_deleted = 0 order by id desc")[0]["id"]
    books = Books()
    async with serving(world, modes=Modes(comment_cap=cap)) as url, Channel(url, SANDBOX, books, PATIENCE) as channel:
        api = ResearchApi(channel)
        pages = await whole(lambda last: api.comments(str(longest), cursor=last.cursor or 0, most=70))
    rows = world.comments(longest, 0, 10_000)[:listed]
    assert ids(pages) == [str(row["id"]) for row in rows]
    assert sum(page.served for page in pages) == sum(each or 0 for each in books.records) == len(rows)


async def test_replies_come_from_the_sandbox_as_well(world: World) -> None:
    thread = world.row("select parent_id, video_id from comment where parent_id <> video_id limit 1")
    assert thread is not None
    async with serving(world) as url, Channel(url, SANDBOX, Books(), PATIENCE) as channel:
        pages = await whole(
            lambda last: ResearchApi(channel).replies(str(thread["parent_id"]), cursor=last.cursor or 0, most=1)
        )
    assert ids(pages) == [str(row["id"]) for row in world.comments(thread["parent_id"], 0, 100)]


async def test_each_kind_of_creator_comes_from_the_sandbox(world: World) -> None:
    some = {row["state"]: row for row in world.rows("select * from creator")}
    assert len(some) == 4
    async with serving(world) as url, Channel(url, SANDBOX, Books(), PATIENCE) as channel:
        found = {state: await ResearchApi(channel).creator(row["username"]) for state, row in some.items()}
    creator = found.pop("public")
    assert set(found.values()) == {None}
    assert creator is not None
    assert (creator.username, creator.follower_count) == (some["public"]["username"], some["public"]["followers"])


async def test_tokens_that_expire_all_the_time_cost_no_row(world: World) -> None:
    longest = world.rows("select id from video where is_deleted = 0 order by id desc")[0]["id"]
    books = Books()
    async with (
        serving(world, limits=Limits(token_calls=3)) as url,
        Channel(url, SANDBOX, books, PATIENCE) as channel,
    ):
        pages = await whole(lambda last: ResearchApi(channel).comments(str(longest), cursor=last.cursor or 0))
    assert len(set(ids(pages))) == 1000
    assert books.unbooked_count == 4


async def test_videos_are_looked_up_by_their_ids(world: World) -> None:
    rows = world.rows("select id from video where is_deleted = 0 order by id desc limit 100")
    wanted = [str(row["id"]) for row in rows]
    async with serving(world) as url, Channel(url, SANDBOX, Books(), PATIENCE) as channel:
        found: list[str | None] = []
        for start, end in windows(ANCHOR.date() - timedelta(days=60), ANCHOR.date()):
            answer = await ResearchApi(channel).videos(research_query(video_ids=wanted), start, end)
            found += ids([answer])
    assert set(found) == set(wanted)
