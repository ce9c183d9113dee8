"""What TikTok hides in the text of a comment before it gives it away.

Source of the three forms: developers.tiktok.com/doc/research-api-specs-query-video-comments, whose examples are those
below. From how many digits on a number is hidden is not documented; the shortest example has eight.
"""

from __future__ import annotations

import re

_EMAIL = re.compile(r"([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)")
_DIGITS = re.compile(r"\d{8,}")


def redacted(text: str) -> str:
    """The text without e-mail addresses and long numbers; its length stays.

    >>> redacted("acharles@emortgagecapital.com, call 4059233930 or 23216471")
    'a*******@********************, call 40******30 or ****6471'
    """
    if "@" in text:
        text = _EMAIL.sub(lambda found: f"{found[1][0]}{'*' * (len(found[1]) - 1)}@{'*' * len(found[2])}", text)
    return _DIGITS.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    digits = found[0]
    if len(digits) < 10:
        return "*" * (len(digits) - 4) + digits[-4:]
    return f"{digits[:2]}{'*' * (len(digits) - 4)}{digits[-2:]}"
