"""A window on a JSON text of any size: what stands at its place is decoded, looked at, or passed over.

However the text is damaged, the work stays in proportion to its length: looking ahead in vain is paid from a
credit that grows with what is read.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, BinaryIO

from harvester.sources.json_text import Duplicates, finite
from harvester.sources.lines import LONGEST

JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]', re.DOTALL)
"""Brackets, and texts, in which brackets do not count; a text that is not closed goes on to the end."""
PYTHON_TOKEN = re.compile(
    r"""'[^'\\]*+(?:\\.[^'\\]*+)*+(?:'|\\?\Z)|"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)|[{}\[\]]""", re.DOTALL
)
MOST_KEPT = 65_536
"""Bytes of what cannot be read that quarantine keeps."""
_BLOCK = 65_536
_LONGEST_NAME = 4_096
_MOST_COMMAS = 20
"""Trailing commas within one value that are put up with."""
_CUT_OFF = 16
"""An error this near to the window's end may come from the end alone: `tru`, `\\ud8`."""
_CREDIT = 4
"""Characters that may be looked at in vain for each one that is read."""
_SPACE = re.compile(r"[\s,\ufeff]*+")
_NAME = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")\s*+:', re.DOTALL)
_MARK = re.compile(r'["{}\[\]]')
_INSIDE_TEXT = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)
_CLOSING = {"}": "{", "]": "["}
_BEGINNINGS = frozenset('{["-0123456789tfnNI')
_NESTED = 256
"""Brackets that are open, at least, where nesting is too deep."""


class Damaged(Exception):
    """The value at the window's place is no JSON."""

    def __init__(self, words: str, least: int = 1) -> None:
        super().__init__(words)
        self.least = least
        """Characters that belong to it for sure."""


class TooLarge(Exception):
    """The value at the window's place does not fit the window."""


class Window:
    """A piece of the text, from the place where reading stands."""

    def __init__(self, stream: BinaryIO) -> None:
        self.text = ""
        self.place = 0
        self.ended = False
        self.duplicates = Duplicates()
        """Whether the last value that was read has an object with the same key twice."""
        self._stream = stream
        self._ahead, self._ahead_place = "", 0
        self._passed = 0
        self._spent = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self.duplicates.pairs, parse_constant=lambda _: None, parse_float=finite, strict=False
        )

    @property
    def position(self) -> int:
        """The place, counted from the beginning of the text."""
        return self._passed + self.place

    @property
    def is_at_end(self) -> bool:
        """Whether the whole text is read."""
        return self.ended and self.place >= len(self.text)

    def next(self) -> str:
        """The next character that is neither space nor comma; empty at the end."""
        while True:
            match = _SPACE.match(self.text, self.place)
            assert match is not None, "the pattern matches nothing, too"
            self.place = match.end()
            if self.place < len(self.text) or self.ended:
                return self.text[self.place : self.place + 1]
            self._grow()

    def value(self) -> Any:
        """The value here, passed over; raises Damaged or TooLarge, and stays."""
        commas = _MOST_COMMAS
        while True:
            try:
                value, end = self._decoded()
            except json.JSONDecodeError as error:
                if commas and self._blanks_comma(error):
                    commas -= 1
                    continue
                cut_off = error.pos >= len(self.text) - _CUT_OFF or error.msg.startswith("Unterminated string")
                if self.ended or not cut_off:
                    self._look_back()
                    raise Damaged(error.msg) from error
            else:
                if end < len(self.text) or self.ended:
                    self.place = end
                    return value
            if len(self.text) - self.place > LONGEST:
                self._look_back()
                raise TooLarge
            self._grow()

    def _decoded(self) -> tuple[Any, int]:
        """The value here and where it ends; raises JSONDecodeError, which the window's end may cause, or Damaged."""
        self.duplicates.found = False
        if self.text[self.place : self.place + 1] not in _BEGINNINGS:
            raise Damaged("Expecting value")
        try:
            return self._decoder.raw_decode(self.text, self.place)
        except RecursionError as error:
            raise Damaged("it is nested too deeply", _NESTED) from error
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            raise Damaged(str(error)) from error

    def name(self) -> str | None:
        """The name of a field with its colon, passed over; None, and nothing is passed, where there is none."""
        while True:
            match = _NAME.match(self.text, self.place, self.place + _LONGEST_NAME)
            if match is not None or self.ended or len(self.text) - self.place >= _LONGEST_NAME:
                break
            self._grow()
        if match is None:
            return None
        self.place = match.end()
        try:
            return str(json.loads(match[1], strict=False))
        except ValueError:
            return match[1][1:-1]

    def take(self, end: int) -> str:
        """The text from here to a place, passed over; at least one character."""
        end = max(end, self.place + 1)
        taken = self.text[self.place : end]
        self.place = min(end, len(self.text))
        return taken

    def take_large(self) -> str:
        """How the text, list or object begins that stands here; all of it is passed over, whatever its length."""
        beginning = self.text[self.place : self.place + MOST_KEPT]
        depth = 0
        while (match := _MARK.search(self.text, self.place)) or not self.ended:
            if match is None:
                self.place = len(self.text)
                self._grow()
                continue
            self.place = match.end()
            if match[0] == '"':
                self._pass_text()
            else:
                depth += 1 if match[0] in "{[" else -1
            if depth <= 0:
                return beginning
        self.place = len(self.text)
        return beginning

    def _pass_text(self) -> None:
        while True:
            match = _INSIDE_TEXT.match(self.text, self.place)
            assert match is not None, "the pattern matches nothing, too"
            self.place = match.end()
            if self.text.startswith('"', self.place) or self.ended:
                self.place = min(self.place + 1, len(self.text))
                return
            self._grow()

    def balanced_end(self, token: re.Pattern[str]) -> int | None:
        """Where the brackets that open here are closed again; None where they are not, as far as can be seen."""
        if self.text[self.place : self.place + 1] not in ("{", "["):
            return None
        while True:
            horizon = self._horizon()
            opened: list[str] = []
            end = horizon
            for match in token.finditer(self.text, self.place, horizon):
                bracket = match[0]
                if bracket in "{[":
                    opened.append(bracket)
                elif bracket in "}]":
                    if opened.pop() != _CLOSING[bracket]:
                        end = match.end()
                        break
                    if not opened:
                        return match.end()
            if end < horizon or not self._sees_more(horizon):
                self._seen_in_vain(end)
                return None

    def found(self, pattern: re.Pattern[str], end: int | None = None) -> re.Match[str] | None:
        """The first match from here on, before `end` or as far as can be seen."""
        while True:
            horizon = self._horizon() if end is None else end
            match = pattern.search(self.text, self.place, horizon)
            if match is not None:
                return match
            if end is not None or not self._sees_more(horizon):
                self._seen_in_vain(horizon)
                return None

    def _horizon(self) -> int:
        """How far can be seen from here: to the window's end, while there is credit."""
        credit = LONGEST + _CREDIT * self.position - self._spent
        return min(len(self.text), self.place + max(min(LONGEST, credit), 0))

    def _sees_more(self, horizon: int) -> bool:
        if self.ended or horizon < len(self.text):
            return False
        self._grow()
        return True

    def _seen_in_vain(self, end: int) -> None:
        self._spent += end - self.place
        self._look_back()

    def _grow(self) -> None:
        """Read as much again as there is, so that trying anew costs twice at most."""
        wanted = max(_BLOCK, len(self.text) - self.place)
        more = self._ahead[self._ahead_place : self._ahead_place + wanted]
        self._ahead_place += len(more)
        if not more:
            self._ahead, self._ahead_place = "", 0
            block = self._stream.read(wanted)
            self.ended = not block
            more = self._decode(block, self.ended)
        self.text = self.text[self.place :] + more
        self._passed += self.place
        self.place = 0

    def _look_back(self) -> None:
        """Make the window small again: what goes wrong in a large one takes long, since errors count its lines."""
        if len(self.text) - self.place > 2 * _BLOCK:
            end = self.place + _BLOCK
            self._ahead = self.text[end:] + self._ahead[self._ahead_place :]
            self._ahead_place = 0
            self.text = self.text[self.place : end]
            self._passed += self.place
            self.place = 0
            self.ended = False

    def _blanks_comma(self, error: json.JSONDecodeError) -> bool:
        """Whether the error is a comma before a closing bracket, which then becomes a space."""
        place = error.pos
        if not error.msg.startswith("Illegal trailing comma"):
            before = self.text[max(self.place, place - 256) : place]
            if self.text[place : place + 1] not in _CLOSING or not before.rstrip().endswith(","):
                return False
            place -= len(before) - len(before.rstrip()) + 1
        self.text = f"{self.text[:place]} {self.text[place + 1 :]}"
        return True
