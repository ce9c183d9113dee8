"""Imports one exported file: told by its content, read item by item, reported in full."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from harvester.errors import UnreadableFile
from harvester.jobs.collect import Outcome, Progress, collect
from harvester.sources.base import Options
from harvester.sources.reading import read
from harvester.store.database import Database

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file."""

    file: str
    source: str
    title: str
    """The format's name as people know it."""
    outcome: Outcome


async def import_file(
    database: Database, file: str, options: Options, progress: Progress = lambda _: None
) -> FileReport:
    """Import a file, or standard input where `file` is `-`.

    Raises UnreadableFile, UnknownFormat or MissingColumn, before anything is written, when the file as
    a whole cannot be used. A single item that cannot be read goes to quarantine.
    """
    with opened(file) as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]
        content.seek(0)
        reading = read(content, "standard input" if file == STANDARD_INPUT else file, options)
        request = {"file": "standard input" if file == STANDARD_INPUT else Path(file).name, "sha256": sha256}
        outcome = await collect(
            database, reading.source.name, request, reading.records,
            video_id=f"file:{sha256}", progress=progress,
        )  # fmt: skip
    return FileReport(file, reading.source.name, reading.source.title, outcome)


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    """A file that can be read twice; standard input is copied to a temporary file first."""
    if file == STANDARD_INPUT:
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            copy.seek(0)
            yield cast("BinaryIO", copy)
        return
    try:
        content = Path(file).open("rb")  # noqa: SIM115  It is closed below, past the errors of opening it.
    except FileNotFoundError as error:
        raise UnreadableFile(f"{file}: there is no such file.", hint="Check the path.") from error
    except IsADirectoryError as error:
        raise UnreadableFile(f"{file} is a folder.", hint=f"Name its files: harvester import {file}/*") from error
    except OSError as error:
        raise UnreadableFile(f"{file} cannot be opened: {error.strerror}.", hint="Check its permissions.") from error
    with content:
        yield content
