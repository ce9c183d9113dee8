"""Containers: what a file is made of, and what happens when it is damaged."""

from __future__ import annotations

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sources.reading import records_of
from tests.sources.test_tiktok_web import COMMENT, PAGE

from harvester.errors import SourceError, UnknownFormat, UnreadableFile
from harvester.model import Refused
from harvester.sources.base import Options
from harvester.sources.json_items import decode
from harvester.sources.reading import read


@pytest.mark.parametrize("content", [b"", b"   \n\n", b"\xef\xbb\xbf", b"\0\0\0\0"])
def test_an_empty_file_says_so(content: bytes) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        records_of(content)


@pytest.mark.parametrize("content", ['{"some": "object"}', "[]", "[1, 2]", "{broken", "just words", '{"comments": []}'])
def test_an_unknown_format_is_said_with_what_was_seen(content: str) -> None:
    with pytest.raises(UnknownFormat) as refusal:
        records_of(content)
    assert refusal.value.hint


def test_a_page_that_was_torn_in_its_last_line_keeps_the_lines_before() -> None:
    flat = {**COMMENT, "reply_comment": None}
    lines = "\n".join(json.dumps({**flat, "cid": str(7591000000000001001 + number)}) for number in range(5))
    _, records = records_of(lines[:-30])
    assert [isinstance(record, Refused) for record in records] == [False] * 4 + [True]


def test_a_damaged_first_line_does_not_hide_the_format() -> None:
    _, records = records_of('{"cid": "75910000\n' + json.dumps({**COMMENT, "reply_comment": None}) + "\n")
    assert [isinstance(record, Refused) for record in records] == [True, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": NaN, "b": Infinity, "c": -Infinity}', {"a": None, "b": None, "c": None}),
        ('{"id": 12345678901234567890123}', {"id": 12345678901234567890123}),
        ('{"text": "\\ud83d"}', {"text": "\ud83d"}),
        ('{"a": 1, "a": 2}', {"a": 2}),
    ],
)
def test_json_that_exporters_really_write_is_read(text: str, value: object) -> None:
    assert decode(text) == value


@pytest.mark.parametrize("bomb", ["[" * 200_000, '{"a":' * 200_000, "9" * 100_000])
def test_a_bomb_is_refused_like_any_damaged_line(bomb: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  Any kind of it is turned into a refusal.
        decode(bomb)
    _, records = records_of(json.dumps(PAGE) + "\n" + bomb + "\n" + json.dumps(PAGE) + "\n")
    assert sum(isinstance(record, Refused) for record in records) == 1


@given(st.binary(max_size=300))
def test_no_bytes_at_all_break_the_reader(content: bytes) -> None:
    with contextlib.suppress(SourceError):
        list(read(io.BytesIO(content), "file", Options()).records)


@given(
    st.dictionaries(
        st.sampled_from(["cid", "aweme_id", "text", "create_time", "digg_count", "reply_id", "user", "reply_comment"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=5,
        ),
    )
)
def test_no_retyped_field_breaks_a_record(damage: dict[str, object]) -> None:
    _, records = records_of(json.dumps([COMMENT, {**COMMENT, **damage}]))
    assert len(records) >= 3
