"""Imports one document: told by its content, read item by item, reported in full."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from harvester import __version__
from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs.collect import Outcome, collect
from harvester.jobs.gathering import BATCH_BYTES, BATCH_SIZE
from harvester.sources.base import Options
from harvester.sources.documents import Document
from harvester.sources.reading import read
from harvester.store.database import Database
from harvester.store.run import same_again

FileProgress = Callable[[int, float], None]
"""Told how many records are written so far, and which part of the file is read, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one document."""

    file: str
    source: str
    title: str
    """The format's name as people know it."""
    outcome: Outcome
    imported_at: datetime | None = None
    """When the same content was imported before, where it was not read once more."""


async def import_document(
    database: Database,
    document: Document,
    options: Options,
    progress: FileProgress = lambda *_: None,
    *,
    again: bool = False,
) -> FileReport:
    """Import a file, or a member of an archive; goes on where an earlier import of the same content was cut short.

    A content that was imported to the end before, and since when nothing was deleted, is not read once more: it
    would say nothing new. With `again` it is read all the same.
    Raises UnreadableFile, UnknownFormat or MissingColumn, before anything is written, when the document as
    a whole cannot be used. A single item that cannot be read goes to quarantine.
    """
    sha256 = digest(document)
    with closing(document.open()) as stream:
        reading = read(stream, document.name, options)
        source, request = reading.source, _request(document, sha256, options)
        same = None if again else await same_again(database, source.name, request, EXTRACTOR_VERSION)
        if same is not None:
            return FileReport(document.name, source.name, source.title, Outcome(same.counts), same.imported_at)
        outcome = await collect(
            database,
            source.name,
            request,
            reading.records,
            video_id=f"file:{sha256}",
            origin=_origin(document, options),
            progress=lambda written: progress(written, min(1.0, _consumed(stream) / max(document.size, 1))),
        )
    return FileReport(document.name, source.name, source.title, outcome)


def digest(document: Document) -> str:
    """The SHA-256 of what a document holds, unpacked: the same however it was packed."""
    with closing(document.open()) as stream:
        # Typeshed asks for a method that file_digest calls on files alone; a stream that reads is enough.
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _request(document: Document, sha256: str, options: Options) -> dict[str, Any]:
    """What is asked; a run can be taken up again only by a version that makes the same batches of it."""
    return {
        "file": PurePath(document.name).name,
        "sha256": sha256,
        "batches": f"{__version__}, {BATCH_SIZE} records or {BATCH_BYTES} bytes",
        **_options(options),
    }


def _origin(document: Document, options: Options) -> dict[str, Any]:
    """What is kept with each refused record, so that it can be read again."""
    return {"file": PurePath(document.name).name, **_options(options)}


def _options(options: Options) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if options.columns:
        said["map"] = dict(options.columns)
    if options.observed_at is not None:
        said["observed_at"] = options.observed_at.isoformat()
    return said


def _consumed(stream: Any) -> int:
    """Bytes of the file on disk that were used up; of an archive's, packed ones."""
    return int(getattr(stream, "raw", stream).tell())
