"""The list of videos that a browser extension saves, with a mark on those that are advertisements (JSON).

One flat object a video, its numbers beside `isAd`, its address under `url`. `createTime` is text without an
offset, `2026-01-03 10:05:00`, and taken for UTC. Where a spreadsheet ruined the `id`, the address still has it.
Source of facts: a recorded file; which extension wrote it is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvester.model import Video
from harvester.sources.base import Item, Options, RecordRefused, Sample, Source
from harvester.sources.fields import count, own_id, present, promotion_of, time, video_of_url, words


class AdList(Source):
    """Videos, advertisements among them."""

    name = "ad_list"
    title = "Browser extension, list of videos with advertisements (JSON)"
    fields = frozenset(
        """author collectCount commentCount cover createTime desc diggCount diversification duration hashtags id isAd
        playCount shareCount url""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        """Told from TikTok's own object, which has the same keys otherwise, by its address."""
        return sample.container == "json" and sample.has_keys("isAd", "url", "createTime")

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        named = video_of_url(row.get("url"))
        promotion = promotion_of(row, {"isAd": "Advertisement"})
        author = row.get("author")
        username = words(author.get("uniqueId") if isinstance(author, Mapping) else author)
        return Video(
            _video_id(row, named[0] if named else None),
            username=username or (named[1] if named else None),
            caption=words(row.get("desc")),
            video_url=row["url"].partition("?")[0] if named else None,
            view_count=count(row.get("playCount")),
            like_count=count(row.get("diggCount")),
            comment_count=count(row.get("commentCount")),
            share_count=count(row.get("shareCount")),
            is_promoted=promotion is not None,
            promotion=promotion,
            posted_at=time(row.get("createTime")),
            observed_at=options.observed_at,
            metadata=present(
                hashtags=_hashtags(row.get("hashtags")),
                duration_seconds=count(row.get("duration")),
                diversification=words(row.get("diversification")),
            ),
        )


def _video_id(row: Mapping[str, Any], named: str | None) -> str:
    try:
        return own_id(row, "id")
    except RecordRefused:
        if named is None:
            raise
        return named


def _hashtags(listed: Any) -> list[str] | None:
    """The names of hashtags, given as words or as objects."""
    if not isinstance(listed, list):
        return None
    names = (each.get("name") or each.get("title") if isinstance(each, Mapping) else each for each in listed)
    return [name for name in names if isinstance(name, str) and name]
