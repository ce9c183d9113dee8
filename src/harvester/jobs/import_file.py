"""Imports one document: told by its content, read item by item, reported in full."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import PurePath

from harvester.jobs.collect import Outcome, Progress, collect
from harvester.sources.base import Options
from harvester.sources.documents import Document
from harvester.sources.reading import read
from harvester.store.database import Database


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one document."""

    file: str
    source: str
    title: str
    """The format's name as people know it."""
    outcome: Outcome


async def import_document(
    database: Database, document: Document, options: Options, progress: Progress = lambda _: None
) -> FileReport:
    """Import a file, or a member of an archive.

    Raises UnreadableFile, UnknownFormat or MissingColumn, before anything is written, when the document as
    a whole cannot be used. A single item that cannot be read goes to quarantine.
    """
    sha256 = digest(document)
    with closing(document.open()) as stream:
        reading = read(stream, document.name, options)
        request = {"file": PurePath(document.name).name, "sha256": sha256}
        outcome = await collect(
            database, reading.source.name, request, reading.records,
            video_id=f"file:{sha256}", progress=progress,
        )  # fmt: skip
    return FileReport(document.name, reading.source.name, reading.source.title, outcome)


def digest(document: Document) -> str:
    """The SHA-256 of what a document holds, unpacked: the same however it was packed."""
    with closing(document.open()) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
