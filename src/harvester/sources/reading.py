"""From a file to records: the container is told by its content, each item is read on its own.

An item that cannot be read becomes a Refused; only a file that cannot be opened, or fits no format,
raises. A file is read item by item; a JSON document that is no sequence of lines is read whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from harvester.errors import UnreadableFile
from harvester.model import Record, Refused
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.catalog import source_for
from harvester.sources.json_items import json_items, raw_form
from harvester.sources.table_items import table_items

_SAMPLE_ITEMS = 50
_SAMPLE_BYTES = 65_536
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read: its format, and its records as they come."""

    source: Source
    records: Iterator[Record]


def read(file: BinaryIO, name: str, options: Options) -> Reading:
    """Recognise a file by its content and read it; `file` can seek.

    Raises UnreadableFile where there is nothing to read, UnknownFormat and MissingColumn as the catalog does.
    """
    start = file.read(_SAMPLE_BYTES)
    encoding = next((encoding for bom, encoding in _BOMS if start.startswith(bom)), "utf-8")
    bom_length = next((len(bom) for bom, _ in _BOMS if start.startswith(bom)), 0)
    beginning = start[bom_length:].decode(encoding, "replace").lstrip()
    if not beginning.strip("\0"):
        raise UnreadableFile(f"{name} is empty.", hint="Export it again; nothing was imported from it.")
    file.seek(bom_length)
    if beginning[0] in "{[":
        parts = json_items(file, encoding)
        first = list(islice(parts, _SAMPLE_ITEMS))
        sample = Sample("json", [part for part in first if isinstance(part, Item)])
    else:
        rows, columns = table_items(file, encoding)
        first = list(islice(rows, _SAMPLE_ITEMS))
        sample = Sample("table", [part for part in first if isinstance(part, Item)], columns)
        parts = rows
    source = source_for(sample, options, name)
    return Reading(source, _records(source, chain(first, parts), options))


def _records(source: Source, parts: Iterator[Part], options: Options) -> Iterator[Record]:
    for part in parts:
        if isinstance(part, Refused):
            yield part
            continue
        for item in source.split(part):
            try:
                yield source.record(item, options)
            except RecordRefused as refused:
                yield Refused(refused.reason, refused.detail, raw_form(item.value))
