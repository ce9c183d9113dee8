"""TikTok's Research API: the answers of `video/query` and `comment/list`, and tables that R and pandas make of them.

Rows leave out keys that are empty or zero, and come with their keys in any order; the API gives no author of a
comment. traktok, the R package, calls the id of a video `video_id` and its creator `author_name`. In a table a list
is written as the language writes it (`['cats', 'dogs']`, `c("cats", "dogs")`), R writes `NA` for nothing, and the
numbers of the rows may stand in a column without a name.

Source of facts: developers.tiktok.com/doc/research-api-specs-query-videos, .../research-api-specs-query-video-comments
and .../research-api-codebook; traktok's R/parse_research.r.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harvester.model import Comment, Refused, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.cells import INDEX_COLUMNS, compound
from harvester.sources.fields import comment_text, count, own_id, parent_id, present, time, words
from harvester.sources.json_text import raw_form

_PAID_TAGS = {1: "Paid Partnership", 7: "Creator Earns Commission"}
"""Numbers of a video_tag of type "Branded" that mean money changed hands."""
_TAG_FIELDS = ("type", "number", "video_tag_type", "video_tag_number")
_VIDEO_LISTS = ("videos", "user_liked_videos", "reposted_videos", "user_reposted_videos", "pinned_videos_list")
"""Where `video/query` lists its rows, and where the queries about a user list theirs."""
_PAGING = frozenset({"cursor", "has_more", "search_id", "comments", "commercial_contents", "ads", *_VIDEO_LISTS})
_ROW_NUMBERS = INDEX_COLUMNS | {"...1", "X", "index", "rownames"}
"""What the column that numbers the rows is called, by the program that read and saved the table again."""
_MAY_SAY_NA = frozenset({"text", "region_code"})
"""Somebody's own words, and Namibia; anywhere else `NA` is how R writes nothing."""
_NOT_OF_PYKTOK = frozenset({"id", "region_code", "view_count", "hashtag_names"})
_QUOTED = re.compile(r"""(["'])(.*?)\1""")


class ResearchComments(Source):
    """Comments of `comment/list`."""

    name = "research_comments"
    title = "TikTok Research API or traktok, comments (JSON, CSV)"
    fields = _ROW_NUMBERS | frozenset(
        "create_time display_name id like_count parent_comment_id reply_count text video_id".split()
    )

    def recognises(self, sample: Sample) -> bool:
        return any(map(_is_comment, _sets_of_keys(sample, ("comments",))))

    def split(self, item: Item) -> Iterator[Part]:
        return answer_parts(item, ("comments",))

    def record(self, item: Item, options: Options) -> Comment:
        row = _without_na(item.value)
        comment_id, video_id = own_id(row, "id"), own_id(row, "video_id")
        parent = parent_id(row.get("parent_comment_id"))
        return Comment(
            comment_id,
            video_id,
            # What is empty is left out: the comment is a picture or a sticker.
            comment_text({"text": "", **row}, "text"),
            # The codebook: a comment whose parent is the video itself is top level.
            parent_ref=None if parent in {video_id, comment_id} else parent,
            like_count=count(row.get("like_count")),
            reply_count=count(row.get("reply_count")),
            posted_at=time(row.get("create_time")),
            observed_at=options.observed_at,
        )


class ResearchVideos(Source):
    """Videos of `video/query`, or that a user has liked, reposted or pinned."""

    name = "research_videos"
    title = "TikTok Research API or traktok, videos (JSON, CSV)"
    fields = (
        _ROW_NUMBERS
        | {f"video_tag.{name}" for name in _TAG_FIELDS}
        | frozenset(
            """author_name comment_count create_time effect_ids effect_info_list favorites_count favourites_count
            hashtag_info_list hashtag_names id is_stem_verified like_count music_id playlist_id region_code share_count
            sticker_info_list username video_description video_duration video_id video_label video_mention_list
            video_tag view_count voice_to_text""".split()
        )
    )

    def recognises(self, sample: Sample) -> bool:
        return any(map(_is_video, _sets_of_keys(sample, _VIDEO_LISTS)))

    def split(self, item: Item) -> Iterator[Part]:
        return answer_parts(item, _VIDEO_LISTS)

    def record(self, item: Item, options: Options) -> Video:
        row = _without_na(item.value)
        promotion = _promotion(row)
        return Video(
            # The documentation's example calls the id video_id, as traktok does; real rows call it id.
            own_id(row, "id", "video_id"),
            username=words(row.get("username")) or words(row.get("author_name")),
            caption=words(row.get("video_description")),
            region_code=words(row.get("region_code")),
            view_count=count(row.get("view_count")),
            like_count=count(row.get("like_count")),
            comment_count=count(row.get("comment_count")),
            share_count=count(row.get("share_count")),
            is_promoted=promotion is not None,
            promotion=promotion,
            posted_at=time(row.get("create_time")),
            observed_at=options.observed_at,
            metadata=present(
                hashtags=_listed(row.get("hashtag_names")),
                spoken=words(row.get("voice_to_text")),
                duration_seconds=count(row.get("video_duration")),
            ),
        )


def rows_within(value: Mapping[str, Any], lists: Sequence[str]) -> list[Any]:
    """The rows of an object that lists them under one of these names; an object without is a row itself."""
    return next((value[name] for name in lists if isinstance(value.get(name), list)), [value])


def answer_parts(item: Item, lists: Sequence[str]) -> Iterator[Part]:
    """The rows of one object of TikTok's open APIs: a page may have none, or only say what went wrong."""
    value = item.value
    rows = rows_within(value, lists)
    if rows[:1] == [value]:
        yield from _row(item)
    elif not item.is_rest:
        around = {**item.envelope, **{name: each for name, each in value.items() if name not in lists}}
        for row in rows:
            if isinstance(row, Mapping):
                yield Item(row, around, item.place)
            else:
                yield Refused("not_an_object", "An entry of a list of rows is no object.", raw_form(row), item.place)


def _row(item: Item) -> Iterator[Part]:
    value = item.value
    if item.is_rest or (value and value.keys() <= _PAGING):
        return
    error = value.get("error")
    if isinstance(error, Mapping) and "id" not in value:
        raise RecordRefused("source_error", f"The API answered {error.get('code')}: {error.get('message')}")
    yield item


def _sets_of_keys(sample: Sample, lists: Sequence[str]) -> Iterator[set[str]]:
    """The header of a table, or the keys of each of the first rows of JSON."""
    if sample.container == "table":
        yield set(sample.columns)
        return
    for item in sample.items:
        yield from (set(row) for row in rows_within(item.value, lists) if isinstance(row, Mapping))


def _is_comment(keys: set[str]) -> bool:
    return {"id", "parent_comment_id", "video_id", "text"} <= keys


def _is_video(keys: set[str]) -> bool:
    """Whether these are a video's: tables of pyktok have a description and an id, too, but none of the rest."""
    if keys.isdisjoint({"id", "video_id"}) or "text" in keys:
        return False
    is_described = "video_description" in keys
    return (is_described and not keys.isdisjoint(_NOT_OF_PYKTOK)) or {"create_time", "region_code"} <= keys


def _without_na(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value != "NA" or name in _MAY_SAY_NA}


def _listed(value: Any) -> list[Any]:
    """The entries of a list, also of its text as Python, R or JSON write it, or with commas between.

    >>> _listed(["cats"]), _listed("['cats', 'dogs']"), _listed('c("cats", "dogs")'), _listed("cats, dogs")
    (['cats'], ['cats', 'dogs'], ['cats', 'dogs'], ['cats', 'dogs'])
    >>> _listed("[]"), _listed("character(0)"), _listed(None)
    ([], [], [])
    """
    if isinstance(value, list):
        return value
    text = words(value) or ""
    if re.match(r"(?:c|list|character)?[(\[]", text):
        return [match[2] for match in _QUOTED.finditer(text)]
    return [part.strip() for part in re.split(r"[,;|]", text) if part.strip()]


def _promotion(row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Why the video counts as promoted, from its video_tag: one tag or a list, in either documented spelling."""
    for tag in _tags(row):
        kind = tag.get("type") or tag.get("video_tag_type")
        number = count(tag.get("number") or tag.get("video_tag_number"))
        if str(kind).lower() == "branded" and number in _PAID_TAGS:
            return {"flag": "video_tag", "label": _PAID_TAGS[number]}
    return None


def _tags(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tags of a row: objects, their text in the cell of a table, or laid flat as `video_tag.type`."""
    tags = compound(row.get("video_tag")) or {name: row.get(f"video_tag.{name}") for name in _TAG_FIELDS}
    return [tag for tag in (tags if isinstance(tags, list) else [tags]) if isinstance(tag, Mapping)]
