"""Items of a file of JSON: of its lines, or of one document or several after each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BufferedReader

from harvester.model import Refused, Repair
from harvester.sources.base import Part
from harvester.sources.json_document import document_items
from harvester.sources.json_text import decode, has_duplicates
from harvester.sources.lines import LONGEST, SAMPLE_BYTES, lines
from harvester.sources.unwrap import unwrap

_FIRST_LINES = 20
_MOST_SHAPES = 10_000
_MOST_KEPT = 65_536
"""Bytes of a damaged line that quarantine keeps."""


def json_items(stream: BufferedReader) -> Iterator[Part]:
    """Items of JSON lines where the first lines hold an object each, else of whole documents."""
    if _has_lines(stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES]):
        return line_items(stream)
    return document_items(stream)


def line_items(stream: BufferedReader) -> Iterator[Part]:
    """Items of each line; one that cannot be read is refused alone."""
    sound: set[tuple[int, int]] = set()
    for number, line in enumerate(lines(stream, carriage_returns=False), start=1):
        if line.isspace():
            continue
        place = f"line {number}"
        try:
            document = decode(line)
        except ValueError as error:
            yield _refused(line, error, place)
            continue
        if type(document) is dict:
            # Lines of one shape, by their counts of fields, are looked at once.
            shape = len(document), line.count(b'":')
            if shape not in sound:
                if has_duplicates(line, document):
                    yield Repair("duplicate_key")
                elif len(sound) < _MOST_SHAPES:
                    sound.add(shape)
        yield from unwrap(document, None, place)


def _refused(line: bytes, error: ValueError, place: str) -> Refused:
    if len(line) >= LONGEST:
        reason, detail = "too_long", f"The line has more than {LONGEST:,} bytes."
    else:
        reason, detail = "bad_json", f"It is no JSON: {str(error)[:200]}."
    return Refused(reason, detail, line.rstrip(b"\r\n")[:_MOST_KEPT], place, {"form": "bytes"})


def _has_lines(start: bytes) -> bool:
    """Whether lines hold an object each: the first one does, or is damaged while at least half of all do."""
    first = [line for line in start.split(b"\n", _FIRST_LINES)[:_FIRST_LINES] if line.strip()]
    if not first or not first[0].lstrip().startswith(b"{") or first[0].strip() == b"{":
        return False
    return _is_object(first[0]) or 2 * sum(map(_is_object, first)) >= len(first)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(decode(line), Mapping)
    except ValueError:
        return False
