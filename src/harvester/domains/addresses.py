"""What stands around a host in an address: the scheme before it, the port and the path after it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SCHEME = re.compile(
    r"""(?:(?P<scheme>h[tx*]{1,2}p|hxxp|htxp)(?P<secure>s?)|(?:meow|ftp)(?P<s2>s?))
        \s{0,2}(?:\[?[:;]\]?)?\s{0,2}[/\\]{1,2}\s{0,2}(?:[^\s/@<>"']{1,100}@)?""",
    re.IGNORECASE | re.VERBOSE,
)
_WWW_BEFORE = re.compile(r"(?:^|[^0-9A-Za-z.-])www\s?[.,]?\s{0,2}$", re.IGNORECASE)
_PATH = re.compile(
    r"""(?::\d{2,5})?(?:/[^\s<>"“”]{0,2000}|[\\#](?=[\w#])[^\s<>"“”]{0,2000}|\?(?=\w)[^\s<>"“”]{2,2000})"""
)
_SPACED_PATH = re.compile(r"\s{0,2}(?:/|\(?\b(?:slash|barre?a?)\b\)?)\s{0,2}(?=\w)([^\s<>\"“”]+)", re.IGNORECASE)
_TRAILING = ".,!?;:'\"…*~`_"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme as it is meant (`http` for `hxxp`), and where it starts."""

    name: str
    start: int


def find_schemes(text: str) -> dict[int, Scheme]:
    """Give the schemes of a folded text by the place where the host behind each must start.

    A user name before the host (`https://name@host/`, RFC 3986 section 3.2.1) is part of what precedes it.

    >>> find_schemes("hxxps://name.com http //a.b")
    {8: Scheme(name='https', start=0), 24: Scheme(name='http', start=17)}
    """
    return {
        match.end(): Scheme("https" if match["secure"] else "http", match.start()) for match in _SCHEME.finditer(text)
    }


def ends_in_www(before: str) -> bool:
    """Say whether the text before a host ends in a `www` that stands apart from it."""
    return bool(_WWW_BEFORE.search(before))


def path_at(text: str, start: int, *, may_be_apart: bool) -> tuple[str, int]:
    """Read port, path, query and fragment from the end of a host on; give them and where they end.

    >>> path_at("(name.com/a_(b)).", 9, may_be_apart=False)
    ('/a_(b)', 15)
    """
    match = _PATH.match(text, start)
    if match:
        path = _without_trailing(match[0])
        return path, start + len(path)
    spaced = _SPACED_PATH.match(text, start) if may_be_apart else None
    if spaced:
        return "/" + _without_trailing(spaced[1]), spaced.end()
    return "", start


def _without_trailing(path: str) -> str:
    """Leave out what ends the sentence: marks, and brackets that were opened before the address."""
    for opening, closing in ("()", "[]", "{}"):
        depth = 0
        for index, character in enumerate(path):
            depth += (character == opening) - (character == closing)
            if depth < 0:
                path = path[:index]
                break
    return path.rstrip(_TRAILING)
