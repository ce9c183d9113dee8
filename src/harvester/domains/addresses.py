"""What stands around a host in an address: the scheme before it, the port and the path after it."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_SCHEME: Final = re.compile(
    r"""(?:(?P<scheme>h[tx*]{1,2}p|hxxp|htxp)(?P<secure>s?)|(?:meow|ftp)s?)
        \s{0,2}(?:\[?[:;]\]?)?\s{0,2}[/\\]{1,2}\s{0,2}(?:[^\s/@<>"'?#\\]{1,100}@)?\Z""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_SCHEME: Final = 16
_LONGEST_USER: Final = 104
"""Code points of a user name before the host, with its sign and the spaces behind the slashes."""
_WWW_BEFORE: Final = re.compile(r"(?:\A|[^0-9A-Za-z.-])www\s?[.,]?\s{0,2}\Z", re.IGNORECASE)
_PATH: Final = re.compile(
    r"""(?::\d{2,5})?(?:/[^\s<>"“”]{0,2000}|[\\#](?=[\w#])[^\s<>"“”]{0,2000}|\?(?=\w)[^\s<>"“”]{2,2000})"""
)
_SPACED_PATH: Final = re.compile(r"\s{0,2}(?:/|\(?\b(?:slash|barre?a?)\b\)?)\s{0,2}(?=\w)([^\s<>\"“”]+)", re.IGNORECASE)
PATH_SIGNS: Final = frozenset(":/\\#?")
"""What a port, a path, a fragment or a query begins with."""
_SPACED_SIGNS: Final = frozenset("/(sSbBſ")
"""What a slash that stands apart, or its word in letters of any size, begins with."""
_TRAILING: Final = ".,!?;:'\"…*~`_"


class Scheme(Struct, frozen=True, gc=False):
    """A scheme as it is meant (`http` for `hxxp`), and where it starts."""

    name: str
    start: int


def scheme_before(text: str, start: int) -> Scheme | None:
    """Give the scheme that ends where a host starts, if one does.

    A user name before the host (`https://name@host/`, RFC 3986 section 3.2.1) is part of what precedes it.

    >>> scheme_before("hxxps://name.com http //a.b", 8)
    Scheme(name='https', start=0)
    >>> scheme_before("hxxps://name.com http //a.b", 24)
    Scheme(name='http', start=17)
    """
    if text.endswith("://", 0, start):
        # Nearly every scheme is written like this.
        plain = text[max(start - 9, 0) : start].lower()
        if plain.endswith("https://"):
            return Scheme("https", start - 8)
        if plain.endswith("http://"):
            return Scheme("http", start - 7)
    reach = max(start - _LONGEST_USER, 0)
    slash = max(text.rfind("/", reach, start), text.rfind("\\", reach, start))
    if slash < 0:
        return None
    offset = max(slash - _LONGEST_SCHEME, 0)
    match = _SCHEME.search(text[offset:start])
    return Scheme("https" if match["secure"] else "http", offset + match.start()) if match else None


def ends_in_www(before: str) -> bool:
    """Say whether the text before a host ends in a `www` that stands apart from it."""
    return "www" in before[-7:].lower() and bool(_WWW_BEFORE.search(before[-8:]))


def path_at(text: str, start: int, *, may_be_apart: bool) -> tuple[str, int]:
    """Read port, path, query and fragment from the end of a host on; give them and where they end.

    >>> path_at("(name.com/a_(b)).", 9, may_be_apart=False)
    ('/a_(b)', 15)
    """
    match = _PATH.match(text, start) if text[start : start + 1] in PATH_SIGNS else None
    if match:
        path = _without_trailing(match[0])
        return path, start + len(path)
    # A slash, or its word, behind two spaces at most.
    may_be_spaced = may_be_apart and text[start : start + 3].lstrip()[:1] in _SPACED_SIGNS
    spaced = _SPACED_PATH.match(text, start) if may_be_spaced else None
    if spaced:
        return "/" + _without_trailing(spaced[1]), spaced.end()
    return "", start


def _without_trailing(path: str) -> str:
    """Leave out what ends the sentence: marks, and brackets that were opened before the address."""
    if ")" in path or "]" in path or "}" in path:
        for opening, closing in ("()", "[]", "{}"):
            path = path[: _balanced(path, opening, closing)]
    return path.rstrip(_TRAILING)


def _balanced(path: str, opening: str, closing: str) -> int:
    """Tell where a bracket closes that nothing in the path has opened; else its length."""
    depth = 0
    for index, character in enumerate(path):
        depth += (character == opening) - (character == closing)
        if depth < 0:
            return index
    return len(path)
