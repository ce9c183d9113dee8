"""The title of a page, found by one scan from its start: nothing is rendered, nothing of it is run."""

from __future__ import annotations

import codecs
import html
import re

from harvester.enrichers.guard.plain import plain

LONGEST = 300
"""Characters of a title that are kept."""
_SCANNED = 256 * 1024
_LONGEST_RAW = 4_000
"""Characters between the tags that are looked at; Python reads no number of more than 4,300 digits."""
_TAG = re.compile(r"<(!--|(?:script|style|body|title)(?=[\s/>]))", re.IGNORECASE)
_CLOSED_BY = {
    "!--": re.compile("-->"),
    "script": re.compile("</script", re.IGNORECASE),
    "style": re.compile("</style", re.IGNORECASE),
}
"""What ends the text in which a tag is none."""
_CHARSET = re.compile(rb"charset\s{0,8}=\s{0,8}[\"']?([a-zA-Z0-9_:-]{2,40})")
_END = re.compile("</title", re.IGNORECASE)
_CHARSETS = frozenset(
    """ascii big5 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 euc_jp euc_kr gb18030 gb2312 gbk
    iso2022_jp iso8859-1 iso8859-15 iso8859-2 iso8859-5 iso8859-7 iso8859-9 koi8-r koi8-u shift_jis utf-8""".split()
)
"""Python's names of those that pages use; others of its codecs are no character sets (`idna`, `unicode_escape`)."""


def title(body: bytes, content_type: str) -> str | None:
    """The text of the first `title` element of a page's head, on one line; None where there is none.

    >>> title(b"<!-- <title>no</title> --><TITLE lang=en>Glow &amp; more</TITLE>", "text/html")
    'Glow & more'
    """
    text = body[:_SCANNED].decode(charset(body, content_type), "replace")
    at = 0
    while tag := _TAG.search(text, at):
        kind = tag[1].lower()
        if kind == "body":
            return None
        if kind not in _CLOSED_BY:
            return _text(text, tag.start()) or None
        closed = _CLOSED_BY[kind].search(text, tag.end())
        if closed is None:
            return None
        at = closed.end()
    return None


def charset(body: bytes, content_type: str) -> str:
    """The character set that a page names, in its header or in its first kilobyte; UTF-8 where it names none we read.

    >>> charset(b"<meta charset=windows-1251>", "text/html"), charset(b"", "text/html; charset=idna")
    ('cp1251', 'utf-8')
    """
    found = _CHARSET.search(content_type.lower().encode("ascii", "replace")) or _CHARSET.search(body[:1024].lower())
    try:
        name = codecs.lookup(found[1].decode()).name if found else "utf-8"
    except LookupError:
        return "utf-8"
    # Browsers read what calls itself Latin-1 as Windows-1252 (WHATWG Encoding Standard, section 4.2).
    name = "cp1252" if name in {"iso8859-1", "ascii"} else name
    return name if name in _CHARSETS else "utf-8"


def _text(text: str, at: int) -> str:
    opened = text.find(">", at, at + 1_000)
    if opened < 0:
        return ""
    raw = text[opened + 1 : opened + 1 + _LONGEST_RAW]
    ended = _END.search(raw)
    return plain(html.unescape(raw[: ended.start()] if ended else raw), LONGEST)
