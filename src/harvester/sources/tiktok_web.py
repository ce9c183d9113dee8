"""Comments and videos as TikTok's own web page loads them, which most collectors store raw.

Pages of `/api/comment/list/` and `/api/comment/list/reply/`, items (`itemStruct`) of lists and of the state that a
page embeds (`SIGI_STATE`, `__UNIVERSAL_DATA_FOR_REHYDRATION__`); also what the TikTok-Api library gives as
`as_dict`. A page holds inline replies inside its comments. Words that look like addresses also stand in handles,
nicknames and `share_info`: none of these is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from msgspec import Meta, Raw, Struct

from harvester.model import Comment, Refused, Video
from harvester.sources.base import Item, Options, Part, Plain, RecordRefused, Sample, Source
from harvester.sources.fields import (
    EARLIEST_SECOND,
    GREATEST_COUNT,
    LATEST_SECOND,
    comment_text,
    count,
    flag,
    own_id,
    parent_id,
    present,
    promotion_of,
    time,
    words,
)
from harvester.sources.json_text import raw_form

COMMENT_FIELDS = frozenset(
    """alias_aweme_id allow_download_photo author_pin aweme_id cid collect_stat comment_language comment_post_item_ids
    create_time digg_count fold_status forbid_reply_with_video id image_list is_author_digged is_comment_translatable
    is_high_purchase_intent label_list label_text label_type no_show reply_comment reply_comment_total reply_id
    reply_score reply_to_reply_id reply_to_userid reply_to_username share_info show_more_score sort_extra_score
    sort_tags status stick_position text text_extra thread_has_more thread_id trans_btn_style user user_buried
    user_digged""".split()
)
VIDEO_FIELDS = frozenset(
    """AIGCDescription BAInfo CategoryType HasPromoteEntry adAuthorization adLabelVersion aigcLabelType anchors author
    authorId authorSecId authorStats authorStatsV2 avatarThumb backendSourceEventTracking challenges channelTags
    collected comments contents createTime creatorAIComment desc digged diversificationId diversificationLabels
    duetDisplay duetEnabled duetInfo effectStickers event forFriend id imagePost indexEnabled isAd isReviewing
    itemCommentStatus itemControl itemMute keywordTags locationCreated maskType moderationAigcLabelType music
    musicDesc nickname officalItem original originalItem playlistId poi privateItem repostList secret shareEnabled
    showNotPass stats statsV2 stickersOnItem stitchDisplay stitchEnabled suggestedWords textExtra textLanguage
    textTranslatable takeDown titleLanguage titleTranslatable vl1 video videoSuggestWordsList warnInfo""".split()
)
_PROMOTION_FLAGS = {"isAd": "Advertisement", "adAuthorization": "Paid partnership"}
_PLAIN_IDS = re.compile("[1-9][0-9]{14,24} [1-9][0-9]{14,24} (?:0|[1-9][0-9]{14,24})").fullmatch
"""Of a comment, its video and its parent: one look at all three."""
_STATES = ("ItemModule", "CommentItem")
_SCOPE = "__DEFAULT_SCOPE__"


class _User(Struct, gc=False):
    unique_id: str | None = None


_Count = Annotated[int, Meta(ge=0, le=GREATEST_COUNT)] | None
_PLAIN_TYPES: Mapping[str, Any] = {
    **dict.fromkeys(COMMENT_FIELDS, Raw),
    "author_pin": bool | None,
    "aweme_id": str,
    "cid": str,
    "comment_language": Annotated[str, Meta(max_length=16)] | None,
    "create_time": Annotated[int, Meta(ge=EARLIEST_SECOND, lt=LATEST_SECOND)] | None,
    "digg_count": _Count,
    "is_author_digged": bool | None,
    "reply_comment": None,
    "reply_comment_total": _Count,
    "reply_id": str | None,
    "text": str,
    "user": _User | None,
}


def _plain_comment(row: Any, options: Options) -> Comment | None:
    """What `web_comment` makes of an object whose fields have these types; None where an id is none."""
    parent = row.reply_id
    if not _PLAIN_IDS(f"{row.cid} {row.aweme_id} {parent or 0}"):
        return None
    return Comment(
        row.cid,
        row.aweme_id,
        row.text,
        words(row.user.unique_id) if row.user else None,
        None if not parent or parent in ("0", row.cid) else parent,
        row.digg_count,
        row.reply_comment_total,
        datetime.fromtimestamp(row.create_time, UTC) if row.create_time else None,
        options.observed_at,
        metadata=_plain_metadata(row.comment_language, row.author_pin, row.is_author_digged),
    )


class TikTokWebComments(Source):
    """Comments of the web page, each followed by its inline replies; videos among them are read too."""

    name = "tiktok_web_comments"
    title = "TikTok web page or TikTok-Api, comments (JSON)"
    fields = COMMENT_FIELDS | VIDEO_FIELDS

    plain = Plain(_PLAIN_TYPES, frozenset({"cid", "aweme_id", "text"}), _plain_comment)

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and any(_is_comment(item.value) for item in sample.items)

    def split(self, item: Item) -> Iterable[Part]:
        return () if item.is_rest else web_parts(item)

    def record(self, item: Item, options: Options) -> Video | Comment:
        return web_record(item, observed_at=_answered_at(item) or options.observed_at)


class TikTokWebVideos(TikTokWebComments):
    """Videos of the web page."""

    name = "tiktok_web_videos"
    title = "TikTok web page or TikTok-Api, videos (JSON)"

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and any(
            _is_video(item.value) or _is_state(item.value) for item in sample.items
        )


def web_parts(item: Item) -> Iterable[Part]:
    """What one object of the web stands for: a comment and its replies, a video and its comments, a page's state."""
    is_alone = "cid" in item.value and not item.value.get("reply_comment")
    return (item,) if is_alone else _parts_within(item)


def _parts_within(item: Item) -> Iterator[Part]:
    row = item.value
    if _is_state(row):
        for value in _of_state(row):
            yield from web_parts(Item(value, item.envelope, item.place))
        return
    yield item
    for name in ("reply_comment", "comments"):
        inner = row.get(name)
        for each in inner if isinstance(inner, list) else []:
            if isinstance(each, Mapping):
                yield Item(each, item.envelope, item.place)
            else:
                yield Refused("not_an_object", f"An entry of {name} is no object.", raw_form(each), item.place)


def web_record(item: Item, *, observed_at: datetime | None) -> Video | Comment:
    """The record of one object of the web: a comment has a `cid`, anything else is taken for a video."""
    row = item.value
    if "cid" in row or "aweme_id" in row:
        return web_comment(row, observed_at=observed_at)
    if "desc" in row or "stats" in row or "createTime" in row:
        return web_video(row, observed_at=observed_at)
    raise RecordRefused("missing_id", "There is no cid.")


def web_comment(row: Mapping[str, Any], *, observed_at: datetime | None) -> Comment:
    """One comment of the web API; other collectors wrap the same object."""
    comment_id = own_id(row, "cid")
    user = row.get("user")
    parent = parent_id(row.get("reply_id"))
    return Comment(
        comment_id,
        own_id(row, "aweme_id"),
        comment_text(row, "text"),
        username=words(user.get("unique_id")) if isinstance(user, Mapping) else None,
        parent_ref=None if parent == comment_id else parent,
        like_count=count(row.get("digg_count")),
        reply_count=count(row.get("reply_comment_total")),
        posted_at=time(row.get("create_time")),
        observed_at=observed_at,
        metadata=_metadata(row.get("comment_language"), row.get("author_pin"), row.get("is_author_digged")),
    )


def _metadata(language: Any, pinned: Any, liked_by_author: Any) -> dict[str, Any]:
    return present(language=words(language), pinned=flag(pinned) or None, liked_by_author=flag(liked_by_author) or None)


_plain_metadata = lru_cache(maxsize=1_000)(_metadata)
"""Many comments share one: no record is ever changed."""


def web_video(row: Mapping[str, Any], *, observed_at: datetime | None) -> Video:
    """One video of TikTok's web API (`itemStruct`); other collectors wrap the same object."""
    video_id = own_id(row, "id")
    author = row.get("author")
    # In pages saved from a browser's state the author is the bare handle.
    username = words(author.get("uniqueId") if isinstance(author, Mapping) else author)
    stats = row.get("statsV2") if isinstance(row.get("statsV2"), Mapping) else row.get("stats")
    stats = stats if isinstance(stats, Mapping) else {}
    promotion = promotion_of(row, _PROMOTION_FLAGS)
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
            stickers=_sticker_texts(row.get("stickersOnItem")),
        ),
    )


def _is_comment(row: Mapping[str, Any]) -> bool:
    return "cid" in row and "aweme_id" in row


def _is_video(row: Mapping[str, Any]) -> bool:
    return {"id", "desc"} <= row.keys() and not row.keys().isdisjoint({"stats", "statsV2", "createTime"})


def _is_state(row: Mapping[str, Any]) -> bool:
    return _SCOPE in row or "itemInfo" in row or any(isinstance(row.get(name), Mapping) for name in _STATES)


def _of_state(row: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The videos and comments of the state that a page embeds."""
    scope = row.get(_SCOPE)
    scope = scope if isinstance(scope, Mapping) else {}
    listed = scope.get("webapp.updated-items")
    candidates: list[Any] = [*_detail(row), *_detail(scope.get("webapp.video-detail"))]
    candidates += listed if isinstance(listed, list) else []
    for name in _STATES:
        module = row.get(name)
        candidates += module.values() if isinstance(module, Mapping) else []
    return (each for each in candidates if isinstance(each, Mapping))


def _detail(row: Any) -> list[Any]:
    info = row.get("itemInfo") if isinstance(row, Mapping) else None
    return [info.get("itemStruct")] if isinstance(info, Mapping) else []


def _answered_at(item: Item) -> datetime | None:
    extra = item.envelope.get("extra")
    return time(extra.get("now")) if isinstance(extra, Mapping) else None


def _sticker_texts(stickers: Any) -> list[str] | None:
    """The words on stickers, which are written on the picture and may name an address."""
    if not isinstance(stickers, list):
        return None
    texts = [each.get("stickerText") for each in stickers if isinstance(each, Mapping)]
    return [word for text in texts if isinstance(text, list) for word in text if isinstance(word, str)]
