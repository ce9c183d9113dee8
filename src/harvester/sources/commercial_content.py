"""Commercial contents of TikTok's ad library: the official way from a promotion to the video it is about.

Answers of `commercial_content/query` (Commercial Content API), and of the library's own website, which spells the
same things differently: `posted_time`, `content_label` "1" or "2", `video_url`. A content stands for all its
videos, named by their addresses; each becomes a record. Everything here is promoted by definition.

Ads (`ad/query`, `ad/detail`, the website's ads) are another matter: they show their films under signed addresses of
a content delivery network, which name no TikTok video, so that no comment can be put under them.

Source of facts: developers.tiktok.com/doc/commercial-content-api-query-commercial-content and -query-ads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from harvester.errors import UnknownFormat
from harvester.model import Refused, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.cells import list_in
from harvester.sources.fields import count, present, time, video_of_url, words
from harvester.sources.json_text import raw_form
from harvester.sources.research_api import answer_parts, rows_within

_LABELS = {"1": "Paid Partnership", "2": "Promotional Content"}
"""What the website's content_label means."""
_LISTS = ("commercial_contents", "ads", "data")
_MARKS = frozenset({"brand_names", "content_label", "create_timestamp", "creator", "label", "posted_time"})
"""Any two of these beside its videos make a content: callers of the API choose which fields they get."""


class CommercialContents(Source):
    """Promoted videos, by the contents that disclose them."""

    name = "commercial_contents"
    title = "TikTok Commercial Content API or library.tiktok.com, commercial contents (JSON)"
    fields = frozenset(
        """audit_status brand_names content_label create_date create_date_utc create_timestamp creator id label
        posted_time show_mode video video_views videos""".split()
    )

    def recognises(self, sample: Sample) -> bool:
        if sample.container != "json":
            return False
        rows = [row for item in sample.items for row in rows_within(item.value, _LISTS)]
        if any(map(_is_content, rows)):
            return True
        if rows and all(map(_is_ad, rows)):
            raise UnknownFormat(
                "These are ads of TikTok's ad library, which name no TikTok video: comments cannot be put under them.",
                hint="Import the answers of commercial_content/query: the videos of commercial contents have ids.",
            )
        return False

    def split(self, item: Item) -> Iterator[Part]:
        """Each content once for each of its videos; one without any stays whole, and is refused."""
        for part in answer_parts(item, _LISTS):
            if isinstance(part, Item):
                yield from _by_video(part)
            else:
                yield part

    def record(self, item: Item, options: Options) -> Video:
        row = item.value
        if _is_ad(row):
            raise RecordRefused("no_video_id", "An ad of the ad library names no TikTok video.")
        video = next(iter(_videos(row)), None)
        if not isinstance(video, Mapping):
            raise RecordRefused("missing_id", "The commercial content names no video.")
        video_id, username = named_video(video, "url" if video.get("url") else "video_url")
        creator = row.get("creator")
        label = words(row.get("label")) or _LABELS.get(str(row.get("content_label")))
        return Video(
            video_id,
            username=(words(creator.get("username")) if isinstance(creator, Mapping) else None) or username,
            view_count=count(row.get("video_views")),
            is_promoted=True,
            promotion=disclosed(label, [brand for brand in list_in(row.get("brand_names")) if isinstance(brand, str)]),
            posted_at=time(row.get("create_timestamp")) or time(row.get("posted_time")) or _day(row),
            observed_at=options.observed_at,
            metadata=present(content_id=row.get("id")),
        )


def disclosed(label: str | None, brands: Sequence[str]) -> dict[str, Any]:
    """Why the video of a commercial content counts as promoted, by whichever way it was collected."""
    return present(flag="commercial_content", label=label or "Commercial content", brands=list(brands))


def named_video(row: Mapping[str, Any], address: str) -> tuple[str, str | None]:
    """Id and creator's handle by a video's address; refused where it names none, as a short link does not."""
    found = video_of_url(row.get(address))
    if found is None:
        raise RecordRefused("missing_id", f"{address} names no video: {str(row.get(address))[:80]!r}.")
    return found


def _by_video(item: Item) -> Iterator[Part]:
    videos = _videos(item.value)
    if len(videos) < 2:
        yield item
        return
    for video in videos:
        if isinstance(video, Mapping):
            # The website counts the views of all videos together.
            one = {**item.value, "videos": [video], "video_views": None}
            yield Item(one, item.envelope, item.place)
        else:
            yield Refused("not_an_object", "An entry of videos is no object.", raw_form(video), item.place)


def _videos(row: Mapping[str, Any]) -> list[Any]:
    """The videos of a content; the documentation's table calls them `video`, its example `videos`."""
    videos = row.get("videos") or row.get("video")
    if isinstance(videos, Mapping):
        return [videos]
    return videos if isinstance(videos, list) else []


def _day(row: Mapping[str, Any]) -> datetime | None:
    """The day of a content, as `20230109` or, as minet asks for it, as ISO 8601."""
    for name in ("create_date", "create_date_utc"):
        value = row.get(name)
        try:
            return datetime.strptime(str(value), "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            if moment := time(value):
                return moment
    return None


def _is_content(row: Any) -> bool:
    if not isinstance(row, Mapping) or _is_ad(row):
        return False
    return ("videos" in row or "video" in row) and len(row.keys() & _MARKS) >= 2


def _is_ad(row: Any) -> bool:
    """Whether this is an ad: of the API, with its advertiser beside it, or of the website."""
    return isinstance(row, Mapping) and ({"ad", "advertiser"} <= row.keys() or "first_shown_date" in row)
