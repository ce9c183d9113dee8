"""TikTok's Research API: videos by what they are about, their comments and replies, and their creators.

Source of facts: developers.tiktok.com/doc/research-api-specs-query-videos, .../research-api-specs-query-video-comments
and .../research-api-specs-query-user-info. That comments are listed to the thousandth only stood there once, and does
no longer: whether it still holds is told by the API's answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from harvester.errors import RequestRefused, SearchExpired
from harvester.model import Creator
from harvester.sources.api.answer import Answer, has_more, next_cursor, read, search_id_in
from harvester.sources.api.channel import Channel, Question, Served
from harvester.sources.api.query import whole_id
from harvester.sources.api.tries import PLACE_LOST_TRIES
from harvester.sources.base import Source
from harvester.sources.creator import creator_of
from harvester.sources.research_api import ResearchComments, ResearchVideos

COMMENTS_LISTED = 1000
"""How far the comments of a video were listed, by the older documentation: cursor + max_count is no more than that."""
_VIDEO_FIELDS = (
    "id,video_description,create_time,region_code,share_count,view_count,like_count,comment_count,hashtag_names,"
    "username,voice_to_text,video_duration,video_tag"
)
_COMMENT_FIELDS = "id,video_id,text,like_count,reply_count,parent_comment_id,create_time"
_CREATOR_FIELDS = (
    "display_name,bio_description,bio_url,is_verified,follower_count,following_count,likes_count,video_count"
)
_NOBODY = re.compile(
    r"cannot find the user|is private|cannot return this user|information cannot be returned", re.IGNORECASE
)
_VIDEOS, _COMMENTS = ResearchVideos(), ResearchComments()


class ResearchApi:
    """Asks the Research API, a page at a time; a page has 100 rows at the most.

    Every method raises what `Channel.ask` does.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._tries_beyond = PLACE_LOST_TRIES
        """How often a page beyond the thousandth comment is asked for again: once it is known that the API lists no
        further, not at all."""

    async def videos(
        self,
        query: Mapping[str, Any],
        start: date,
        end: date,
        *,
        cursor: int = 0,
        search_id: str | None = None,
        most: int = 100,
    ) -> Answer:
        """Videos of a query (`research_query`) and a window of 30 days (`windows`), newest first.

        Raises SearchExpired where the API has lost the search: it is begun again without cursor and search id.
        """
        body = {"query": query, "start_date": f"{start:%Y%m%d}", "end_date": f"{end:%Y%m%d}", "max_count": most}
        if cursor:
            body["cursor"] = cursor
        if search_id:
            body["search_id"] = search_id
        question = Question(
            "research", "/v2/research/video/query/", _VIDEO_FIELDS, body, "videos", most, bool(cursor or search_id)
        )
        served = await self._channel.ask(question)
        return _page(served, _VIDEOS, question, cursor, f"video/query, from {cursor}", search_id)

    async def comments(self, video_id: str, *, cursor: int = 0, most: int = 100) -> Answer:
        """Comments of a video, replies not included; the page is `is_capped` where the API lists no further."""
        return await self._comments("video_id", video_id, cursor, most)

    async def replies(self, comment_id: str, *, cursor: int = 0, most: int = 100) -> Answer:
        """Replies to a comment."""
        return await self._comments("comment_id", comment_id, cursor, most)

    async def _comments(self, whose: str, identifier: str, cursor: int, most: int) -> Answer:
        is_within = cursor < COMMENTS_LISTED
        most = min(most, COMMENTS_LISTED - cursor) if is_within else most
        question = Question(
            "research",
            "/v2/research/video/comment/list/",
            _COMMENT_FIELDS,
            {whose: whole_id(whose, identifier), "max_count": most, "cursor": cursor},
            "comments",
            most,
            is_continued=cursor > 0,
            place_lost_tries=PLACE_LOST_TRIES if is_within else self._tries_beyond,
        )
        try:
            served = await self._channel.ask(question)
        except SearchExpired:
            if cursor + most < COMMENTS_LISTED:
                raise
            self._tries_beyond = 0
            return Answer([], 0, has_more=False, is_capped=True)
        if not is_within:
            self._tries_beyond = PLACE_LOST_TRIES
        return _page(served, _COMMENTS, question, cursor, f"comment/list of {identifier}, from {cursor}")

    async def creator(self, username: str) -> Creator | None:
        """The account with a handle; None where there is none, or one that is private or not to be returned."""
        handle = username.strip().removeprefix("@").lower()
        question = Question("research", "/v2/research/user/info/", _CREATOR_FIELDS, {"username": handle})
        try:
            served = await self._channel.ask(question)
        except RequestRefused as refused:
            if _NOBODY.search(refused.message):
                return None
            raise
        return creator_of(served.data, handle, served.at)


def _page(
    served: Served, source: Source, question: Question, cursor: int, place: str, asked_search: str | None = None
) -> Answer:
    assert question.rows is not None, "a page lists rows"
    came = question.served(served.data)
    return Answer(
        read(served, source, question.rows, place),
        came,
        has_more(served.data),
        next_cursor(served.data, cursor, served.most, came),
        search_id_in(served.data) or asked_search,
    )
