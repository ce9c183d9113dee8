"""Where TikTok's documentation and what clients have seen differ, both ways of it; and the limits of a client key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True)
class Modes:
    """One way of each rivalry; the first value of each is the default."""

    comment_cap: str = "1000"
    """`1000`: of one list so many comments are given, as an older page says, and the last page has no more;
    `1000_says_more`: the last page says that there is more, and what lies beyond is refused; `none`: all are given."""
    replies: str = "apart"
    """`apart`: a video's list has its top-level comments, and a comment's list its replies; `within`: a video's list
    has both."""
    end_date: str = "included"
    """Whether the last day of `video/query` is `included`, as documented, or `excluded`."""
    page_size: str = "20"
    """Rows of `video/query` where max_count is not given: `20` or `10`."""
    ads_per_page: str = "50"
    """The greatest max_count of `ad/query`: `50` or `10`."""
    token_error: str = "200"  # noqa: S105 - an HTTP status.
    """The HTTP status of a refused key or secret: `200` or `401`."""
    foreign_country: str = "refused"
    """A creator's country outside Europe, in `commercial_content/query`: `refused` with 400, or `empty`."""

    def having(self, name: str, value: str) -> Self:
        """The same with one of them set. Raises ValueError where there is no such mode or value."""
        if value not in CHOICES.get(name, ()):
            known = ", ".join(f"{name}={'|'.join(values)}" for name, values in CHOICES.items())
            raise ValueError(f"There is no mode {name}={value}; there are {known}.")
        return replace(self, **{name: value})

    @property
    def cap(self) -> int | None:
        """How many comments of one list are given, or None for all."""
        return None if self.comment_cap == "none" else 1_000

    @property
    def cap_says_more(self) -> bool:
        """Whether the last page before the cap says that there is more."""
        return self.comment_cap == "1000_says_more"


CHOICES = {
    "comment_cap": ("1000", "1000_says_more", "none"),
    "replies": ("apart", "within"),
    "end_date": ("included", "excluded"),
    "page_size": ("20", "10"),
    "ads_per_page": ("50", "10"),
    "token_error": ("200", "401"),
    "foreign_country": ("refused", "empty"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client key may do: each API on its own, days beginning at 00:00 UTC."""

    requests_per_day: int = 1_000
    records_per_day: int = 100_000
    per_minute: int | None = None
    """Requests within any minute; None for any number."""
    token_seconds: int = 7_200
    token_calls: int | None = None
    """After so many requests a token has expired; None: its time alone counts."""


@dataclass(frozen=True, slots=True)
class Delays:
    """How long the slow faults take, in seconds."""

    hang: float = 3.0
    """Before a hanging answer ends without a byte."""
    slow: float = 0.4
    """Over which a slow answer is spread."""
    retry_after: int = 2
    """What Retry-After asks for."""
