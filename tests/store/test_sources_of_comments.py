"""Where a comment came from: every source that brought it, whatever the order, and precision by it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.store.test_ingest import NAMES, NOON, batch, contents, outcome, rows, write

from harvester.model import Comment
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.review import precision, review_domains
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio
SOURCES = ("apify_comments", "research_api", "web_comments")
FIRST = Comment("11", "1", f"see {NAMES[0]}", observed_at=NOON)
OBSERVED = (
    FIRST,
    replace(FIRST, like_count=3, observed_at=NOON + timedelta(hours=1)),
    Comment("12", "1", "lovely", observed_at=NOON),
)


async def sources_of(database: Database) -> dict[str, list[str]]:
    return {
        row["comment_id"]: row["sources"] for row in await rows(database, "select comment_id, sources from comment")
    }


async def test_another_source_is_added_once_and_changes_nothing_else(conninfo: str) -> None:
    async with Database(conninfo) as database:
        undated = Comment("11", "1", f"see {NAMES[0]}", like_count=2)
        await write(database, batch(undated), source="web_comments")
        before = await contents(database)
        assert outcome(await write(database, batch(undated), source="apify_comments")) == (1, 0, 1, 0, 0)
        assert outcome(await write(database, batch(undated), source="apify_comments")) == (1, 0, 0, 1, 0)
        assert outcome(await write(database, batch(undated), source="web_comments")) == (1, 0, 0, 1, 0)
        assert await sources_of(database) == {"11": ["apify_comments", "web_comments"]}
        assert await contents(database) == before
        assert await differences(database) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    brought=st.lists(st.tuples(st.sampled_from(SOURCES), st.sampled_from(OBSERVED)), min_size=1, max_size=5),
    data=st.data(),
)
def test_whatever_the_order_a_comment_knows_the_same_sources(conninfo: str, brought: Any, data: st.DataObject) -> None:
    other = data.draw(st.permutations([*brought, brought[0]]))

    async def left(order: Any) -> Any:
        async with Database(conninfo) as database:
            async with database.transaction(WORKER) as connection:
                await connection.execute("delete from video")
            for source, comment in order:
                await write(database, batch(comment), source=source)
            return await contents(database), await sources_of(database)

    async def work() -> None:
        found = await left(brought)
        assert found == await left(other)
        wanted: dict[str, set[str]] = {}
        for source, comment in brought:
            wanted.setdefault(comment.comment_id, set()).add(source)
        assert found[1] == {key: sorted(names) for key, names in wanted.items()}

    asyncio.run(work())


async def test_precision_counts_a_mention_under_every_source_of_its_comment(conninfo: str) -> None:
    async with Database(conninfo) as database:
        old = Comment("13", "1", f"and {NAMES[0]}", observed_at=NOON)
        await write(database, batch(FIRST, old), source="apify_comments")
        await write(database, batch(FIRST), source="web_comments")
        async with database.transaction(WORKER) as connection:
            # As it was stored before sources were kept.
            await connection.execute("update comment set sources = default where comment_id = '13'")
        claims = {"sub": "00000000-0000-4000-8000-000000000001", "app_metadata": {"role": "analyst"}}
        async with database.transaction(ANALYST, claims=claims) as connection:
            await review_domains(connection, [NAMES[0]], "malicious")
            found = await precision(connection)
    by_source = {row.value: (row.judged_mentions, row.right_mentions) for row in found if row.dimension == "source"}
    assert by_source == {"apify_comments": (1, 1), "web_comments": (1, 1), "unknown": (1, 1)}
    assert {row.judged_mentions for row in found if row.dimension == "all"} == {2}
