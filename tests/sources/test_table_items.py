"""Tables of text: their rows, however they are quoted, damaged, or cut off."""

from __future__ import annotations

import csv
import io
import time
from io import BufferedReader

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import records_of

from harvester.model import Comment, Refused
from harvester.sources import lines as lines_module
from harvester.sources import table_items as module
from harvester.sources.base import Item, Options, Part
from harvester.sources.reading import read_again
from harvester.sources.table_items import Header, first_rows, row_of, table_items, unique

COLUMNS = ["id", "text", "likes"]


def parts_of(text: str | bytes, columns: list[str] | None = None, delimiter: str = ",", above: int = 0) -> list[Part]:
    content = text.encode() if isinstance(text, str) else text
    header = Header(columns or COLUMNS, delimiter, [["above"]] * above)
    return list(table_items(BufferedReader(io.BytesIO(content)), header))  # type: ignore[arg-type]


def texts(parts: list[Part]) -> list[str]:
    """The second cell of each row, and the reasons of what was refused."""
    return [part.value.get("text", "") if isinstance(part, Item) else getattr(part, "reason", "") for part in parts]


def table(*rows: str, end: str = "\n", last: str = "\n") -> str:
    return end.join(["id,text,likes", *rows]) + last


# --- sound tables ---


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
@given(
    st.lists(
        st.lists(st.text(alphabet='ab ,;\t|"\n\u2028é\0😀', max_size=8), min_size=3, max_size=3),
        max_size=8,
    )
)
def test_what_a_writer_of_tables_writes_is_read_as_it_was(
    end: str, delimiter: str, quoting: int, rows: list[list[str]]
) -> None:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    # Writers quote but the line ends that they write.
    rows = [[cell.replace("\n", end) for cell in row] for row in rows]
    writer.writerows([COLUMNS, *rows])
    parts = parts_of(written.getvalue(), delimiter=delimiter)
    kept = [row for row in rows if any(cell and not cell.isspace() for cell in row)]
    assert [part.value for part in parts if isinstance(part, Item)] == [
        dict(zip(COLUMNS, row, strict=True)) for row in kept
    ]
    assert not [part for part in parts if isinstance(part, Refused)]


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    parts = parts_of('id,text,likes\n1,"two\nlines",\n\n2,b,\n')
    assert [part.place for part in parts if isinstance(part, Item)] == ["row 2", "row 4"]


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("1,a", {"id": "1", "text": "a"}),
        ("1", {"id": "1"}),
        ("1,a,2,,", {"id": "1", "text": "a", "likes": "2"}),
        ("1,,", {"id": "1", "text": "", "likes": ""}),
        ('1,"he said ""hi""",2', {"id": "1", "text": 'he said "hi"', "likes": "2"}),
        ('1,"he said "hi" to me",2', {"id": "1", "text": 'he said hi" to me"', "likes": "2"}),
        ('1,5" tall,2', {"id": "1", "text": '5" tall', "likes": "2"}),
        ("1,a\0b,2", {"id": "1", "text": "a\0b", "likes": "2"}),
        ('1," a ",2', {"id": "1", "text": " a ", "likes": "2"}),
    ],
)
def test_rows_of_other_shapes_are_kept(row: str, cells: dict[str, str]) -> None:
    parts = parts_of(table("0,full,0", row, "9,full,9"))
    assert [part.value for part in parts if isinstance(part, Item)][1] == cells
    assert texts(parts)[::2] == ["full", "full"]


def test_a_row_of_too_many_cells_is_refused_with_all_of_them() -> None:
    parts = parts_of(table("1,a,0", '2,one, "two",0', "3,c,0"))
    assert texts(parts) == ["a", "bad_row", "c"]
    refused = parts[1]
    assert isinstance(refused, Refused)
    assert refused.raw == b'"2","one"," ""two""","0"'
    assert "4 cells under 3 columns" in refused.detail


def test_cells_larger_than_the_csv_modules_limit_are_read() -> None:
    large = "x" * 900_000
    assert texts(parts_of(table(f"1,{large},0", f'2,"{large}",0', "3,c,0"))) == [large, large, "c"]


def test_a_cell_that_is_too_large_is_refused_alone() -> None:
    large = "x" * 1_200_000
    assert texts(parts_of(table("1,a,0", f"2,{large},0", f'3,"{large}",0', "4,d,0"))) == [
        "a",
        "bad_row",
        "bad_row",
        "d",
    ]


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_that_is_too_long_is_refused_not_cut(quote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (module, lines_module):
        monkeypatch.setattr(each, "LONGEST", 1_000)
    monkeypatch.setattr(lines_module, "_BLOCK", 64)
    long = f"2,{quote}{'x' * 3_000}{quote},0"
    parts = parts_of(table("1,a,0", long, "3,c,0", long, long, "4,d,0"))
    assert texts(parts) == ["a", "too_long", "c", "too_long", "too_long", "d"]


# --- lost quotations ---


@pytest.mark.parametrize("rows_after", [0, 1, 2, 50, 3_000])
@pytest.mark.parametrize("last", ["", "\n"])
@pytest.mark.parametrize("lost", ['1,"lost', '1,"lost,0', '"1,lost,0', '1,lost,"'])
def test_a_quotation_that_is_never_closed_costs_its_line_alone(lost: str, last: str, rows_after: int) -> None:
    rows = [f"{number},word {number},0" for number in range(rows_after)]
    parts = parts_of(table("0,first,0", lost, *rows, last=last))
    assert texts(parts)[0] == "first"
    assert texts(parts)[1] in ("bad_row", "truncated")
    assert texts(parts)[2:] == [f"word {number}" for number in range(rows_after)]
    refused = parts[1]
    assert isinstance(refused, Refused)
    assert refused.raw == lost.encode()


@pytest.mark.parametrize("after", ['2,"quoted",0', '"2","quoted","0"', '2,quoted,"0"', '2,"quo""ted",0'])
@pytest.mark.parametrize("between", [0, 1, 30])
def test_a_quotation_that_the_next_one_seems_to_close_costs_its_line_alone(after: str, between: int) -> None:
    rows = [f"{number},word,0" for number in range(between)]
    found = texts(parts_of(table("0,first,0", '1,"lost,0', *rows, after, "3,last,0")))
    assert found[:2] == ["first", "bad_row"]
    assert found[2:-2] == ["word"] * between
    assert found[-2] in ("quoted", 'quo"ted')
    assert found[-1] == "last"


def test_lines_of_a_real_quotation_are_one_row() -> None:
    long = "\n".join(f"line {number}" for number in range(900))
    assert texts(parts_of(table(f'1,"{long}",0', "2,b,0"))) == [long, "b"]


def test_a_table_of_nothing_but_lost_quotations_takes_no_more_time_than_its_length_asks() -> None:
    began = time.monotonic()
    for spoiler in ('a","b\n', '"\n', 'a,"b\n', '"a""\n', '1,"' + "x" * 500 + '","\n'):
        parts_of("id,text,likes\n" + spoiler * (200_000 // len(spoiler)))
    assert time.monotonic() - began < 30


@given(st.text(alphabet='a,"\n\r;', max_size=60))
def test_no_mixture_of_quotes_breaks_the_reader_or_loses_a_line(text: str) -> None:
    parts = parts_of("id,text,likes\n" + text)
    seen = "".join(
        part.raw.decode() if isinstance(part, Refused) else "".join(part.value.values())
        for part in parts
        if isinstance(part, Item | Refused)
    )
    assert seen.count("a") == text.count("a")


# --- cut off ---


def test_a_table_that_is_cut_off_anywhere_keeps_its_whole_rows() -> None:
    text = table('1,"two\nlines",10', '2,"plain ""b""",20', "3,c c c,30")
    whole = ["two\nlines", 'plain "b"', "c c c"]
    ends = [text.index(mark) for mark in ("10\n", "20\n", "30\n")]
    for length in range(ends[0] + 3, len(text)):
        found = texts(parts_of(text[:length]))
        complete = sum(length > end for end in ends)
        assert found[:complete] == whole[:complete], text[:length]
        assert set(found[complete:]) <= {"truncated", "bad_row", 'plain "b"', "c c c"}, text[:length]


def test_a_short_last_row_without_an_end_is_cut_off_unless_rows_are_short_here() -> None:
    assert texts(parts_of(table("1,a,0", "2,exam", last=""))) == ["a", "truncated"]
    assert texts(parts_of(table("1,a,0", "2,whole", last="\n"))) == ["a", "whole"]
    assert texts(parts_of(table("1,a", "2,whole", last=""))) == ["a", "whole"]
    assert texts(parts_of(table("1,only", last=""))) == ["only"]


# --- headers ---


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (["id", " text ", "", "id"], ["id", "text", "column_3", "id_2"]),
        (["id", "id_2", "id"], ["id", "id_2", "id_3"]),
        (["id", "id", "id_2", "id"], ["id", "id_3", "id_2", "id_4"]),
        (["", "column_1"], ["column_1_2", "column_1"]),
        (["\ufeffid", "id"], ["id", "id_2"]),
    ],
)
def test_each_column_has_a_name_of_its_own(columns: list[str], names: list[str]) -> None:
    assert unique(columns) == names


def test_a_header_of_thousands_of_equal_names_takes_little_time() -> None:
    began = time.monotonic()
    assert len(set(unique(["a"] * 50_000))) == 50_000
    assert time.monotonic() - began < 10


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "", "column_1", "column_2", " a", "\ufeff"])))
def test_no_two_columns_ever_share_a_name(columns: list[str]) -> None:
    found = unique(columns)
    assert len(found) == len(columns)
    assert len(set(found)) == len(found)
    for name in set(columns) - {"", " a", "\ufeff"}:
        assert name in found


@pytest.mark.parametrize("lost", ["", 'Description,"never closed\n', '"\n'])
def test_what_stands_above_the_header_does_not_shift_the_rows(lost: str) -> None:
    above = f'Now,2026\n{lost}Title,"two\nlines"\n\n'
    text = above + "id,text,likes\n1,a,0\n2,b,0\n"
    rows = first_rows(BufferedReader(io.BytesIO(text.encode())), ",")  # type: ignore[arg-type]
    place = rows.index(COLUMNS)
    assert texts(parts_of(text, above=place)) == ["a", "b"]


def test_a_table_of_one_column_keeps_its_commas_and_semicolons() -> None:
    _, records = records_of('comment\nhello, world\na; b\tc | d\n"quoted, too"\n')
    assert [record.text for record in records if isinstance(record, Comment)] == [
        "hello, world", "a; b\tc | d", "quoted, too",
    ]  # fmt: skip


# --- again ---


@pytest.mark.parametrize(
    "text",
    [table("1,a,b,c,d"), table('1,"lost', "2,b,0"), table('1,"lost', last=""), table("0,a,0", "1,a", last=""),
     table("1," + "x" * 1_200_000)],
)  # fmt: skip
def test_a_refused_row_can_be_read_again(text: str) -> None:
    refusals = [part for part in parts_of(text) if isinstance(part, Refused)]
    assert refusals
    for refused in refusals:
        assert list(row_of(refused.raw, refused.context))
        assert list(read_again("bare_csv", refused.raw, refused.context, Options()))
