"""TikTok's Research API: the answers of `video/query` and `comment/list`, saved as JSON.

Field lists: developers.tiktok.com/doc/research-api-specs-query-videos and
.../research-api-specs-query-video-comments. Rows leave out keys that are empty or zero, and come with
their keys in any order; the API gives no author of a comment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Sample, Source
from harvester.sources.fields import comment_text, count, own_id, parent_id, present, time, words

_PAID_TAGS = {"1": "Paid Partnership", "7": "Creator Earns Commission"}
"""Numbers of a video_tag of type "Branded" that mean money changed hands."""


class ResearchComments(Source):
    """Comments of `comment/list`."""

    name = "research_comments"
    title = "TikTok Research API or traktok, comments (JSON, CSV)"
    fields = frozenset({"id", "video_id", "text", "like_count", "reply_count", "parent_comment_id", "create_time"})

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("parent_comment_id", "video_id") and (
            sample.container == "json" or sample.has_keys("id", "text", "create_time")
        )

    def record(self, item: Item, options: Options) -> Comment:
        row = item.value
        comment_id, video_id = own_id(row, "id"), own_id(row, "video_id")
        parent = parent_id(row.get("parent_comment_id"))
        return Comment(
            comment_id,
            video_id,
            comment_text(row, "text"),
            # The codebook: a comment whose parent is the video itself is top level.
            parent_ref=None if parent in {video_id, comment_id} else parent,
            like_count=count(row.get("like_count")),
            reply_count=count(row.get("reply_count")),
            posted_at=time(row.get("create_time")),
            observed_at=options.observed_at,
        )


class ResearchVideos(Source):
    """Videos of `video/query`."""

    name = "research_videos"
    title = "TikTok Research API, videos"

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and (
            sample.has_keys("id", "video_description") or sample.has_keys("id", "create_time", "region_code")
        )

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        # The documentation's example calls the id video_id, real rows call it id.
        video_id = own_id(row, "id", "video_id")
        username = words(row.get("username"))
        promotion = _promotion(row.get("video_tag"))
        return Video(
            video_id,
            username=username,
            caption=words(row.get("video_description")),
            region_code=words(row.get("region_code")),
            view_count=count(row.get("view_count")),
            like_count=count(row.get("like_count")),
            comment_count=count(row.get("comment_count")),
            share_count=count(row.get("share_count")),
            is_promoted=promotion is not None,
            promotion=promotion,
            posted_at=time(row.get("create_time")),
            observed_at=options.observed_at,
            metadata=present(
                hashtags=row.get("hashtag_names"),
                spoken=words(row.get("voice_to_text")),
                duration_seconds=count(row.get("video_duration")),
            ),
        )


def _promotion(tags: Any) -> Mapping[str, Any] | None:
    """Why the video counts as promoted, from its video_tag: one tag or a list, in either documented spelling."""
    for tag in tags if isinstance(tags, list) else [tags]:
        if not isinstance(tag, Mapping):
            continue
        kind = tag.get("type", tag.get("video_tag_type"))
        label = _PAID_TAGS.get(str(tag.get("number", tag.get("video_tag_number"))))
        if str(kind).lower() == "branded" and label is not None:
            return {"flag": "video_tag", "label": label}
    return None
