"""Plain lines give what the way over items gives, whatever stands among them."""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.model import Comment, Record, Repair
from harvester.sources.base import Item, Options
from harvester.sources.catalog import SOURCES
from harvester.sources.fields import time
from harvester.sources.plain import PlainLines
from harvester.sources.reading import read
from harvester.sources.tiktok_web import TikTokWebComments
from harvester.sources.unwrap import unwrap

OPTIONS = Options(observed_at=time("2026-01-31"))
COMMENT: dict[str, Any] = {
    "aweme_id": "7591000000000000123", "cid": "7591000000000001001", "text": "see bright-pebble.com", "status": 1,
    "user": {"unique_id": "mira.plants", "uid": "68"}, "create_time": 1767225601, "digg_count": 3, "reply_id": "0",
    "comment_language": "en", "author_pin": False, "is_author_digged": True, "share_info": {"url": "https://a.example"},
    "reply_comment": None, "reply_comment_total": 2,
}  # fmt: skip
REPLY = {name: value for name, value in COMMENT.items() if name != "reply_comment_total"}

ODD = [
    "null", "true", "0", "-1", "1.5", "1e999", "NaN", "9223372036854775808", '""', '" "', '"null"', '"7.58e+18"',
    '"7591000000000001001"', "7591000000000001001", '"1767225601"', '"\\u0000"', '"\\ud83d"', '"\\q"', '"\t"', "[]",
    '[{"cid": "7591000000000001009", "aweme_id": "7591000000000000123", "text": "inner"}]', "{}", '{"unique_id": 5}',
    '{"unique_id": "none"}', '{"unique_id": "a", "unique_id": "b"}', '"\udcff"', '"say \\"so\\": yes"',
    '"' + "x" * 70_000 + '"', "[" * 2_000 + "]" * 2_000, "[1,]", "",
]  # fmt: skip
Fields = list[tuple[str, str]]


def fields_of(row: dict[str, Any]) -> Fields:
    return [(name, json.dumps(value)) for name, value in row.items()]


def line_of(fields: Fields) -> bytes:
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in fields) + "}\n").encode("utf-8", "surrogateescape")


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """A comment as the web has it, or one that is odd in some of its fields."""
    fields = fields_of(draw(st.sampled_from([COMMENT, REPLY])))
    for _ in range(draw(st.sampled_from([0, 0, 1, 1, 2]))):
        place = draw(st.integers(0, len(fields) - 1))
        name = draw(st.sampled_from([fields[place][0], "comments", "label_text", "cid", "made_up", "data"]))
        change = draw(st.sampled_from(["replaced", "added", "removed"]))
        fields[place : place + (change != "added")] = [(name, draw(st.sampled_from(ODD)))] * (change != "removed")
    return line_of(draw(st.permutations(fields)) if draw(st.booleans()) else fields)


def records_of(content: bytes) -> list[Record]:
    reading = read(io.BytesIO(content), "file", OPTIONS)
    assert reading.source.name == "tiktok_web_comments"
    return list(reading.records)


@given(st.lists(lines(), max_size=12))
def test_every_line_gives_what_it_gives_over_items(drawn: list[bytes]) -> None:
    known = [line_of(fields_of(row)) for row in (COMMENT, REPLY)] * 30
    content = b"".join([*known, *drawn, *known[:2], *drawn])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TikTokWebComments, "plain", None)
        expected = records_of(content)
    assert records_of(content) == expected


@pytest.mark.parametrize("row", [COMMENT, REPLY])
def test_a_line_like_one_before_is_plain(row: dict[str, Any]) -> None:
    assert TikTokWebComments.plain is not None
    plain = PlainLines(TikTokWebComments.plain, OPTIONS)
    line = line_of(fields_of(row))
    assert plain.record(line) is None
    plain.learn(line, msgspec.json.decode(line))
    assert isinstance(plain.record(line), Comment)
    assert isinstance(plain.record(line_of(fields_of({**row, "text": "other", "cid": "7591000000000001002"}))), Comment)


def test_a_key_that_stands_twice_is_counted_among_plain_lines() -> None:
    twice = line_of([*fields_of(COMMENT), ("text", '"the last one counts"')])
    *_, repair, record = records_of(line_of(fields_of(COMMENT)) * 100 + twice)
    assert (repair, isinstance(record, Comment) and record.text) == (Repair("duplicate_key"), "the last one counts")


@pytest.mark.parametrize("source", [source for source in SOURCES if source.plain], ids=lambda source: source.name)
def test_no_field_of_a_plain_line_is_unknown_or_makes_an_envelope_of_it(source: Any) -> None:
    assert source.plain.needed <= source.plain.types.keys() <= source.fields
    row: dict[str, Any] = {name: [] for name in source.plain.types}
    assert list(unwrap(row)) == [Item(row)]
