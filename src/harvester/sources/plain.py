"""Lines of JSON that are as plain as nearly all of a format: decoded straight into what is read of them.

A line whose fields are those of a line before, each of the type that is usual for it, is not made into an object of
Python first: what is not read is looked at for its syntax alone. It costs a third of the way over items, and gives
the same record; every other line goes that way.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import msgspec

from harvester.model import Comment
from harvester.sources.base import Options, Plain

_MOST_SHAPES = 4
"""A line that fits none has been tried with all of them."""


class PlainLines:
    """The plain lines of one file; it learns from the others which fields they have."""

    def __init__(self, plain: Plain, options: Options) -> None:
        self._plain = plain
        self._options = options
        self._shapes: dict[frozenset[str], _Shape] = {}

    def record(self, line: bytes) -> Comment | None:
        """The comment of a line; None where it is not plain, or its shape is not known yet."""
        for shape in self._shapes.values():
            try:
                row = shape.decode(line)
            except (msgspec.MsgspecError, UnicodeError, RecursionError):
                continue
            return self._plain.record(row, self._options) if line.count(b'":') in shape.counts else None
        return None

    def learn(self, line: bytes, document: Mapping[str, Any]) -> None:
        """Know lines of this shape from now on; the line, whose document is given, has no key twice."""
        keys = frozenset(document)
        shape = self._shapes.get(keys)
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES or not self._plain.needed <= keys <= self._plain.types.keys():
                return
            shape = self._shapes[keys] = _Shape(self._plain.types, keys)
        shape.counts.add(line.count(b'":'))


class _Shape:
    """Lines with the same fields."""

    def __init__(self, types: Mapping[str, Any], keys: Set[str]) -> None:
        absent = dict.fromkeys(types.keys() - keys)
        fields = [(name, types[name]) for name in sorted(keys)]
        row = msgspec.defstruct("Row", fields, namespace=absent, forbid_unknown_fields=True, gc=False)
        self.decode = msgspec.json.Decoder(row).decode
        self.counts: set[int] = set()
        """Counts of keys, those of inner objects included, with which no key stood twice."""
