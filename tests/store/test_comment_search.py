"""Searching comments: all that hold the words, newest first, page by page, whichever way they are found."""

from __future__ import annotations

from collections.abc import AsyncIterator

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


@pytest.mark.parametrize("words", ["", "  ", "!?", "\0", "'; drop table comment; --", "a & | ! <-> :*", "$1 %s \\"])
async def test_what_is_no_word_finds_nothing_and_harms_nothing(database: Database, words: str) -> None:
    async with database.transaction(ANALYST) as connection:
        assert (await find_comments(connection, words)).rows == []


async def test_a_cursor_of_another_list_is_refused(database: Database) -> None:
    async with database.transaction(ANALYST) as connection:
        with pytest.raises(InvalidCursor):
            await find_comments(connection, "often", after=encode_cursor("mentions", 1, "x"))
