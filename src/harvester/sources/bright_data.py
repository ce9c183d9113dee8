"""Comments and posts of Bright Data's TikTok datasets, as JSON, NDJSON or CSV.

Each comes in two shapes: that of the data itself and its reference pages (`comment_text`, `play_count`), and the
plainer one of the vendor's introduction (`comment`, `views`). Around every record stand `timestamp`, when it was
collected, and `input`; one that failed has nothing but these and `error` and `error_code`, so that a file may
hold failures alone. User names are masked (`ann***`) or display names: the handle is read from the profile's
address. `replies` is the number of replies in one shape and their list in the other; the keys of a nested reply
are not documented, those of the vendor's other comment scrapers are tried too. In a CSV lists and objects are
JSON within their cells. Field lists: the TikTok pages at docs.brightdata.com.

`commerce_info` is nowhere explained, so it is none of the fields and thereby kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.cells import INDEX_COLUMNS, list_in, object_in, objects_in
from harvester.sources.fields import comment_text, count, own_id, present, time, video_of_url, words

_ENVELOPE = frozenset("timestamp input discovery_input error error_code status_code warning warning_code".split())
FIELDS = (
    _ENVELOPE
    | INDEX_COLUMNS
    | frozenset(
        """comment comment_date comment_id comment_text comment_url comment_user comment_user_url commenter_id
        commenter_url commenter_user_name date_created likes num_likes num_replies post_date_created post_id post_url
        replies url""".split()
    )
    | frozenset(
        """account_id author carousel_images cdn_link cdn_url collect_count comment_count comments create_time
        date_posted description digg_count hashtags is_verified music num_share_count offical_item original_item
        original_sound play_count post_type preview_image profile_avatar profile_biography profile_followers
        profile_id profile_url profile_username ratio region secu_id share_count shares shortcode subtitle_format
        subtitle_info subtitle_url tagged_user tt_chain_token video_duration video_url views width""".split()
    )
    | frozenset("reply_id reply date_of_reply user_name user_replying user_url".split())
)
_TEXTS = ("comment_text", "comment", "reply")
_COMMENT_IDS = ("comment_id", "reply_id")
_USER_NAMES = ("commenter_user_name", "comment_user", "user_name", "user_replying")
_USER_ADDRESSES = ("commenter_url", "comment_user_url", "user_url")
_TIMES = ("date_created", "comment_date", "date_of_reply")
_OF_THE_POST = ("url", "post_url", "post_id")
"""What a nested reply takes from its comment."""

_ON_TIKTOK = re.compile(r"https?://([\w-]+\.)*tiktokv?\.com(/|$)", re.IGNORECASE)
_PROFILE = re.compile(r"tiktok\.com/@([^/?#]+)")
_COMMENT_IN_ADDRESS = re.compile(r"[?&]comment(?:_id)?=(\d{5,25})")
"""An address keeps the digits that a spreadsheet takes from a column of ids."""
_HANDLE = re.compile(r"[\w.]{1,30}", re.ASCII)


class BrightDataComments(Source):
    """Comments, each followed by the replies nested in it."""

    name = "bright_data_comments"
    title = "Bright Data, TikTok comments (JSON, NDJSON, CSV)"
    fields = FIELDS

    def recognises(self, sample: Sample) -> bool:
        return (
            sample.has_keys("comment_text", "commenter_user_name")
            or sample.has_keys("url", "comment", "comment_user", "comment_date", "likes")
            or _holds_failures_alone(sample)
        )

    def split(self, item: Item) -> Iterator[Part]:
        """The record, and its replies with what they leave to it."""
        if item.is_rest:
            return
        yield item
        row = item.value
        around = {"comment_id": _known_id(item), "timestamp": row.get("timestamp")}
        for each in objects_in(row.get("replies"), "replies", item.place):
            if isinstance(each, Mapping):
                taken = {name: row.get(name) for name in _OF_THE_POST if name in row and not each.get(name)}
                yield Item({**each, **taken}, around, item.place)
            else:
                yield each

    def record(self, item: Item, options: Options) -> Video | Comment:
        row = item.value
        said = [each.rstrip(".") for each in (words(row.get("error_code")), words(row.get("error"))) if each]
        if said:
            raise RecordRefused("source_error", f"Bright Data says: {': '.join(said)[:400]}.")
        return _post(row, options) if _is_post(row) else _comment(item, options)


class BrightDataPosts(BrightDataComments):
    """Posts."""

    name = "bright_data_posts"
    title = "Bright Data, TikTok posts (JSON, NDJSON, CSV)"

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("post_id", "description", "play_count") or sample.has_keys(
            "url", "author", "description", "likes", "shares", "views", "date_posted"
        )


def _comment(item: Item, options: Options) -> Comment:
    row = item.value
    comment_id = _comment_id(item)
    video_id, video_username = _video_of(row)
    parent = item.envelope.get("comment_id")
    return Comment(
        comment_id,
        video_id,
        comment_text(row, next((name for name in _TEXTS if row.get(name) is not None), _TEXTS[0])),
        username=_handle(row, _USER_ADDRESSES, _USER_NAMES),
        parent_ref=None if parent == comment_id else parent,
        like_count=_count(row, "num_likes", "likes"),
        reply_count=_count(row, "num_replies", "replies"),
        posted_at=next((moment for moment in (time(row.get(name)) for name in _TIMES) if moment), None),
        observed_at=time(row.get("timestamp")) or time(item.envelope.get("timestamp")) or options.observed_at,
        video_username=video_username,
    )


def _post(row: Mapping[str, Any], options: Options) -> Video:
    video_id, handle = _video_of(row)
    address = words(row.get("url"))
    hashtags = (words(each) for each in list_in(row.get("hashtags")))
    return Video(
        video_id,
        username=_handle(row, ("profile_url",), ("account_id", "author")) or handle,
        caption=words(row.get("description")),
        video_url=address.partition("?")[0] if address and video_of_url(address) else None,
        region_code=words(row.get("region")),
        view_count=_count(row, "play_count", "views"),
        like_count=_count(row, "digg_count", "likes"),
        comment_count=_count(row, "comment_count", "comments"),
        share_count=_count(row, "num_share_count", "share_count", "shares"),
        posted_at=time(row.get("create_time")) or time(row.get("date_posted")),
        observed_at=time(row.get("timestamp")) or options.observed_at,
        metadata=present(
            hashtags=[each.removeprefix("#") for each in hashtags if each],
            duration_seconds=count(row.get("video_duration")),
        ),
    )


def _holds_failures_alone(sample: Sample) -> bool:
    return bool(sample.items) and all(
        {"input", "error_code"} <= item.value.keys() <= _ENVELOPE for item in sample.items
    )


def _is_post(row: Mapping[str, Any]) -> bool:
    return not row.keys().isdisjoint({"description", "play_count", "date_posted"})


def _comment_id(item: Item) -> str | None:
    """The comment's id, if need be from its address; None in the shape that has none."""
    row = item.value
    if "comment_text" not in row and row.keys().isdisjoint(_COMMENT_IDS):
        return None
    try:
        return own_id(row, *_COMMENT_IDS)
    except RecordRefused:
        # The address of a nested reply may be that of its comment.
        nested = "comment_id" in item.envelope
        in_address = None if nested else _COMMENT_IN_ADDRESS.search(words(row.get("comment_url")) or "")
        if in_address is None:
            raise
        return in_address[1]


def _known_id(item: Item) -> str | None:
    """The comment's id as far as its replies can name it: None, too, where it is ruined."""
    try:
        return _comment_id(item)
    except RecordRefused:
        return None


def _video_of(row: Mapping[str, Any]) -> tuple[str, str | None]:
    """Id of the video and its creator's handle: of an address that names them, else the id alone."""
    addresses = [row.get("post_url"), row.get("url"), object_in(row.get("input")).get("url")]
    for address in addresses:
        found = video_of_url(address)
        if found is not None:
            return found
    given = next((each for each in map(words, addresses) if each), None)
    if given is not None and not _ON_TIKTOK.match(given):
        raise RecordRefused("other_platform", f"{given[:200]} is no address of TikTok.")
    return own_id(row, "post_id", "shortcode"), None


def _handle(row: Mapping[str, Any], addresses: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    """A user's handle: from the address of a profile, else from a name that can be a handle."""
    for name in addresses:
        match = _PROFILE.search(words(row.get(name)) or "")
        if match is not None:
            return match[1]
    said = (words(row.get(name)) for name in names)
    return next((each for each in said if each and _HANDLE.fullmatch(each)), None)


def _count(row: Mapping[str, Any], *names: str) -> int | None:
    return next((number for number in (count(row.get(name)) for name in names) if number is not None), None)
