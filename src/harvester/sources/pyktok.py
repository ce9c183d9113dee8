"""What pyktok saves: a CSV of comments and a CSV of videos, both written by pandas.

The table of comments has a column for each key of TikTok's web API; lists and objects stand in their cells as
Python shows them. `user` gives the handle and `reply_comment` the inline replies; the other ones are not read,
so whatever damaged them does no harm. Tables are appended to by later runs: numbers may have become floats and
ids may have lost digits. `video_timestamp` is the clock of the collector's machine, without a zone; it counts as
UTC here. Source of facts: the code of dfreelon/pyktok in its versions up to 0.0.31.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Part, Sample, Source
from harvester.sources.cells import INDEX_COLUMNS, object_in, objects_in
from harvester.sources.fields import count, own_id, present, promotion_of, time, words
from harvester.sources.tiktok_web import COMMENT_FIELDS, web_comment, web_parts


class PyktokComments(Source):
    """Comments, each followed by its inline replies."""

    name = "pyktok_comments"
    title = "pyktok, comments (CSV)"
    fields = COMMENT_FIELDS | INDEX_COLUMNS

    def recognises(self, sample: Sample) -> bool:
        return (
            sample.container == "table"
            and sample.has_keys("cid", "aweme_id", "text")
            and (sample.has_keys("share_info") or sample.has_keys("user"))
        )

    def split(self, item: Item) -> Iterator[Part]:
        if item.is_rest:
            return
        row = {**item.value, "user": object_in(item.value.get("user")), "reply_comment": None}
        yield Item(row, item.envelope, item.place)
        for each in objects_in(item.value.get("reply_comment"), "reply_comment", item.place):
            if isinstance(each, Mapping):
                yield from web_parts(Item(each, item.envelope, item.place))
            else:
                yield each

    def record(self, item: Item, options: Options) -> Comment:
        return web_comment(item.value, observed_at=options.observed_at)


class PyktokVideos(Source):
    """Videos."""

    name = "pyktok_videos"
    title = "pyktok, videos (CSV)"
    fields = (
        frozenset(
            """author_diggcount author_followercount author_followingcount author_heartcount author_name
            author_username author_verified author_videocount poi_address poi_city poi_name suggested_words
            video_commentcount video_description video_diggcount video_duration video_fn video_id video_is_ad
            video_length video_locationcreated video_playcount video_sharecount video_stickers video_timestamp
            video_title""".split()
        )
        | INDEX_COLUMNS
    )

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "table" and sample.has_keys("video_id", "video_is_ad")

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        video_id = own_id(row, "video_id")
        promotion = promotion_of(row, {"video_is_ad": "Advertisement"})
        stickers = words(row.get("video_stickers"))
        return Video(
            video_id,
            username=words(row.get("author_username")),
            caption=words(row.get("video_description")) or words(row.get("video_title")),
            view_count=count(row.get("video_playcount")),
            like_count=count(row.get("video_diggcount")),
            comment_count=count(row.get("video_commentcount")),
            share_count=count(row.get("video_sharecount")),
            is_promoted=promotion is not None,
            promotion=promotion,
            posted_at=time(row.get("video_timestamp")),
            observed_at=options.observed_at,
            metadata=present(
                duration_seconds=count(row.get("video_duration") or row.get("video_length")),
                location_created=words(row.get("video_locationcreated")),
                stickers=stickers.split(";") if stickers else None,
                suggested_words=words(row.get("suggested_words")),
                place=present(
                    name=words(row.get("poi_name")),
                    address=words(row.get("poi_address")),
                    city=words(row.get("poi_city")),
                ),
            ),
        )
