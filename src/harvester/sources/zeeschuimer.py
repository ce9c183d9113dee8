"""Zeeschuimer's NDJSON: a line for each item that a researcher's browser met, around TikTok's own object.

The same file type serves other platforms; only lines of TikTok's posts and comments are read here.
`timestamp_collected` (milliseconds) is when the browser met the item.
4CAT's NDJSON is the same object laid flat, with what was around it under `__import_meta`. What 4CAT itself collected
from the addresses of posts has no such field: it is the object of a post with a list of its first comments, whose
author is TikTok's object of an account in its other spelling (`uniqueId`), or the bare handle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from harvester.errors import UnknownFormat
from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.fields import time
from harvester.sources.tiktok_web import COMMENT_FIELDS, VIDEO_FIELDS, web_parts, web_record

_PLATFORMS = ("tiktok.com", "tiktok-comments")
_META = "__import_meta"


class ZeeschuimerPosts(Source):
    """Videos that Zeeschuimer captured."""

    name = "zeeschuimer_posts"
    title = "Zeeschuimer, TikTok posts (NDJSON)"
    fields = COMMENT_FIELDS | VIDEO_FIELDS
    platform = "tiktok.com"

    def recognises(self, sample: Sample) -> bool:
        captured = [item.value["source_platform"] for item in sample.items if _is_line(item.value)]
        _refuse_others("Zeeschuimer's capture", captured)
        return self.platform in captured

    def split(self, item: Item) -> Iterator[Part]:
        """The object within the line, and its inline replies."""
        if item.is_rest:
            return
        row = item.value
        if "source_platform" in item.envelope:
            # The object within, read again after it was refused.
            yield from web_parts(item)
            return
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
        if sample.container != "json":
            return False
        imported = [item.value[_META] for item in sample.items if _META in item.value]
        _refuse_others("4CAT's import", [meta.get("source_platform") for meta in imported if isinstance(meta, Mapping)])
        return bool(imported) or any(_has_comments(item.value) for item in sample.items)

    def split(self, item: Item) -> Iterator[Part]:
        """The object and its inline replies or comments."""
        if item.is_rest and "desc" not in item.value:
            return
        meta = item.value.get(_META) or item.envelope.get(_META) or item.envelope
        around = meta if isinstance(meta, Mapping) else {}
        platform = around.get("source_platform")
        if platform is not None and platform not in _PLATFORMS:
            raise RecordRefused("other_platform", f"source_platform is {platform!r}, not tiktok.com.")
        yield from web_parts(Item(item.value, around, item.place))

    def record(self, item: Item, options: Options) -> Video | Comment:
        row = item.value
        user = row.get("user")
        if isinstance(user, str):
            row = {**row, "user": {"unique_id": user}}
        elif isinstance(user, Mapping) and "uniqueId" in user:
            row = {**row, "user": {**user, "unique_id": user["uniqueId"]}}
        return web_record(Item(row), observed_at=_met_at(item.envelope) or options.observed_at)


def _refuse_others(what: str, platforms: Sequence[Any]) -> None:
    """Refuse by name what was captured on other platforms alone; a part without a platform may be TikTok's."""
    if platforms and not any(platform in _PLATFORMS or platform is None for platform in platforms):
        names = ", ".join(sorted({str(platform) for platform in platforms}))
        raise UnknownFormat(
            f"This is {what} of {names}, not of TikTok.",
            hint="Export the items of tiktok.com or tiktok-comments.",
        )


def _met_at(around: Mapping[str, Any]) -> datetime | None:
    return time(around.get("timestamp_collected"))


def _is_line(row: Mapping[str, Any]) -> bool:
    return {"nav_index", "source_platform", "data"} <= row.keys()


def _has_comments(row: Mapping[str, Any]) -> bool:
    return {"id", "desc"} <= row.keys() and isinstance(row.get("comments"), list)
