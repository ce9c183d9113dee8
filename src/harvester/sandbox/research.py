"""The Research API: `video/query`, `comment/list` and `user/info`.

Source: developers.tiktok.com/doc/research-api-specs-query-videos, .../research-api-specs-query-video-comments,
.../research-api-specs-query-user-info.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from harvester.sandbox.asked import Asked, Given
from harvester.sandbox.conditions import where
from harvester.sandbox.creators import PUBLIC
from harvester.sandbox.draws import random_of
from harvester.sandbox.modes import Modes
from harvester.sandbox.paging import Gaps, Listing, Paged
from harvester.sandbox.refusal import BAD_CURSOR, invalid
from harvester.sandbox.rows import comment_row, creator_row, in_any_order, video_row
from harvester.sandbox.times import read_day
from harvester.sandbox.world import Row, World

_MOST = 100
_SPAN = timedelta(days=30)
_UNKNOWN = {
    "private": "The user {name} is private and their information cannot be returned.",
    "unknown": "The username {name} is invalid: cannot find the user.",
    "withheld": "API cannot return this user's information.",
}


class Research:
    """The three endpoints over one world."""

    def __init__(self, world: World, modes: Modes) -> None:
        self._world = world
        self._modes = modes
        self.gaps = Gaps()

    def videos(self, asked: Asked) -> Given:
        """`video/query`: newest ids first, or some by chance."""
        condition, values = where(asked.body.get("query"))
        first, last = self._days(asked)
        size = asked.size(int(self._modes.page_size), _MOST)
        cursor = asked.whole("cursor", 0)
        name = json.dumps([asked.body["query"], first, last], sort_keys=True)
        search_id = self._search_id(asked, name)
        select = f"select * from video where is_deleted = 0 and day between ? and ? and {condition}"  # noqa: S608

        def fetch(offset: int, most: int) -> list[Row]:
            return self._world.rows(f"{select} order by id desc limit ? offset ?", (first, last, *values, most, offset))

        if asked.body.get("is_random"):
            found = self._world.rows(f"{select} order by random() limit ?", (first, last, *values, size))
            paged = Paged(found, len(found), has_more=False)
        else:
            paged = Listing(name, fetch, self.gaps).page(asked, cursor, size)
        rows = list(in_any_order([video_row(row, asked.strange) for row in paged.rows], asked.fields, asked.chance))
        if "video_id_key" in asked.bends:
            rows = [{"video_id" if name == "id" else name: value for name, value in row.items()} for row in rows]
        data = paged.data(asked, "videos", rows)
        if rows or paged.has_more:
            # Where nothing was found there is no search to go on with.
            data["search_id"] = search_id
        return Given(data, len(rows))

    def comments(self, asked: Asked) -> Given:
        """`comment/list`: the comments of a video, or the replies of a comment."""
        names = [name for name in ("video_id", "comment_id") if asked.body.get(name) is not None]
        if len(names) != 1:
            raise invalid("Exactly one of video_id and comment_id is needed.")
        list_id = asked.whole(names[0])
        size, cursor, cap = asked.size(10, _MOST), asked.whole("cursor", 0), self._modes.cap
        with_replies = self._modes.replies == "within" and names == ["video_id"]
        length = self._length(list_id, with_replies=with_replies)
        empty = self.gaps.within(str(list_id))
        if cap is not None and not empty and cursor + size > cap:
            raise invalid(BAD_CURSOR)
        fetch = partial(self._world.comments, list_id, with_replies=with_replies) if length else _nothing
        # A list that would be cut off gets no gap: it would be cut off at another row.
        may_have_gap = cap is None or length + empty + size <= cap
        paged = Listing(str(list_id), fetch, self.gaps, may_have_gap, cap).page(asked, cursor, size)
        if cap is not None and self._modes.cap_says_more and paged.cursor >= cap < length:
            paged = replace(paged, has_more=True)
        rows = list(in_any_order([comment_row(row, asked.strange) for row in paged.rows], asked.fields, asked.chance))
        return Given(paged.data(asked, "comments", rows), len(rows), paged.rows)

    def creator(self, asked: Asked) -> Given:
        """`user/info`: a profile, unless it is private, unknown or withheld."""
        name = str(asked.body.get("username") or "").lower()
        if not name:
            raise invalid("The username is required.")
        row = self._world.row("select * from creator where username = ?", (name,))
        state = row["state"] if row else "unknown"
        if row is None or state != PUBLIC:
            raise invalid(_UNKNOWN[state].format(name=name[:60]))
        return Given(next(in_any_order([creator_row(row, asked.strange)], asked.fields, asked.chance)), 1)

    def _days(self, asked: Asked) -> tuple[int, int]:
        start, end = (read_day(asked.body.get(name, "")) for name in ("start_date", "end_date"))
        if start is None or end is None:
            raise invalid("The start_date and end_date must be days in the form YYYYMMDD.")
        if not start <= end <= start + _SPAN:
            raise invalid("The end_date must be no later than 30 days after the start_date, and not before it.")
        if self._modes.end_date == "excluded":
            end -= timedelta(days=1)
        return int(start.strftime("%Y%m%d")), int(end.strftime("%Y%m%d"))

    def _search_id(self, asked: Asked, name: str) -> str:
        """The name of this search. Raises Refusal where the request has another one."""
        names = [str(7 * 10**18 + random_of(self._world.seed, name, turn).getrandbits(58)) for turn in range(2)]
        given = asked.body.get("search_id")
        if given and str(given) not in names:
            raise invalid(f"Search Id {str(given)[:40]} is invalid or expired")
        return names[1] if "search_id_changes" in asked.bends else names[0]

    def _length(self, list_id: int, *, with_replies: bool) -> int:
        return 0 if self._world.is_deleted(list_id) else self._world.length(list_id, with_replies=with_replies)


def _nothing(_first: int, _most: int) -> list[Any]:
    return []
