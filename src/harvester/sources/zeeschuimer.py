"""Zeeschuimer's NDJSON: a line for each item that a researcher's browser met, around TikTok's own object.

The same file type serves other platforms; only lines of TikTok's posts and comments are read here.
`timestamp_collected` (milliseconds) is when the browser met the item.
4CAT's NDJSON is the same object laid flat, with what was around it under `__import_meta`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from harvester.errors import UnknownFormat
from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.fields import time
from harvester.sources.tiktok_web import COMMENT_FIELDS, VIDEO_FIELDS, web_parts, web_record

_PLATFORMS = {"tiktok.com": "posts", "tiktok-comments": "comments"}
_META = "__import_meta"


class ZeeschuimerPosts(Source):
    """Videos that Zeeschuimer captured."""

    name = "zeeschuimer_posts"
    title = "Zeeschuimer, TikTok posts (NDJSON)"
    fields = COMMENT_FIELDS | VIDEO_FIELDS
    platform = "tiktok.com"

    def recognises(self, sample: Sample) -> bool:
        captured = [item.value.get("source_platform") for item in sample.items if _is_line(item.value)]
        if captured and not any(platform in _PLATFORMS for platform in captured):
            raise UnknownFormat(
                f"This is Zeeschuimer's capture of {captured[0]}, not of TikTok.",
                hint="Export the items of tiktok.com or tiktok-comments.",
            )
        return self.platform in captured

    def split(self, item: Item) -> Iterator[Part]:
        """The object within the line, and its inline replies."""
        row = item.value
        platform = row.get("source_platform")
        if platform not in _PLATFORMS:
            raise RecordRefused("other_platform", f"source_platform is {platform!r}, not tiktok.com.")
        data = row.get("data")
        if not isinstance(data, Mapping):
            raise RecordRefused("missing_data", "There is no object under data.")
        around = {name: value for name, value in row.items() if name != "data"}
        yield from web_parts(Item(data, around, item.place))

    def record(self, item: Item, options: Options) -> Video | Comment:
        return web_record(item, observed_at=_met_at(item.envelope) or options.observed_at)


class ZeeschuimerComments(ZeeschuimerPosts):
    """Comments that Zeeschuimer captured."""

    name = "zeeschuimer_comments"
    title = "Zeeschuimer, TikTok comments (NDJSON)"
    platform = "tiktok-comments"


class FourCatItems(Source):
    """4CAT's NDJSON of posts or comments: TikTok's objects, with what Zeeschuimer knew of them."""

    name = "4cat_items"
    title = "4CAT, TikTok posts or comments (NDJSON)"
    fields = COMMENT_FIELDS | VIDEO_FIELDS | {_META}

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and sample.has_keys(_META)

    def split(self, item: Item) -> Iterator[Part]:
        """The object and its inline replies or comments."""
        meta = item.value.get(_META)
        platform = meta.get("source_platform") if isinstance(meta, Mapping) else None
        if platform is not None and platform not in _PLATFORMS:
            raise RecordRefused("other_platform", f"source_platform is {platform!r}, not tiktok.com.")
        yield from web_parts(Item(item.value, meta if isinstance(meta, Mapping) else {}, item.place))

    def record(self, item: Item, options: Options) -> Video | Comment:
        return web_record(item, observed_at=_met_at(item.envelope) or options.observed_at)


def _met_at(around: Mapping[str, Any]) -> datetime | None:
    return time(around.get("timestamp_collected"))


def _is_line(row: Mapping[str, Any]) -> bool:
    return {"nav_index", "source_platform", "data"} <= row.keys()
