"""JSON lines: told from documents by their first lines, read line by line, each as its writer meant it."""

from __future__ import annotations

import io
import json
import warnings
from io import BufferedReader
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.model import Refused, Repair
from harvester.sources import json_items as module
from harvester.sources import lines as lines_module
from harvester.sources.base import Item, Part
from harvester.sources.json_items import json_items
from harvester.sources.json_text import decode, has_duplicates, raw_form

ROWS: list[dict[str, Any]] = [{"cid": str(n), "text": f"word {n}"} for n in range(5)]
LINES = [json.dumps(row) for row in ROWS]


def parts_of(text: str | bytes) -> list[Part]:
    content = text.encode() if isinstance(text, str) else text
    return list(json_items(BufferedReader(io.BytesIO(content))))  # type: ignore[arg-type]


def values(parts: list[Part]) -> list[Any]:
    return [part.value for part in parts if isinstance(part, Item)]


def places(parts: list[Part]) -> list[str]:
    return [part.place for part in parts if isinstance(part, Item | Refused)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", " \n"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n\n"])
def test_lines_are_read_with_their_numbers(end: str, last: str) -> None:
    parts = parts_of(end.join(LINES) + last)
    assert values(parts) == ROWS
    assert places(parts)[0] == "line 1"
    assert places(parts)[-1] == ("line 9" if end == "\n\n" else "line 5")


def test_separators_of_unicode_inside_a_text_end_no_line() -> None:
    row = {"text": "one\u2028two\u2029three\u0085four\x0bfive\x0csix\x1cseven"}
    assert values(parts_of(json.dumps(row, ensure_ascii=False) + "\n" + LINES[0])) == [row, ROWS[0]]


@pytest.mark.parametrize(
    ("text", "is_lines"),
    [
        ("\n".join(LINES), True),
        (LINES[0], True),
        (LINES[0] + "\n{", True),
        ('{"cid": "1\n' + LINES[0], True),
        ('{"cid": "1\n{"cid"\n' + "\n".join(LINES), True),
        ("\n".join(json.dumps(row, indent=1) for row in ROWS), False),
        ('{"comments": [\n' + ",\n".join(LINES) + '\n], "cursor": 1}', False),
        ('{"comments": [\n' + LINES[0] + '\n], "cursor": 1}', False),
        ("[\n" + ",\n".join(LINES) + "\n]", False),
        (",\n".join(LINES), False),
        ("".join(LINES), False),
    ],
)
def test_lines_are_told_from_documents(text: str, is_lines: bool) -> None:
    parts = parts_of(text)
    assert all(place.startswith("line") == is_lines for place in places(parts))
    assert values(parts)[0]["cid"] == "0"


@pytest.mark.parametrize(
    "damaged",
    ['{"cid": "1", "te', '{"cid": }', '{"cid": "1"} {"cid": "2"}', "nonsense", "\0\0\0", '{"a": "\\q"}', "{'cid': x}"],
)
@pytest.mark.parametrize("where", [1, 2, 5])
def test_a_damaged_line_is_refused_alone_with_its_raw_form(damaged: str, where: int) -> None:
    parts = parts_of("\n".join([*LINES[:where], damaged, *LINES[where:]]) + "\n")
    assert values(parts) == ROWS
    (refused,) = [part for part in parts if isinstance(part, Refused)]
    assert (refused.reason, refused.raw, refused.place) == ("bad_json", damaged.encode(), f"line {where + 1}")


@pytest.mark.parametrize("value", [None, 5, "words", True, [], [[]], [1, 2]])
def test_a_line_that_is_no_object_is_refused_as_such(value: Any) -> None:
    parts = parts_of(f"{LINES[0]}\n{json.dumps(value)}\n{LINES[1]}")
    assert values(parts) == ROWS[:2]
    refusals = [part for part in parts if isinstance(part, Refused)]
    assert {part.reason for part in refusals} <= {"not_an_object"}
    assert len(refusals) == {"[]": 0, "[[]]": 0, "[1, 2]": 2}.get(json.dumps(value), 1)


def test_an_overlong_line_is_refused_by_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    for each in (module, lines_module):
        monkeypatch.setattr(each, "LONGEST", 1_000)
    monkeypatch.setattr(lines_module, "_BLOCK", 64)
    overlong = json.dumps({"cid": "9", "text": "x" * 5_000})
    parts = parts_of("\n".join([LINES[0], overlong, *LINES[1:]]))
    assert values(parts) == ROWS
    assert [part.reason for part in parts if isinstance(part, Refused)] == ["too_long"]


def test_a_key_that_stands_twice_is_told_before_its_item() -> None:
    parts = parts_of(f'{LINES[0]}\n{{"cid": "7", "cid": "8"}}\n{{"cid":"7" , "x":{{"y":1,"y":2}}}}\n{LINES[1]}')
    assert [type(part) for part in parts] == [Item, Repair, Item, Repair, Item, Item]
    assert values(parts)[1] == {"cid": "8"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": NaN, "b": -Infinity, "c": 1e999}', {"a": None, "b": None, "c": None}),
        ('{"a": "\ttab and \0 zero"}', {"a": "\ttab and \0 zero"}),
        ('\ufeff{"a": 1}', {"a": 1}),
        ('{"id": 12345678901234567890123}', {"id": 12345678901234567890123}),
        (b'{"a": "\xff\xfe"}', {"a": "\udcff\udcfe"}),
        ('{"a": "\\ud800"}', {"a": "\ud800"}),
        ("{'a': \"it's\", 'b': True, 'c': None, 'd': (1, 2.5)}", {"a": "it's", "b": True, "c": None, "d": (1, 2.5)}),
        ("{u'a': u'\\u00e9', 'b': 'unknown \\d'}", {"a": "é", "b": "unknown \\d"}),
    ],
)
def test_what_writers_really_write_is_read(text: str | bytes, value: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert decode(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "{'a': 0x" + "f" * 5_000 + "}", "{'a': " + "9" * 5_000 + "}", "{'a': datetime(2026, 1, 1)}",
        "{'a': 'x" * 99_999, "{'a': [" + "1," * 200_000 + "]}", "{'a': " + "-" * 100_000 + "1}",
        "{'a': " + "1+" * 100_000 + "1}", "{'a': __import__('os').getcwd()}", "{'a': f'{1}'}", "{'a'",
        '{"a": ' + "[" * 5_000, '{"a": ' + "9" * 5_000 + "}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  Any kind of it is turned into a refusal.
        decode(text)


@pytest.mark.parametrize("depth", range(930, 1_010, 3))
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('{"data":', "}"), ('[{"a":', "}]")])
def test_no_depth_of_nesting_breaks_the_reader(opening: str, closing: str, depth: int) -> None:
    bomb = opening * (depth // len(opening.strip('"a:d t'))) + "1" + closing * (depth // len(opening.strip('"a:d t')))
    for part in parts_of(f"{LINES[0]}\n{bomb}\n{LINES[1]}"):
        assert isinstance(part, Item | Refused)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    )
)
def test_any_value_has_a_raw_form(value: Any) -> None:
    assert isinstance(raw_form(value), bytes)
    assert raw_form(value).isascii()


@pytest.mark.parametrize("value", [{(1, 2): 3}, {"a": {1, 2}}, {"a": ...}, {"a": 16**5_000}, {b"a": 1}])
def test_values_that_json_does_not_know_have_a_raw_form_all_the_same(value: Any) -> None:
    assert isinstance(raw_form(value), bytes)


def test_keys_are_counted_however_they_are_written() -> None:
    assert has_duplicates(b'{"a" : 1, "b": 2, "a" : 3}', {"a": 3, "b": 2})
    assert not has_duplicates(b'{"text": "say \\"a\\": yes"}', {"text": 'say "a": yes'})
    deep: Any = {}
    for _ in range(5_000):
        deep = {"a": [deep]}
    assert not has_duplicates(b"", deep)
