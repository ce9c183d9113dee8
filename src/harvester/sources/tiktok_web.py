"""Comments as TikTok's own web page loads them (`/api/comment/list/`), which most collectors store raw.

A page holds inline replies inside its comments. Words that look like addresses also stand in handles,
nicknames and `share_info`: none of these is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from harvester.model import Comment
from harvester.sources.base import Item, Options, Sample, Source
from harvester.sources.fields import comment_text, count, flag, own_id, parent_id, present, time, words


class TikTokWebComments(Source):
    """Comments of the web page, each followed by its inline replies."""

    name = "tiktok_web_comments"
    title = "TikTok web page, comments"

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and sample.has_keys("cid", "aweme_id")

    def split(self, item: Item) -> Iterator[Item]:
        """The comment and, after it, the replies it carries: each is a record of its own."""
        yield item
        replies = item.value.get("reply_comment")
        for reply in replies if isinstance(replies, list) else []:
            if isinstance(reply, Mapping):
                yield Item(reply, item.envelope)

    def record(self, item: Item, options: Options) -> Comment:
        answer = item.envelope.get("extra")
        answered_at = time(answer.get("now")) if isinstance(answer, Mapping) else None
        return web_comment(item.value, observed_at=answered_at or options.observed_at)


def web_comment(row: Mapping[str, Any], *, observed_at: datetime | None) -> Comment:
    """One comment of the web API; other collectors wrap the same object."""
    comment_id = own_id(row, "cid")
    user = row.get("user")
    parent = parent_id(row.get("reply_id"))
    return Comment(
        comment_id,
        own_id(row, "aweme_id"),
        comment_text(row, "text"),
        username=words(user.get("unique_id")) if isinstance(user, Mapping) else None,
        parent_ref=None if parent == comment_id else parent,
        like_count=count(row.get("digg_count")),
        reply_count=count(row.get("reply_comment_total")),
        posted_at=time(row.get("create_time")),
        observed_at=observed_at,
        metadata=present(
            language=words(row.get("comment_language")),
            pinned=flag(row.get("author_pin")) or None,
            liked_by_author=flag(row.get("is_author_digged")) or None,
        ),
    )
