"""All formats that can be read, most particular first: the first that recognises a file takes it."""

from __future__ import annotations

from harvester.errors import MissingColumn, UnknownFormat
from harvester.sources.apify import ApifyComments
from harvester.sources.bare_csv import FIELDS, BareCsv
from harvester.sources.base import Options, Sample, Source
from harvester.sources.research_api import ResearchComments, ResearchVideos
from harvester.sources.tiktok_web import TikTokWebComments
from harvester.sources.zeeschuimer import ZeeschuimerPosts

SOURCES: tuple[Source, ...] = (
    ZeeschuimerPosts(),
    TikTokWebComments(),
    ResearchComments(),
    ResearchVideos(),
    ApifyComments(),
    BareCsv(),
)


def source_for(sample: Sample, options: Options, file: str) -> Source:
    """The format that takes the file; with `--map` it is a table whose columns the operator names.

    Raises MissingColumn when a named column is not there, UnknownFormat when no format fits.
    """
    if options.columns:
        return _mapped(sample, options, file)
    for source in SOURCES:
        if source.recognises(sample):
            return source
    raise UnknownFormat(f"{file}: the format is not known. {_seen(sample)}", hint=_advice(sample))


def _mapped(sample: Sample, options: Options, file: str) -> Source:
    if sample.container != "table":
        raise UnknownFormat(f"{file}: --map names columns, but this is JSON.", hint="Import it without --map.")
    unknown = sorted(options.columns.keys() - FIELDS.keys())
    if unknown:
        raise MissingColumn(f"--map {unknown[0]}=…: there is no such field.", hint=f"Fields are: {', '.join(FIELDS)}.")
    for field, column in options.columns.items():
        if column not in sample.columns:
            raise MissingColumn(
                f"{file}: there is no column {column!r} (--map {field}={column}).",
                hint=f"Its columns are: {', '.join(sample.columns)}.",
            )
    source = BareCsv()
    if "text" not in options.columns and not source.recognises(sample):
        raise MissingColumn(f"{file}: no column of text is named.", hint="Add --map text=<column>.")
    return source


def _seen(sample: Sample) -> str:
    if sample.container == "table":
        return f"Its columns are: {', '.join(sample.columns[:20])}."
    keys = sorted({key for item in sample.items for key in item.value})
    return f"Its objects have the keys: {', '.join(keys[:20])}." if keys else "It holds no JSON object."


def _advice(sample: Sample) -> str:
    if sample.container == "table":
        return "If one column holds comments, name it: --map text=<column>."
    return f"Formats that are read: {'; '.join(source.title for source in SOURCES)}."
