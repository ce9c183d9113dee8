"""Spreadsheets: what cells become, and what damaged or malicious ones do."""

from __future__ import annotations

import io
import random
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import records_of

from harvester.errors import SourceError, UnreadableFile
from harvester.model import Comment, Refused
from harvester.sources import sheet_bounds
from harvester.sources.base import Item
from harvester.sources.documents import Document, documents
from harvester.sources.sheet_items import Sheet
from harvester.sources.table_items import Header

MAIN = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"
DAY = datetime(2026, 1, 3)  # noqa: DTZ001  Spreadsheets know no time zones.
NOON = datetime(2026, 1, 3, 12, 30, 5)  # noqa: DTZ001


def book(*sheets: Sequence[Sequence[Any]]) -> bytes:
    """A spreadsheet of some sheets."""
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for rows in sheets:
        sheet = made.create_sheet()
        for row in rows:
            sheet.append(list(row))
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def replaced(content: bytes, name: str, part: Iterable[bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The spreadsheet with one of its parts replaced, or added."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w", method, compresslevel=1) as new:
        for member in old.infolist():
            if member.filename != name:
                new.writestr(member.filename, old.read(member))
        with new.open(name, "w") as changed:
            for block in part:
                changed.write(block)
    return written.getvalue()


def rows(content: bytes) -> list[Any]:
    """The cells below the header, and the reasons of what was refused."""
    sheet = Sheet(io.BytesIO(content), "book.xlsx")
    parts = sheet.items(Header(sheet.first_rows[0]))
    return [list(part.value.values()) if isinstance(part, Item) else getattr(part, "reason", "") for part in parts]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("words", "words"), (" as they are ", " as they are "), ("", ""), (None, ""), (0, "0"), (503, "503"),
        (7.386111312293610e18, "7.38611131229361e+18"), (1.5, "1.5"),
        (True, "True"), (False, "False"), (NOON, "2026-01-03T12:30:05"),
        (date(2026, 1, 3), "2026-01-03T00:00:00"), (time(12, 30), "12:30:00"), (timedelta(hours=30), "1 day, 6:00:00"),
        ("=1+1", ""), ("#N/A", "#N/A"), ("line\nbreak", "line\nbreak"), ("é😀", "é😀"),
    ],
)  # fmt: skip
def test_a_cell_is_what_a_table_of_text_would_say(value: Any, cell: str) -> None:
    assert rows(book([["id", "text", "n"], ["1", value, 2]])) == [["1", cell, "2"]]


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        (b"7386111312293610270", "7386111312293610270"), (b"7.38611131229361E+18", "7.38611131229361e+18"),
        (b"1704499196", "1704499196"), (b"1.704499196E9", "1704499196.0"), (b"", ""),
    ],
)  # fmt: skip
def test_a_number_keeps_the_digits_that_it_was_written_with(written: bytes, cell: str) -> None:
    part = MAIN + b'<row><c t="inlineStr"><is><t>id</t></is></c></row><row><c><v>' + written + b"</v></c></row>" + END
    found = rows(replaced(book([["id"]]), "xl/worksheets/sheet1.xml", [part]))
    assert found == ([[cell]] if cell else [])


def test_a_spreadsheet_of_comments_is_read_like_a_table() -> None:
    content = book([["username", "komentar", "date"], ["ann", "hello", DAY], ["bob", 10, None]])
    name, found = records_of(content)
    assert name == "bare_csv"
    assert [record.text for record in found if isinstance(record, Comment)] == ["hello", "10"]


def test_the_first_sheet_that_has_a_row_is_read() -> None:
    assert rows(book([], [[None, None], ["", ""]], [["id", "text"], ["1", "a"]], [["other"], ["x"]])) == [["1", "a"]]


@pytest.mark.parametrize("sheets", [[[]], [[], [[None]]], [[["", ""]]]])
def test_a_spreadsheet_without_a_row_says_so(sheets: Any) -> None:
    with pytest.raises(UnreadableFile, match="without a row"):
        rows(book(*sheets))


def test_rows_that_are_empty_short_or_too_long_are_told_apart() -> None:
    content = book([["id", "text"], [], ["1"], [None, None], ["2", "b", None, ""], ["3", "c", "d"], ["4", "e"]])
    assert rows(content) == [["1"], ["2", "b"], "bad_row", ["4", "e"]]


def test_a_date_that_is_out_of_range_warns_nobody() -> None:
    part = (
        MAIN + b'<row><c t="inlineStr"><is><t>text</t></is></c></row><row><c s="1"><v>99999999999</v></c></row>' + END
    )
    content = book([["text"], [DAY]])
    assert rows(replaced(content, "xl/worksheets/sheet1.xml", [part])) == [["#VALUE!"]]


# --- damage ---


def test_a_sheet_that_ends_early_gives_the_rows_before_and_says_so() -> None:
    row = b'<row><c t="inlineStr"><is><t>word</t></is></c></row>'
    sized = MAIN.replace(b"<sheetData>", b'<dimension ref="A1:A101"/><sheetData>')
    content = replaced(book([["text"]]), "xl/worksheets/sheet1.xml", [sized, row * 100, b"<row><c"])
    assert rows(content) == [["word"]] * 99 + ["damaged_archive"]


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("part", [b"", b"nonsense", b"<a/>", b"<a", b"\0\0"])
def test_a_part_that_is_damaged_is_an_error_of_the_file(name: str, part: bytes) -> None:
    content = replaced(book([["text"], ["word"]]), name, [part])
    with suppress(UnreadableFile):
        assert rows(content) == [["word"]]


@given(st.integers(0, 10**9), st.booleans())
def test_no_damage_to_a_spreadsheet_raises_anything_but_its_error(seed: int, inside: bool) -> None:
    chance = random.Random(seed)
    content = book([["text", "date"], *[[f"word {n}", DAY] for n in range(20)]])
    if inside:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            name = chance.choice(archive.namelist())
            part = bytearray(archive.read(name))
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(part))
            part[at : at + chance.randint(0, 9)] = chance.choice(
                [b"", b"<", b"9" * 40, b"\0", b'"', b"&x;", b"-1", b"s"]
            )
        content = replaced(content, name, [bytes(part)])
    else:
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 9)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        content = bytes(damaged)
    try:
        _, found = records_of(content)
    except SourceError:
        return
    assert all(isinstance(record, Comment | Refused) for record in found)


@pytest.mark.parametrize(
    "members", [{"a.txt": b"x"}, {"xl/workbook.xml": b"<workbook/>"}, {"word/document.xml": b"<x/>"}]
)
def test_an_archive_that_is_no_spreadsheet_is_an_error(members: dict[str, bytes]) -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(SourceError):
        records_of(written.getvalue())


# --- bombs ---

SHEET = "xl/worksheets/sheet1.xml"
BOMBS: dict[str, tuple[str, list[bytes]]] = {
    "cells of one row": (SHEET, [MAIN, b"<row>", *[b"<c/>" * 100_000] * 100, b"</row>", END]),
    "rows": (SHEET, [MAIN, *[b"<row/>" * 100_000] * 20, END]),
    "something beside the rows": (SHEET, [MAIN, *[b"<x/>" * 5_000 + b"<row/>"] * 100, END]),
    "rows within rows": (SHEET, [MAIN, *[b"<row>" * 100_000] * 50]),
    "levels": (SHEET, [MAIN, *[b"<x>" * 100_000] * 50]),
    "one cell": (SHEET, [MAIN, b"<row><c><v>", *[b"9" * 1_000_000] * 200, b"</v></c></row>", END]),
    "one attribute": (SHEET, [MAIN, b'<row x="', *[b"9" * 1_000_000] * 200, b'"/>', END]),
    "texts": ("xl/sharedStrings.xml", [b"<sst>", *[b"<si><t>abcd</t></si>" * 10_000] * 200, b"</sst>"]),
    "long texts": ("xl/sharedStrings.xml", [b"<sst>", *[b"<si><t>" + b"a" * 9_999 + b"</t></si>"] * 900, b"</sst>"]),
    "styles": ("xl/styles.xml", [b"<styleSheet><cellXfs>", *[b"<xf/>" * 100_000] * 30, b"</cellXfs></styleSheet>"]),
    "entities": (
        SHEET,
        [b'<!DOCTYPE x [<!ENTITY a "', b"<c/>" * 10_000, b'">]>', MAIN, b"<row>", b"&a;" * 10_000, b"</row>", END],
    ),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_fills_memory(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, value in {
        "_MOST_ROWS": 50_000, "_MOST_TEXTS": 100_000, "_MOST_TEXT_BYTES": 4_000_000, "_MOST_ELEMENTS": 20_000,
        "_MOST_BYTES": 1_000_000,
    }.items():  # fmt: skip
        monkeypatch.setattr(sheet_bounds, limit, value)
    name, part = BOMBS[bomb]
    content = replaced(book([["text"], ["word"]]), name, part)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableFile, match="memory"):
            Sheet(io.BytesIO(content), "book.xlsx")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


def test_a_spreadsheet_that_says_it_is_a_bomb_is_not_even_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(replaced(book([["text"]]), "xl/media/large.bin", [b"\0" * 1_000_000] * 300))
    (found,) = documents(str(path))
    assert not isinstance(found, Document)
    assert "bomb" in found.error.message


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_ways_to_pack_that_cannot_be_unpacked_in_steps_are_refused(method: int) -> None:
    with pytest.raises(UnreadableFile, match="not read"):
        rows(replaced(book([["text"]]), SHEET, [MAIN + END], method))


def test_pictures_are_left_alone() -> None:
    svg = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'
    for name, part in (("xl/media/a.svg", svg), ("xl/media/a.png", b"\x89PNG\r\n\x1a\n\0\0" * 99)):
        assert rows(replaced(book([["text"], ["word"]]), name, [part])) == [["word"]]


def test_a_large_sheet_is_read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    row = b'<row><c t="inlineStr"><is><t>a comment of some words that are long enough</t></is></c></row>'
    content = replaced(book([["text"]]), SHEET, [MAIN, *[row * 1_000] * 20, END])
    monkeypatch.setattr(sheet_bounds, "_MOST_BYTES", 100_000)
    tracemalloc.start()
    try:
        sheet = Sheet(io.BytesIO(content), "book.xlsx")
        count = sum(1 for _ in sheet.items(Header(sheet.first_rows[0])))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 19_999
    assert peak < 20_000_000


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[bytes], Any]:
    """Opens a spreadsheet as a document."""

    def open_(content: bytes) -> Any:
        path = tmp_path / "book.xlsx"
        path.write_bytes(content)
        (document,) = documents(str(path))
        assert isinstance(document, Document)
        return closing(document.open())

    return open_


def test_a_spreadsheet_is_told_from_other_archives(opened: Callable[[bytes], Any]) -> None:
    with opened(book([["text"], ["word"]])) as stream:
        assert stream.read(4) == b"PK\x03\x04"
