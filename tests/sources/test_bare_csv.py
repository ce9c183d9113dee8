"""People's own tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.sources.reading import records_of
from tests.sources.shape import Shape, seen

from harvester.errors import MissingColumn, UnknownFormat
from harvester.model import Comment, Refused
from harvester.sources.base import Options
from harvester.sources.synonyms import FIELDS, plain

SHAPES = [
    Shape("bare_table.csv", "bare_csv", comments=3),
    Shape("bare_table_titled.csv", "bare_csv", comments=1, refused=("ruined_id",)),
]
VIDEO = "7580280925297184007"


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


@pytest.mark.parametrize(
    "header",
    ["Comment_Text", "commentText", "COMMENT-TEXT", " comment  text ", "Nội Dung Bình Luận", "ISI_KOMENTAR", "İçerik",
     "N\u006f\u0323\u0302i dung", "Ｃomment", "текст комментария", "评论内容", "내용"],
)  # fmt: skip
def test_a_name_counts_whatever_its_case_and_what_stands_between_its_words(header: str) -> None:
    (record,) = comments(f"user,{header}\nann,hello\n")
    assert record.text == "hello"


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ("Username,Comment,Likes,Replies,Date", "@ann,hello,1.2K,3,2026-01-03"),
        ("nama_pengguna,komentar,jumlah suka,balasan,tanggal", "ann,hello,1200,3,2026-01-03"),
        ("Usuário,Comentário,Curtidas,Respostas,Data", "ann,hello,1200.0,3.0,2026-01-03"),
        ("người dùng,bình luận,lượt thích,trả lời,thời gian", 'ann,hello,"1,200",3,2026-01-03T00:00:00Z'),
        ("ユーザー名,コメント,いいね数,返信数,投稿日時", "ann,hello,1200,3,1767398400"),
        ("пользователь,комментарий,лайки,ответы,дата", "ann,hello,1200,3,1767398400000"),
    ],
)
def test_the_fields_of_a_comment_are_found_under_the_names_of_many_languages(columns: str, values: str) -> None:
    (record,) = comments(f"{columns}\n{values}\n")
    assert record == Comment(
        None, None, "hello", username="ann", like_count=1200, reply_count=3, posted_at=datetime(2026, 1, 3, tzinfo=UTC)
    )


def test_no_name_stands_for_two_fields() -> None:
    names = [plain(name) for field in FIELDS for name in set(map(plain, FIELDS[field]))]
    assert len(names) == len(set(names))


def test_columns_that_are_not_used_are_kept_and_those_that_are_used_are_not() -> None:
    (record,) = comments("user,Komentar,comment,label,Skor,date,likes\nann,halo,hello,spam,,long ago,many\n")
    assert (record.text, record.posted_at) == ("hello", None)
    assert record.metadata == {"Komentar": "halo", "label": "spam", "date": "long ago", "likes": "many"}


def test_of_several_columns_for_one_field_the_first_that_can_be_read_counts() -> None:
    (record,) = comments("text,create_time,date,video_id,video_url\nhi,soon,2026-01-03,,"
                         f"https://www.tiktok.com/@newsdesk/video/{VIDEO}\n")  # fmt: skip
    assert (record.posted_at, record.video_id, record.video_username) == (
        datetime(2026, 1, 3, tzinfo=UTC), VIDEO, "newsdesk",
    )  # fmt: skip


def test_a_reply_knows_its_parent_unless_that_is_the_video_or_lost() -> None:
    head = "comment_id,video_id,parent_comment_id,text\n"
    rows = [f"75802930062309301{number},{VIDEO},{parent},hi\n" for number, parent in enumerate(
        ["7580293006230930100", VIDEO, "7.58e+18", "12", ""], start=10
    )]  # fmt: skip
    assert [record.parent_ref for record in comments(head + "".join(rows))] == ["7580293006230930100"] + [None] * 4


def test_the_time_of_collecting_is_read_where_a_column_has_it() -> None:
    observed = datetime(2026, 2, 1, tzinfo=UTC)
    first, second = comments("text,scraped_at\nhi,2026-01-03\nho,\n", Options(observed_at=observed))
    assert (first.observed_at, second.observed_at) == (datetime(2026, 1, 3, tzinfo=UTC), observed)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('andi,"cek bio kak, atau mampir ke tokomurahjaya.example"\nsari,bagus\n', "first row holds data"),
        ("@andi,comment\nsari,bagus\n", "first row holds data"),
        ("7580293006230930184,text\n7580293006230930185,bagus\n", "first row holds data"),
        ("2026-01-03,text\n2026-01-04,bagus\n", "first row holds data"),
        ("andi,lucu\nsari,comment\nbudi,ya\n", "put some above them"),
        ("andi,lucu\nuser,comment\nbudi,ya\n", "put some above them"),
        ("andi,beli; comment\nsari,bagus\n", "put some above them"),
        ("one comment a line\nwith a comma, text\nand so on\n", "put some above them"),
    ],
)
def test_a_table_whose_first_row_is_data_is_refused_rather_than_losing_it(table: str, words: str) -> None:
    with pytest.raises(UnknownFormat, match=words) as refusal:
        comments(table)
    assert refusal.value.hint


@pytest.mark.parametrize("title", ["My comments\n", "My comments,,\n\n", "Comments of May, for Ann\n,\n"])
def test_a_title_may_stand_above_the_header(title: str) -> None:
    (record,) = comments(f"{title}user,comment,date\nann,hello,2026-01-03\n")
    assert (record.text, record.username) == ("hello", "ann")


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


@pytest.mark.parametrize("number", ["1", "1.0", "1-1", "12ab", "n/a", "first", ""])
def test_what_numbers_the_rows_is_no_id(number: str) -> None:
    (record,) = comments(f"id,video,text\n{number},{number},hi\n")
    assert (record.comment_id, record.video_id) == (None, None)


@pytest.mark.parametrize("lost", ["7.58e+18", "7,58E+18", "7580293006230930184.0", "7.5E18"])
@pytest.mark.parametrize("column", ["id", "video"])
def test_an_id_that_lost_its_digits_refuses_its_row(lost: str, column: str) -> None:
    _, (record,) = records_of(f'{column};text\n"{lost}";hi\n')
    assert isinstance(record, Refused)
    assert record.reason == "ruined_id"


def test_an_apostrophe_that_guards_an_id_from_spreadsheets_is_none_of_it() -> None:
    (record,) = comments(f"comment_id,video_id,text\n'7580293006230930184,'{VIDEO},hi\n")
    assert (record.comment_id, record.video_id) == ("7580293006230930184", VIDEO)


def test_a_ruined_id_a_short_row_and_an_empty_line_are_told_apart() -> None:
    _, records = records_of("user,id,text\nann,7.58e+18,lost\nbob\n\n;;\neve,,kept\n")
    assert [record.reason if isinstance(record, Refused) else record.text for record in records] == [
        "ruined_id", "missing_text", "missing_text", "kept",
    ]  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.file)
def test_recorded_shapes_give_what_they_hold(shape: Shape) -> None:
    assert seen(shape) == shape
