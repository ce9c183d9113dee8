"""Searching comments: all that hold the words, newest first, page by page, whichever way they are found."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random

import psycopg
import pytest

from harvester.errors import InvalidCursor
from harvester.store.comment import find_comments
from harvester.store.database import ANALYST, Database
from harvester.store.paging import encode_cursor

pytestmark = pytest.mark.anyio

SHARES = {"everywhere": 1, "often": 20, "sometimes": 400, "seldom": 3000, "once": 20_000}
"""Each word stands in one comment of so many: the planner's estimate sends each its own way."""
FILL = """
set session_replication_role = replica;
insert into video (video_id) values ('9000');
insert into comment (video_id, comment_id, text, discovered_at)
select v.id, n::text,
       'everywhere' || case when n % 20 = 0 then ' Often' else '' end
       || case when n % 400 = 0 then ' sometimes' else '' end
       || case when n % 3000 = 0 then ' seldom' else '' end || case when n = 7 then ' once' else '' end,
       -- A hundred share each moment.
       now() - n / 100 * interval '1 hour'
from video v, generate_series(1, 20000) n;
select private.settle_days();
analyze;
"""


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(FILL)
    async with Database(conninfo) as opened:
        yield opened


async def test_all_pages_together_hold_what_a_plain_search_finds_in_the_same_order(database: Database) -> None:
    plain = (
        "select comment_id from comment where to_tsvector('simple', text) @@ plainto_tsquery('simple', %s)"
        " order by discovered_at desc, id desc limit 300"
    )
    async with database.transaction(ANALYST) as connection:
        for words in (*SHARES, "SELDOM everywhere", "once often", "nowhere"):
            expected = [row["comment_id"] for row in await (await connection.execute(plain, [words])).fetchall()]
            found: list[str] = []
            after = None
            while len(found) < 300:
                page = await find_comments(connection, words, limit=50, after=after)
                found += [row.comment_id for row in page.rows]
                after = page.next
                if after is None:
                    break
            assert found == expected, words


async def test_what_is_no_word_finds_nothing_and_harms_nothing(database: Database) -> None:
    async with database.transaction(ANALYST) as connection:
        for words in ("", "  ", "!?", "\0", "'; drop table comment; --", "a & | ! <-> :*", "$1 %s \\"):
            assert (await find_comments(connection, words)).rows == [], words


UNSPACED = {
    "1": "我买了iPhone手机 nice", "2": "优惠码 SAVE10，快来", "3": "优惠 码", "4": "ซื้อเลยที่ร้านนี้",
    "5": "今すぐ登録してください", "6": "iPhone 手机 plain", "7": "登録する nice", "8": "𠀀𠀁𠀂",
}  # fmt: skip
"""Comments of languages without spaces, and of several."""
PARTS = {
    "优惠码": "2", "优惠": "32", "手机": "61", "iphone手机": "1", "手机 nice": "1", "登録 NICE": "7", "登録": "75",
    "「登録」": "75", "ร้าน": "4", "すぐ登録して": "5", "惠优": "", "𠀁𠀂": "8", "码": "3", "优惠%": "", "plain": "6",
}  # fmt: skip
"""What is asked, with the comments that hold it, newest first."""


async def test_a_part_of_a_text_without_spaces_is_found_from_two_letters_on(database: Database, conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name, text in UNSPACED.items():
            connection.execute(
                "insert into comment (video_id, comment_id, text) select id, 'u' || %s, %s from video", [name, text]
            )
    async with database.transaction(ANALYST) as connection:
        for words, found in PARTS.items():
            page = await find_comments(connection, words)
            assert [row.comment_id for row in page.rows] == [f"u{name}" for name in found], words


async def test_a_word_that_only_old_comments_hold_is_found_however_many_the_planner_expects(
    database: Database, conninfo: str
) -> None:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            "update comment set text = text || ' bygone' where discovered_at < now() - interval '7 days'"
        )
        connection.execute("analyze comment")
    async with database.transaction(ANALYST) as connection:
        for words in ("bygone", "bygone often", "bygone seldom"):
            plain = (
                "select comment_id from comment where to_tsvector('simple', text) @@ plainto_tsquery('simple', %s)"
                " order by discovered_at desc, id desc limit 50"
            )
            expected = [row["comment_id"] for row in await (await connection.execute(plain, [words])).fetchall()]
            assert [row.comment_id for row in (await find_comments(connection, words)).rows] == expected
            assert expected


WRITTEN = (
    *("Ab", "x", "9", "-1.5e3", "İ", "ı", "ſ", "K", "é", "ß", "Σ", "漢", "ж", "\u0301", "\u200b", "😀"),
    *(" ", "-", ".", "/", "@", "_", "&amp;", "<b>", "\n", "http://", "Shop.COM", "Dot-Com/Path?Q=1", "a@B.net"),
)


def test_a_word_of_ascii_stands_in_each_text_that_holds_it(conninfo: str) -> None:
    """What the newest comments are glanced over for before their words are taken apart."""
    drawn = Random(1)
    texts = ["".join(drawn.choices(WRITTEN, k=drawn.randrange(1, 9))) for _ in range(20_000)]
    with psycopg.connect(conninfo) as connection:
        missed = connection.execute(
            "select text, lexeme from unnest(%s::text[]) text cross join lateral unnest(to_tsvector('simple', text))"
            " where octet_length(lexeme) = length(lexeme) and strpos(lower(text), lexeme) = 0",
            [texts],
        ).fetchall()
    assert missed == []


async def test_a_cursor_of_another_list_is_refused(database: Database) -> None:
    async with database.transaction(ANALYST) as connection:
        with pytest.raises(InvalidCursor):
            await find_comments(connection, "often", after=encode_cursor("mentions", 1, "x"))
