"""What an operator names, as documents to read: a file, a folder, an archive, standard input.

A document is read as a stream, twice (once for its hash, once for its records), and never unpacked to disk.
"""

from __future__ import annotations

import gzip
import os
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from harvester.errors import SourceError, UnreadableFile
from harvester.sources.unpacking import (
    DAMAGE,
    GZIP,
    START,
    ZIP,
    Unpacked,
    buffered,
    damaged,
    refusal_of,
    refuse_bomb,
    refuse_packed,
)

STANDARD_INPUT = "-"
_DOWNLOADED = frozenset({"user_data_tiktok.json", "user_data.json"})
"""The one file of TikTok's own data download that holds everything, today and in older ones."""
_DOWNLOADED_COMMENTS = frozenset({"comments.txt", "reacties.txt"})
"""In a download of text files, the one of the comments, in the languages that are known."""
_DOWNLOADED_BESIDE = frozenset(
    {
        "follower.txt", "following.txt", "like list.txt", "login history.txt", "profile info.txt",
        "profile information.txt", "status.txt",
        "inloggeschiedenis.txt", "likelijst.txt", "profielinformatie.txt", "volgend.txt", "volger.txt",
    }
)  # fmt: skip
"""Other files of such a download, by which it is known."""


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to read: a file, or a member of an archive."""

    name: str
    """As the operator would say it: `archive.zip/comments.csv`."""
    open: Callable[[], BinaryIO]
    """A new stream from its beginning; raises UnreadableFile. Its `damage` says why an archive ended early."""
    size: int
    """Bytes on disk, for the progress: of the archive's member, what it weighs packed."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that was named, or stands in a folder or an archive, and cannot be opened."""

    name: str
    error: SourceError


Named = Document | Unread


def documents(path: str) -> Iterator[Named]:
    """The documents that a path stands for, in the order of their names; what cannot be read comes as its error."""
    name = "standard input" if path == STANDARD_INPUT else path
    try:
        if path == STANDARD_INPUT:
            yield from _copied(sys.stdin.buffer, name)
        elif path and Path(path).is_dir():
            yield from _folder(path)
        else:
            yield from _file(path, name)
    except UnreadableFile as error:
        yield Unread(name, error)


def _folder(folder: str) -> Iterator[Named]:
    """Every file below the folder; hidden ones and links are left alone."""
    closed: list[OSError] = []
    found = False
    for parent, folders, files in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(parent, name) for name in sorted(files) if not name.startswith(".")):
            try:
                with _named(str(path)):
                    if path.is_symlink() or not path.is_file():
                        continue
                found = True
                yield from _file(str(path), str(path))
            except UnreadableFile as error:
                yield Unread(str(path), error)
    for refusal in closed:
        yield Unread(refusal.filename, _unopened(refusal.filename, refusal))
    if not found and not closed:
        raise UnreadableFile(f"{folder} holds no file.", hint="Check the path.")


def _copied(stream: BinaryIO, name: str) -> Iterator[Named]:
    """What can be read only once, standard input or a named pipe, copied to a temporary file."""
    with _named(name), tempfile.NamedTemporaryFile(prefix="harvester-") as copy:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield from _file(copy.name, name)


def _file(path: str, name: str) -> Iterator[Named]:
    with _named(name), Path(path).open("rb") as content:
        status = os.fstat(content.fileno())
        if stat.S_ISFIFO(status.st_mode):
            yield from _copied(content, name)
            return
        start = content.read(START)
    if start.startswith(GZIP):
        yield Document(name, lambda: _gzip(path, name), status.st_size)
    elif start.startswith(ZIP):
        yield from _archive(path, name, status.st_size)
    else:
        refuse_packed(start, name)
        yield Document(name, lambda: _plain(path, name), status.st_size)


def _plain(path: str, name: str) -> BinaryIO:
    with _named(name):
        return Path(path).open("rb")


def _gzip(path: str, name: str) -> BinaryIO:
    file = _plain(path, name)
    return buffered(Unpacked(gzip.GzipFile(fileobj=file), name, file.tell, file.close))


def _archive(path: str, name: str, size: int) -> Iterator[Named]:
    try:
        opened = zipfile.ZipFile(path)
    except DAMAGE as error:
        raise damaged(name, error) from error
    with opened as archive:
        members = sorted(archive.infolist(), key=lambda member: member.filename)
        names = {member.filename for member in members}
        if "xl/workbook.xml" in names:
            refuse_bomb(members, size, name)
            yield Document(name, lambda: _plain(path, name), size)
            return
        if not names.isdisjoint({"[Content_Types].xml", "mimetype"}):
            raise UnreadableFile(f"{name} is a document, but no spreadsheet of Excel.", hint="Save it as CSV.")
        wanted = [member for member in members if _is_wanted(member)]
        wanted = _downloaded(wanted) or wanted
        if not wanted:
            raise UnreadableFile(f"{name} is an archive without a file to read.", hint="Check what it holds.")
        refuse_bomb(wanted, size, name)
        for member in wanted:
            inner = f"{name}/{member.filename}"
            refusal = refusal_of(member, inner)
            if refusal is None:
                yield Document(inner, _member(archive, path, member, inner), member.compress_size)
            else:
                yield Unread(inner, refusal)


def _downloaded(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """What to read of TikTok's own download, which comes with pictures and other lists; nothing of other archives."""
    by_name = [(PurePosixPath(member.filename).name.lower(), member) for member in members]
    whole = [member for name, member in by_name if name in _DOWNLOADED]
    if whole or not any(name in _DOWNLOADED_BESIDE for name, _ in by_name):
        return whole
    return [member for name, member in by_name if name in _DOWNLOADED_COMMENTS]


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in parts)
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    return bool(parts) and not (member.is_dir() or hidden or is_link)


def _member(archive: zipfile.ZipFile, path: str, member: zipfile.ZipInfo, name: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        with ExitStack() as stack, _named(name):
            # While the documents of an archive are gone through it stays open, so that its list is read once.
            source = archive if archive.fp is not None else stack.enter_context(zipfile.ZipFile(path))
            content = stack.enter_context(source.open(member))

            def consumed() -> int:
                return content.tell() * member.compress_size // max(member.file_size, 1)

            return buffered(Unpacked(content, name, consumed, stack.pop_all().close))

    return opened


def _unopened(name: str, error: Exception) -> UnreadableFile:
    words = getattr(error, "strerror", None) or error
    return UnreadableFile(f"{name} cannot be opened: {words}.", hint="Check its permissions.")


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors of the file system and of archives, said for the operator."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableFile(f"{name}: there is no such file.", hint="Check the path.") from error
    except (OSError, ValueError) as error:
        raise _unopened(name, error) from error
    except DAMAGE as error:
        raise damaged(name, error) from error
