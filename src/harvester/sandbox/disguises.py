"""The ways in which invented commenters write an address so that filters miss it and readers do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

ZERO_WIDTH = "\u200b"

_FULLWIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_BOLD = (
    {ord("a") + i: 0x1D41A + i for i in range(26)}
    | {ord("A") + i: 0x1D400 + i for i in range(26)}
    | {ord("0") + i: 0x1D7CE + i for i in range(10)}
)

Write = Callable[[str, str, str], str]
"""From a host, a path (empty or from its slash on) and the language's word for the dot to the text."""


@dataclass(frozen=True, slots=True)
class Disguise:
    """One form of writing, with how common it is among the others."""

    name: str
    weight: int
    write: Write


def _plain(host: str, path: str, _dot: str) -> str:
    return host + path


def _url(host: str, path: str, _dot: str) -> str:
    return f"https://{host}{path}"


def _www(host: str, path: str, _dot: str) -> str:
    return f"www.{host}{path}"


def _capitals(host: str, _path: str, _dot: str) -> str:
    return host.upper()


def _bracket_word(host: str, path: str, _dot: str) -> str:
    return host.replace(".", " (dot) ") + path


def _bracket_dot(host: str, path: str, _dot: str) -> str:
    return host.replace(".", "[.]") + path


def _dot_word(host: str, path: str, _dot: str) -> str:
    return host.replace(".", " dot ") + path


def _local_word(host: str, _path: str, dot: str) -> str:
    return host.replace(".", f" {dot} ")


def _fullwidth(host: str, _path: str, _dot: str) -> str:
    return host.translate(_FULLWIDTH)


def _bold(host: str, _path: str, _dot: str) -> str:
    return host.translate(_BOLD)


def _spaced_dot(host: str, path: str, _dot: str) -> str:
    return host.replace(".", " . ") + path


def _zero_width(host: str, path: str, _dot: str) -> str:
    return f"{host[:5]}{ZERO_WIDTH}{host[5:]}{path}"


def _hxxps(host: str, path: str, _dot: str) -> str:
    return f"hxxps://{host}{path}"


def _spaced_www(host: str, _path: str, _dot: str) -> str:
    return f"w w w . {host.replace('.', ' . ')}"


def _other_dot(host: str, path: str, _dot: str) -> str:
    return host.replace(".", "。") + path


def _bullet(host: str, path: str, _dot: str) -> str:
    return host.replace(".", "•") + path


DISGUISES = (
    Disguise("plain", 30, _plain),
    Disguise("url", 14, _url),
    Disguise("www", 6, _www),
    Disguise("capitals", 3, _capitals),
    Disguise("bracket_word", 8, _bracket_word),
    Disguise("bracket_dot", 7, _bracket_dot),
    Disguise("dot_word", 7, _dot_word),
    Disguise("local_word", 7, _local_word),
    Disguise("spaced_dot", 8, _spaced_dot),
    Disguise("fullwidth", 3, _fullwidth),
    Disguise("bold", 3, _bold),
    Disguise("zero_width", 3, _zero_width),
    Disguise("hxxps", 3, _hxxps),
    Disguise("spaced_www", 2, _spaced_www),
    Disguise("other_dot", 2, _other_dot),
    Disguise("bullet", 2, _bullet),
)
"""Half of the weight is on forms that hide nothing."""

OPEN_FORMS = DISGUISES[:2]
"""For platforms, honest pages and names outside ASCII: their writers want a link that works."""

EVEN_DRAW = tuple(disguise for disguise in DISGUISES for _ in range(disguise.weight))
"""Each form as often as its weight says, so that an even draw is a fair one."""
