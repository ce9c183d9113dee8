"""From a document to records: the container is told by its content, each item is read on its own.

An item that cannot be read becomes a Refused; only a file that cannot be opened, or fits no format,
raises. Memory stays bounded however long the file is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader, BytesIO
from itertools import chain
from typing import Any, BinaryIO, cast

import msgspec

from harvester.errors import UnreadableFile
from harvester.model import Record, Refused
from harvester.sources.base import Item, Options, Part, RecordRefused, Sample, Source
from harvester.sources.catalog import named, source_for, table_source_for
from harvester.sources.json_items import LineItems, json_items
from harvester.sources.json_text import decode, raw_form
from harvester.sources.labelled_text import is_labelled, labelled_items
from harvester.sources.lines import LONGEST, SAMPLE_BYTES, as_utf8, given
from harvester.sources.rest import unknown_fields
from harvester.sources.sheet_items import Sheet
from harvester.sources.table_items import DELIMITERS, first_rows, row_of, table_items

_SAMPLE_ITEMS = 50
_MOST_SAMPLED = LONGEST
"""Bytes after which no more items are looked at to recognise the format."""
_SHEET = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that is being read: its format, and its records as they come."""

    source: Source
    records: Iterator[Record]


def read(stream: BinaryIO, name: str, options: Options) -> Reading:
    """Recognise a document by its content and read it; it closes nothing.

    Raises UnreadableFile where there is nothing to read, UnknownFormat and MissingColumn as the catalog does.
    """
    start = stream.read(SAMPLE_BYTES)
    if start.startswith(_SHEET):
        stream.seek(0)
        sheet = Sheet(stream, name)
        source, header = table_source_for({",": sheet.first_rows}, options, name)
        return _reading(source, sheet.items(header), options, stream)
    whole = cast("BufferedReader", as_utf8(stream, start))
    beginning = whole.peek(SAMPLE_BYTES)[:SAMPLE_BYTES].lstrip()
    if not beginning.strip(b"\0"):
        raise UnreadableFile(f"{name} is empty.", hint="Export it again; nothing was imported from it.")
    if beginning[:1] in (b"{", b"[") or is_labelled(beginning):
        parts = json_items(whole) if beginning[:1] in (b"{", b"[") else labelled_items(whole)
        first = _first(parts, whole)
        source = source_for(Sample("json", [part for part in first if isinstance(part, Item)]), options, name)
        if isinstance(parts, LineItems):
            parts.read_as(source, options)
        return _reading(source, chain(first, parts), options, stream)
    source, header = table_source_for({each: first_rows(whole, each) for each in DELIMITERS}, options, name)
    return _reading(source, table_items(whole, header), options, stream)


def _first(parts: Iterable[Part], stream: BinaryIO) -> list[Part]:
    """The first parts, to recognise the format by: few where they are large, since all are held at once."""
    first: list[Part] = []
    for part in parts:
        first.append(part)
        if len(first) >= _SAMPLE_ITEMS or given(stream) > _MOST_SAMPLED:
            break
    return first


def read_again(source: str, raw: bytes, context: Mapping[str, Any], options: Options) -> Iterator[Record]:
    """The records of what was refused before, from its raw form and context alone.

    Gives a Refused again where it still cannot be read, or where this version has no such source.
    """
    reader = named(source)
    form = context.get("form", "item")
    if reader is None:
        yield Refused("unknown_source", f"This version reads no {source}.", raw, context=context)
        return
    if form == "row":
        parts: Iterable[Part] = row_of(raw, context)
    elif form == "bytes":
        parts = json_items(cast("BufferedReader", as_utf8(BytesIO(raw), raw[:0])))
    else:
        parts = iter([_item_again(raw, context)])
    read = False
    for record in records(reader, parts, options):
        read = True
        yield record
    if not read:
        yield Refused("missing_data", "It holds no record.", raw, context=context)


def _item_again(raw: bytes, context: Mapping[str, Any]) -> Part:
    place = str(context.get("place", ""))
    try:
        value = decode(raw)
    except ValueError as error:
        return Refused("bad_json", f"It is no JSON: {str(error)[:200]}.", raw, place, context)
    if not isinstance(value, Mapping):
        detail = f"There is a {type(value).__name__} where an object belongs."
        return Refused("not_an_object", detail, raw, place, context)
    return Item(value, context.get("envelope") or {}, place)


def _reading(source: Source, parts: Iterator[Part], options: Options, stream: Any) -> Reading:
    return Reading(source, _ended(records(source, parts, options), stream))


def _ended(records: Iterator[Record], stream: Any) -> Iterator[Record]:
    """The records, and last why an archive gave no more."""
    yield from records
    damage = getattr(getattr(stream, "raw", None), "damage", None)
    if damage:
        yield Refused("damaged_archive", f"The archive is damaged, what follows is lost: {damage}.", b"", "the end")


def records(source: Source, parts: Iterable[Part], options: Options) -> Iterator[Record]:
    """The records of what was read from a format; an item that cannot be one is refused alone."""
    known = source.known_fields(options)
    for part in parts:
        if not isinstance(part, Item):
            yield part
            continue
        try:
            for item in source.split(part):
                yield _record(source, item, options, known) if isinstance(item, Item) else item
        except RecordRefused as refused:
            yield _refused(refused, part)


def _record(source: Source, item: Item, options: Options, known: Any) -> Record:
    try:
        record = source.record(item, options)
    except RecordRefused as refused:
        return _refused(refused, item)
    if item.value.keys() <= known:
        return record
    extra = unknown_fields(item.value, known)
    if not extra:
        return record
    return msgspec.structs.replace(record, metadata={**extra, **record.metadata})


def _refused(refused: RecordRefused, item: Item) -> Refused:
    context = {"form": "item", "envelope": item.envelope} if item.envelope else {"form": "item"}
    return Refused(refused.reason, refused.detail, raw_form(item.value), item.place, context)
