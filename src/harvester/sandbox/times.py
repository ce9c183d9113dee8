"""How TikTok's APIs write days and lengths."""

from __future__ import annotations

from datetime import UTC, date, datetime


def day_of(seconds: int) -> int:
    """The day in UTC of a Unix second, as its eight digits.

    >>> day_of(1_696_875_852)
    20231009
    """
    return int(datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%d"))


def read_day(value: object) -> date | None:
    """The day that eight digits name, or None where they name none.

    >>> read_day("20231009"), read_day(20231009), read_day("20230230"), read_day("2023-10-09")
    (datetime.date(2023, 10, 9), datetime.date(2023, 10, 9), None, None)
    """
    text = str(value)
    if len(text) != 8 or not text.isdecimal():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def length_of(seconds: int) -> str:
    """The name of a video's length in the Research API.

    >>> length_of(14), length_of(60), length_of(300), length_of(301)
    ('SHORT', 'MID', 'LONG', 'EXTRA_LONG')
    """
    if seconds < 15:
        return "SHORT"
    if seconds <= 60:
        return "MID"
    return "LONG" if seconds <= 300 else "EXTRA_LONG"
