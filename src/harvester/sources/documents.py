"""What an operator names, as documents to read: a file, a folder, an archive, standard input.

A document is read as a stream, twice (once for its hash, once for its records), and never unpacked to disk.
Archives are bounded: one that unpacks to far more than it weighs is refused as a bomb.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from harvester.errors import SourceError, UnreadableFile

STANDARD_INPUT = "-"
_ZIP = b"PK\x03\x04"
_GZIP = b"\x1f\x8b"
_BOMB_FROM = 256 * 1024 * 1024
"""Unpacked bytes from which the ratio is looked at; less harms nobody who reads in a stream."""
_BOMB_RATIO = 200
"""Text packs to a tenth or a twentieth; deflate can reach a thousandth, for nothing but repetition."""
_DOWNLOAD = "user_data_tiktok.json"
"""The one file of TikTok's own data download that holds everything."""


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


class Unpacked(io.RawIOBase):
    """A stream out of an archive: ends where the archive is damaged, and says so."""

    def __init__(self, packed: Any, name: str, consumed: Callable[[], int], closing: Callable[[], None]) -> None:
        self.damage: str | None = None
        self._packed = packed
        self._name = name
        self._consumed = consumed
        self._closing = closing
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        """The bytes of the packed file that were used up."""
        return self._consumed()

    def readinto(self, buffer: Any) -> int:
        if self.damage is not None:
            return 0
        try:
            data = self._packed.read(len(buffer))
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError) as error:
            self.damage = str(error) or type(error).__name__
            return 0
        self._unpacked += len(data)
        if self._unpacked > _BOMB_FROM and self._unpacked > _BOMB_RATIO * max(self._consumed(), 1):
            raise UnreadableFile(
                f"{self._name} unpacks to more than {_BOMB_RATIO} times its size: it looks like a decompression bomb.",
                hint="Unpack it yourself and import what is inside, if you trust it.",
            )
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._packed.close()
            self._closing()
        super().close()


def documents(path: str) -> Iterator[Named]:
    """The documents that a path stands for, in the order of their names; what cannot be read comes as its error."""
    if path == STANDARD_INPUT:
        yield from _piped()
        return
    try:
        if path and Path(path).is_dir():
            yield from _folder(Path(path))
        else:
            yield from _file(path, path)
    except UnreadableFile as error:
        yield Unread(path, error)


def _folder(folder: Path) -> Iterator[Named]:
    """Every file below the folder; hidden ones and links are left alone."""
    found = False
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            found = True
            try:
                yield from _file(str(path), str(path))
            except UnreadableFile as error:
                yield Unread(str(path), error)
    if not found:
        raise UnreadableFile(f"{folder} holds no file.", hint="Check the path.")


def _piped() -> Iterator[Named]:
    """Standard input, copied to a temporary file, since it can be read only once."""
    with tempfile.NamedTemporaryFile(prefix="harvester-") as copy:
        shutil.copyfileobj(sys.stdin.buffer, copy)
        copy.flush()
        yield from _file(copy.name, "standard input")


def _file(path: str, name: str) -> Iterator[Named]:
    with _opened(path, name) as content:
        start = content.read(4)
    size = Path(path).stat().st_size
    if start.startswith(_GZIP):
        yield Document(name, lambda: _gzip(path, name), size)
    elif start.startswith(_ZIP):
        yield from _archive(path, name, size)
    else:
        yield Document(name, lambda: _plain(path, name), size)


def _plain(path: str, name: str) -> BinaryIO:
    with _named(name):
        return Path(path).open("rb")


def _gzip(path: str, name: str) -> BinaryIO:
    file = _plain(path, name)
    unpacked = Unpacked(gzip.GzipFile(fileobj=file), name, file.tell, file.close)
    return cast("BinaryIO", io.BufferedReader(unpacked, 65_536))


def _archive(path: str, name: str, size: int) -> Iterator[Named]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(archive.infolist(), key=lambda member: member.filename)
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise UnreadableFile(
            f"{name} is a damaged archive: {error}.", hint="Fetch it again, or unpack what is left of it."
        ) from error
    names = [member.filename for member in members]
    if "xl/workbook.xml" in names:
        _refuse_bomb(members, name)
        yield Document(name, lambda: _plain(path, name), size)
        return
    wanted = [member for member in members if _is_wanted(member)]
    # TikTok's own download comes with pictures and other lists; one file holds all that is text.
    downloaded = [member for member in wanted if PurePosixPath(member.filename).name == _DOWNLOAD]
    wanted = downloaded or wanted
    if not wanted:
        raise UnreadableFile(f"{name} is an archive without a file to read.", hint="Check what it holds.")
    for member in wanted:
        inner = f"{name}/{member.filename}"
        if member.flag_bits & 0x1:
            refusal = UnreadableFile(f"{inner} is encrypted.", hint="Unpack the archive with its password first.")
            yield Unread(inner, refusal)
        else:
            yield Document(inner, _member(path, member.filename, inner), member.compress_size)


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(member.filename).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    return not (member.is_dir() or hidden or is_link)


def _member(path: str, member: str, name: str) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        with ExitStack() as stack, _named(name):
            file = stack.enter_context(Path(path).open("rb"))
            content = stack.enter_context(zipfile.ZipFile(file)).open(member)
            beginning = file.tell()
            start = content.read(4)
            content.seek(0)
            if start.startswith((_ZIP, _GZIP)):
                raise UnreadableFile(
                    f"{name} is an archive inside an archive.", hint="Unpack the outer one and import what it holds."
                )
            unpacked = Unpacked(content, name, lambda: file.tell() - beginning, stack.pop_all().close)
            return cast("BinaryIO", io.BufferedReader(unpacked, 65_536))

    return opened


def _refuse_bomb(members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked, packed = sum(each.file_size for each in members), sum(each.compress_size for each in members)
    if unpacked > _BOMB_FROM and unpacked > _BOMB_RATIO * max(packed, 1):
        raise UnreadableFile(
            f"{name} unpacks to more than {_BOMB_RATIO} times its size: it looks like a decompression bomb.",
            hint="Save it as CSV, if you trust it.",
        )


@contextmanager
def _opened(path: str, name: str) -> Iterator[BinaryIO]:
    with _named(name), Path(path).open("rb") as content:
        yield content


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Errors of the file system and of archives, said for the operator."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableFile(f"{name}: there is no such file.", hint="Check the path.") from error
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or error
        raise UnreadableFile(f"{name} cannot be opened: {words}.", hint="Check its permissions.") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError) as error:
        raise UnreadableFile(f"{name} cannot be unpacked: {error}.", hint="Fetch it again.") from error
