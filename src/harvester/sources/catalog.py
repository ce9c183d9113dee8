"""All formats that can be read, most particular first: the first that recognises a file takes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harvester.errors import MissingColumn, UnknownFormat
from harvester.sources.ad import Ads
from harvester.sources.ad_list import AdList
from harvester.sources.apify import ApifyComments, ApifyPosts
from harvester.sources.bare_csv import BareCsv, is_header, seems_data
from harvester.sources.base import Item, Options, Sample, Source
from harvester.sources.bright_data import BrightDataComments, BrightDataPosts
from harvester.sources.comment_array import CommentArray
from harvester.sources.comment_scraper import CommentScraper
from harvester.sources.comment_scrapper import CommentScrapper
from harvester.sources.commercial_content import CommercialContents
from harvester.sources.export_comments import ExportComments
from harvester.sources.fourcat import FourCatComments, FourCatPosts
from harvester.sources.generic_json import GenericJson
from harvester.sources.minet import MinetCommercials, MinetVideos
from harvester.sources.pyktok import PyktokComments, PyktokVideos
from harvester.sources.research_api import ResearchComments, ResearchVideos
from harvester.sources.synonyms import FIELDS
from harvester.sources.table_items import MOST_PREAMBLE, Header, unique
from harvester.sources.tiktok_web import TikTokWebComments, TikTokWebVideos
from harvester.sources.user_data import UserData
from harvester.sources.yt_dlp import YtDlp
from harvester.sources.zeeschuimer import FourCatItems, ZeeschuimerComments, ZeeschuimerPosts

SOURCES: tuple[Source, ...] = (
    ZeeschuimerPosts(),
    ZeeschuimerComments(),
    FourCatItems(),
    FourCatComments(),
    FourCatPosts(),
    MinetVideos(),
    MinetCommercials(),
    CommercialContents(),
    YtDlp(),
    CommentScrapper(),
    CommentScraper(),
    ExportComments(),
    UserData(),
    CommentArray(),
    AdList(),
    TikTokWebComments(),
    TikTokWebVideos(),
    ResearchComments(),
    ResearchVideos(),
    ApifyPosts(),
    ApifyComments(),
    BrightDataPosts(),
    BrightDataComments(),
    PyktokComments(),
    PyktokVideos(),
    GenericJson(),
)
ANY_TABLE = BareCsv()
"""Asked last: a table of no known format that has a column of comments."""

Rows = Mapping[str, Sequence[Sequence[str]]]
"""The first rows of a table, by the delimiter that they were parted with."""


def source_for(sample: Sample, options: Options, file: str) -> Source:
    """The format that takes a file of JSON.

    Raises UnknownFormat when no format fits, or where columns are named: JSON has none.
    """
    if options.columns:
        raise UnknownFormat(f"{file}: --map names columns, but this is JSON.", hint="Import it without --map.")
    for source in SOURCES:
        if _recognises(source, sample, file):
            return source
    keys = sorted({str(key) for item in sample.items for key in item.value})
    seen = f"Its objects have the keys: {', '.join(keys[:20])}." if keys else "It holds no JSON object."
    titles = dict.fromkeys(source.title for source in SOURCES)
    raise UnknownFormat(f"{file}: the format is not known. {seen}", hint=f"Formats that are read: {'; '.join(titles)}.")


def table_source_for(rows: Rows, options: Options, file: str) -> tuple[Source, Header]:
    """The format that takes a table, and its header; with `--map` a table whose columns the operator names.

    Raises MissingColumn when a named column is not there, UnknownFormat when no format fits.
    """
    if options.columns:
        return _mapped(rows, options, file)
    for source in SOURCES:
        for header, sample in _samples(rows, preamble=MOST_PREAMBLE if source.has_preamble else 0):
            if _recognises(source, sample, file):
                return source, header
    for header, sample in _samples(rows, preamble=MOST_PREAMBLE):
        if ANY_TABLE.recognises(sample) and is_header(header.columns, header.preamble):
            return ANY_TABLE, header
    columns = next((header.columns for header, _ in _samples(rows, preamble=0)), ())
    if seems_data(columns):
        raise UnknownFormat(
            f"{file}: its first row holds data where the names of columns belong: {', '.join(columns)[:200]}.",
            hint="Put a row of names above it, such as: username,comment.",
        )
    raise UnknownFormat(
        f"{file}: the format is not known. Its columns are: {', '.join(columns[:20])}.",
        hint="If one column holds comments, name it: --map text=<column>; if these are no names, put some above them.",
    )


def named(name: str) -> Source | None:
    """The format with this name; None where this version has none."""
    return next((source for source in (*SOURCES, ANY_TABLE, Ads()) if source.name == name), None)


def _recognises(source: Source, sample: Sample, file: str) -> bool:
    try:
        return source.recognises(sample)
    except UnknownFormat as refusal:
        raise UnknownFormat(f"{file}: {refusal.message}", hint=refusal.hint) from refusal


def _samples(rows: Rows, *, preamble: int) -> Iterator[tuple[Header, Sample]]:
    """Every header that the table may have: with each delimiter, the one that makes most columns first."""
    by_width = sorted(rows, key=lambda delimiter: -max(map(len, rows[delimiter][:1]), default=0))
    for above in range(preamble + 1):
        for delimiter in by_width:
            table = rows[delimiter]
            if above >= len(table):
                continue
            columns = unique(table[above])
            items = [Item(dict(zip(columns, row, strict=False))) for row in table[above + 1 : above + 6]]
            # A table of one column has no delimiter: what looks like one belongs to the text.
            used = delimiter if len(columns) > 1 else "\x1f"
            yield Header(columns, used, table[:above]), Sample("table", items, columns)


def _mapped(rows: Rows, options: Options, file: str) -> tuple[Source, Header]:
    unknown = sorted(options.columns.keys() - FIELDS.keys())
    if unknown:
        raise MissingColumn(f"--map {unknown[0]}=…: there is no such field.", hint=f"Fields are: {', '.join(FIELDS)}.")
    headers = list(_samples(rows, preamble=MOST_PREAMBLE))
    found = next((each for each in headers if set(options.columns.values()) <= set(each[0].columns)), None)
    if found is None:
        columns = headers[0][0].columns if headers else ()
        field, column = next(pair for pair in options.columns.items() if pair[1] not in columns)
        raise MissingColumn(
            f"{file}: there is no column {column!r} (--map {field}={column}).",
            hint=f"Its columns are: {', '.join(columns)}.",
        )
    header, sample = found
    if "text" not in options.columns and not ANY_TABLE.recognises(sample):
        raise MissingColumn(f"{file}: no column of text is named.", hint="Add --map text=<column>.")
    return ANY_TABLE, header
