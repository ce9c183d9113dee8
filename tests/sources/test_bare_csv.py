"""People's own tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.sources.reading import records_of

from harvester.errors import MissingColumn, UnknownFormat
from harvester.model import Comment, Refused
from harvester.sources.base import Options


def comments(content: str | bytes, options: Options | None = None) -> list[Comment]:
    name, records = records_of(content, options)
    assert name == "bare_csv"
    assert all(isinstance(record, Comment) for record in records)
    return [record for record in records if isinstance(record, Comment)]


@pytest.mark.parametrize(
    "header", ["komentar", "Comment", "nội dung", "comentario", "TEXT", "комментарий", "コメント", "yorum"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_column_of_text_is_recognised_in_many_languages(header: str, delimiter: str) -> None:
    (record,) = comments(f"user{delimiter}{header}{delimiter}date\nann{delimiter}hello{delimiter}2026-01-03\n")
    assert record == Comment(None, None, "hello", username="ann", posted_at=datetime(2026, 1, 3, tzinfo=UTC))


def test_any_other_column_can_be_named() -> None:
    (record,) = comments("who,said\nann,hello\n", Options({"text": "said", "username": "who"}))
    assert (record.text, record.username) == ("hello", "ann")


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"text": "sayd"}, r"no column 'sayd'.*who, said"),
        ({"txt": "said"}, r"no such field.*text"),
        ({"username": "who"}, r"no column of text"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_those_that_are(mapping: dict[str, str], words: str) -> None:
    with pytest.raises(MissingColumn, match=words):
        comments("who,said\nann,hello\n", Options(mapping))


def test_a_table_without_a_column_of_text_says_how_to_name_one() -> None:
    with pytest.raises(UnknownFormat, match=r"who, said.*--map text="):
        comments("who,said\nann,hello\n")


def test_numbers_of_rows_are_no_ids_but_long_ids_and_addresses_of_videos_are() -> None:
    short, long, address = comments(
        "id,video,text\n"
        "1,2,short\n"
        "7580293006230930184,7580280925297184007,long\n"
        ",https://www.tiktok.com/@newsdesk/video/7580280925297184007,address\n"
    )
    assert (short.comment_id, short.video_id) == (None, None)
    assert (long.comment_id, long.video_id) == ("7580293006230930184", "7580280925297184007")
    assert (address.video_id, address.video_username) == ("7580280925297184007", "newsdesk")


def test_a_ruined_id_a_short_row_and_an_empty_line_are_told_apart() -> None:
    _, records = records_of("user,id,text\nann,7.58e+18,lost\nbob\n\n;;\neve,,kept\n")
    assert [record.reason if isinstance(record, Refused) else record.text for record in records] == [
        "ruined_id", "missing_text", "missing_text", "kept",
    ]  # fmt: skip
