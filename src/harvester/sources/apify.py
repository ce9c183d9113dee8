"""The CSV of Apify's TikTok comments scraper (clockworks/tiktok-comments-scraper).

The video is named only by its address. Tables that were saved again by a data frame library have counts
like `503.0` and replies whose `repliesToId` lost its digits; such a reply is kept, its parent unknown.
"""

from __future__ import annotations

from harvester.model import Comment
from harvester.sources.base import Item, Options, RecordRefused, Sample, Source
from harvester.sources.fields import comment_text, count, flag, own_id, parent_id, present, time, video_of_url, words


class ApifyComments(Source):
    """Comments of one or more videos."""

    name = "apify_comments"
    title = "Apify TikTok comments scraper (JSON, CSV, XLSX)"
    fields = frozenset(
        """avatarThumbnail cid createTime createTimeISO detailedMentions diggCount input likedByAuthor mentions
        pinnedByAuthor repliesToId replyCommentTotal submittedVideoUrl text uid uniqueId videoWebUrl""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("cid", "videoWebUrl")

    def record(self, item: Item, options: Options) -> Comment:
        row = item.value
        comment_id = own_id(row, "cid")
        video = video_of_url(row.get("videoWebUrl")) or video_of_url(row.get("submittedVideoUrl"))
        if video is None:
            raise RecordRefused("missing_id", f"videoWebUrl names no video: {str(row.get('videoWebUrl'))[:80]!r}.")
        video_id, video_username = video
        parent = parent_id(row.get("repliesToId"))
        return Comment(
            comment_id,
            video_id,
            comment_text(row, "text"),
            username=words(row.get("uniqueId")),
            parent_ref=None if parent == comment_id else parent,
            like_count=count(row.get("diggCount")),
            reply_count=count(row.get("replyCommentTotal")),
            posted_at=time(row.get("createTime")) or time(row.get("createTimeISO")),
            observed_at=options.observed_at,
            video_username=video_username,
            metadata=present(
                pinned=flag(row.get("pinnedByAuthor")) or None,
                liked_by_author=flag(row.get("likedByAuthor")) or None,
            ),
        )
