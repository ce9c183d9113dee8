"""What Apify's TikTok actors of clockworks collect: comments, and posts.

Both come as JSON, JSON lines, CSV or XLSX, whole or in a view that leaves columns out ("overview" has no
`createTime` and no `repliesToId`). A comment names its video only by its address. An input that could not be
collected is a row of its own, with `error` and `errorCode` and no data. The comments of a post are a dataset
apart: `commentsDatasetUrl` says where, and is never followed; some people put them under the post as `comments`.

Tables that were saved again by a data frame library have counts like `503.0` and replies whose `repliesToId`
lost its digits: such a reply is kept, its parent unknown. Nested values may stand in columns of their own,
`authorMeta/name` or `mentions/0`. Field lists: the output pages of clockworks/tiktok-comments-scraper and
clockworks/tiktok-scraper at apify.com, and recorded files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.cells import INDEX_COLUMNS, gathered, list_in, object_in, objects_in
from harvester.sources.fields import (
    comment_text,
    count,
    flag,
    own_id,
    parent_id,
    present,
    promotion_of,
    time,
    video_of_url,
    words,
)

_FAILURE_FIELDS = frozenset({"error", "errorCode", "errorDescription", "invalidUrls", "url"})
COMMENT_FIELDS = (
    frozenset(
        """avatarThumbnail cid createTime createTimeISO detailedMentions diggCount input likedByAuthor mentions
        pinnedByAuthor repliesToId replyCommentTotal submittedVideoUrl text uid uniqueId videoWebUrl""".split()
    )
    | _FAILURE_FIELDS
    | INDEX_COLUMNS
)
POST_FIELDS = (
    frozenset(
        """authorMeta collectCount commentCount comments commentsDatasetUrl createTime createTimeISO detailedMentions
        diggCount effectStickers fromProfileSection hasTikTokShopProduct hashtags id input isAd isMuted isPinned
        isSlideshow isSponsored locationCreated locationMeta mediaUrls mentions musicMeta playCount repostCount
        searchHashtag searchMusic searchQuery shareCount slideshowImageLinks submittedVideoUrl text textLanguage
        videoMeta webVideoUrl""".split()
    )
    | _FAILURE_FIELDS
    | INDEX_COLUMNS
)
_COMPOUND_FIELDS = frozenset(
    """authorMeta comments detailedMentions effectStickers hashtags locationMeta mediaUrls mentions musicMeta
    searchHashtag searchMusic slideshowImageLinks videoMeta""".split()
)
_PROMOTION_FLAGS = {"isAd": "Advertisement", "isSponsored": "Sponsored"}


class ApifyComments(Source):
    """Comments of one or more videos."""

    name = "apify_comments"
    title = "Apify TikTok comments scraper (JSON, CSV, XLSX)"
    fields = COMMENT_FIELDS

    def recognises(self, sample: Sample) -> bool:
        return sample.has_keys("cid", "videoWebUrl") or sample.has_keys("cid", "submittedVideoUrl")

    def split(self, item: Item) -> Iterator[Part]:
        if not item.is_rest:
            yield Item(gathered(item.value, _COMPOUND_FIELDS), item.envelope, item.place)

    def record(self, item: Item, options: Options) -> Comment:
        return _comment(item, options)


class ApifyPosts(Source):
    """Posts of profiles, hashtags or searches, each followed by the comments that were put under it."""

    name = "apify_posts"
    title = "Apify TikTok scraper, posts (JSON, CSV, XLSX)"
    fields = POST_FIELDS | COMMENT_FIELDS

    def recognises(self, sample: Sample) -> bool:
        names = {*sample.columns, *(name for item in sample.items for name in item.value)}
        return "webVideoUrl" in names and any(name.startswith("authorMeta") for name in names)

    def split(self, item: Item) -> Iterator[Part]:
        if item.is_rest:
            return
        row = gathered(item.value, _COMPOUND_FIELDS)
        yield Item(row, item.envelope, item.place)
        around = {"webVideoUrl": row.get("webVideoUrl")}
        for each in objects_in(row.get("comments"), "comments", item.place):
            yield Item(each, around, item.place) if isinstance(each, Mapping) else each

    def record(self, item: Item, options: Options) -> Video | Comment:
        return _comment(item, options) if "cid" in item.value else _post(item.value, options)


def _comment(item: Item, options: Options) -> Comment:
    row = item.value
    if not row.get("cid"):
        _refuse_failure(row)
    comment_id = own_id(row, "cid")
    video_id, video_username = _video_of(item)
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


def _video_of(item: Item) -> tuple[str, str | None]:
    """Id of the comment's video and its creator's handle, by the first address that names them."""
    row = item.value
    # The address that was submitted may be a short one, which says nothing until it is followed.
    addresses = [row.get("videoWebUrl"), row.get("submittedVideoUrl"), row.get("input")]
    for address in (*addresses, item.envelope.get("webVideoUrl")):
        found = video_of_url(address)
        if found is not None:
            return found
    raise RecordRefused("missing_id", f"videoWebUrl names no video: {str(row.get('videoWebUrl'))[:80]!r}.")


def _post(row: Mapping[str, Any], options: Options) -> Video:
    if not row.get("id"):
        _refuse_failure(row)
    # The address keeps the digits that a spreadsheet took from the id; some views have no id at all.
    in_address = video_of_url(row.get("webVideoUrl"))
    video_id, handle = in_address or (own_id(row, "id"), None)
    author, film = object_in(row.get("authorMeta")), object_in(row.get("videoMeta"))
    promotion = promotion_of(row, _PROMOTION_FLAGS)
    hashtags = (each.get("name") if isinstance(each, Mapping) else each for each in list_in(row.get("hashtags")))
    return Video(
        video_id,
        username=words(author.get("name")) or handle,
        caption=words(row.get("text")),
        video_url=words(row.get("webVideoUrl")) if in_address else None,
        view_count=count(row.get("playCount")),
        like_count=count(row.get("diggCount")),
        comment_count=count(row.get("commentCount")),
        share_count=count(row.get("shareCount")),
        is_promoted=promotion is not None,
        promotion=promotion,
        posted_at=time(row.get("createTime")) or time(row.get("createTimeISO")),
        observed_at=options.observed_at,
        metadata=present(
            language=words(row.get("textLanguage")),
            hashtags=[name for name in hashtags if words(name)],
            duration_seconds=count(film.get("duration")),
            location_created=words(row.get("locationCreated")),
            pinned=flag(row.get("isPinned")) or None,
            author_link=words(author.get("bioLink")),
            search_query=words(row.get("searchQuery")),
            search_hashtag=words(object_in(row.get("searchHashtag")).get("name")),
            # Without what may follow it: somebody's token.
            comments_dataset=(words(row.get("commentsDatasetUrl")) or "").partition("?")[0],
        ),
    )


def _refuse_failure(row: Mapping[str, Any]) -> None:
    """Refuse a row that only says why an input could not be collected."""
    said = dict.fromkeys(words(row.get(name)) for name in ("errorCode", "error", "errorDescription"))
    reasons = [reason.rstrip(".") for reason in said if reason is not None]
    if reasons:
        inputs = (words(row.get(name)) for name in ("url", "submittedVideoUrl", "webVideoUrl", "input"))
        subject = next((each for each in inputs if each), "an input")
        raise RecordRefused("source_error", f"Apify says of {subject[:200]}: {'; '.join(reasons)[:400]}.")
