"""The frozen values that every room may hold; the words are those of the glossary in `docs/architecture.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct, field

SHOWN_CONFIDENCE = 0.50
"""Mentions from this confidence on are shown; those below it are held: kept, but counted nowhere."""


DomainKind = Literal["platform", "shortener", "link_in_bio", "messenger"]


class Domain(Struct, frozen=True, gc=False):
    """One host name as the harvester writes it, split at the public suffix.

    All names but `unicode_name` are A-labels (RFC 5890) in lower case, without a leading `www.`.
    """

    domain_name: str
    unicode_name: str
    tld: str
    """The last label."""
    public_suffix: str
    """The suffix under which names are registered (publicsuffix.org, ICANN and private sections)."""
    registrable_domain: str
    """Public suffix plus one label; the host itself where it is a private suffix."""
    subdomain: str
    """The labels before the registrable domain, or the empty string."""
    kind: DomainKind | None = None
    """Whose service it is, by our dated lists; None for all that they do not name."""


class Mention(Struct, frozen=True, gc=False):
    """One domain found in one place of one text.

    `start` and `end` count code points of the text as given, half open: `text == whole[start:end]`.
    """

    domain: Domain
    text: str
    start: int
    end: int
    confidence: float
    """How sure the extractor is that the writer meant this domain, 0 to 1."""
    method: str
    """How the domain was written: `url`, `bare`, `dot_word`, `bracketed`, `spaced`, `homoglyph`, …"""
    url: str | None
    """The address with its path, rebuilt from the text; None where only a host was written."""

    @property
    def tier(self) -> str:
        """`shown` or `held`, by confidence."""
        return "shown" if self.confidence >= SHOWN_CONFIDENCE else "held"


class Video(Struct, frozen=True):
    """What one source knows about one TikTok video; None means that the source does not say."""

    video_id: str
    username: str | None = None
    caption: str | None = None
    video_url: str | None = None
    thumbnail_url: str | None = None
    region_code: str | None = None
    view_count: int | None = None
    like_count: int | None = None
    comment_count: int | None = None
    share_count: int | None = None
    is_promoted: bool = False
    promotion: Mapping[str, Any] | None = None
    """Why it counts as promoted: label, brands, advertiser, and the flag of the source that said so."""
    posted_at: datetime | None = None
    observed_at: datetime | None = None
    """When the collector saw it, where the source carries such a time."""
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Comment(Struct, frozen=True):
    """What one source knows about one comment or reply; None means that the source does not say."""

    comment_id: str | None
    """TikTok's id; None where the source has none (an id is then derived from the content)."""
    video_id: str | None
    """TikTok's id of the video; None where the file has no videos (one is then made for the file)."""
    text: str
    username: str | None = None
    parent_ref: str | None = None
    """TikTok's id of the comment this one replies to; None for a top-level comment."""
    like_count: int | None = None
    reply_count: int | None = None
    posted_at: datetime | None = None
    observed_at: datetime | None = None
    """When the collector saw it, where the source carries such a time."""
    video_username: str | None = None
    """The handle of the video's creator, where a comment's own row names it."""
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Creator(Struct, frozen=True):
    """What one source knows about the account that publishes videos; None means that the source does not say."""

    username: str
    """The handle, without `@`, in lower case."""
    display_name: str | None = None
    bio: str | None = None
    """What the creator writes about themselves."""
    bio_url: str | None = None
    """The address that the profile links to."""
    is_verified: bool | None = None
    follower_count: int | None = None
    following_count: int | None = None
    like_count: int | None = None
    video_count: int | None = None
    observed_at: datetime | None = None
    """When the collector saw it, where the source carries such a time."""
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Ad(Struct, frozen=True):
    """What one source knows about one ad of TikTok's ad library, which names no video."""

    ad_id: str
    title: str | None = None
    landing_url: str | None = None
    """Where a tap on the ad leads."""
    advertiser_id: str | None = None
    advertiser_name: str | None = None
    paid_for_by: str | None = None
    advertiser_username: str | None = None
    """The handle of the advertiser's profile."""
    state: str | None = None
    """`active` or `inactive`, in the source's words."""
    first_shown_on: date | None = None
    last_shown_on: date | None = None
    reach: str | None = None
    """How many people saw it, as the source writes it: `11K`."""
    observed_at: datetime | None = None
    """When the collector saw it, where the source carries such a time."""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What TikTok knows an application by; the secret appears in no text that is made of it."""

    key: str
    secret: str = dataclass_field(repr=False)


LookUp = Literal["dns", "rdap", "http"]
"""What an outside service can be asked about a domain."""
Pap = Literal["red", "amber", "green"]
"""Permissible Actions Protocol, as MISP's taxonomy has it: red sends no packet, amber asks third parties alone, green
may touch the domain's own host."""


class Enrichment(Struct, frozen=True):
    """What an outside service said of one domain in one look-up; that it said nothing is a result, too."""

    domain_name: str
    kind: LookUp
    state: str
    """One word of the kind's own: `ok`, `nxdomain`, `rate_limited`, … or `refused:<reason>` where nothing was sent."""
    result: Mapping[str, Any]
    """The facts as JSON holds them; for what could not be learnt there is no key, or null."""
    checked_at: datetime
    is_alive: bool = False
    """Whether the answer proves that somebody answers under this name today."""
    retry_after: float | None = None
    """Seconds for which whoever was asked wants to be left alone."""


class Refused(Struct, frozen=True):
    """One record of a source that could not be read, with the reason and its raw form."""

    reason: str
    """A stable code: `ruined_id`, `missing_text`, `bad_json`, …"""
    detail: str
    """One sentence for a person: what was wrong."""
    raw: bytes
    place: str = ""
    """Where in the file it stands: `line 12`, `row 7`."""
    context: Mapping[str, Any] = field(default_factory=dict)
    """What reading it again takes beside the raw form: its `form`, its `envelope`, the `columns` of its table."""


class Repair(Struct, frozen=True):
    """Something that was put right in the record that comes next; it is counted, not stored."""

    code: str


Record = Video | Comment | Creator | Ad | Refused | Repair
"""What reading a source gives, one by one."""

PLACES: Mapping[type[Video] | type[Creator] | type[Ad], Mapping[str, str]] = {
    Video: {"caption": "caption"},
    Creator: {"bio": "bio", "bio_url": "bio_url"},
    Ad: {"ad_title": "title", "landing_url": "landing_url"},
}
"""Where domains are found elsewhere than in comments: the names of these places, each with its field."""
ADDRESS_PLACES = frozenset({"bio_url", "landing_url"})
"""Those that hold an address and nothing else."""


def texts_of(record: Video | Creator | Ad) -> Iterator[tuple[str, str]]:
    """The texts of a record in which domains may stand, each with its place.

    >>> list(texts_of(Creator("maker", bio="all at glow.shop")))
    [('bio', 'all at glow.shop')]
    """
    for place, field_name in PLACES[type(record)].items():
        text = getattr(record, field_name)
        if text:
            yield place, text


Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a listing, and where the next one begins."""

    rows: list[Row]
    next: str | None
    """An opaque cursor for the next page; None on the last."""
