"""Makes a record fit for PostgreSQL: what its text type cannot hold is removed, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from operator import attrgetter
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from harvester.model import Ad, Comment, Creator, Refused, Video
from harvester.store.sifting import kind_of

LONGEST_TEXT = 65_536
"""Code points; the checks `comment_text_length`, `creator_texts_length` and `ad_texts_length` are the same."""
LONGEST_HANDLE = 512
"""UTF-8 bytes; the checks `comment_username_length` and its like are the same."""

_LONGEST_CONTEXT = 65_536
"""Bytes of JSON; an answer's envelope beyond this is not kept with each of its refused records."""
_LONGEST_DETAIL = 1_000

RecordT = TypeVar("RecordT", bound=Video | Comment | Creator | Ad)

_SURROGATE = re.compile("[\ud800-\udfff]")


def cleaned(record: RecordT, repairs: Counter[str]) -> RecordT | Refused:
    """The record without NUL characters and lone surrogates; each repair is counted by its code.

    A record whose text or handle is too long to be stored is refused whole, so that nothing is cut.

    >>> repairs = Counter()
    >>> cleaned(Comment("1", "2", "a\\0b"), repairs).text, dict(repairs)
    ('ab', {'nul_removed': 1})
    """
    if _is_clean(record):
        return _too_long(record) or record
    changes = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, str | Mapping):
            clean = _clean(value, repairs)
            if clean is not value:
                changes[name] = clean
    if changes:
        record = replace(record, **changes)
    return _too_long(record) or record


_TEXTS = {
    kind: attrgetter(*(field.name for field in msgspec.structs.fields(kind) if field.type in (str, str | None)))
    for kind in (Comment, Video, Creator, Ad)
}
"""The texts of a record, all at once."""


def _is_clean(record: Video | Comment | Creator | Ad) -> bool:
    """Whether a first look finds nothing to repair, as in nearly every record."""
    whole = "".join(filter(None, _TEXTS[type(record)](record)))
    if "\0" in whole or (record.metadata and not _is_plain(record.metadata)):
        return False
    try:
        whole.encode()
    except UnicodeEncodeError:
        return False
    return not isinstance(record, Video) or record.promotion is None


def _is_plain(metadata: Mapping[str, Any]) -> bool:
    """Whether metadata are words of ASCII, numbers and flags alone."""
    for each in metadata.values():
        if type(each) is str:
            if not each.isascii() or "\0" in each:
                return False
        elif not isinstance(each, bool | int):
            return False
    return True


def _clean(value: Any, repairs: Counter[str]) -> Any:
    """The same object where there is nothing to repair."""
    if isinstance(value, str):
        return _clean_text(value, repairs)
    if isinstance(value, Mapping):
        pairs = {_clean_text(str(key), repairs): _clean(each, repairs) for key, each in value.items()}
        return value if pairs == value else pairs
    if isinstance(value, list):
        parts = [_clean(each, repairs) for each in value]
        return value if parts == value else parts
    return value


def _clean_text(text: str, repairs: Counter[str]) -> str:
    if text.isascii() and "\0" not in text:
        return text
    if "\0" in text:
        repairs["nul_removed"] += text.count("\0")
        text = text.replace("\0", "")
    if _SURROGATE.search(text):
        # Two halves of one character may stand side by side: joined they are whole again.
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        repairs["surrogate_replaced"] += 1
        return joined
    return text


def _too_long(record: Video | Comment | Creator | Ad) -> Refused | None:
    handle = (record.advertiser_username if isinstance(record, Ad) else record.username) or ""
    longest = len(record.text) if isinstance(record, Comment) else _longest(record)
    if longest > LONGEST_TEXT:
        detail = f"The text has {longest:,} characters; at most {LONGEST_TEXT:,} can be stored."
    # No character has more than four bytes.
    elif len(handle) * 4 > LONGEST_HANDLE and len(handle.encode()) > LONGEST_HANDLE:
        detail = f"The handle has {len(handle.encode()):,} bytes; at most {LONGEST_HANDLE} can be stored."
    else:
        return None
    return Refused("too_long", detail, msgspec.json.encode(record), context={"form": "record", "kind": kind_of(record)})


def _longest(record: Video | Creator | Ad) -> int:
    """The length of the longest text that the database bounds; captions have no bound."""
    texts = () if isinstance(record, Video) else filter(None, _TEXTS[type(record)](record))
    return max(map(len, texts), default=0)


def clean_refused(refused: Refused, origin: Mapping[str, Any]) -> Refused:
    """The refused record as quarantine can hold it, with where it came from; its raw form stays as it is.

    >>> clean_refused(Refused("ruined_id", "cid is 7e\\0", b"\\0", context={"form": "item"}), {"file": "a.csv"})
    Refused(reason='ruined_id', detail='cid is 7e', raw=b'\\x00', place='', context={'file': 'a.csv', 'form': 'item'})
    """
    nothing: Counter[str] = Counter()
    context = _clean({**origin, **refused.context}, nothing)
    if len(msgspec.json.encode(context)) > _LONGEST_CONTEXT:
        context = {name: value for name, value in context.items() if name != "envelope"}
    detail = _clean_text(refused.detail, nothing)[:_LONGEST_DETAIL]
    return replace(refused, detail=detail, place=_clean_text(refused.place, nothing), context=context)
