"""The sandbox says what is wrong with a request, and no request breaks it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.asking import ANCHOR, SPAN, YESTERDAY, client, condition, refused
from tests.sandbox.patient import EVERYTHING, day

from harvester.sandbox.modes import Limits
from harvester.sandbox.refusal import BAD_CURSOR
from harvester.sandbox.world import World

LATER = day(datetime.now(UTC) + timedelta(days=1))
WRONG = [
    ("video/query", "", {}, "fields"),
    ("video/query", "id,author", {}, "author"),
    ("video/query", None, {"max_count": 101}, "max_count"),
    ("video/query", None, {"max_count": 0}, "max_count"),
    ("video/query", None, {"cursor": -1}, "cursor"),
    ("video/query", None, {"end_date": day(ANCHOR + timedelta(days=1))}, "30 days"),
    ("video/query", None, {"start_date": "2026-01-01"}, "YYYYMMDD"),
    ("video/query", None, {"start_date": day(ANCHOR + timedelta(days=1))}, "before"),
    ("video/query", None, {"query": {}}, "condition"),
    ("video/query", None, {"query": {"and": [condition("author", "EQ", "x")]}}, "author"),
    ("video/query", None, {"query": {"and": [condition("username", "GT", "x")]}}, "GT"),
    ("video/query", None, {"query": {"and": [condition("region_code", "EQ", "DE", "US")]}}, "EQ"),
    ("video/query", None, {"search_id": "7378809778820092971"}, "Search Id 7378809778820092971 is invalid or expired"),
    ("video/comment/list", None, {}, "video_id"),
    ("video/comment/list", None, {"video_id": 1, "comment_id": 2}, "video_id"),
    ("video/comment/list", None, {"video_id": 1, "max_count": 101}, "max_count"),
    ("video/comment/list", None, {"video_id": 1, "max_count": 100, "cursor": 901}, BAD_CURSOR),
    ("user/info", None, {}, "username"),
    ("user/info", None, {"username": "nobody.at.all"}, "is invalid: cannot find the user"),
    ("adlib/commercial_content/query", None, {}, "filters"),
    ("adlib/commercial_content/query", None, {"filters": {}}, "content_published_date_range"),
    ("adlib/ad/query", "ad", {"filters": {"ad_published_date_range": YESTERDAY}}, "ad"),
    ("adlib/ad/query", None, {"filters": {"ad_published_date_range": YESTERDAY, "country_code": "US"}}, "country_code"),
    ("adlib/ad/query", None, {"filters": {"ad_published_date_range": YESTERDAY}, "search_term": "x" * 51}, "50"),
    ("adlib/ad/query", None, {"filters": {"ad_published_date_range": YESTERDAY | {"min": "20220930"}}}, "20221001"),
    ("adlib/ad/query", None, {"filters": {"ad_published_date_range": YESTERDAY | {"max": LATER}}}, "today"),
    ("adlib/ad/detail", None, {"ad_id": 1}, "cannot find the ad"),
]  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "fields", "body", "words"), WRONG)
async def test_what_is_wrong_is_named(world: World, path: str, fields: str | None, body: Any, words: str) -> None:
    good = {"query": EVERYTHING, **SPAN} if path == "video/query" else {}
    async with client(world) as patient:
        status, code, message = await refused(patient, path, fields, **(good | body))
    assert (status, code) == (400, "invalid_params")
    assert words in message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda parts: st.lists(parts, max_size=3)
)
NUMBERS = ("max_count", "cursor", "search_id", "video_id", "comment_id", "ad_id")
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "query": st.dictionaries(
            st.sampled_from(["and", "or", "not"]),
            st.lists(
                st.fixed_dictionaries(
                    {
                        "field_name": st.sampled_from(["keyword", "create_date", "view_count", "video_id", "x"]) | JSON,
                        "operation": st.sampled_from(["EQ", "IN", "GT"]) | JSON,
                        "field_values": JSON,
                    }
                )
            ),
        ),
        "start_date": st.sampled_from([SPAN["start_date"]]) | JSON,
        "end_date": st.sampled_from([SPAN["end_date"]]) | JSON,
        **{name: JSON | st.integers(0, 120) for name in NUMBERS},
        "filters": st.dictionaries(
            st.sampled_from(["ad_published_date_range", "content_published_date_range", "creator_usernames"]),
            st.just(YESTERDAY) | JSON,
        ),
        "username": JSON,
        "search_term": JSON,
    },
)  # fmt: skip


def test_no_request_breaks_the_sandbox(world: World) -> None:
    paths = ["video/query", "video/comment/list", "user/info", "adlib/commercial_content/query", "adlib/ad/query"]

    @settings(max_examples=100)
    @given(st.sampled_from(paths), BODIES)
    def check(path: str, body: dict[str, Any]) -> None:
        status, answer = loop.run_until_complete(patient.post(path, **body))
        assert status in {200, 400}
        assert answer["error"]["code"] in {"ok", "invalid_params", "invalid_request"}

    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        opened = client(world, limits=Limits(10**9, 10**9))
        patient = loop.run_until_complete(opened.__aenter__())
        try:
            check()
        finally:
            loop.run_until_complete(opened.__aexit__(None, None, None))
