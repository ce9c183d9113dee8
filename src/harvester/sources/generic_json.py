"""Comments of collectors that nobody has described, by the names that such collectors give their fields (JSON).

Dozens of scrapers on Apify and elsewhere write objects like `{"commentId": …, "text": …, "videoUrl": …,
"authorUsername": …}`. Objects inside are looked into one level deep (`author.uniqueId`); lists of replies, and a
list of comments under an object that names their video, are read like the rest. Asked last: it takes what has a
text and says whose, or which, or where, unless it counts views, as videos do.
Source of facts: the pages of TikTok comment scrapers in Apify's store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from msgspec.structs import replace

from harvester.model import Comment, Refused
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.json_text import raw_form
from harvester.sources.rest import unknown_fields
from harvester.sources.synonyms import ANY_NAME, columns_of, comment_of, plain

_COMMENTS = frozenset({"comments", "commentslist", "commentlist", "items"})
_REPLIES = frozenset({"replies", "replycomment", "replycomments", "replylist"})
_OF_COMMENTS = frozenset({"cid", "commentid"})
_OF_VIDEOS = frozenset({"playcount", "plays", "viewcount", "views"})
_ANY_ADDRESS = frozenset({"commenturl", "inputurl", "link", "permalink", "sourceurl", "url"})
"""Names of addresses that may well be those of something else than the video."""
_FAILURES = frozenset({"error", "errorcode", "errormessage"})
_DEEPEST = 3
"""An object of a video, its comments, their replies."""


class GenericJson(Source):
    """Comments of unknown collectors."""

    name = "generic_json"
    title = "Other collectors, objects with a text and an id or a name (JSON)"

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "json" and any(
            _is_comment(part.value) for item in sample.items for part in _parts(item) if isinstance(part, Item)
        )

    def known_fields(self, options: Options) -> Set[str]:  # noqa: ARG002  It keeps the fields that it does not use.
        return ANY_NAME

    def split(self, item: Item) -> Iterator[Part]:
        """The object and the replies or comments inside it, which are told the video that is named around them."""
        if not item.is_rest:
            yield from _parts(item)

    def record(self, item: Item, options: Options) -> Comment:
        row = _flat(item.value)
        columns = columns_of(tuple(row))
        if not any(isinstance(row[name], str) for name in columns.get("text", ())):
            _refuse_failure(item.value)
        comment, used = comment_of(row, options)
        addresses = (name for name in columns.get("video_url", ()) if plain(name) not in _ANY_ADDRESS)
        said = {name: row[name] for name in (*columns.get("video_id", ()), *addresses)}
        if comment.video_id is None and said:
            name = next(filter(said.get, said), next(iter(said)))
            raise RecordRefused("missing_id", f"{name} names no video: {str(said[name])[:80]!r}.")
        # What an object inside says beside what was used, it says of the person or the video.
        known = used | {name.partition(".")[0] for name in used} | _lists(item.value).keys()
        return replace(comment, metadata=unknown_fields(item.value, known))


def _parts(item: Item, depth: int = 0) -> Iterator[Part]:
    around = _video_of(item.envelope) if depth == 0 and item.envelope else {}
    row = {**around, **item.value} if around else item.value
    lists = _lists(row) if depth < _DEEPEST else {}
    is_comment = not lists or _is_thread(row, lists)
    if is_comment:
        yield Item(row, item.envelope, item.place) if around else item
    inherited = {} if not lists else {**_video_of(row), **_parent_of(row)} if is_comment else _video_of(row, holds=True)
    for name, listed in lists.items():
        for each in listed:
            if isinstance(each, Mapping):
                own = {key: value for key, value in each.items() if value is not None}
                yield from _parts(Item({**inherited, **own}, item.envelope, item.place), depth + 1)
            else:
                yield Refused("not_an_object", f"An entry of {name} is no object.", raw_form(each), item.place)


def _is_thread(row: Mapping[str, Any], lists: Mapping[str, Any]) -> bool:
    """Whether an object with lists of comments is one itself, rather than the video or the page they belong to."""
    flat = _flat(row)
    names = set(map(plain, flat))
    only_replies = all(plain(name) in _REPLIES for name in lists)
    return "text" in columns_of(tuple(flat)) and (only_replies or not names.isdisjoint(_OF_COMMENTS))


def _lists(row: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The lists of objects that are comments or replies."""
    return {
        name: value
        for name, value in row.items()
        if isinstance(value, list)
        and plain(str(name)) in _COMMENTS | _REPLIES
        and any(isinstance(each, Mapping) for each in value)
    }


def _video_of(row: Mapping[str, Any], *, holds: bool = False) -> dict[str, Any]:
    """What names the video in an object around comments: its own `id`, too, where it `holds` them as its list."""
    flat = _flat(row)
    columns = columns_of(tuple(flat))
    named = {name: flat[name] for field in ("video_id", "video_url") for name in columns.get(field, ())}
    if holds and "video_id" not in columns and "id" in flat:
        named["video_id"] = flat["id"]
    return named


def _parent_of(row: Mapping[str, Any]) -> dict[str, Any]:
    flat = _flat(row)
    columns = columns_of(tuple(flat)).get("comment_id")
    return {"parent_comment_id": flat[columns[0]]} if columns else {}


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an object, those of objects inside it as `author.uniqueId`."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat.update({f"{name}.{inner}": each for inner, each in value.items()})
        else:
            flat[str(name)] = value
    return flat


def _is_comment(row: Mapping[str, Any]) -> bool:
    flat = _flat(row)
    if not _OF_VIDEOS.isdisjoint(map(plain, flat)):
        return False
    columns = columns_of(tuple(flat))
    is_text = any(isinstance(flat[name], str) for name in columns.get("text", ()))
    said = (name for field in ("comment_id", "video_id", "video_url", "username") for name in columns.get(field, ()))
    return is_text and any(isinstance(flat[name], str | int | float) for name in said)


def _refuse_failure(row: Mapping[str, Any]) -> None:
    """Refuse a row in which the collector says that it failed."""
    for name, value in row.items():
        if plain(str(name)) in _FAILURES and value:
            raise RecordRefused("source_error", f"The collector says: {str(value)[:200]}.")
