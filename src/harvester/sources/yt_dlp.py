"""What yt-dlp writes of a video (`*.info.json`), of a playlist (with `entries`), or of many, one on a line.

yt-dlp itself counts TikTok's comments and reads none; forks fill `comments` as its documentation lays down, with
`parent` as an id or `root`, and `html` where there is no `text`. The same file type serves every site that yt-dlp
knows; `extractor_key` names it, and lists of a playlist that was not entered have `ie_key` instead. A playlist holds
null for a video that could not be read. `title` is made up where there is no description. A file also holds
addresses, headers and cookies of whoever downloaded: none of these is kept.
Source of facts: the documentation of yt-dlp's `InfoExtractor`, and its TikTok extractor.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from harvester.errors import UnknownFormat
from harvester.model import Comment, Refused, Video
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.cells import objects_in
from harvester.sources.fields import comment_text, count, flag, own_id, parent_id, present, time, words

_COMMENT_FIELDS = frozenset(
    """_time_text author author_id author_is_uploader author_is_verified author_thumbnail author_url dislike_count html
    id is_favorited is_pinned like_count parent text time_text timestamp""".split()
)
_FIELDS = frozenset(
    """__files_to_move __last_playlist_index __post_extractor __postprocessors __real_download __write_download_archive
    _filename _format_sort_fields _has_drm _type _version abr acodec age_limit album album_artist album_artists
    album_type alt_title artist artists aspect_ratio asr audio_channels audio_ext automatic_captions availability
    average_rating bitrate cast categories channel channel_follower_count channel_id channel_is_verified channel_url
    chapter chapter_id chapter_number chapters comment_count comments composer composers concurrent_view_count
    container cookies creator creators description disc_number dislike_count display_id downloader_options duration
    duration_string dynamic_range end_time entries entries_metadata episode episode_id episode_number epoch ext
    extractor extractor_key filename filesize filesize_approx format format_id format_note formats fps fragments
    fulltitle genre genres has_drm heatmap height http_headers id ie_key impersonate is_live language
    language_preference license like_count live_status location media_type modified_date modified_timestamp n_entries
    original_url playable_in_embed playlist playlist_autonumber playlist_channel playlist_channel_id playlist_count
    playlist_id playlist_index playlist_title playlist_uploader playlist_uploader_id playlist_webpage_url preference
    protocol quality release_date release_timestamp release_year repost_count requested_downloads requested_entries
    requested_formats requested_subtitles resolution save_count season season_id season_number section_end
    section_number section_start section_title series series_id source_preference start_time stretched_ratio
    subtitles tags tbr thumbnail thumbnails timestamp title track track_id track_number upload_date uploader
    uploader_id uploader_url url vbr vcodec video_ext view_count was_live webpage_url webpage_url_basename
    webpage_url_domain width""".split()
)
_TIKTOK = "TikTok"
_TIKTOK_ADDRESS = re.compile(r"https?://(?:[\w-]+\.)*tiktok\.com/")
_AROUND = ("extractor_key", "ie_key", "webpage_url", "uploader_url", "uploader", "epoch")
"""What of a video's fields is kept around its comments."""
_DOWNLOAD = frozenset(
    """_filename automatic_captions cookies filename formats fragments http_headers requested_downloads
    requested_formats requested_subtitles subtitles thumbnail thumbnails url""".split()
)
"""What of a video's fields serves the download alone, and may name or admit whoever downloaded."""
_LINE_END = re.compile(r"<br\s*/?>|</p>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z/!][^>]*>", re.IGNORECASE)


class YtDlp(Source):
    """Videos, with their comments where a fork has read them."""

    name = "yt_dlp"
    title = "yt-dlp, TikTok videos (info.json)"
    fields = _FIELDS | _COMMENT_FIELDS

    def recognises(self, sample: Sample) -> bool:
        if sample.container != "json":
            return False
        sites = [_site(item.value) or (_site(item.envelope) if item.within else None) for item in sample.items]
        found = [site for site in sites if site is not None]
        if found and not any(site.startswith(_TIKTOK) for site in found):
            raise UnknownFormat(
                f"This is yt-dlp's description of a video of {found[0]}, not of TikTok.",
                hint="Export TikTok's videos; those of other platforms are not read.",
            )
        return bool(found)

    def split(self, item: Item) -> Iterator[Part]:
        """Videos, of a playlist or alone, each before its comments."""
        list_name = item.within.rpartition("/")[2]
        if _site(item.value) is not None or "entries" in item.value:
            yield from _video_parts(item)
        elif item.is_rest:
            return
        elif list_name == "comments":
            yield Item(item.value, _around(item.envelope), item.place)
        elif list_name == "entries":
            yield Item(item.value, place=item.place)
        elif not list_name:
            yield item

    def record(self, item: Item, options: Options) -> Video | Comment:
        info = item.envelope or item.value
        if info.get("_type") == "playlist":
            raise RecordRefused("missing_data", "It is a playlist without its entries.")
        site = _site(info)
        if site not in (None, _TIKTOK):
            raise RecordRefused("other_platform", f"extractor_key is {site!r}, not {_TIKTOK}.")
        return _comment(item.value, info, options) if item.envelope else _video(info, options)


def _video_parts(item: Item) -> Iterator[Part]:
    """A video and its comments, or those of each entry of a playlist."""
    for part in _entries(item):
        if isinstance(part, Refused):
            yield part
            continue
        info = part.value
        if not (part.is_rest and info.get("_type") == "playlist"):
            own = info.keys() - _DOWNLOAD - {"comments"}
            yield Item({name: value for name, value in info.items() if name in own}, place=part.place)
        around = _around(info)
        for each in objects_in(info.get("comments"), "comments", part.place):
            yield each if isinstance(each, Refused) else Item(each, around, part.place)


def _entries(item: Item) -> Iterator[Item | Refused]:
    """The videos of a playlist, and of the playlists within it; a video alone is its own entry."""
    waiting: deque[Item | Refused] = deque([item])
    while waiting:
        part = waiting.popleft()
        if isinstance(part, Refused) or not isinstance(part.value.get("entries"), list):
            yield part
            continue
        entries = objects_in(part.value["entries"], "entries", part.place)
        inner = [each if isinstance(each, Refused) else Item(each, place=part.place) for each in entries]
        waiting.extendleft(reversed(inner))


def _video(info: Mapping[str, Any], options: Options) -> Video:
    return Video(
        own_id(info, "id"),
        username=words(info.get("uploader")),
        caption=words(info.get("description") if "description" in info else info.get("title")),
        view_count=count(info.get("view_count")),
        like_count=count(info.get("like_count")),
        comment_count=count(info.get("comment_count")),
        share_count=count(info.get("repost_count")),
        posted_at=time(info.get("timestamp")),
        observed_at=time(info.get("epoch")) or options.observed_at,
        metadata=present(duration_seconds=count(info.get("duration"))),
    )


def _comment(row: Mapping[str, Any], info: Mapping[str, Any], options: Options) -> Comment:
    comment_id = own_id(row, "id")
    parent = parent_id(row.get("parent"))
    return Comment(
        comment_id,
        own_id(info, "id"),
        _text(row),
        username=(words(row.get("author")) or "").lstrip("@") or None,
        parent_ref=None if parent == comment_id else parent,
        like_count=count(row.get("like_count")),
        posted_at=time(row.get("timestamp")),
        observed_at=time(info.get("epoch")) or options.observed_at,
        video_username=words(info.get("uploader")),
        metadata=present(
            pinned=flag(row.get("is_pinned")) or None,
            liked_by_author=flag(row.get("is_favorited")) or None,
            by_author=flag(row.get("author_is_uploader")) or None,
        ),
    )


def _text(row: Mapping[str, Any]) -> str:
    """The comment's words, out of its markup where there is nothing else."""
    if row.get("text") is not None or not isinstance(row.get("html"), str):
        return comment_text(row, "text")
    return html.unescape(_TAG.sub("", _LINE_END.sub("\n", row["html"]))).strip()


def _site(info: Mapping[str, Any]) -> str | None:
    """The name of the extractor that read a video; TikTok where an address alone says so; None of anything else."""
    named = words(info.get("extractor_key")) or words(info.get("ie_key"))
    if named is not None:
        return named[:80]
    addresses = (info.get("webpage_url"), info.get("uploader_url"))
    return _TIKTOK if any(_TIKTOK_ADDRESS.match(str(each)) for each in addresses) else None


def _around(info: Mapping[str, Any]) -> dict[str, Any]:
    """What comments need of their video."""
    return {"id": info.get("id")} | {name: info[name] for name in _AROUND if name in info}
