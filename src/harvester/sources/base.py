"""What a source is: it recognises its own content and turns each item of it into records."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from msgspec import Struct

from harvester.model import Ad, Comment, Refused, Repair, Video


class RecordRefused(Exception):
    """One item cannot become a record; `reason` is the stable code under which it is counted."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Item(Struct):
    """One decoded object of a file: a JSON object, or a row of a table by the names of its columns."""

    value: Mapping[str, Any]
    envelope: Mapping[str, Any] = {}
    """What stands around it: an API's answer without its list of records, the preamble of a table."""
    place: str = ""
    """Where in the file it stands: `line 12`, `row 7`."""
    is_rest: bool = False
    """What is left of an object too large for memory once its lists were read: its other fields."""
    within: str = ""
    """Where in such an object it stood: `Comment/Comments/CommentsList`."""


Part = Item | Refused | Repair | Comment
"""What reading a file gives, piece by piece; a comment where nothing of its item had to be looked at more closely."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What is looked at to recognise a format: the first items of a file, or the header of its table."""

    container: Literal["json", "table"]
    items: Sequence[Item]
    columns: Sequence[str] = ()

    def has_keys(self, *names: str) -> bool:
        """Whether the header, or any of the first items, has all these names."""
        if self.container == "table":
            return set(names) <= set(self.columns)
        return any(all(name in item.value for name in names) for item in self.items)


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator says about a file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Field of a comment to the column that holds it, as in `--map text=komentar`."""
    observed_at: datetime | None = None
    """When the file was collected, for formats that do not carry it."""


@dataclass(frozen=True, slots=True)
class Plain:
    """How most items of a format look, so that they are decoded straight into what is read of them."""

    types: Mapping[str, Any]
    """Every field that such an item may have, and its type as msgspec takes it; `msgspec.Raw` where it is not read."""
    needed: Set[str]
    """Fields without which it is none."""
    record: Callable[[Any, Options], Comment | None]
    """What `Source.record` gives for an item with these attributes, absent ones None; None where that has to look."""


class Source(ABC):
    """One API or export format."""

    name: ClassVar[str]
    """Stable name, stored with each run: `apify_comments`."""
    title: ClassVar[str]
    """The name people know it by."""
    fields: ClassVar[Set[str]] = frozenset()
    """Every top-level field that its vendor documents, used or not: what is not among them is unknown."""
    plain: ClassVar[Plain | None] = None
    has_preamble: ClassVar[bool] = False
    """Whether its tables begin with lines of their own, above the header."""

    @abstractmethod
    def recognises(self, sample: Sample) -> bool:
        """Whether this is its content, told by keys alone."""

    def split(self, item: Item) -> Iterable[Part]:
        """The items that one item of the file stands for: itself, unless it carries others inside.

        Raises RecordRefused where the item as a whole is none of this source.
        """
        return () if item.is_rest else (item,)

    @abstractmethod
    def record(self, item: Item, options: Options) -> Video | Comment | Ad:
        """The record of one item; raises RecordRefused where it cannot be read."""

    def known_fields(self, options: Options) -> Set[str]:  # noqa: ARG002  One format has columns named in it.
        """The fields that are left out of what is kept as unknown."""
        return self.fields
