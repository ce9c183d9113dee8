"""Tables of exportcomments.com, XLSX or CSV: about six lines of the export, then a header, then comments.

The service exports from many platforms in one layout; the header of its TikTok export is not documented, so that
columns are told by parts of their names as its other exports have them (`Name (click to view profile)`, `Date`,
`Likes`, `Comment`, `Id`, `SubId`, `Link`). Two columns without a name come first and number the rows: `1`, and
`1-1` for the first reply to it. The video's address stands above the header, seldom in a row.
`Name` is what a profile shows, no handle. Whether `SubId` is a reply's own id or the other way round is not known:
where it is filled, both are kept as they are, and the comment's id is left to be made of its content.
Source of facts: spreadsheets as their users' scripts read them; docs.exportcomments.com says nothing of columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from harvester.model import Comment
from harvester.sources.base import Item, Options, RecordRefused, Sample, Source
from harvester.sources.comment_scraper import refuse_other_platform
from harvester.sources.fields import RuinedId, comment_text, present, shown_count, tiktok_id, time, video_of_url, words

_COLUMNS = {
    "name": re.compile(r"click to view profile"),
    "username": re.compile(r"unique ?id|user ?name|^user$|handle"),
    "text": re.compile(r"^(?:comment|message)(?: text)?(?: \(.*\))?$"),
    "posted_at": re.compile(r"\bdate\b|^time\b"),
    "like_count": re.compile(r"^(?:likes?|digg)\b"),
    "reply_count": re.compile(r"^repl(?:ies|y count)\b"),
    "id": re.compile(r"^(?:comment ?)?id$"),
    "sub_id": re.compile(r"^sub ?id$"),
    "link": re.compile(r"^(?:video |post |comment )?(?:link|url)$"),
}
"""What the name of a field's column is like, in lower case."""
_NUMBERING = ("column_1", "column_2", "Unnamed: 0", "Unnamed: 1")
_REPLY_NUMBER = re.compile(r"\d+(?:-\d+)+")
_SHORTEST_ID = 15
"""TikTok's ids have 18 or 19 digits: a shorter number counts rows."""


class ExportComments(Source):
    """Comments of one post; those of other platforms are refused one by one."""

    name = "export_comments"
    title = "exportcomments.com, comments (XLSX, CSV)"
    fields = frozenset(
        {
            *_NUMBERING, "Name (click to view profile)", "Profile ID", "Unique ID", "Username", "Date", "Likes",
            "Stars", "Comment", "(view source)", "Id", "ID", "Comment ID", "SubId", "Sub ID", "Link", "URL",
            "Video link", "Author URL", "Profile Image", "Replies",
        }
    )  # fmt: skip
    has_preamble = True

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "table" and {"name", "text"} <= _columns(tuple(sample.columns)).keys()

    def record(self, item: Item, options: Options) -> Comment:
        columns = _columns(tuple(item.value))
        row = {field: item.value[column] for field, column in columns.items()}
        addresses = [str(row.get("link") or ""), *_cells_above(item.envelope)]
        refuse_other_platform(addresses)
        videos = [video for video in map(video_of_url, addresses) if video is not None]
        video_id, video_username = videos[0] if videos else (None, None)
        username = (words(row.get("username")) or "").lstrip("@") or None
        return Comment(
            _comment_id(row),
            video_id,
            comment_text(row, "text"),
            username=username,
            like_count=shown_count(row.get("like_count")),
            reply_count=shown_count(row.get("reply_count")),
            posted_at=time(row.get("posted_at")),
            observed_at=options.observed_at,
            video_username=video_username,
            metadata=present(
                nickname=None if username else words(row.get("name")), **_place_in_thread(item.value, row)
            ),
        )


@lru_cache(maxsize=64)
def _columns(names: Sequence[str]) -> Mapping[str, str]:
    """The column of each field that the table has."""
    found: dict[str, str] = {}
    for field, likeness in _COLUMNS.items():
        column = next((name for name in names if likeness.search(name.casefold())), None)
        if column is not None:
            found[field] = column
    return found


def _cells_above(envelope: Mapping[str, Any]) -> list[str]:
    return [str(cell) for row in envelope.get("preamble") or [] for cell in row]


def _comment_id(row: Mapping[str, Any]) -> str | None:
    if words(row.get("sub_id")):
        return None
    try:
        found = tiktok_id(row["id"]) if str(row.get("id"))[:1].isdecimal() else None
    except RuinedId as error:
        raise RecordRefused("ruined_id", f"The id is {error}: its digits are lost.") from error
    return found if found is not None and len(found) >= _SHORTEST_ID else None


def _place_in_thread(cells: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of the comment it replies to, in the export's own terms."""
    numbers = [str(cells[name]).strip() for name in _NUMBERING if name in cells]
    number = next((each for each in numbers if _REPLY_NUMBER.fullmatch(each)), None)
    sub_id = words(row.get("sub_id"))
    return {
        "is_reply": True if number or sub_id else None,
        "reply_number": number,
        "id": words(row.get("id")) if sub_id else None,
        "sub_id": sub_id,
    }
