"""4CAT's tables of TikTok posts and comments; Zeeschuimer from 1.14 on exports the same columns by itself.

4CAT parts its cells with commas, Zeeschuimer with semicolons, and writes the words `null` and `undefined` for
nothing. Older exports lack columns (`collected_from_url`, `is_paid_partnership`, `missing_fields`, `challenges`);
people's annotations come as columns of their own, after the others, and are kept as unknown ones.

- `timestamp` of a comment is in the local time of 4CAT's server: `unix_timestamp` is asked first.
- `thread_id` is the parent of a reply, and the post itself for every other comment.
- An author without a handle is written as `@` and the number of the account, which is no handle.
- `is_liked_by_post_author` is filled from whether the author pinned the comment, so it is not read.

Source of facts: map_item in 4CAT's datasources tiktok and tiktok_comments, and in Zeeschuimer's modules.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Sample, Source
from harvester.sources.fields import (
    RuinedId,
    comment_text,
    count,
    flag,
    own_id,
    parent_id,
    present,
    promotion_of,
    tiktok_id,
    time,
    video_of_url,
    words,
)

_PROMOTION_FLAGS = {"is_ad": "Advertisement", "is_paid_partnership": "Paid partnership"}


class FourCatComments(Source):
    """Comments, replies among them."""

    name = "4cat_comments"
    title = "4CAT or Zeeschuimer, TikTok comments (CSV)"
    fields = frozenset(
        """author author_avatar_url author_full body collected_from_url comment_url id is_comment_on_comment
        is_liked_by_post_author is_sticky language_guess likes missing_fields post_body post_id post_url replies
        thread_id timestamp unix_timestamp""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("is_comment_on_comment", "post_id", "body")

    def record(self, item: Item, options: Options) -> Comment:
        row = item.value
        comment_id, video_id = own_id(row, "id"), _video_id(row, "post_id", "post_url")
        parent = parent_id(row.get("thread_id")) if flag(row.get("is_comment_on_comment")) else None
        return Comment(
            comment_id,
            video_id,
            # The words null and undefined may be the person's own here: a comment always has a text.
            comment_text(row, "body"),
            username=_handle(row.get("author")),
            parent_ref=None if parent in {comment_id, video_id} else parent,
            like_count=count(row.get("likes")),
            reply_count=count(row.get("replies")),
            posted_at=_posted_at(row),
            observed_at=options.observed_at,
            metadata=present(
                language=words(row.get("language_guess")),
                pinned=flag(row.get("is_sticky")) or None,
            ),
        )


class FourCatPosts(Source):
    """Posts: videos, and photos under the same kind of id."""

    name = "4cat_posts"
    title = "4CAT or Zeeschuimer, TikTok posts (CSV)"
    fields = frozenset(
        """author author_avatar author_followers author_full author_id author_likes author_videos body challenges
        collected_from_url comments diversification_labels effects hashtags id is_ad is_duet is_paid_partnership
        is_photosensitive is_sensitive likes location_created missing_fields music_author music_id music_name
        music_thumbnail music_url plays shares stickers thread_id thumbnail_url tiktok_url timestamp unix_timestamp
        video_url warning""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("tiktok_url", "body", "thread_id")

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        promotion = promotion_of(row, _PROMOTION_FLAGS)
        return Video(
            _video_id(row, "id", "tiktok_url"),
            username=_handle(row.get("author")),
            caption=words(row.get("body")),
            view_count=count(row.get("plays")),
            like_count=count(row.get("likes")),
            comment_count=count(row.get("comments")),
            share_count=count(row.get("shares")),
            is_promoted=promotion is not None,
            promotion=promotion,
            posted_at=_posted_at(row),
            observed_at=options.observed_at,
            metadata=present(
                hashtags=_parted(row.get("challenges") or row.get("hashtags"), ","),
                location_created=words(row.get("location_created")),
                stickers=_parted(row.get("stickers"), "\n"),
            ),
        )


def _video_id(row: Mapping[str, Any], column: str, address: str) -> str:
    """The video's id; where a spreadsheet ruined it, the row's address of the same video still has it."""
    try:
        found = tiktok_id(row.get(column))
    except RuinedId:
        found = None
    named = video_of_url(row.get(address))
    return found or (named[0] if named else own_id(row, column))


def _handle(author: Any) -> str | None:
    name = words(author)
    return None if name is None or name.startswith("@") else name


def _posted_at(row: Mapping[str, Any]) -> datetime | None:
    return time(row.get("unix_timestamp")) or time(row.get("timestamp"))


def _parted(cell: Any, separator: str) -> list[str]:
    return [part.strip() for part in (words(cell) or "").split(separator) if part.strip()]
