"""Comments as TikWM's API gives them (`comment/list`), which wrappers of it save as a bare array.

Recognised by `reply_total` beside a `user` with a `signature`: that is the commenter's bio, rich in addresses
and never read as a comment. The API gives `create_time` in seconds, wrappers write it as ISO 8601. Its older
answers, and those to `comment/reply`, name no video; a reply never names the comment that it answers.
Source of facts: TikWM's API documentation, and a recorded array.
"""

from __future__ import annotations

from collections.abc import Mapping

from harvester.model import Comment
from harvester.sources.base import Item, Options, Sample, Source
from harvester.sources.fields import comment_text, count, own_id, present, time, words


class CommentArray(Source):
    """Comments of one or more videos."""

    name = "comment_array"
    title = "TikWM and its wrappers, comments (JSON)"
    fields = frozenset({"create_time", "digg_count", "id", "reply_total", "status", "text", "user", "video_id"})

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and any(
            "reply_total" in item.value and "signature" in _user(item) for item in sample.items
        )

    def record(self, item: Item, options: Options) -> Comment:
        row, user = item.value, _user(item)
        return Comment(
            own_id(row, "id"),
            own_id(row, "video_id") if "video_id" in row else None,
            comment_text(row, "text"),
            username=words(user.get("unique_id")),
            like_count=count(row.get("digg_count")),
            reply_count=count(row.get("reply_total")),
            posted_at=time(row.get("create_time")),
            observed_at=options.observed_at,
            metadata=present(region=words(user.get("region"))),
        )


def _user(item: Item) -> Mapping[str, object]:
    user = item.value.get("user")
    return user if isinstance(user, Mapping) else {}
