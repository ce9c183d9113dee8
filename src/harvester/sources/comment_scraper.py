"""Tables of TikTokCommentScraper (cubernetes) and its many forks, CSV or XLSX: what a browser's page showed.

Fourteen to sixteen lines about the post stand above the header (`Now`, `Post URL`, `Publisher @`, …); they alone
name the video, and forks that collect from other platforms write the same table. There are no ids of comments:
`Comment Number (ID)` numbers the rows. Numbers are those that a page shows (`1.2K`), times are days in the order
day-month-year or the reverse, or words (`3d ago`), and `---` stands for nothing. A second-level comment names
whom it replies to by handle or by nickname, as the fork will have it.
Source of facts: the scripts of cubernetes/TikTokCommentScraper and of its forks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from harvester.model import Comment, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.fields import comment_text, flag, own_id, present, shown_count, time, video_of_url, words

_NUMBER = "Comment Number (ID)"
_SEEN, _TOLD = "Total Comments (seen)", "Total Comments (told)"
"""Short for two names that explain themselves at length, differently in each fork."""
_POST_FIELDS = frozenset(
    {
        "Now", "Post URL", "Publisher Nickname", "Publisher @", "Publisher URL", "Publish Time", "Post Likes",
        "Post Shares", "Description", "Number of 1st level comments", "Number of 2nd level comments", "Difference",
        _SEEN, _TOLD,
    }
)  # fmt: skip
_NOTHING = frozenset({"---", "n/a", "no date", "malformed date"})
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})-(?P<month>\d{1,2})-(?P<year>\d{4})")
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_BROWSER_CLOCK = re.compile(r"\w{3} (\w{3}) (\d{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT([+-]\d{4})")
"""`Thu Jan 01 2026 10:30:00 GMT+0100 (…)`: how JavaScript writes a time."""
_HOST = re.compile(r"https?://([\w.-]+)", re.IGNORECASE)
_TIKTOK = re.compile(r"\btiktokv?\.com\b", re.IGNORECASE)


class CommentScraper(Source):
    """Comments of one post, the first of them with the video that the lines above describe."""

    name = "comment_scraper"
    title = "TikTokCommentScraper (CSV, XLSX)"
    fields = _POST_FIELDS | {
        _NUMBER, "Nickname", "User @", "User URL", "Comment Text", "Time", "Likes", "Profile Picture URL", "Followers",
        "Is 2nd Level Comment", "User Replied To", "Replied To", "Number of Replies", "Number of replies", "post_url",
    }  # fmt: skip
    has_preamble = True

    def recognises(self, sample: Sample) -> bool:
        return sample.container == "table" and sample.has_keys(_NUMBER, "Comment Text")

    def split(self, item: Item) -> Iterator[Part]:
        """The comment; before the one with number 1, the post."""
        if str(item.value.get(_NUMBER)).strip() == "1":
            post = _post(item.envelope)
            if video_of_url(post.get("Post URL")):
                yield Item(post, place=item.place)
        yield item

    def record(self, item: Item, options: Options) -> Video | Comment:
        if _NUMBER not in item.value:
            return _video(item.value, options)
        return _comment(item.value, _post(item.envelope), options)


def _comment(row: Mapping[str, Any], post: Mapping[str, str], options: Options) -> Comment:
    address = words(row.get("post_url")) or words(row.get("Post URL")) or post.get("Post URL")
    refuse_other_platform([address or ""])
    video_id, video_username = video_of_url(address) or (None, None)
    posted_at = _day(row.get("Time"))
    return Comment(
        None,
        video_id,
        comment_text(row, "Comment Text"),
        username=_handle(row.get("User @")),
        like_count=shown_count(row.get("Likes")),
        reply_count=shown_count(row.get("Number of Replies", row.get("Number of replies"))),
        posted_at=posted_at,
        observed_at=_browser_time(post.get("Now")) or options.observed_at,
        video_username=video_username or _handle(post.get("Publisher @")),
        metadata=present(
            is_reply=flag(row.get("Is 2nd Level Comment")) or None,
            reply_to=_said(row.get("User Replied To", row.get("Replied To"))),
            shown_time=None if posted_at else _said(row.get("Time")),
        ),
    )


def _video(post: Mapping[str, Any], options: Options) -> Video:
    video_id, username = video_of_url(post.get("Post URL")) or (own_id(post, "Post URL"), None)
    posted = _day(post.get("Publish Time"))
    return Video(
        video_id,
        username=username or _handle(post.get("Publisher @")),
        caption=words(post.get("Description")),
        like_count=shown_count(post.get("Post Likes")),
        comment_count=shown_count(post.get(_TOLD)),
        share_count=shown_count(post.get("Post Shares")),
        observed_at=_browser_time(post.get("Now")) or options.observed_at,
        # A day alone must not take the place of the time that another source knows.
        metadata=present(
            posted_day=posted.date().isoformat() if posted else None,
            shown_time=None if posted else _said(post.get("Publish Time")),
        ),
    )


def _post(envelope: Mapping[str, Any]) -> dict[str, str]:
    """What the lines above the header say, by their names; a comma that was not quoted belongs to the value."""
    post: dict[str, str] = {}
    for cells in envelope.get("preamble") or []:
        name, *values = [str(cell) for cell in cells] or [""]
        if name.startswith("Total Comments ("):
            name = _SEEN if "actual" in name else _TOLD
        post[name.strip()] = ",".join(values).rstrip(",").strip()
    return post


def refuse_other_platform(texts: Sequence[str]) -> None:
    """Refuse a row whose post has an address on another site and none on TikTok."""
    hosts = [host for text in texts for host in _HOST.findall(text) if not host.endswith("exportcomments.com")]
    if hosts and not any(_TIKTOK.search(text) for text in texts):
        raise RecordRefused("other_platform", f"The post is at {hosts[0][:80]}, not at tiktok.com.")


def _said(value: Any) -> str | None:
    text = words(value)
    return None if text is None or text.lower() in _NOTHING else text


def _handle(value: Any) -> str | None:
    text = _said(value)
    return text.lstrip("@") or None if text else None


def _day(value: Any) -> datetime | None:
    """A day, in either order and with or without leading zeros, or a whole time where a spreadsheet made it one."""
    text = str(value).strip()
    match = _DAY_FIRST.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    return time(f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}" if match else text)


def _browser_time(value: str | None) -> datetime | None:
    match = _BROWSER_CLOCK.match(value or "")
    if match is None:
        return time(value)
    month, day, year, clock, zone = match.groups()
    try:
        return time(parsedate_to_datetime(f"{day} {month} {year} {clock} {zone}").isoformat())
    except ValueError:
        return None
