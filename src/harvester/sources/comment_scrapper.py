"""JSON of tiktok-comment-scrapper (RomySaputraSihananda) and its forks: a video with its comments and their replies.

The tool writes one object for one video; a fork writes several under `videos`, with an underscore before the names
of a comment's fields and `_total_reply` as text. `create_time` and `date_now` are the clock of whoever collected,
without its zone: a comment's id tells the second in which it was made, and so which zone that was.
`video_url` is the address under which the first comment is shared, and empty where that one is a picture: the file
then names no video. The newest version writes `has_more` beside `comments`, as answers of an API do: its comments
come one by one, and the one that the address names brings the video along.
Source of facts: the repository's code, and the files in its folder `data`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from harvester.model import Comment, Refused, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.cells import objects_in
from harvester.sources.fields import comment_text, count, own_id, parent_id, time, video_of_url, words

_COMMENT_FIELDS = frozenset(
    {"comment_id", "username", "nickname", "comment", "create_time", "avatar", "total_reply", "replies"}
)
_VIDEO_FIELDS = frozenset(
    {"caption", "description", "date_now", "video_url", "original_url", "video_id", "comments", "has_more"}
)
_PARENT = "parent"
"""The id of the comment that a reply stands in, among what stands around it."""
_QUARTER = timedelta(minutes=15)
_FARTHEST_ZONE = timedelta(hours=14)


class CommentScrapper(Source):
    """Videos, each with its comments, each of these with its replies."""

    name = "comment_scrapper"
    title = "tiktok-comment-scrapper (JSON)"
    fields = _VIDEO_FIELDS | _COMMENT_FIELDS | {f"_{name}" for name in _COMMENT_FIELDS}

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and any(_is_ours(item.value) for item in sample.items)

    def split(self, item: Item) -> Iterator[Part]:
        """Videos before their comments, comments before their replies."""
        if _is_comment(item.value):
            if not item.within and _is_shared(item):
                yield Item({**item.envelope, "comments": [item.value]}, place=item.place)
            yield from _comment_parts(item)
        elif isinstance(item.value.get("videos"), list):
            for each in objects_in(item.value["videos"], "videos", item.place):
                yield from [each] if isinstance(each, Refused) else _video_parts(Item(each, place=item.place))
        else:
            yield from _video_parts(item)

    def record(self, item: Item, options: Options) -> Video | Comment:
        return _comment(item, options) if _is_comment(item.value) else _video(item.value, options)


def _video_parts(item: Item) -> Iterator[Part]:
    around = {name: value for name, value in item.value.items() if name != "comments"}
    listed = list(objects_in(item.value.get("comments"), "comments", item.place))
    if _names_video(around) or not (listed or item.is_rest):
        yield Item({**around, "comments": [each for each in listed[:1] if isinstance(each, Mapping)]}, place=item.place)
    for each in listed:
        yield from [each] if isinstance(each, Refused) else _comment_parts(Item(each, around, item.place))


def _comment_parts(item: Item) -> Iterator[Part]:
    """A comment, then its replies, then theirs; TikTok itself has one level of them."""
    waiting: deque[Item | Refused] = deque([item])
    while waiting:
        part = waiting.popleft()
        yield part
        if isinstance(part, Item):
            row = _plain(part.value)
            around = {**part.envelope, _PARENT: row.get("comment_id")}
            replies = objects_in(row.get("replies"), "replies", part.place)
            waiting.extend(each if isinstance(each, Refused) else Item(each, around, part.place) for each in replies)


def _video(row: Mapping[str, Any], options: Options) -> Video:
    video = _video_of(row)
    if video is None:
        raise RecordRefused("missing_id", "Neither video_url nor video_id names a video.")
    comments = row.get("comments")
    zone = _zone(_plain(comments[0])) if comments else timedelta(0)
    return Video(
        video[0],
        username=video[1],
        caption=words(row.get("caption")) or words(row.get("description")),
        observed_at=_utc(row.get("date_now"), zone) or options.observed_at,
    )


def _comment(item: Item, options: Options) -> Comment:
    row = _plain(item.value)
    comment_id = own_id(row, "comment_id") if "comment_id" in row else None
    video_id, video_username = _video_of(item.envelope) or (None, None)
    zone = _zone(row)
    return Comment(
        comment_id,
        video_id,
        comment_text(row, "comment"),
        username=words(row.get("username")),
        parent_ref=parent_id(item.envelope.get(_PARENT)),
        reply_count=count(row.get("total_reply")),
        posted_at=_utc(row.get("create_time"), zone),
        observed_at=_utc(item.envelope.get("date_now"), zone) or options.observed_at,
        video_username=video_username,
    )


def _video_of(row: Mapping[str, Any]) -> tuple[str, str | None] | None:
    """The video's id and its creator's handle; None where nothing is there to name one."""
    for name in ("original_url", "video_url"):
        video = video_of_url(row.get(name))
        if video is not None:
            return video
    return (own_id(row, "video_id"), None) if "video_id" in row else None


def _names_video(row: Mapping[str, Any]) -> bool:
    return "video_id" in row or _video_of(row) is not None


def _zone(row: Mapping[str, Any]) -> timedelta:
    """How far the collector's clock was from UTC when it wrote a comment's time; nothing where that cannot be told."""
    clock, comment_id = time(row.get("create_time")), parent_id(row.get("comment_id"))
    made = time(int(comment_id) >> 32) if comment_id else None
    if clock is None or made is None:
        return timedelta(0)
    zone = round((clock - made) / _QUARTER) * _QUARTER
    return zone if abs(zone) <= _FARTHEST_ZONE else timedelta(0)


def _utc(clock: Any, zone: timedelta) -> datetime | None:
    moment = time(clock)
    return None if moment is None else moment - zone


def _plain(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A comment with the names of its fields as the tool itself writes them."""
    return {str(name).removeprefix("_"): value for name, value in row.items()}


def _is_comment(row: Mapping[str, Any]) -> bool:
    return not row.keys().isdisjoint({"comment_id", "_comment_id", "total_reply", "_total_reply"})


def _is_shared(item: Item) -> bool:
    """Whether it is the comment under whose address the video was written."""
    comment_id = item.value.get("comment_id")
    return bool(comment_id) and f"share_comment_id={comment_id}&" in f"{item.envelope.get('video_url')}&"


def _is_ours(row: Mapping[str, Any]) -> bool:
    if row.get("comments") == []:
        return {"caption", "video_url"} <= row.keys()
    return any({"comment", "total_reply"} <= _plain(each).keys() for each in chain([row], _comments_within(row)))


def _comments_within(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The comments of a video, or of several."""
    videos = row.get("videos")
    for video in videos if isinstance(videos, list) else [row]:
        comments = video.get("comments") if isinstance(video, Mapping) else None
        yield from (each for each in comments if isinstance(each, Mapping)) if isinstance(comments, list) else ()
