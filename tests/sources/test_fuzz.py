"""Every recorded file, damaged in every way: reading ends in records and refusals, and in no surprise.

Rows are what a file is made of: the rows of a table, the lines of JSON lines, the elements of the longest list of
a JSON document. What is damaged in one of them must change nothing that the others give.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.shape import FOLDER

from harvester.errors import SourceError
from harvester.model import Comment, Record, Refused, Repair, Video
from harvester.sources import json_window
from harvester.sources.base import Options
from harvester.sources.catalog import table_source_for
from harvester.sources.reading import read, read_again
from harvester.sources.table_items import DELIMITERS, first_rows

FILES = sorted(path for path in FOLDER.iterdir() if path.is_file())
FEW = settings(max_examples=30, derandomize=True, database=None)
FIRST_TELLS_ZONE = "comment_scrapper"
"""In files of this name the first comment tells the time zone of the file, and so when it was collected."""

PIECES = [
    b"\0", b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b";", b"\\", b"\n", b"\r", b"\t", b"\xff", b"\xc3",
    b"\xed\xa0\x80", b"\xef\xbb\xbf", b"NaN", b"-", b"e+18", b"null", b"/*", b"<", b"&", "\u2028".encode(), b"9" * 400,
    b"PK\x03\x04",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, -1, 1.5, 1e300, 10**30, 2**63, -(10**12), "", " ", "0", "null", "NaN", "7.48e+18", "\0",
    "x" * 70_000, "\ud83d", "1,5K", "-1", "9" * 400, "2026-13-45T99:99:99", "https://www.tiktok.com/@a/video/", [],
    [None], [[]], [1, "x"], {}, {"a": 1}, {"": {"": []}}, [{"cid": "1"}], ["comments"], {"comments": [None]},
]  # fmt: skip
CELLS = [
    "", " ", "null", "NaN", "True", "-1", "1e400", "9" * 400, "7.48e+18", "[", "{'a':", '{"a": NaN}', "[None]",
    "['x', 1]", "0x" + "f" * 5_000, "\0", "\udcff", "2026-13-45T99:99:99", "1,5K", "=1+1", "x" * 70_000, "line\nbreak",
    '"', ";", "https://www.tiktok.com/@a/video/", "{" * 2_000,
]  # fmt: skip


def records_of(content: bytes, name: str) -> list[Record]:
    """The records of a file, which must be of the four kinds, and each refused one readable again."""
    reading = read(io.BytesIO(content), name, Options())
    records = list(reading.records)
    for record in records:
        assert isinstance(record, Video | Comment | Refused | Repair)
        if isinstance(record, Refused):
            assert record.reason.isidentifier()
            assert record.detail
            _read_again(reading.source.name, record)
    return records


def _read_again(source: str, refused: Refused) -> None:
    context = msgspec.json.decode(msgspec.json.encode(_stored(refused.context)))
    again = list(read_again(source, refused.raw, context, Options()))
    assert again
    assert all(isinstance(record, Video | Comment | Refused | Repair) for record in again)


def _stored(value: Any) -> Any:
    """As the database keeps it: text without halves of characters."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_stored(str(key)): _stored(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_stored(each) for each in value]
    return value


# --- bytes ---


def _cut(content: bytearray, chance: Random) -> None:
    del content[chance.randrange(len(content) + 1) :]


def _flip(content: bytearray, chance: Random) -> None:
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def _insert(content: bytearray, chance: Random) -> None:
    at = chance.randrange(len(content) + 1)
    content[at:at] = chance.choice(PIECES)


def _overwrite(content: bytearray, chance: Random) -> None:
    at = chance.randrange(len(content))
    content[at : at + chance.randrange(40)] = chance.choice([b"", b"\0" * 20, chance.choice(PIECES)])


def _repeat(content: bytearray, chance: Random) -> None:
    start = chance.randrange(len(content))
    content[start:start] = content[start : start + chance.randrange(2_000)]


def _newlines(content: bytearray, chance: Random) -> None:
    content[:] = bytes(content).replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n", b" ", b"\xe2\x80\xa8"]))


def _recoded(content: bytearray, chance: Random) -> None:
    with suppress(UnicodeError):
        content[:] = bytes(content).decode().encode(chance.choice(["utf-16", "utf-8-sig", "cp1252", "utf-16-be"]))


DAMAGES: list[Callable[[bytearray, Random], None]] = [_cut, _flip, _insert, _overwrite, _repeat, _newlines, _recoded]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@FEW
@given(st.randoms(use_true_random=False))
def test_no_damage_to_its_bytes_raises_anything_but_an_error_of_the_source(path: Path, chance: Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.choice([1, 1, 2, 5])):
        if content:
            chance.choice(DAMAGES)(content, chance)
    with suppress(SourceError):
        records_of(bytes(content), path.name)


# --- rows ---


Order = Callable[[list[Any]], list[Any]]


@dataclass(frozen=True)
class Rows:
    """A recorded file in its rows, and how it is written of them again."""

    rows: Sequence[Any]
    """Objects, or lists of cells; a damaged line as its bytes."""
    write: Callable[[Sequence[Any]], bytes]
    ordered: Callable[[Order], bytes]
    """The file with its fields, or its columns, in another order."""


@cache
def rows_of(path: Path) -> Rows | None:
    """The rows of a recorded file; None for spreadsheets and logs, which are damaged as bytes alone."""
    content = path.read_bytes()
    if path.suffix == ".csv":
        return _table(content)
    if path.suffix == ".ndjson":
        return _with_objects([_object(line) for line in content.splitlines()], _lines)
    return _document(_object(content)) if path.suffix == ".json" else None


def _table(content: bytes) -> Rows:
    start = io.BufferedReader(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), 262_144)  # type: ignore[arg-type]
    _, header = table_source_for({each: first_rows(start, each) for each in DELIMITERS}, Options(), "file")
    every = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=header.delimiter))
    above = len(header.preamble) + 1

    def write(rows: Sequence[Any]) -> bytes:
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=header.delimiter).writerows([*every[:above], *rows])
        return written.getvalue().encode("utf-8", "surrogateescape")

    def ordered(order: Order) -> bytes:
        # A column without a name is known by its place.
        named = [place for place, name in enumerate(every[above - 1]) if name]
        places = dict(zip(named, order(named), strict=True))
        written = io.StringIO(newline="")
        full = [row + [""] * (len(header.columns) - len(row)) for row in every[above - 1 :]]
        columns = [[row[places.get(place, place)] for place in range(len(row))] for row in full]
        csv.writer(written, delimiter=header.delimiter).writerows([*every[: above - 1], *columns])
        return written.getvalue().encode("utf-8", "surrogateescape")

    return Rows(every[above:], write, ordered)


def _with_objects(rows: Sequence[Any], write: Callable[[Sequence[Any]], bytes]) -> Rows:
    def ordered(order: Order) -> bytes:
        return write([dict(order(list(row.items()))) if isinstance(row, dict) else row for row in rows])

    return Rows(rows, write, ordered)


def _object(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line


def _lines(rows: Sequence[Any]) -> bytes:
    return b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows)


def _document(document: Any) -> Rows | None:
    """The longest list of objects of a document is taken for its rows."""
    place, rows = max(_lists(document, ()), key=lambda found: len(found[1]), default=((), []))
    if not rows:
        return None

    def write(rows: Sequence[Any]) -> bytes:
        return json.dumps(_with(document, place, rows)).encode()

    return _with_objects(rows, write)


def _lists(value: Any, place: tuple[Any, ...]) -> list[tuple[tuple[Any, ...], list[Any]]]:
    if isinstance(value, list):
        return [(place, value)] if any(isinstance(each, dict) for each in value) else []
    if isinstance(value, dict):
        return [found for name, each in value.items() for found in _lists(each, (*place, name))]
    return []


def _with(value: Any, place: tuple[Any, ...], rows: Sequence[Any]) -> Any:
    return {**value, place[0]: _with(value[place[0]], place[1:], rows)} if place else list(rows)


def outcome(content: bytes, name: str) -> Counter[bytes]:
    """What a file gives, whatever the order, and but for where in the file it stood."""
    return Counter(_shown(record, name) for record in records_of(content, name))


def _shown(record: Record, name: str) -> bytes:
    if isinstance(record, Refused):
        return record.raw
    value = msgspec.to_builtins(record)
    if name.startswith(FIRST_TELLS_ZONE):
        value.pop("observed_at", None)
    return msgspec.json.encode(_stored(value))


def _is_read(path: Path) -> bool:
    """Not all are: some are recorded to be refused as a whole."""
    try:
        records_of(path.read_bytes(), path.name)
    except SourceError:
        return False
    return True


WITH_ROWS = [
    pytest.param(path.name, found, id=path.name)
    for path in FILES
    if (found := rows_of(path)) is not None and len(found.rows) > 1 and _is_read(path)
]


def on_rows(test: Callable[[str, Rows, Random], None]) -> Callable[..., None]:
    """Runs a test on each recorded file that has rows, by its name, and by chance some thirty times."""
    by_chance = FEW(given(chance=st.randoms(use_true_random=False))(test))
    marked: Callable[..., None] = pytest.mark.parametrize(("name", "found"), WITH_ROWS)(by_chance)
    return marked


@on_rows
def test_the_order_of_rows_changes_nothing(name: str, found: Rows, chance: Random) -> None:
    rows = list(found.rows)
    chance.shuffle(rows)
    assert outcome(found.write(rows), name) == outcome(found.write(found.rows), name)


@on_rows
def test_the_order_of_fields_changes_nothing(name: str, found: Rows, chance: Random) -> None:
    before = outcome(found.ordered(list), name)
    after = outcome(found.ordered(lambda fields: chance.sample(fields, len(fields))), name)
    assert _without_order(after) == _without_order(before)


def _without_order(found: Counter[bytes]) -> list[str]:
    """What was found, comparable when fields, or the cells of a refused row, stand in another order."""
    values = (_object(raw) for raw in found.elements())
    return sorted(
        json.dumps(value, sort_keys=True) if isinstance(value, dict) else "".join(sorted(str(value)))
        for value in values
    )


@on_rows
def test_a_row_that_stands_twice_gives_what_it_gives_twice(name: str, found: Rows, chance: Random) -> None:
    at = chance.randrange(len(found.rows))
    once = outcome(found.write(found.rows), name)
    twice = outcome(found.write([*found.rows[:at], found.rows[at], *found.rows[at:]]), name)
    assert once <= twice
    assert twice - once <= once


@on_rows
def test_a_damaged_field_changes_nothing_but_what_its_row_gives(name: str, found: Rows, chance: Random) -> None:
    rows = list(found.rows)
    at = chance.randrange(len(rows))
    if isinstance(rows[at], bytes) or not rows[at]:
        return
    rows[at] = _damaged(rows[at], chance)
    try:
        others = outcome(found.write([*rows[:at], *rows[at + 1 :]]), name)
        after = outcome(found.write(rows), name)
    except SourceError:
        return  # Without the row, or without its field, nothing tells the format any more.
    assert others <= after
    is_answer = isinstance(rows[at], dict) and "error" in rows[at]
    if any(rows[at]) and not is_answer:
        assert after != others, "it gives a record or is refused, but is never passed over"


def _damaged(row: Any, chance: Random) -> Any:
    """The row with a field that is missing, or that holds something else; a field inside a field, as well."""
    if isinstance(row, list):
        cells = list(row)
        if chance.random() < 0.2:
            return cells[: chance.randrange(1, len(cells) + 1)]
        cells[chance.randrange(len(cells))] = chance.choice(CELLS)
        return cells
    name = chance.choice(list(row))
    if isinstance(row[name], dict) and row[name] and chance.random() < 0.5:
        return {**row, name: _damaged(row[name], chance)}
    if chance.random() < 0.3:
        return {key: value for key, value in row.items() if key != name}
    return {**row, name: chance.choice(VALUES)}


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".json"], ids=lambda path: path.name)
def test_a_document_that_is_too_large_to_be_decoded_gives_the_same_comments(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not _is_read(path):
        return
    whole = _texts(path)
    monkeypatch.setattr(json_window, "LONGEST", 2_000)
    monkeypatch.setattr(json_window, "_BLOCK", 64)
    assert _texts(path) == whole


def _texts(path: Path) -> list[tuple[Any, ...]]:
    return sorted(
        (str(record.video_id), record.comment_id or "", record.text, record.parent_ref or "")
        if isinstance(record, Comment)
        else (str(record.video_id), record.caption or "")
        for record in records_of(path.read_bytes(), path.name)
        if isinstance(record, Comment | Video)
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_a_recorded_file_refuses_can_be_read_again(path: Path) -> None:
    if _is_read(path):
        records_of(path.read_bytes(), path.name)
