"""Out of the envelopes in which APIs answer, to the objects that are records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harvester.model import Refused
from harvester.sources.base import Item, Part
from harvester.sources.json_text import raw_form

LISTS = ("comments", "videos", "commercial_contents", "ads", "itemList", "item_list")
"""Names under which answers list their records."""
_ENVELOPES = frozenset({*LISTS, "data", "status_code", "statusCode", "has_more", "hasMore", "cursor", "search_id"})
"""Without one of these an object is no envelope: a look that spares nearly every record the others."""
_PAGING = frozenset({"status_code", "statusCode", "has_more", "hasMore", "cursor", "search_id"})

_DEEPEST = 20
"""Lists and envelopes within each other; real ones have four."""


def unwrap(
    document: Any, envelope: Mapping[str, Any] | None = None, place: str = "", *, answered: bool = False, depth: int = 0
) -> Iterator[Part]:
    """The items of a decoded document: out of an API's envelope, out of a list, or the object itself.

    A list of records is the answer of an API (`answered`) when paging keys stand beside it; else the object
    that holds it is an item as a whole, and its source knows what its list is.

    >>> [item.value for item in unwrap({"data": {"comments": [{"id": 1}]}, "error": {"code": "ok"}})]
    [{'id': 1}]
    """
    envelope = envelope or {}
    if type(document) is dict and document and _ENVELOPES.isdisjoint(document):
        yield Item(document, envelope, place)
        return
    if depth > _DEEPEST:
        yield Refused("bad_json", "It is nested too deeply.", raw_form(document), place)
        return
    if isinstance(document, list):
        for element in document:
            yield from unwrap(element, envelope, place, depth=depth + 1)
        return
    if not isinstance(document, Mapping):
        detail = f"There is a {type(document).__name__} where an object belongs."
        yield Refused("not_an_object", detail, raw_form(document), place)
        return
    answered = answered or not document.keys().isdisjoint(_PAGING)
    for key in LISTS:
        listed = document.get(key)
        if answered and isinstance(listed, list):
            around = {**envelope, **{name: value for name, value in document.items() if name != key}}
            yield from unwrap(listed, around, place, depth=depth + 1)
            return
    inner = document.get("data")
    if _is_answer(document, inner):
        around = {**envelope, **{name: value for name, value in document.items() if name != "data"}}
        yield from unwrap(inner, around, place, answered=True, depth=depth + 1)
    elif document or not answered:
        yield Item(document, envelope, place)


def _is_answer(document: Mapping[str, Any], inner: Any) -> bool:
    if not isinstance(inner, Mapping) or "nav_index" in document:
        return False
    if "error" in document or "code" in document:
        return True
    innermost = inner.get("data")
    return _has_list(inner) or (isinstance(innermost, Mapping) and "nav_index" not in inner and _has_list(innermost))


def _has_list(inner: Mapping[str, Any]) -> bool:
    return any(isinstance(inner.get(key), list) for key in LISTS)
