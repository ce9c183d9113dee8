"""Out of the envelopes of APIs, to the records."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.model import Refused
from harvester.sources.base import Item
from harvester.sources.unwrap import LISTS, unwrap

ROW = {"id": "1", "text": "word"}


def values(document: Any) -> list[Any]:
    return [part.value for part in unwrap(document) if isinstance(part, Item)]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    "envelope",
    [
        lambda listed: {**listed, "status_code": 0}, lambda listed: {**listed, "has_more": True, "cursor": 20},
        lambda listed: {"data": listed}, lambda listed: {"data": listed, "error": {"code": "ok"}},
        lambda listed: {"code": 200, "data": {**listed, "hasMore": 1}}, lambda listed: {"data": {"data": listed}},
        lambda listed: [{**listed, "statusCode": 0}], lambda listed: [[{"data": listed}]],
    ],
)  # fmt: skip
def test_the_records_of_an_answer_come_one_by_one(name: str, envelope: Any) -> None:
    assert values(envelope({name: [ROW, ROW]})) == [ROW, ROW]


def test_what_stands_around_the_records_comes_with_each_of_them() -> None:
    answer = {"error": {"code": "ok"}, "data": {"comments": [ROW], "cursor": 5, "extra": {"now": 1}}}
    (item,) = unwrap(answer)
    assert isinstance(item, Item)
    assert item.envelope == {"error": {"code": "ok"}, "cursor": 5, "extra": {"now": 1}}


@pytest.mark.parametrize(
    "record",
    [
        {"webpage_url": "x", "comments": [ROW]}, {"nav_index": "1:1:0", "data": {"comments": [ROW]}}, {"data": "x"},
        {"data": {"x": 1}}, {"videos": [ROW]}, ROW,
    ],
)  # fmt: skip
def test_an_object_that_is_no_answer_is_a_record_as_a_whole(record: Any) -> None:
    assert values(record) == [record]
    assert values([record, [record]]) == [record, record]


@pytest.mark.parametrize(
    "document", [[], [[], [[]]], {"data": {}, "error": {"code": "ok"}}, {"data": {"comments": []}}]
)
def test_an_empty_answer_holds_nothing(document: Any) -> None:
    assert list(unwrap(document)) == []


@pytest.mark.parametrize("value", [None, 1, "x", True, 1.5, (1, 2), {1, 2}, b"x"])
def test_what_is_no_object_is_refused_and_counted(value: Any) -> None:
    parts = list(unwrap({"comments": [value, ROW, value], "cursor": 1}))
    found = [
        part.reason if isinstance(part, Refused) else part.value for part in parts if isinstance(part, Refused | Item)
    ]
    assert found == ["not_an_object", ROW, "not_an_object"]


@pytest.mark.parametrize("nest", [lambda inner: [inner], lambda inner: {"data": inner, "code": 1}])
def test_nesting_without_end_is_refused(nest: Any) -> None:
    document: Any = ROW
    for _ in range(3):
        document = nest(document)
    assert values(document) == [ROW]
    for _ in range(5_000):
        document = nest(document)
    (refused,) = unwrap(document)
    assert isinstance(refused, Refused)
    assert "deep" in refused.detail


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["data", "comments", "videos", "error", "cursor", "code", "x"]), inner)
        ),
        max_leaves=20,
    )
)
def test_anything_is_unwrapped_to_items_and_refusals(document: Any) -> None:
    for part in unwrap(document):
        assert isinstance(part, Item | Refused)
