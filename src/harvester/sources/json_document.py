"""JSON documents of any size: what fits the window is decoded whole, what does not is entered.

A damaged element of a list is refused alone, and reading goes on after it. An object that is entered gives
the elements of its lists one by one, with its smaller fields, as far as they came before, for an envelope;
what is left of it comes last, as an item that is a rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from harvester.model import Refused, Repair
from harvester.sources.base import Item, Part
from harvester.sources.json_text import PYTHON_OBJECT, python_literal
from harvester.sources.json_window import JSON_TOKEN, MOST_KEPT, PYTHON_TOKEN, Damaged, TooLarge, Window
from harvester.sources.lines import LONGEST
from harvester.sources.unwrap import LISTS, unwrap

_DEEPEST = 8
"""Levels that are entered; records stand at the third or fourth."""
_MOST_FIELDS = 4 * LONGEST
"""Characters of one entered object's fields that are kept together."""
_MOST_AROUND = 1_000
"""Fields of an object that are an envelope for its lists; one with more is no wrapper."""
_HOLDS_A_LIST = re.compile(r'"\w+"\s*:\s*\[\s*\{')
_HOLDS_RECORDS = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*\[\s*\{{')
_LIST_OF_OBJECTS = re.compile(r"\[\s*[\[{]")
_FIRST_KEY = re.compile(r'\{\s*"\w+"')
_STRAY = re.compile(r"[\]}][\s,\]}]*+")
_LINE_END = re.compile(r"\n")
_NEXT_ONE = re.compile(r"[\n{}\[\]]")
_FIELD_END = re.compile(r'[\n}]|,(?=\s*+"[^"\\]{0,200}+"\s*+:)')


def document_items(stream: BinaryIO) -> Iterator[Part]:
    """Items of the documents of a stream in UTF-8, one after another."""
    return _Walk(Window(stream)).documents()


class _Walk:
    """The way through the documents of one window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._items = 0
        self._said_cut_off = False

    def documents(self) -> Iterator[Part]:
        while character := self._window.next():
            # The one document of a file holds its records; of several each may be one.
            holds = _HOLDS_RECORDS if self._items else _HOLDS_A_LIST
            yield from self._value(character, {}, 0, holds=holds)

    def _value(
        self,
        character: str,
        envelope: Mapping[str, Any],
        depth: int,
        within: str = "",
        holds: re.Pattern[str] = _HOLDS_RECORDS,
    ) -> Iterator[Part]:
        """The items of the value here: decoded whole, or entered, or refused."""
        try:
            value = self._window.value()
        except (Damaged, TooLarge) as error:
            if self._may_enter(character, error, depth, holds):
                yield from self._enter(character, envelope, depth, within)
            else:
                yield from self._damaged(error, envelope, within)
            return
        if self._window.duplicates.found:
            yield Repair("duplicate_key")
        yield from self._items_of(value, envelope, within)

    def _items_of(self, value: Any, envelope: Mapping[str, Any], within: str) -> Iterator[Part]:
        self._items += 1
        for part in unwrap(value, envelope, f"item {self._items}"):
            if within and isinstance(part, Item):
                part.within = within
            yield part

    def _may_enter(self, character: str, error: Exception, depth: int, holds: re.Pattern[str]) -> bool:
        """A list, what is too large, and a damaged object that holds a list: else it is a record, refused whole."""
        window = self._window
        if character not in "{[" or depth >= _DEEPEST:
            return False
        if character == "[" or isinstance(error, TooLarge):
            return True
        if PYTHON_OBJECT.match(window.text, window.place):
            return False
        return window.found(holds, window.balanced_end(JSON_TOKEN)) is not None

    def _enter(self, character: str, envelope: Mapping[str, Any], depth: int, within: str) -> Iterator[Part]:
        self._window.take(self._window.place + 1)
        enter = self._list if character == "[" else self._object
        yield from enter(envelope, depth, within)

    def _list(self, envelope: Mapping[str, Any], depth: int, within: str) -> Iterator[Part]:
        while character := self._window.next():
            if character in "]}":
                self._window.take(self._window.place + 1)
                return
            yield from self._value(character, envelope, depth + 1, within)
        yield from self._cut_off()

    def _object(self, envelope: Mapping[str, Any], depth: int, within: str) -> Iterator[Part]:
        window = self._window
        fields: dict[str, Any] = {}
        size = 0
        gave_items = False
        while character := window.next():
            if character in "}]":
                window.take(window.place + 1)
                break
            if character in "{[":
                # The list of this element was closed too early.
                gave_items = True
                yield from self._value(character, _around(envelope, fields), depth + 1, within)
                continue
            begin = window.position
            name = window.name()
            if name is None:
                yield self._damaged_field("A field of an object", Damaged("it has no name"))
                continue
            character = window.next()
            try:
                value = window.value()
            except (Damaged, TooLarge) as error:
                if self._is_worth_entering(character, error, depth):
                    gave_items = True
                    inner = f"{within}/{name}".lstrip("/")
                    yield from self._enter(character, _around(envelope, fields), depth + 1, inner)
                else:
                    yield self._damaged_field(f"The field {name[:100]}", error)
                continue
            if window.duplicates.found or name in fields:
                yield Repair("duplicate_key")
            fields[name] = value
            size += window.position - begin
            if size > _MOST_FIELDS:
                gave_items = True
                yield from self._spilled(fields, envelope, within)
                size = 0
        else:
            yield from self._cut_off()
        yield from self._rest(fields, envelope, within, gave_items=gave_items)

    def _is_worth_entering(self, character: str, error: Exception, depth: int) -> bool:
        window = self._window
        if character == "[" and not _LIST_OF_OBJECTS.match(window.text, window.place):
            return False
        return self._may_enter(character, error, depth, _HOLDS_A_LIST)

    def _rest(
        self, fields: dict[str, Any], envelope: Mapping[str, Any], within: str, *, gave_items: bool
    ) -> Iterator[Part]:
        """What an object that was entered holds beside the lists that were gone through."""
        if not gave_items:
            if fields:
                yield from self._items_of(fields, envelope, within)
            return
        for name in LISTS:
            if isinstance(fields.get(name), list):
                listed = fields.pop(name)
                yield from self._items_of(listed, _around(envelope, fields), f"{within}/{name}".lstrip("/"))
        if fields:
            self._items += 1
            yield Item(fields, envelope, f"item {self._items}", is_rest=True, within=within)

    def _spilled(self, fields: dict[str, Any], envelope: Mapping[str, Any], within: str) -> Iterator[Part]:
        """The objects of an object that has too many to be kept: it is a map of records, by their ids."""
        for name in [name for name, value in fields.items() if isinstance(value, Mapping)]:
            yield from self._items_of(fields.pop(name), envelope, f"{within}/{name}".lstrip("/"))
        if fields:
            fields.clear()
            yield self._refused("too_long", f"An object has more than {_MOST_FIELDS:,} characters of fields.", "")

    def _damaged_field(self, what: str, error: Exception) -> Refused:
        """What cannot be read within an object, up to its next field, its end, or the end of the line."""
        window = self._window
        if isinstance(error, TooLarge):
            return self._too_long(what)
        end = window.balanced_end(JSON_TOKEN)
        if end is None:
            field_end = _FIELD_END.search(window.text, window.place + 1)
            end = field_end.start() if field_end else len(window.text)
        return self._refused_here(end, f"{what} cannot be read: {error}.")

    def _damaged(self, error: Exception, envelope: Mapping[str, Any], within: str) -> Iterator[Part]:
        """An element that is no JSON: a Python literal, or refused up to where the next one begins."""
        window = self._window
        if isinstance(error, TooLarge):
            yield self._too_long("It")
            return
        if PYTHON_OBJECT.match(window.text, window.place):
            end = window.balanced_end(PYTHON_TOKEN)
            if end is not None:
                raw = window.take(end)
                try:
                    value = python_literal(raw)
                except ValueError as refusal:
                    yield self._refused("bad_json", f"It is no JSON: {refusal}.", raw)
                else:
                    yield from self._items_of(value, envelope, within)
                return
        end = window.balanced_end(JSON_TOKEN) or self._end_of_damaged(getattr(error, "least", 1))
        yield self._refused_here(end, f"It is no JSON: {error}.")

    def _end_of_damaged(self, least: int) -> int:
        """Where what is not balanced ends: before an element that begins like it, or with its line, or where
        something else begins."""
        window = self._window
        first_key = _FIRST_KEY.match(window.text, window.place)
        if first_key is not None:
            next_one = window.found(re.compile(r"(?<=[^\[{:,\s])\s*+,?\s*+(?=" + re.escape(first_key[0]) + ")"))
            if next_one is not None:
                return next_one.end()
        stray = _STRAY.match(window.text, window.place)
        if stray is not None:
            return stray.end()
        is_compound = window.text[window.place] in "{["
        end = (_LINE_END if is_compound else _NEXT_ONE).search(window.text, window.place + least)
        return end.start() if end else len(window.text)

    def _too_long(self, what: str) -> Refused:
        return self._refused("too_long", f"{what} has more than {LONGEST:,} characters.", self._window.take_large())

    def _refused_here(self, end: int, detail: str) -> Refused:
        """The refusal of what stands before `end`; of all that is left, the file was cut off within it."""
        raw = self._window.take(end)
        if self._window.is_at_end and not raw.rstrip().endswith(("}", "]")):
            self._said_cut_off = True
            return self._refused("truncated", f"The file ends within it. {detail}", raw)
        return self._refused("bad_json", detail, raw)

    def _cut_off(self) -> Iterator[Refused]:
        if not self._said_cut_off:
            self._said_cut_off = True
            yield self._refused("truncated", "The file ends before its last bracket is closed.", "")

    def _refused(self, reason: str, detail: str, raw: str) -> Refused:
        self._items += 1
        kept = raw[:MOST_KEPT].encode("utf-8", "surrogateescape")[:MOST_KEPT]
        return Refused(reason, detail, kept, f"item {self._items}", {"form": "bytes"})


def _around(envelope: Mapping[str, Any], fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**envelope, **fields} if len(fields) <= _MOST_AROUND else envelope
