"""A file's bytes as text, without taking the file over."""

from __future__ import annotations

import io
from typing import Any, BinaryIO


def text_of(file: BinaryIO, encoding: str, *, newline: str) -> io.TextIOWrapper[Any]:
    """The text from the file's position on; bytes that are none come as lone surrogates, to be repaired later."""
    return io.TextIOWrapper(io.BufferedReader(_Unclosed(file)), encoding, "surrogateescape", newline)


class _Unclosed(io.RawIOBase):
    """Passes reads on, so that a text layer that is dropped does not close the file below it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
