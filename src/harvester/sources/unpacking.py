"""Streams out of archives, in bounded memory, and the refusals of what is packed in no way that is read.

An archive that unpacks to far more than it weighs is refused as a bomb, and so are the ways to pack that cannot
be unpacked in small steps.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any, BinaryIO, cast

from harvester.errors import UnreadableFile

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
GZIP = b"\x1f\x8b"
_TAR, _TAR_AT = b"ustar", 257
START = _TAR_AT + len(_TAR)
"""First bytes of a file by which archives are told."""
_NOT_READ = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\xfd7zXZ\0": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
    b"BZh": "packed with bzip2",
    b"\xd0\xcf\x11\xe0": "a spreadsheet in Excel's old format, or one with a password",
}
DAMAGE = (
    EOFError, KeyError, OSError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What the standard library raises where an archive is damaged, or packed in a way it does not know."""
_STEP = 16_384
"""Bytes that are unpacked at once: those just before a damage are lost."""
_BOMB_FROM = 256 * 1024 * 1024
"""Unpacked bytes from which the ratio is looked at; less harms nobody who reads in a stream."""
_BOMB_RATIO = 200
"""Text packs to a tenth or a twentieth; deflate can reach a thousandth, for nothing but repetition."""


class Unpacked(io.RawIOBase):
    """A stream out of an archive: ends where the archive is damaged, and says so."""

    def __init__(self, packed: Any, name: str, consumed: Callable[[], int], closing: Callable[[], None]) -> None:
        self.damage: str | None = None
        self.name = name
        self._packed = packed
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
            data = self._packed.read1(min(len(buffer), _STEP))
        except DAMAGE as error:
            self.damage = str(error) or type(error).__name__
            if not self._unpacked:
                raise damaged(self.name, error) from error
            return 0
        self._unpacked += len(data)
        if _looks_like_bomb(self._unpacked, self._consumed()):
            raise _bomb(self.name)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._packed.close()
            self._closing()
        super().close()


def buffered(unpacked: Unpacked) -> BinaryIO:
    """The stream for reading, unless what it gives is packed once more; it is closed when it is refused."""
    with ExitStack() as stack:
        stream = stack.enter_context(io.BufferedReader(unpacked, 65_536))
        start = stream.peek(START)
        if start.startswith((*ZIP, GZIP)):
            raise UnreadableFile(
                f"{unpacked.name} is an archive inside an archive.",
                hint="Unpack the outer one and import what it holds.",
            )
        refuse_packed(start, unpacked.name)
        stack.pop_all()
        return cast("BinaryIO", stream)


def refuse_packed(start: bytes, name: str) -> None:
    """Raise UnreadableFile for a file that begins like an archive of a kind that is not read."""
    kind = next((kind for magic, kind in _NOT_READ.items() if start.startswith(magic)), None)
    if start[_TAR_AT:].startswith(_TAR):
        kind = "a tar archive"
    if kind is not None:
        raise UnreadableFile(f"{name} is {kind}, which is not read.", hint="Unpack it, or save it as CSV, first.")


def refuse_bomb(members: Sequence[zipfile.ZipInfo], size: int, name: str) -> None:
    """Raise UnreadableFile for members that unpack to far more than the file of their archive weighs.

    No more of a member is unpacked than the archive's list says; but members of the list may overlap in the file.
    """
    if _looks_like_bomb(sum(member.file_size for member in members), size):
        raise _bomb(name)


def refusal_of(member: zipfile.ZipInfo, name: str) -> UnreadableFile | None:
    """Why a member is not read, as far as the archive's list tells.

    With bzip2 and LZMA a few bytes can become gigabytes in one step.
    """
    if member.flag_bits & 0x1:
        return UnreadableFile(f"{name} is encrypted.", hint="Unpack the archive with its password first.")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return UnreadableFile(f"{name} is packed in a way that is not read.", hint="Unpack the archive first.")
    return _bomb(name) if _looks_like_bomb(member.file_size, member.compress_size) else None


def damaged(name: str, error: Exception) -> UnreadableFile:
    """The refusal of an archive that cannot be read at all."""
    return UnreadableFile(
        f"{name} is a damaged archive: {error}.", hint="Fetch it again, or unpack what is left of it."
    )


def _looks_like_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > _BOMB_FROM and unpacked > _BOMB_RATIO * max(packed, 1)


def _bomb(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"{name} unpacks to more than {_BOMB_RATIO} times its size: it looks like a decompression bomb.",
        hint="Unpack it yourself and import what is inside, if you trust it.",
    )
