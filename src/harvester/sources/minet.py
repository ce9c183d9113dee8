"""minet's tables of TikTok: the videos of a search, and commercial contents of the ad library.

`minet tiktok search-videos` writes a row for each video; `search-commercials` and `scrape-commercials` a row for
each commercial content, whose videos are named only by their addresses. Lists are joined by `|`. minet reads no
comments. When a search was read from a table of queries, that table's columns come first and are kept as unknown.

Source of facts: minet/tiktok/types.py and casanova's TabularRecord.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.model import Video
from harvester.sources.base import Item, Options, Part, Sample, Source
from harvester.sources.commercial_content import disclosed, named_video
from harvester.sources.fields import count, own_id, present, promotion_of, time, words


class MinetVideos(Source):
    """Videos of `search-videos`."""

    name = "minet_videos"
    title = "minet tiktok search-videos (CSV)"
    fields = frozenset(
        """author_avatar author_digg_count author_follower_count author_following_count author_heart_count author_id
        author_nickname author_secret author_signature author_unique_id author_verified author_video_count
        challenges_descriptions challenges_titles comment_count description digg_count duet_enabled
        duet_from_user_id duet_from_user_is_commerce duet_from_user_name duet_from_video_id effect_stickers_names id
        is_ad music_album music_author_name music_duration music_id music_original music_play_url music_title
        original_item play_count share_count share_enabled stickers_texts stitch_enabled timestamp utc_time
        video_bitrate video_cover video_duration video_dynamic_cover video_format video_height video_id
        video_origin_cover video_quality video_ratio video_reflow_cover video_width""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("author_unique_id", "challenges_titles")

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        promotion = promotion_of(row, {"is_ad": "Advertisement"})
        return Video(
            own_id(row, "id"),
            username=words(row.get("author_unique_id")),
            caption=words(row.get("description")),
            view_count=count(row.get("play_count")),
            like_count=count(row.get("digg_count")),
            comment_count=count(row.get("comment_count")),
            share_count=count(row.get("share_count")),
            is_promoted=promotion is not None,
            promotion=promotion,
            posted_at=time(row.get("timestamp")) or time(row.get("utc_time")),
            observed_at=options.observed_at,
            metadata=present(
                hashtags=_parted(row.get("challenges_titles")),
                stickers=_parted(row.get("stickers_texts")),
                duration_seconds=count(row.get("video_duration")),
            ),
        )


class MinetCommercials(Source):
    """Commercial contents: a promoted video for each of their addresses."""

    name = "minet_commercials"
    title = "minet tiktok search-commercials or scrape-commercials (CSV)"
    fields = frozenset(
        """audit_status brand_names collected_via create_date create_date_utc create_timestamp creator_username id
        label show_mode video_cover_image_urls video_urls video_views""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("creator_username", "brand_names", "video_urls")

    def split(self, item: Item) -> Iterator[Part]:
        """The row once for each of its addresses; a row without one stays whole, and is refused."""
        if item.is_rest:
            return
        addresses = _parted(item.value.get("video_urls"))
        if len(addresses) < 2:
            yield item
            return
        for address in addresses:
            # The row counts the views of all its videos together.
            yield Item({**item.value, "video_urls": address, "video_views": None}, item.envelope, item.place)

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        video_id, username = named_video(row, "video_urls")
        posted_at = time(row.get("create_timestamp"))
        return Video(
            video_id,
            username=words(row.get("creator_username")) or username,
            view_count=count(row.get("video_views")),
            is_promoted=True,
            promotion=disclosed(words(row.get("label")), _parted(row.get("brand_names"))),
            posted_at=posted_at or time(row.get("create_date_utc")) or time(row.get("create_date")),
            observed_at=options.observed_at,
            metadata=present(content_id=words(row.get("id"))),
        )


def _parted(cell: Any) -> list[str]:
    """The entries of a list that minet joined."""
    return [part.strip() for part in (words(cell) or "").split("|") if part.strip()]
