"""What a reader of a reference list gives for each line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

Format = Literal["plain", "hosts", "adblock", "csv"]
Purpose = Literal["block", "allow"]


class Named(NamedTuple):
    """A name as the list writes it."""

    name: str
    covers_subdomains: bool
    """Whether the list means every name below it as well."""


class Skipped(NamedTuple):
    """A line, or a name of it, that says nothing about one host, with why in one word."""

    reason: str


Read = Callable[[str], Iterator[Named | Skipped]]
"""Reads one line: nothing for one that is empty or a remark."""

PATH = Skipped("path")
"""It names a page or file, not the host that has it: others may share that host."""
NO_NAME = Skipped("no_name")
"""Nothing of it is a name."""
LONGEST_NAME = 1_000
"""Characters of what is looked at as a name; a host has 253 at the most, its defanged form some more."""


def named(written: str, *, covers_subdomains: bool = False) -> Named | Skipped:
    """Give the name in an address, in a host with its port, or alone; wildcards before it cover what is below it.

    >>> named("https://velmora[.]shop/")
    Named(name='velmora.shop', covers_subdomains=False)
    >>> named("*.velmora.shop"), named("velmora.shop/login")
    (Named(name='velmora.shop', covers_subdomains=True), Skipped(reason='path'))
    """
    text = written.strip().strip("\"'")
    if not text or len(text) > LONGEST_NAME:
        return NO_NAME
    if "[" in text:
        text = text.replace("[.]", ".").replace("[:]", ":")
    if "://" in text:
        text = text.partition("://")[2]
    if "/" in text or "?" in text:
        text, mark, rest = text.partition("/") if "/" in text else text.partition("?")
        if rest or mark == "?":
            return PATH
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal():
        text = host
    if text.startswith(("*.", ".")):
        text, covers_subdomains = text.lstrip("*.") if text.startswith(".") else text[2:], True
    return Named(text, covers_subdomains) if text else NO_NAME
