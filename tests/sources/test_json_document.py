"""JSON documents: whole ones, those that are too large to be decoded at once, and damaged ones."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import records_of
from tests.sources.test_tiktok_web import COMMENT

from harvester.model import Refused, Repair
from harvester.sources import json_document, json_window
from harvester.sources.base import Item, Options, Part
from harvester.sources.json_document import document_items
from harvester.sources.reading import read_again

ROWS: list[dict[str, Any]] = [
    {"cid": str(7591000000000001000 + n), "aweme_id": "7591000000000000123", "text": f"word {n}", "digg_count": n}
    for n in range(9)
]


def parts_of(text: str | bytes) -> list[Part]:
    return list(document_items(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def values(parts: list[Part]) -> list[Any]:
    return [part.value for part in parts if isinstance(part, Item)]


def refused(parts: list[Part]) -> list[Refused]:
    return [part for part in parts if isinstance(part, Refused)]


@pytest.fixture
def small_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window of a few hundred characters, so that small documents are too large for it."""
    for module in (json_window, json_document):
        monkeypatch.setattr(module, "LONGEST", 300)
    monkeypatch.setattr(json_window, "_BLOCK", 64)
    monkeypatch.setattr(json_document, "_MOST_FIELDS", 1_200)


# --- whole documents ---


@pytest.mark.parametrize("between", ["", "\n", " \n\n", ",\n", "\ufeff", "\x1e"])
@pytest.mark.parametrize("indent", [None, 2])
def test_documents_one_after_another_are_all_read(between: str, indent: int | None) -> None:
    text = between.join(json.dumps(row, indent=indent) for row in ROWS)
    assert values(parts_of(text)) == ROWS


@pytest.mark.parametrize(
    "document",
    [
        ROWS, [ROWS[:4], ROWS[4:]], {"comments": ROWS, "status_code": 0}, {"data": {"comments": ROWS}, "error": {}},
        [{"comments": ROWS[:4], "cursor": 4}, {"comments": ROWS[4:], "cursor": 9}],
    ],
)  # fmt: skip
@pytest.mark.parametrize("indent", [None, 1])
def test_records_are_found_in_lists_and_envelopes(document: Any, indent: int | None) -> None:
    assert values(parts_of(json.dumps(document, indent=indent))) == ROWS


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('[{"a": 1,}, {"b": [1, 2,],},]', [{"a": 1}, {"b": [1, 2]}]),
        ('{"a": {"b": 1 , \n\t } , }', [{"a": {"b": 1}}]),
        ('[{"a": 1,,}]', []),
        ('[{"a": NaN, "b": [Infinity, -Infinity], "c": 1e999, "d": -1E+400}]',
         [{"a": None, "b": [None, None], "c": None, "d": None}]),
        ('[{"a": "\\ud83d"}, {"a": "\\ud83d\\ude00"}]', [{"a": "\ud83d"}, {"a": "😀"}]),
        ('[{"id": 12345678901234567890123}]', [{"id": 12345678901234567890123}]),
        ('[{"a": "line\nbreak\tand\0zero"}]', [{"a": "line\nbreak\tand\0zero"}]),
        ("[{'cid': '7591', 'user': None, 'is': True, 'text': \"it's \\u00e9 \\xe9 }\"}, {'cid': '2'}]",
         [{"cid": "7591", "user": None, "is": True, "text": "it's é é }"}, {"cid": "2"}]),
    ],
)  # fmt: skip
def test_what_exporters_really_write_is_read(text: str, value: list[Any]) -> None:
    assert values(parts_of(text)) == value


def test_bytes_that_are_no_text_stay_recognisable() -> None:
    assert values(parts_of(b'[{"a": "\xff"}]')) == [{"a": "\udcff"}]


def test_a_key_that_stands_twice_is_told_once_for_a_small_document() -> None:
    parts = parts_of('[{"a": 1}, {"a": 1, "a": 2}, {"a": 3}, {"b": {"c": 1, "c": 2}}]')
    assert [type(part) for part in parts] == [Repair, *[Item] * 4], "they are one value, decoded at once"


@pytest.mark.usefixtures("small_window")
def test_a_key_that_stands_twice_in_a_large_document_is_told_before_its_own_item() -> None:
    elements = [json.dumps(row) for row in ROWS]
    elements[4] = elements[4].replace('"digg_count"', '"text"')
    for text in (f"[{','.join(elements)}]", f'{{"x": 1, "comments": [{",".join(elements)}], "y": 2}}'):
        found = [type(part) for part in parts_of(text)]
        assert found[:6] == [Item] * 4 + [Repair, Item]
        assert found.count(Repair) == 1


@pytest.mark.usefixtures("small_window")
def test_a_field_that_stands_twice_around_a_large_list_is_told() -> None:
    parts = parts_of(f'{{"x": 1, "x": 2, "comments": {json.dumps(ROWS)}, "y": {{"z": 1, "z": 2}}}}')
    assert sum(isinstance(part, Repair) for part in parts) == 2
    assert values(parts)[-1] == {"x": 2, "y": {"z": 2}}


# --- damage ---

DAMAGES = {
    "a word that is none": lambda text: text.replace('"digg_count": 4', '"digg_count": many'),
    "a value that is missing": lambda text: text.replace('"digg_count": 4', '"digg_count":'),
    "a quote too much": lambda text: text.replace("word 4", 'word "4'),
    "quotes inside the text": lambda text: text.replace("word 4", 'the "word" 4'),
    "a quote that is missing": lambda text: text.replace('"word 4"', '"word 4'),
    "a bracket too much": lambda text: text.replace("word 4", 'word 4"}, "x": "'),
    "a list closed twice": lambda text: text.replace('"word 4"', '"word 4", "tags": [1]]'),
    "its end is missing": lambda text: text.replace('"digg_count": 4}', '"digg_count": 4'),
    "its second half is missing": lambda text: text.replace('4", "digg_count": 4}', ""),
    "a colon that is missing": lambda text: text.replace('"text": "word 4"', '"text" "word 4"'),
    "a comma that is missing": lambda text: text.replace('"word 4", ', '"word 4" '),
    "an escape that is none": lambda text: text.replace("word 4", "word \\q 4"),
    "a number of ten thousand digits": lambda text: text.replace('"digg_count": 4', '"digg_count": ' + "4" * 10_000),
    "a bomb": lambda text: text.replace('"digg_count": 4', '"digg_count": ' + "[" * 5_000),
    "a closed bomb": lambda text: text.replace('"digg_count": 4', '"a": ' + "[" * 5_000 + "]" * 5_000),
}
CONTAINERS = {
    "a list": lambda rows: "[" + ", ".join(rows) + "]",
    "a list, a line each": lambda rows: "[\n" + ",\n".join(rows) + "\n]\n",
    "a page": lambda rows: '{"status_code": 0, "comments": [' + ", ".join(rows) + '], "has_more": 0}',
    "an answer": lambda rows: '{"data": {"comments": [' + ", ".join(rows) + '], "x": 1}, "error": {"code": "ok"}}',
    "documents": "\n".join,
    "documents on one line": " ".join,
}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("container", CONTAINERS)
def test_a_damaged_element_is_refused_alone_with_its_raw_form(container: str, damage: str) -> None:
    rows = [json.dumps(row) for row in ROWS]
    rows[4] = DAMAGES[damage](rows[4])
    parts = parts_of(CONTAINERS[container](rows))
    cids = [value["cid"] for value in values(parts) if "cid" in value]
    assert [cid for cid in cids if cid[-1] != "4"] == [row["cid"] for row in ROWS if row["cid"][-1] != "4"]
    refusals = refused(parts)
    assert refusals
    if damage not in ("a bracket too much", "a bomb"):  # These may end an element, a list, or anything.
        assert len(refusals) == 1
        assert [value for value in values(parts) if value in ROWS] == [*ROWS[:4], *ROWS[5:]]
        assert rows[4].rstrip("}")[:65_000] in refusals[0].raw.decode()
        assert b"word 5" not in refusals[0].raw


@pytest.mark.usefixtures("small_window")
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_element_of_a_large_document_is_refused_alone(damage: str) -> None:
    if "thousand" in damage or "bomb" in damage:
        return
    test_a_damaged_element_is_refused_alone_with_its_raw_form("a page", damage)


def test_a_damaged_inner_record_does_not_take_its_neighbours_along() -> None:
    inner = [{"cid": f"75910000000000020{n}", "text": f"reply {n}"} for n in range(9)]
    rows = [{**row, "replies": inner[n : n + 2]} for n, row in enumerate(ROWS[:5])]
    text = json.dumps(rows).replace('"reply 3"', '"reply "3"')
    found = values(parts_of(text))
    assert [row for row in rows if row in found] == [rows[0], rows[1], rows[4]]


@pytest.mark.parametrize("text", ['[{"a": 1}}, {"b": 2}]', '[{"a": 1}]], {"b": 2}]', '{"x": [{"a": 1}], {"b": 2}]}'])
def test_records_behind_a_bracket_too_much_are_still_read(text: str) -> None:
    found = values(parts_of(text))
    assert {"a": 1} in found or {"x": [{"a": 1}]} in found
    assert {"b": 2} in found


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_file_that_is_cut_off_anywhere_gives_all_that_is_whole_and_says_so_once(container: str) -> None:
    rows = [json.dumps(row) for row in ROWS]
    text = CONTAINERS[container](rows)
    ends = [text.index(row) + len(row) for row in rows]
    for length in range(ends[2] + 1, ends[-1] + 1):
        parts = parts_of(text[:length])
        whole = sum(end <= length for end in ends)
        assert [value for value in values(parts) if "cid" in value] == ROWS[:whole], text[:length]
        reasons = [part.reason for part in refused(parts)]
        assert reasons in (["truncated"], [] if container.startswith("documents") else ["truncated"]), text[:length]


def test_a_cut_off_record_is_no_record() -> None:
    parts = parts_of(json.dumps(COMMENT)[:300])
    assert [part.reason for part in parts if isinstance(part, Refused)] == ["truncated"]
    assert not values(parts) or all("text" in value for value in values(parts))


def test_a_damaged_field_beside_the_records_costs_itself_alone() -> None:
    text = json.dumps({"status_code": 0, "comments": ROWS, "extra": {"now": 1, "x": [{"y": 1}]}, "has_more": 1})
    for damaged in (text.replace('"now": 1', '"now": 1 1'), text.replace('"status_code": 0', '"status_code": o')):
        parts = parts_of(damaged)
        assert [value for value in values(parts) if "cid" in value] == ROWS
        assert [part.reason for part in refused(parts)] == ["bad_json"]


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":', "[[{", '{"a":[', "[\n", '{"a":\n', "{'a':", "[{'a':["])
@pytest.mark.parametrize("closing", ["", "]", "}"])
def test_a_bomb_is_refused_in_little_time(opening: str, closing: str) -> None:
    began = time.monotonic()
    count = 100_000 // len(opening)
    parts = parts_of(opening * count + closing * count)
    assert refused(parts)
    assert len(parts) < count
    assert time.monotonic() - began < 15


SPOILERS = [
    '{"a": "x\n', '{"a": 1, \n', '[1, \n', '"\n', '}\n', ']\n', '{"a": tru}\n', "{'a': nope}\n", '{"cid": 1 "b": 2}, ',
    '{"cid": [1}, ', "'", '\\"', '{"a', "{'a': '", '"a": ', '{"a":[{', '[{"a":1},', '{"a":[{"b":1}],',
]  # fmt: skip


@pytest.mark.parametrize("spoiler", SPOILERS)
@pytest.mark.parametrize("before", ["[", '{"a": [{"b": 1}], ', ""])
def test_a_file_that_is_damaged_everywhere_takes_no_more_time_than_its_length_asks(before: str, spoiler: str) -> None:
    began = time.monotonic()
    parts = parts_of(before + spoiler * (100_000 // len(spoiler)))
    assert all(isinstance(part, Item | Refused | Repair) for part in parts)
    assert time.monotonic() - began < 15


def test_thousands_of_fields_between_thousands_of_damaged_lists_take_little_time() -> None:
    fields = "".join(f'"a{number}": 1, "l{number}": [{{"b": tru}}], {{"c": 1}}, ' for number in range(15_000))
    began = time.monotonic()
    parts = parts_of('{"x": [{"y": 1}], ' + fields + "}")
    assert sum(value == {"c": 1} for value in values(parts)) == 15_000
    assert time.monotonic() - began < 15


@given(st.lists(st.sampled_from([*SPOILERS, *map(json.dumps, ROWS[:2]), "[", "]", "{", "}", ",", '"', "\0", "\u2028"])))
def test_no_mixture_of_damages_breaks_the_reader(pieces: list[str]) -> None:
    for part in parts_of("".join(pieces)):
        assert isinstance(part, Item | Refused | Repair)


# --- documents larger than the window ---


def around(value: Any) -> dict[str, Any]:
    return {"first": 1, "data": {"before": "b", "comments": value, "after": "a"}, "last": [2]}


@pytest.mark.usefixtures("small_window")
def test_a_large_list_gives_its_elements_with_what_stood_before_and_where() -> None:
    parts = parts_of(json.dumps(around(ROWS)))
    assert all(isinstance(part, Item) for part in parts)
    *elements, inner, outer = [part for part in parts if isinstance(part, Item)]
    assert [part.value for part in elements] == ROWS
    assert {part.within for part in elements} == {"data/comments"}
    assert all(part.envelope == {"first": 1, "before": "b"} and not part.is_rest for part in elements)
    assert (inner.value, inner.within, inner.is_rest) == ({"before": "b", "after": "a"}, "data", True)
    assert (outer.value, outer.within, outer.is_rest) == ({"first": 1, "last": [2]}, "", True)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=40) | st.integers() | st.none(), min_size=1)),
    st.sampled_from([None, 0, 2]),
    st.booleans(),
)
def test_a_large_list_gives_what_a_small_one_gives(rows: list[dict[str, Any]], indent: int | None, plain: bool) -> None:
    for document in (rows, {"x": 1, "comments": rows, "cursor": 2}):
        text = json.dumps(document, indent=indent, ensure_ascii=plain)
        with pytest.MonkeyPatch.context() as patch:
            whole = values(parts_of(text))
            patch.setattr(json_window, "LONGEST", 1_000)
            patch.setattr(json_window, "_BLOCK", 16)
            entered = [part for part in parts_of(text) if isinstance(part, Item) and not part.is_rest]
        assert [part.value for part in entered if not part.value.keys() & {"comments", "cursor"}] == whole


@pytest.mark.usefixtures("small_window")
def test_small_lists_beside_a_large_one_are_read_too() -> None:
    parts = parts_of(json.dumps({"comments": ROWS[:1], "videos": ROWS, "ads": ROWS[:2], "x": 1}))
    found = values(parts)
    assert [found.count(row) for row in ROWS] == [3, 2, *[1] * 7]
    assert found[-1] == {"x": 1}


@pytest.mark.usefixtures("small_window")
@pytest.mark.parametrize(
    "text", ["x" * 5_000, "}{][" * 2_000, '\\"' * 3_000, "\\\\" * 3_000, "\n" * 3_000, "é\\n" * 999]
)
def test_a_text_that_is_too_long_costs_itself_alone(text: str) -> None:
    large = f'"{text}"'
    for document in (
        f"[1, {large}, {json.dumps(ROWS[0])}]",
        f'{{"a": {large}, "comments": {json.dumps(ROWS)}, "b": 1}}',
    ):
        parts = parts_of(document)
        assert ROWS[0] in values(parts)
        assert [part.reason for part in refused(parts) if part.reason != "not_an_object"] == ["too_long"]


@pytest.mark.usefixtures("small_window")
def test_a_large_list_of_numbers_is_no_list_of_records() -> None:
    parts = parts_of(json.dumps({"ids": list(range(1_000)), "comments": ROWS}))
    assert [value for value in values(parts) if "cid" in value] == ROWS
    assert len(refused(parts)) < 100


@pytest.mark.usefixtures("small_window")
def test_an_object_of_more_fields_than_can_be_kept_is_a_map_of_records() -> None:
    module = {row["cid"]: {**row, "text": "x" * 200} for row in ROWS}
    parts = parts_of(json.dumps({"ItemModule": module, "x": 1}))
    found = [part for part in parts if isinstance(part, Item) and "cid" in part.value]
    rest = [part for part in parts if isinstance(part, Item) and part.is_rest]
    kept = [value for part in rest for value in part.value.values() if isinstance(value, dict)]
    assert [part.value for part in found] + kept == list(module.values())
    assert found[0].within == f"ItemModule/{ROWS[0]['cid']}"


@pytest.mark.usefixtures("small_window")
def test_fields_without_end_are_refused_not_kept() -> None:
    text = "{" + ", ".join(f'"field {n}": {n}' for n in range(1_000)) + "}"
    parts = parts_of(text)
    assert {part.reason for part in refused(parts)} == {"too_long"}
    assert max(len(value) for value in values(parts)) < 100


@pytest.mark.parametrize("damage", [*DAMAGES])
def test_what_was_refused_can_be_read_again(damage: str) -> None:
    text = CONTAINERS["a page"]([DAMAGES[damage](json.dumps(row)) for row in ROWS])
    for part in records_of(text)[1]:
        if isinstance(part, Refused) and part.raw:
            assert list(read_again("tiktok_web_comments", part.raw, part.context, Options()))
