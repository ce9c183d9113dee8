"""Rows as CSV and JSON lines, read back by readers of others."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest

from harvester.exports.defanged import defanged
from harvester.exports.table import columns, write_csv, write_json_lines


@dataclass(frozen=True, slots=True)
class Line:
    text: object


@dataclass(frozen=True, slots=True)
class Many:
    domain_name: str
    seen: datetime
    count: int | None
    names: Sequence[str]
    more: Mapping[str, object]


def read(table: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table, newline=""), strict=True))


def test_a_table_begins_with_its_columns_even_without_rows() -> None:
    assert columns(Many) == ("domain_name", "seen", "count", "names", "more")
    assert write_csv(Many, []) == '"domain_name","seen","count","names","more"\r\n'


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        ("", ""),
        (True, "true"),
        (0, "0"),
        (-3, "-3"),
        (-0.5, "-0.5"),
        (datetime(2025, 9, 6, 12, 30, tzinfo=UTC), "2025-09-06T12:30:00Z"),
        (datetime(2025, 9, 6, 12, 30, tzinfo=timezone(timedelta(hours=2))), "2025-09-06T12:30:00+02:00"),
        (date(2025, 9, 6), "2025-09-06"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (["b", "a"], '["b","a"]'),
        ({"status": 200}, '{"status":200}'),
        ("7300000000000000001", "7300000000000000001"),
        ('say "hi", you', 'say "hi", you'),
        ("two\r\nlines", "two\r\nlines"),
        ("größe.de", "größe.de"),
    ],
)
def test_a_value_is_read_back_as_one_cell(value: object, cell: str) -> None:
    assert read(write_csv(Line, [Line(value)])) == [["text"], [cell]]


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫"])
def test_no_text_begins_like_a_formula(mark: str) -> None:
    text = f'{mark}HYPERLINK("https://casino.com","x")'
    assert read(write_csv(Line, [Line(text)]))[1] == ["'" + text]


def test_every_field_is_quoted_and_every_line_ends_in_cr_lf() -> None:
    row = Many("casino.com", datetime(2025, 9, 6, tzinfo=UTC), None, ["=1"], {})
    table = write_csv(Many, [row, row])
    assert table.count("\r\n") == 3
    assert table.splitlines()[1] == '"casino.com","2025-09-06T00:00:00Z","","[""=1""]","{}"'


def test_json_lines_keep_the_order_of_the_fields() -> None:
    row = Many("casino.com", datetime(2025, 9, 6, tzinfo=UTC), None, ["a\nb"], {"z": 1, "a": 2})
    first, second = write_json_lines([row, row]).splitlines()
    assert first == second
    assert list(json.loads(first)) == list(columns(Many))
    assert json.loads(first)["names"] == ["a\nb"]


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("casino.com", "casino[.]com"),
        ("http://casino.com", "hxxp://casino[.]com"),
        ("HTTPS://a.b.co.uk/x.html?y=1.2", "hxxps://a[.]b[.]co[.]uk/x.html?y=1.2"),
        ("casino.com/win.php", "casino[.]com/win.php"),
    ],
)
def test_a_defanged_address_has_no_dot_in_its_host(address: str, written: str) -> None:
    assert defanged(address) == written
