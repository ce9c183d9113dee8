"""Recorded shapes: a small file of every format, of invented people, with what reading it must give."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvester.model import Comment, Record, Refused, Video
from harvester.sources.base import Options
from harvester.sources.documents import Unread, documents
from harvester.sources.reading import read

FOLDER = Path(__file__).parent / "recorded"


@dataclass(frozen=True)
class Shape:
    """What the file `recorded/<file>` holds."""

    file: str
    source: str
    comments: int = 0
    videos: int = 0
    promoted: int = 0
    """Videos that count as promoted."""
    refused: tuple[str, ...] = ()
    """Reasons of the rows that are damaged on purpose, sorted."""


def records_in(path: str) -> tuple[str, list[Record]]:
    """The format's name and the records of the one document that a path stands for."""
    for document in documents(path):
        if isinstance(document, Unread):
            raise document.error
        with closing(document.open()) as stream:
            reading = read(stream, document.name, Options())
            return reading.source.name, list(reading.records)
    raise AssertionError("a path stands for a document, or for an error")


def seen(shape: Shape) -> Shape:
    """What the file really gives, in the form of what it should give."""
    source, records = records_in(str(FOLDER / shape.file))
    kinds: Counter[Any] = Counter(type(record) for record in records)
    promoted = sum(record.is_promoted for record in records if isinstance(record, Video))
    refused = tuple(sorted(record.reason for record in records if isinstance(record, Refused)))
    return Shape(shape.file, source, kinds[Comment], kinds[Video], promoted, refused)
