"""Single values of a record, as exports write them: exact or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from harvester.sources.base import RecordRefused

_ID = re.compile(r"[1-9]\d{0,24}")
_WHOLE_ID = re.compile(r"[1-9][0-9]{14,24}")
"""What nearly every id is: with this one look it is known to be sound."""
_RUINED = re.compile(r"\d+(\.\d+)?[eE]\+?\d+|\d+\.\d+")
_VIDEO_URL = re.compile(
    r"tiktokv?\.com/(?:@(?P<username>[^/?#]*)/(?:video|photo)/|v/|share/video/|i18n/share/video/|embed/(?:v2/)?)"
    r"(?P<id>\d{5,25})"
)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
EARLIEST_SECOND, LATEST_SECOND = int(_EARLIEST.timestamp()), int(_LATEST.timestamp())
_SECONDS = re.compile(r"\d{1,14}(\.\d+)?")
_MILLISECONDS_FROM = 100_000_000_000
"""As seconds this is the year 5138, so a greater number counts milliseconds."""
GREATEST_COUNT = 2**63 - 1
_SHOWN_COUNT = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*([KMB])", re.IGNORECASE)
_UNITS = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_NOTHING = frozenset({"", "null", "undefined", "none", "nan"})


class RuinedId(ValueError):
    """An id that went through floating point: present, but its digits are lost."""


def tiktok_id(value: Any) -> str | None:
    """A TikTok id as text; None where there is none.

    Raises RuinedId for what a data frame or a spreadsheet left of one.

    >>> tiktok_id(7386111312293610270), tiktok_id(" 7386111312293610270 "), tiktok_id("0")
    ('7386111312293610270', '7386111312293610270', None)
    >>> tiktok_id("7.484473690283279e+18")
    Traceback (most recent call last):
        ...
    harvester.sources.fields.RuinedId: 7.484473690283279e+18
    """
    if type(value) is str and _WHOLE_ID.fullmatch(value):
        return value
    if value is None or value == "0" or isinstance(value, bool):
        return None
    text = str(value).strip()
    if isinstance(value, float) or _RUINED.fullmatch(text):
        if text in {"0.0", "nan"}:
            return None
        raise RuinedId(text)
    if _ID.fullmatch(text):
        return text
    if text.lower() in {"", "0", "null", "none", "undefined", "nan"}:
        return None
    raise RuinedId(text[:80])


def own_id(row: Mapping[str, Any], *keys: str) -> str:
    """The id under the first of `keys` that has one; a row without it, or with a ruined one, is refused."""
    for key in keys:
        try:
            found = tiktok_id(row.get(key))
        except RuinedId as error:
            raise RecordRefused("ruined_id", f"{key} is {error}: the id's digits are lost.") from error
        if found:
            return found
    raise RecordRefused("missing_id", f"There is no {keys[0]}.")


def parent_id(value: Any) -> str | None:
    """The id of a parent comment; a ruined one counts as unknown."""
    try:
        return tiktok_id(value)
    except RuinedId:
        return None


def video_of_url(url: Any) -> tuple[str, str | None] | None:
    """Id and creator's handle of a video's address, in any of the forms TikTok uses.

    >>> video_of_url("https://www.tiktok.com/@newsdesk/video/7580280925297184007?_r=1")
    ('7580280925297184007', 'newsdesk')
    >>> video_of_url("https://m.tiktok.com/v/7580280925297184007.html")
    ('7580280925297184007', None)
    >>> video_of_url("https://vm.tiktok.com/ZM1234567/") is None
    True
    """
    match = _VIDEO_URL.search(url) if isinstance(url, str) else None
    if match is None:
        return None
    return match["id"], match["username"] or None


def words(value: Any) -> str | None:
    """A text that may be missing: empty, blank and the words exporters write for nothing become None.

    >>> words("shop"), words("  "), words("null"), words(None)
    ('shop', None, None, None)
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    return None if len(text) < 10 and text.lower() in _NOTHING else text


def comment_text(row: Mapping[str, Any], key: str) -> str:
    """The words of a comment, exactly; empty is allowed (a picture or sticker), missing is not."""
    value = row.get(key)
    if value is None:
        raise RecordRefused("missing_text", f"There is no {key}.")
    if not isinstance(value, str):
        raise RecordRefused("missing_text", f"{key} is no text but {type(value).__name__}.")
    return value


def count(value: Any) -> int | None:
    """A number of likes, views or replies; None where it is missing or makes no sense.

    >>> count(6), count("503.0"), count(""), count(-1), count("many"), count(True)
    (6, 503, None, None, None, None)
    """
    if type(value) is int:
        return value if 0 <= value <= GREATEST_COUNT else None
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = int(value) if isinstance(value, int) else int(float(str(value).strip()))
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= GREATEST_COUNT else None


def shown_count(value: Any) -> int | None:
    """A number as a page shows it.

    >>> shown_count("1.2K"), shown_count("3M"), shown_count("1,234"), shown_count("7"), shown_count("---")
    (1200, 3000000, 1234, 7, None)
    """
    text = str(value).strip()
    match = _SHOWN_COUNT.fullmatch(text)
    if match is None:
        return count(re.sub(r"(?<=\d),(?=\d{3}\b)", "", text))
    return round(float(match[1].replace(",", ".")) * _UNITS[match[2].upper()])


def time(value: Any) -> datetime | None:
    """A time in UTC from Unix seconds or milliseconds, or from ISO 8601 (without an offset it is UTC).

    None where it is missing, unreadable, or outside the years 2000 to 2099.

    >>> time(1704499196), time("1697108706245")
    (datetime.datetime(2024, 1, 5, 23, 59, 56, tzinfo=datetime.timezone.utc), \
datetime.datetime(2023, 10, 12, 11, 5, 6, 245000, tzinfo=datetime.timezone.utc))
    >>> time("2026-01-03"), time(0), time("yesterday")
    (datetime.datetime(2026, 1, 3, 0, 0, tzinfo=datetime.timezone.utc), None, None)
    """
    if type(value) is int and EARLIEST_SECOND <= value < LATEST_SECOND:
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip()
    try:
        if _SECONDS.fullmatch(text):
            seconds = float(text)
            moment = datetime.fromtimestamp(seconds / 1000 if seconds >= _MILLISECONDS_FROM else seconds, UTC)
        else:
            moment = datetime.fromisoformat(text)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def flag(value: Any) -> bool:
    """Whether a yes/no field says yes, in any of the ways exporters write it.

    >>> [flag(each) for each in (True, "True", "yes", 1, "1.0", False, "no", "", None)]
    [True, True, True, True, True, False, False, False, False]
    """
    if value is None or isinstance(value, bool):
        return value is True
    return str(value).strip().lower() in {"true", "yes", "1", "1.0"}


def promotion_of(row: Mapping[str, Any], flags: Mapping[str, str]) -> dict[str, Any] | None:
    """Why a video counts as promoted: the first of its flags that says yes, with what the flag means.

    >>> promotion_of({"isAd": False, "is_paid_partnership": "yes"}, {"isAd": "Ad", "is_paid_partnership": "Paid"})
    {'flag': 'is_paid_partnership', 'label': 'Paid'}
    """
    for name, label in flags.items():
        if flag(row.get(name)):
            return {"flag": name, "label": label}
    return None


def present(**values: Any) -> dict[str, Any]:
    """Metadata of those values that say something.

    >>> present(language="en", pinned=None, labels=[])
    {'language': 'en'}
    """
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
