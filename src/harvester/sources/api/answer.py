"""One page of a list, as the APIs give it: its rows as records, and where the next page begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from harvester.model import Record, Repair
from harvester.sources.api.channel import Served
from harvester.sources.base import Item, Options, Source
from harvester.sources.fields import count, flag
from harvester.sources.reading import records


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an API, read."""

    records: list[Record]
    """Videos, comments, creators, ads; rows that could not be read, refused; a repair stands before its record."""
    served: int
    """Rows that the API gave: what it counts against the records of the day."""
    has_more: bool
    cursor: int | None = None
    """Where the next page begins; never None while a list with cursors has more."""
    search_id: str | None = None
    is_capped: bool = False
    """Whether the API lists no further, although there may be more."""


def read(served: Served, source: Source, name: str, place: str) -> list[Record]:
    """The rows that an answer lists under a name, read as they are from a file of such answers."""
    rows = served.data.get(name)
    if not isinstance(rows, list):
        return []
    around = {"error": served.error} if served.error else {}
    item = Item(served.data, around, place)
    return list(_repaired(records(source, [item], Options(observed_at=served.at)), served)) if rows else []


def _repaired(found: Iterable[Record], served: Served) -> Iterator[Record]:
    """What was found in an answer, after a repair where keys stood in it twice."""
    if served.has_duplicates:
        yield Repair("duplicate_key")
    yield from found


def has_more(data: Mapping[str, Any]) -> bool:
    """Whether the API says that there is another page, in any of the ways it says so.

    >>> [has_more({"has_more": each}) for each in (True, 1, "true", False, 0, "false", None)]
    [True, True, True, False, False, False, False]
    """
    return flag(data.get("has_more"))


def next_cursor(data: Mapping[str, Any], asked: int, most: int, came: int) -> int | None:
    """Where the next page begins: what the API says; where it says nothing that leads on, after what was asked for.

    >>> next_cursor({"has_more": True, "cursor": 100}, 0, 100, 27)
    100
    >>> next_cursor({"has_more": True, "cursor": None}, 200, 100, 27), next_cursor({"has_more": 1}, 200, 100, 0)
    (227, 300)
    >>> next_cursor({"has_more": True, "cursor": "200"}, 200, 100, 0), next_cursor({"cursor": 27}, 0, 100, 27)
    (300, 27)
    """
    said = count(data.get("cursor"))
    if not has_more(data) or (said is not None and said > asked):
        return said
    return asked + (came or most)


def search_id_in(data: Mapping[str, Any]) -> str | None:
    """The name of a search, exactly as it is to be sent back.

    >>> [search_id_in({"search_id": each}) for each in (7354367454467855403, "eyJsYXN0", "", None)]
    ['7354367454467855403', 'eyJsYXN0', None, None]
    """
    value = data.get("search_id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None
