"""JSON documents of any size: what fits the window is decoded whole, what does not is entered.

A damaged element of a list is refused alone, and reading goes on after it. An object that is entered gives
the elements of its lists one by one, with its smaller fields, as far as they came before, for an envelope;
what is left of it comes last, as an item that is a rest.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from harvester.model import Refused, Repair
from harvester.sources.base import Item, Part
from harvester.sources.json_text import PYTHON_OBJECT, Duplicates, python_literal
from harvester.sources.lines import LONGEST
from harvester.sources.unwrap import unwrap

_BLOCK = 65_536
_DEEPEST = 8
"""Levels that are entered; records stand at the third or fourth."""
_SPACE = re.compile(r"[\s,]*")
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]', re.DOTALL)
_PYTHON_TOKEN = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}\[\]]""", re.DOTALL)
_HOLDS_A_LIST = re.compile(r'"\w+"\s*:\s*\[\s*\{')
_FIRST_KEY = re.compile(r'\{\s*"\w+"')
_CUT_OFF = 16
"""An error this near to the window's end may come from the end alone: `tru`, `\\ud8`."""


class _Damaged(Exception):
    """The value at the window's place is no JSON."""


class _TooLarge(Exception):
    """The value at the window's place does not fit the window."""


def document_items(stream: BinaryIO) -> Iterator[Part]:
    """Items of the documents of a stream in UTF-8, one after another."""
    return _Walk(_Window(stream)).documents()


class _Window:
    """A piece of the text, from the place where reading stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self.text = ""
        self.place = 0
        self.ended = False
        self._stream = stream
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self.duplicates = Duplicates()
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self.duplicates.pairs, parse_constant=lambda _: None, strict=False
        )

    def grow(self) -> None:
        """Read as much again as there is, so that trying anew costs twice at most."""
        wanted = max(_BLOCK, len(self.text) - self.place)
        block = self._stream.read(wanted)
        self.ended = not block
        self.text = self.text[self.place :] + self._decode(block, self.ended)
        self.place = 0

    def next(self) -> str:
        """The next character that is neither space nor comma; empty at the end."""
        while True:
            match = _SPACE.match(self.text, self.place)
            assert match is not None, "the pattern matches nothing, too"
            self.place = match.end()
            if self.place < len(self.text) or self.ended:
                return self.text[self.place : self.place + 1]
            self.grow()

    def value(self) -> Any:
        """The value here; raises _Damaged or _TooLarge, and stays."""
        while True:
            try:
                value, end = self._decoder.raw_decode(self.text, self.place)
            except RecursionError as error:
                raise _Damaged("it is nested too deeply") from error
            except json.JSONDecodeError as error:
                cut_off = error.pos >= len(self.text) - _CUT_OFF or error.msg.startswith("Unterminated string")
                if self.ended or not cut_off:
                    raise _Damaged(error.msg) from error
            except ValueError as error:
                raise _Damaged(str(error)) from error
            else:
                if end < len(self.text) or self.ended:
                    self.place = end
                    return value
            if len(self.text) - self.place > LONGEST:
                raise _TooLarge
            self.grow()

    def take(self, end: int) -> str:
        """The text from here to a place, passed over; at least one character."""
        end = max(end, self.place + 1)
        taken = self.text[self.place : end]
        self.place = min(end, len(self.text))
        return taken

    def balanced_end(self, token: re.Pattern[str]) -> int | None:
        """Where the brackets that open here are closed again; None where that is not within the window."""
        while True:
            depth = 0
            for match in token.finditer(self.text, self.place):
                if match[0] in "{[":
                    depth += 1
                elif match[0] in "}]":
                    depth -= 1
                    if depth == 0:
                        return match.end()
            if self.ended or len(self.text) - self.place > LONGEST:
                return None
            self.grow()


class _Walk:
    """The way through the documents of one window."""

    def __init__(self, window: _Window) -> None:
        self._window = window
        self._items = 0

    def documents(self) -> Iterator[Part]:
        while character := self._window.next():
            yield from self._value(character, {}, 0)

    def _value(self, character: str, envelope: Mapping[str, Any], depth: int, within: str = "") -> Iterator[Part]:
        """The items of the value here: decoded whole, or entered, or refused."""
        try:
            value = self._window.value()
        except (_Damaged, _TooLarge) as error:
            if self._may_enter(character, error, depth):
                yield from self._enter(character, envelope, depth, within)
            else:
                yield from self._damaged(error, envelope, within)
            return
        yield from self._items_of(value, envelope, within)

    def _items_of(self, value: Any, envelope: Mapping[str, Any], within: str) -> Iterator[Part]:
        self._items += 1
        if self._window.duplicates.taken():
            yield Repair("duplicate_key")
        for part in unwrap(value, envelope, f"item {self._items}"):
            if within and isinstance(part, Item):
                part.within = within
            yield part

    def _may_enter(self, character: str, error: Exception, depth: int) -> bool:
        if character not in "{[" or depth >= _DEEPEST:
            return False
        if depth == 0 or isinstance(error, _TooLarge) or character == "[":
            return True
        end = self._window.balanced_end(_JSON_TOKEN)
        return end is not None and _HOLDS_A_LIST.search(self._window.text, self._window.place, end) is not None

    def _enter(self, character: str, envelope: Mapping[str, Any], depth: int, within: str) -> Iterator[Part]:
        if PYTHON_OBJECT.match(self._window.text, self._window.place) and character == "{":
            yield from self._damaged(_Damaged("it is no JSON"), envelope, within)
            return
        self._window.take(self._window.place + 1)
        if character == "[":
            yield from self._list(envelope, depth, within)
        else:
            yield from self._object(envelope, depth, within)

    def _list(self, envelope: Mapping[str, Any], depth: int, within: str) -> Iterator[Part]:
        while character := self._window.next():
            if character in "]}":
                self._window.take(self._window.place + 1)
                return
            yield from self._value(character, envelope, depth + 1, within)
        yield self._cut_off()

    def _object(self, envelope: Mapping[str, Any], depth: int, within: str) -> Iterator[Part]:
        small: dict[str, Any] = {}
        gave_items = False
        while character := self._window.next():
            if character in "}]":
                self._window.take(self._window.place + 1)
                break
            name = self._name()
            if name is None:
                yield from self._damaged_field()
                continue
            character = self._window.next()
            try:
                small[name] = self._window.value()
            except (_Damaged, _TooLarge) as error:
                if not self._may_enter(character, error, depth):
                    yield from self._damaged_field()
                    continue
                gave_items = True
                yield from self._enter(character, {**envelope, **small}, depth + 1, f"{within}/{name}".lstrip("/"))
        else:
            yield self._cut_off()
        self._items += 1
        yield Item(small, envelope, f"item {self._items}", is_rest=gave_items, within=within)

    def _name(self) -> str | None:
        """The name of the field that begins here, with its colon passed; None where there is none."""
        try:
            name = self._window.value()
        except (_Damaged, _TooLarge):
            return None
        if isinstance(name, str) and self._window.next() == ":":
            self._window.take(self._window.place + 1)
            return name
        return None

    def _damaged_field(self) -> Iterator[Part]:
        """What cannot be read within an object, up to the end of its line or of the object."""
        window = self._window
        ends = [end for end in (window.text.find(mark, window.place + 1) for mark in "\n}") if end >= 0]
        raw = window.take(min(ends, default=len(window.text)))
        if raw.strip():
            yield self._refused("bad_json", "A field of an object cannot be read.", raw)

    def _damaged(self, error: Exception, envelope: Mapping[str, Any], within: str) -> Iterator[Part]:
        """An element that is no JSON: a Python literal, or refused up to where the next one begins."""
        window = self._window
        if PYTHON_OBJECT.match(window.text, window.place):
            end = window.balanced_end(_PYTHON_TOKEN)
            if end is not None:
                raw = window.take(end)
                try:
                    yield from self._items_of(python_literal(raw), envelope, within)
                except ValueError as refusal:
                    yield self._refused("bad_json", f"It is no JSON: {refusal}.", raw)
                return
        end = self._end_of_damaged()
        reason = "too_long" if isinstance(error, _TooLarge) else "bad_json"
        detail = f"It has more than {LONGEST:,} bytes." if reason == "too_long" else f"It is no JSON: {error}."
        yield self._refused(reason, detail, window.take(end))

    def _end_of_damaged(self) -> int:
        """Where the damaged element ends: at its closing bracket, or before one that begins like it."""
        window = self._window
        balanced = window.balanced_end(_JSON_TOKEN)
        first_key = _FIRST_KEY.match(window.text, window.place)
        if first_key is not None:
            likeness = re.compile(r"\}\s*,?\s*(?=" + re.escape(first_key[0]) + ")")
            next_one = likeness.search(window.text, window.place, balanced or len(window.text))
            if next_one is not None:
                return next_one.end()
        if balanced is not None:
            return balanced
        line_end = window.text.find("\n", window.place)
        return line_end if line_end >= 0 else len(window.text)

    def _cut_off(self) -> Refused:
        return self._refused("truncated", "The file ends before its last bracket is closed.", "")

    def _refused(self, reason: str, detail: str, raw: str) -> Refused:
        self._items += 1
        kept = raw.encode("utf-8", "surrogateescape")[:65_536]
        return Refused(reason, detail, kept, f"item {self._items}", {"form": "bytes"})
