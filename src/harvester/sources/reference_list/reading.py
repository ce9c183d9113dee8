"""From a file to the names it lists: its format is told by its first lines, and each line stands for itself.

Memory stays bounded however long the file or one of its lines is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO

from harvester.sources.lines import SAMPLE_BYTES, as_utf8
from harvester.sources.reference_list import adblock, hosts, plain, table
from harvester.sources.reference_list.base import Format, Named, Read, Skipped

LONGEST_LINE = 65_536
_SAMPLE_LINES = 400
_TOO_LONG = "\0"


class Reading:
    """A list that is being read: its format, and its names as they come."""

    def __init__(self, stream: BinaryIO, wanted: Format | None = None) -> None:
        """Look at the first lines of a stream, which is read to its end later; it closes nothing."""
        lines = _lines(as_utf8(stream, stream.read(SAMPLE_BYTES)))
        sample = list(islice(lines, _SAMPLE_LINES))
        self.format: Format = wanted or format_of(sample)
        self._lines = chain(sample, lines)
        self._read = _reader(self.format, sample)

    def __iter__(self) -> Iterator[Named | Skipped]:
        for line in self._lines:
            if line == _TOO_LONG:
                yield Skipped("too_long")
            else:
                yield from self._read(line)


def format_of(lines: list[str]) -> Format:
    """Tell the format of a list by its first lines.

    >>> format_of(["# hosts", "0.0.0.0 velmora.shop"]), format_of(["! filters", "||velmora.shop^"])
    ('hosts', 'adblock')
    >>> format_of(["1,velmora.shop", "2,glow.shop"]), format_of(["velmora.shop"])
    ('csv', 'plain')
    """
    told = [line for line in lines if line.strip() and not line.startswith(plain.REMARKS)]
    if any(line.startswith(("||", "@@||", "[Adblock")) for line in told) or any("##" in line for line in told):
        return "adblock"
    half = len(told) / 2
    if sum(hosts.is_address(line.split()[0]) and len(line.split()) > 1 for line in told) > half:
        return "hosts"
    if sum(any(mark in line.partition("#")[0] for mark in table.DELIMITERS) for line in told) > half:
        return "csv"
    return "plain"


def _reader(kind: Format, sample: list[str]) -> Read:
    if kind == "csv":
        return table.reader(sample)
    return {"plain": plain.read, "hosts": hosts.read, "adblock": adblock.read}[kind]


def _lines(stream: BinaryIO) -> Iterator[str]:
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            yield _TOO_LONG
        else:
            yield line.decode("utf-8", "replace").rstrip("\r\n")
