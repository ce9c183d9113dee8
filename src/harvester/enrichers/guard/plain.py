"""Text from outside in a form that can be kept: it may say what it likes, but no store or log stumbles over it."""

from __future__ import annotations

import re

_CONTROLS = re.compile(r"[\x00-\x20\x7f-\x9f]+")
_HALVES = re.compile(r"[\ud800-\udfff]")


def plain(text: str, most: int) -> str:
    """The text on one line, without control characters, cut after so many characters.

    Halves of letters become U+FFFD; aiohttp makes them of bytes in a header that are no UTF-8.

    >>> plain("nginx\\x00 1\\udcff\\n2", 10)
    'nginx 1� 2'
    """
    return _HALVES.sub("\ufffd", _CONTROLS.sub(" ", text[: 2 * most])).strip()[:most]
