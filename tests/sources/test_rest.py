"""What is kept of fields that no format documents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.sources.rest import MOST_BYTES, unknown_fields

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9) | st.integers(), inner, max_size=4),
    max_leaves=20,
)


def size(kept: dict[str, Any]) -> int:
    return len(json.dumps(kept, allow_nan=False))


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ({"cid": "1"}, {}),
        ({"cid": "1", "mood": "angry", "score": 0, "seen": False}, {"mood": "angry", "score": 0, "seen": False}),
        ({"a": None, "b": "", "c": [], "d": {}, "e": [None], "f": {"g": None}}, {}),
        ({"a": [1, None, "x"], "b": {"c": {"d": 1, "e": ""}}}, {"a": [1, "x"], "b": {"c": {"d": 1}}}),
        ({"avatar_url": "a", "videoThumb": "b", "coverLarge": "c", "profile_picture": "d", "icon": "e"}, {}),
        ({"user": {"avatarMedium": "x", "name": "ann"}}, {"user": {"name": "ann"}}),
        ({"link": "https://cdn.example/x?x-expires=17&x-signature=a", "page": "https://a.example/?page=2"},
         {"page": "https://a.example/?page=2"}),
        ({"links": ["https://cdn.example/x?a=1&token=s", "https://b.example/"]}, {"links": ["https://b.example/"]}),
        ({"nan": float("nan"), "infinity": float("inf"), "half": 0.5}, {"half": 0.5}),
        ({"bytes": b"x", "set": {1}, "pair": (1, 2)}, {"pair": [1, 2]}),
        ({1: "one"}, {}),
    ],
)  # fmt: skip
def test_what_says_something_is_kept_without_pictures_and_signed_addresses(
    row: dict[Any, Any], kept: dict[str, Any]
) -> None:
    assert unknown_fields(row, {"cid"}) == kept


def test_what_no_longer_fits_is_named() -> None:
    row = {"a": "x" * 7_000, "b": "y" * 500, "c": "z" * 20}
    kept = unknown_fields(row, frozenset())
    assert kept["left_out"] == ["b"]
    assert kept["c"] == row["c"]
    assert size(kept) <= MOST_BYTES


@pytest.mark.parametrize("name", ["n" * 100_000, "é" * 5_000, "\ud83d" * 5_000, '"' * 9_000])
def test_names_of_any_length_and_number_stay_within_the_bounds(name: str) -> None:
    kept = unknown_fields({f"{name}{number}": "x" * 9_000 for number in range(50)}, frozenset())
    assert size(kept) <= MOST_BYTES
    assert kept["left_out"]


@pytest.mark.parametrize("large", ["x" * 100_000, ["x"] * 9_000, {"a": {"b": list(range(9_000))}}, [["x" * 9_000]]])
def test_what_cannot_fit_is_named_and_the_others_are_kept(large: Any) -> None:
    assert unknown_fields({"a": large, "b": 1}, frozenset()) == {"b": 1, "left_out": ["a"]}


def test_depth_ends() -> None:
    deep: Any = 1
    for _ in range(5_000):
        deep = {"a": [deep]}
    assert size(unknown_fields({"deep": deep, "flat": 1}, frozenset())) < 100


@given(st.dictionaries(st.text(max_size=9), VALUES, max_size=12))
def test_anything_gives_json_within_the_bounds_that_the_database_takes(row: dict[str, Any]) -> None:
    kept = unknown_fields(row, {"cid", "text"})
    assert size(kept) <= MOST_BYTES
    assert kept.keys() <= {*map(str, row), "left_out"}
    assert not kept.keys() & {"cid", "text"}


@given(st.dictionaries(st.text(max_size=9), st.text(min_size=500, max_size=4_000), max_size=30))
def test_many_long_fields_stay_within_the_bounds(row: dict[str, Any]) -> None:
    assert size(unknown_fields(row, frozenset())) <= MOST_BYTES


@given(st.permutations([f"field {number}" for number in range(12)]))
def test_the_order_of_fields_changes_nothing(names: list[str]) -> None:
    row = dict.fromkeys(sorted(names), "x" * 1_000)
    assert unknown_fields({name: row[name] for name in names}, frozenset()) == unknown_fields(row, frozenset())


@pytest.mark.parametrize("bits", [63, 64, 14_000, 20_000])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_of_any_length_is_written_or_left_out(bits: int, sign: int) -> None:
    kept = unknown_fields({"number": sign << bits, "flat": 1}, frozenset())
    assert kept["flat"] == 1
    assert size(kept) <= MOST_BYTES
