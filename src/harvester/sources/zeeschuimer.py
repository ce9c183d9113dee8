"""Zeeschuimer's NDJSON: a line for each item that a researcher's browser met, around TikTok's own object.

The same file type serves other platforms; only lines whose source_platform is tiktok.com are read here.
`timestamp_collected` (milliseconds) is when the browser met the item.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from harvester.model import Video
from harvester.sources.base import Item, Options, RecordRefused, Sample, Source
from harvester.sources.fields import count, flag, own_id, present, time, words

_PROMOTION_FLAGS = {"isAd": "Advertisement", "adAuthorization": "Paid partnership"}


class ZeeschuimerPosts(Source):
    """Videos that Zeeschuimer captured."""

    name = "zeeschuimer_posts"
    title = "Zeeschuimer, TikTok posts (NDJSON)"

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and any(
            {"nav_index", "source_platform", "data"} <= item.value.keys()
            and item.value["source_platform"] == "tiktok.com"
            for item in sample.items
        )

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        if row.get("source_platform") != "tiktok.com":
            raise RecordRefused("other_platform", f"source_platform is {row.get('source_platform')!r}, not tiktok.com.")
        data = row.get("data")
        if not isinstance(data, Mapping):
            raise RecordRefused("missing_data", "There is no object under data.")
        return web_video(data, observed_at=time(row.get("timestamp_collected")) or options.observed_at)


def web_video(row: Mapping[str, Any], *, observed_at: datetime | None) -> Video:
    """One video of TikTok's web API (`itemStruct`); other collectors wrap the same object."""
    video_id = own_id(row, "id")
    author = row.get("author")
    # In pages saved from a browser's state the author is the bare handle.
    username = words(author.get("uniqueId") if isinstance(author, Mapping) else author)
    stats = row.get("statsV2") if isinstance(row.get("statsV2"), Mapping) else row.get("stats")
    stats = stats if isinstance(stats, Mapping) else {}
    promotion = _promotion(row)
    challenges = row.get("challenges")
    return Video(
        video_id,
        username=username,
        caption=words(row.get("desc")),
        view_count=count(stats.get("playCount")),
        like_count=count(stats.get("diggCount")),
        comment_count=count(stats.get("commentCount")),
        share_count=count(stats.get("shareCount")),
        is_promoted=promotion is not None,
        promotion=promotion,
        posted_at=time(row.get("createTime")),
        observed_at=observed_at,
        metadata=present(
            hashtags=[each.get("title") for each in challenges if isinstance(each, Mapping)]
            if isinstance(challenges, list)
            else None,
            location_created=words(row.get("locationCreated")),
        ),
    )


def _promotion(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Why the video counts as promoted: the first flag that says so."""
    for name, label in _PROMOTION_FLAGS.items():
        if flag(row.get(name)):
            return {"flag": name, "label": label}
    return None
