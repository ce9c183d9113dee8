"""TikTok's own data download: the comments that the owner of the account wrote (`user_data_tiktok.json`, TXT).

The list stands under `Comment` / `Comments` / `CommentsList`, in some versions elsewhere; its keys are
capitalised in older downloads. Its entries have no id, and name the video only in the newest downloads, which
add the post's address. Times are UTC, in the TXT form with the letters behind. Everything else in the download (what
was watched, liked, searched for, said in private) is no comment and is passed over.
Source of facts: recorded downloads, and the scripts with which D3I's data donations read them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.fields import comment_text, time, video_of_url, words
from harvester.sources.json_text import raw_form
from harvester.sources.labelled_text import DATE_LABELS, FORM

_OWNER = "account_owner"
"""In the envelope of a comment: the handle of who wrote it, None where the download does not say."""
_LIST = "CommentsList"
_SECTIONS = frozenset(
    {
        "Activity", "Your Activity", "Ads and data", "Ads and rich data", "App Settings", "Comment", "Comments",
        "Direct Message", "Direct Messages", "Income Plus Wallet Transactions", "Income+ Wallet Transactions",
        "Likes and Favorites", "Location Review", "Post", "Profile", "Profile And Settings", "TikTok Live",
        "Tiktok Live", "TikTok Shop", "TikTok Shopping", "Tiktok Shopping", "Video",
    }
)  # fmt: skip
_TEXT_LABELS = frozenset(
    {
        "comment", "reactie", "kommentar", "commentaire", "comentario", "comentário", "commento", "comentariu", "yorum",
        "komentarz", "komentar", "komentář", "komen", "bình luận", "комментарий", "коментар", "コメント", "댓글",
        "评论", "評論", "留言", "ความคิดเห็น", "تعليق", "التعليق", "टिप्पणी",
    }
)  # fmt: skip
_ADDRESSES = ("url", "link", "originalposturl", "original post link", "link naar origineel bericht",
              "originele link naar bericht")  # fmt: skip
_PICTURES = frozenset({"photo", "foto", "sticker", "video"})
_NOTHING = frozenset({"n/a", "n.v.t.", "none", ""})
_EMPTY_SECTION = frozenset(
    {
        "you have no data in this section",
        "dit gedeelte bevat geen gegevens",
        "er staan geen gegevens in dit gedeelte",
    }
)  # fmt: skip
_DEEPEST = 4


class UserData(Source):
    """One person's comments, under whichever videos."""

    name = "user_data"
    title = "TikTok data download, the owner's comments (JSON, TXT, ZIP)"
    fields = frozenset({"date", "comment", *_ADDRESSES}) | _PICTURES

    def recognises(self, sample: Sample) -> bool:
        """By its sections or its list; raises UnknownFormat for a download that was made without comments."""
        if sample.container == "table":
            if len(sample.columns) == 1 and sample.columns[0].casefold() in _EMPTY_SECTION:
                raise UnknownFormat(
                    "This section of a TikTok data download is empty.", hint="Comments stand in its Comments.txt."
                )
            return False
        if any(_is_comment(item) or _is_inside(item) or _has_comments(item.value) for item in sample.items):
            return True
        if any(_is_download(item.value) for item in sample.items):
            raise UnknownFormat(
                "This is a TikTok data download without comments.", hint="Request it again with comments, or all data."
            )
        return False

    def split(self, item: Item) -> Iterator[Part]:
        """The comments of a download or of what was read of it; other lists give nothing."""
        if _is_comment(item):
            yield _comment(item.value, item)
            return
        for listed in _found(item.value, _LIST):
            if isinstance(listed, list):
                yield from (_comment(each, item) for each in listed)
            elif listed is not None:
                yield _not_an_object(listed, item)
        if not (item.is_rest or item.within or _has_comments(item.value)):
            raise RecordRefused("missing_data", "It holds no list of comments.")

    def record(self, item: Item, options: Options) -> Comment:
        row = item.value
        named = next(filter(None, (video_of_url(row.get(name)) for name in _ADDRESSES)), None)
        return Comment(
            None,
            named[0] if named else None,
            comment_text(row, "comment"),
            username=item.envelope.get(_OWNER),
            posted_at=time(str(row.get("date")).removesuffix(" UTC")),
            observed_at=options.observed_at,
            video_username=named[1] if named else None,
        )


def _comment(value: Any, item: Item) -> Part:
    """One entry under names that do not change with version and language, and with its writer beside it.

    What else stands around it, the person's profile, is left behind.
    """
    if not isinstance(value, Mapping):
        return _not_an_object(value, item)
    row = {_key(name): each for name, each in value.items()}
    kept = {name: each for name, each in row.items() if name == "comment" or str(each).casefold() not in _NOTHING}
    if _OWNER in item.envelope:
        return Item(kept, item.envelope, item.place)
    owner = next(filter(None, (_handle(around) for around in (item.value, item.envelope))), None)
    return Item(kept, {_OWNER: owner}, item.place)


def _not_an_object(value: Any, item: Item) -> Refused:
    return Refused("not_an_object", "An entry of CommentsList is no object.", raw_form(value), item.place)


def _key(name: Any) -> Any:
    folded = str(name).casefold()
    if folded in _TEXT_LABELS:
        return "comment"
    if folded in DATE_LABELS:
        return "date"
    return folded if folded in UserData.fields else name


def _handle(value: Mapping[str, Any]) -> str | None:
    for profile in _found(value, "ProfileMap"):
        if isinstance(profile, Mapping):
            return words(profile.get("userName"))
    return None


def _is_comment(item: Item) -> bool:
    """Whether the item is an entry of the list, rather than what holds the list."""
    if item.within:
        return item.within.endswith(_LIST) and not item.is_rest
    if _OWNER in item.envelope:
        return True
    names = {_key(name) for name in item.value}
    return names >= ({"date", "comment"} if item.envelope == FORM else {"date", "comment", "photo", "url"})


def _is_inside(item: Item) -> bool:
    """Whether the item is part of a download that was too large, or too damaged, to be decoded whole."""
    section, _, below = item.within.partition("/")
    return section in _SECTIONS and bool(below)


def _is_download(value: Mapping[str, Any]) -> bool:
    """Whether it has sections and, but for a few, nothing else."""
    sections = [inner for name, inner in value.items() if name in _SECTIONS]
    return 2 * len(sections) > len(value) and any(_has_objects(inner) for inner in sections)


def _has_objects(section: Any) -> bool:
    return isinstance(section, Mapping) and any(isinstance(inner, Mapping) for inner in section.values())


def _has_comments(value: Mapping[str, Any]) -> bool:
    """Whether there is a list of comments, be it empty, or the section for one."""
    has_list = any(True for _ in _found(value, _LIST))
    return has_list or (_is_download(value) and not value.keys().isdisjoint({"Comment", "Comments"}))


def _found(value: Mapping[str, Any], name: str, depth: int = 0) -> Iterator[Any]:
    """What stands under a name, at any level that a download has."""
    for key, inner in value.items():
        if key == name:
            yield inner
        elif isinstance(inner, Mapping) and depth < _DEEPEST:
            yield from _found(inner, name, depth + 1)
