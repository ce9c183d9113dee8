"""Counters that cannot lie: whoever writes, in whatever order, and nothing is lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.test_ingest import NAMES, batch

from harvester.model import Comment
from harvester.store import writing
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Database
from harvester.store.ingest import RunWriter
from harvester.store.retention import Deleted, clean_up
from harvester.store.verification import Difference, count_domains, differences, repair

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)
DAYS = 30


def comment(number: int, *, age: int = 0, video: int = 1, name: int | None = 0, parent: int | None = None) -> Comment:
    """A comment seen so many days ago that mentions one of the names, in doubt where it is an odd one of ten."""
    words = "nothing" if name is None else f"{'? ' if number % 10 == 0 else ''}{NAMES[name]}"
    return Comment(
        str(number), f"9{video}", words, username=None if number % 7 == 0 else f"user{number % 4}",
        observed_at=NOW - timedelta(days=age, minutes=number), parent_ref=None if parent is None else str(parent),
    )  # fmt: skip


async def write(database: Database, *comments: Comment) -> None:
    writer = await RunWriter.start(database, "test", {}, "test-1")
    await writer.write(batch(*comments))
    await writer.finish()


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo, connections=8) as opened:
        yield opened


async def test_what_was_written_leaves_no_difference(database: Database) -> None:
    await write(database, *(comment(number, name=number % 3) for number in range(1, 40)))
    assert await differences(database) == []
    assert await repair(database) == []


async def test_each_kind_of_wrong_statistic_is_named_and_repaired(database: Database, conninfo: str) -> None:
    await write(database, *(comment(number, name=number % 2) for number in range(1, 20)))
    await write(database, comment(50, name=None), comment(51, name=None, parent=50))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        # What only a hand that switches the triggers off can do.
        connection.execute("alter table domain_mention disable trigger user")
        connection.execute("alter table comment disable trigger user")
        connection.execute("update domain set mention_count = 7 where domain_name = %s", [NAMES[0]])
        connection.execute("update domain set first_seen_at = '2020-01-01Z' where domain_name = %s", [NAMES[1]])
        connection.execute(
            "update domain_mention set discovered_at = '2021-01-01Z' from comment c"
            " where c.id = domain_mention.comment_id and c.comment_id = '3'"
        )
        connection.execute("update comment set text = 'other words, longer than before' where comment_id = '5'")
        connection.execute("update comment set parent_comment_id = null where comment_id = '51'")
        connection.execute(
            "insert into reference_list (name, purpose, format, origin, licence, sha256, entry_count)"
            " values ('ads', 'block', 'plain', 'ads.txt', 'MIT', repeat('0', 64), 3)"
        )
        connection.execute("alter table domain_mention enable trigger user")
        connection.execute("alter table comment enable trigger user")
    found = await differences(database)
    assert {(each.kind, each.field) for each in found} == {
        ("domain", "mention_count"), ("domain", "first_seen_at"), ("mention", "discovered_at"),
        ("mention", "mention_text"), ("comment", "parent_comment_id"), ("day", "mention"), ("list", "entry_count"),
    }  # fmt: skip
    assert Difference("list", "ads", "entry_count", "3", "0") in found
    assert Difference("domain", NAMES[0], "mention_count", "7", "8") in found
    assert await repair(database) == found
    assert await differences(database) == []


STATISTICS = {
    "update domain set video_count = 0 where domain_name = %(name)s": ("domain", "video_count"),
    "update domain set commenter_count = 1 where domain_name = %(name)s": ("domain", "commenter_count"),
    "update domain_mention set username = 'stranger' where id in (select min(id::text)::uuid from domain_mention)":
        ("mention", "username"),
    "update private.mention_tally set mention_count = 5 where kind = 'video'": ("tally", "video"),
    "update private.mention_tally set last_seen_at = '2021-01-01Z' where kind = 'pair'": ("tally", "pair"),
    "delete from private.mention_tally where kind = 'pair'": ("tally", "pair"),
    "update private.day_tally set row_count = row_count + 1 where kind = 'comment'": ("day", "comment"),
    "delete from private.day_tally where kind = 'video'": ("day", "video"),
}  # fmt: skip


@pytest.mark.parametrize(("breach", "named"), STATISTICS.items(), ids=[f"{a} {b}" for a, b in STATISTICS.values()])
async def test_each_stored_statistic_is_counted_again_and_repaired(
    database: Database, conninfo: str, breach: str, named: tuple[str, str]
) -> None:
    await write(database, *(comment(number, name=number % 2, video=number % 3) for number in range(1, 20)))
    with psycopg.connect(conninfo) as connection:
        connection.execute("set local session_replication_role = replica")
        assert connection.execute(breach, {"name": NAMES[0]} if "%(" in breach else None).rowcount  # type: ignore[arg-type]
    found = await differences(database)
    assert named in {(each.kind, each.field) for each in found}
    assert await repair(database) == found
    assert await differences(database) == []


async def test_domains_of_an_older_version_are_counted_later_and_read_the_same_before(
    database: Database, conninfo: str
) -> None:
    await write(database, *(comment(number, name=number % 2, video=number % 3) for number in range(1, 20)))
    asked = "select domain_name, video_count, comment_count, unique_commenters from v_domains_top_mentioned order by 1"
    with psycopg.connect(conninfo) as connection:
        stored = connection.execute(asked).fetchall()
        connection.execute("set local session_replication_role = replica")
        connection.execute("update domain set video_count = null, commenter_count = null")
        connection.execute("update domain_mention set username = null")
        connection.execute("delete from private.mention_tally")
        connection.execute("delete from private.day_tally where kind in ('pair last', 'video last')")
        connection.execute("set local session_replication_role = origin")
        assert connection.execute(asked).fetchall() == stored
    # What is written meanwhile, and taken away again, leaves a domain that is not counted as it is.
    await write(database, comment(30, name=0, video=7), comment(31, name=0, video=8))
    async with database.transaction(WORKER) as connection:
        await connection.execute("delete from comment where comment_id in ('30', '31', '4')")
    assert await differences(database) == []
    assert await count_domains(database) == 2
    assert await differences(database) == []


async def test_a_repair_waits_for_a_writer_and_counts_what_it_committed(database: Database, conninfo: str) -> None:
    await write(database, comment(1), comment(2))
    with psycopg.connect(conninfo) as writer:
        writer.execute("alter table domain_mention disable trigger domain_mention_count_delete")
        writer.execute("delete from domain_mention m using comment c where c.id = m.comment_id and c.comment_id = '1'")
        writer.execute("alter table domain_mention enable trigger domain_mention_count_delete")
        writer.commit()
        writer.execute("update domain set notes = 'a person writes' where domain_name = %s", [NAMES[0]])
        repairing = asyncio.create_task(repair(database))
        await asyncio.sleep(0.3)
        assert not repairing.done()
        writer.commit()
    assert len(await repairing) >= 1
    assert await differences(database) == []


STEP = st.one_of(
    st.tuples(
        st.just("write"),
        st.lists(
            st.builds(
                comment,
                st.integers(1, 60),
                age=st.sampled_from([0, 1, DAYS - 1, DAYS + 5, DAYS + 50]),
                video=st.sampled_from([1, 2]),
                name=st.sampled_from([0, 1, 2, None]),
                parent=st.sampled_from([None, 1, 7, 20]),
            ),
            min_size=1,
            max_size=12,
            unique_by=lambda each: each.comment_id,
        ),
    ),
    st.tuples(st.just("clean up"), st.integers(1, 5)),
    st.tuples(st.just("delete"), st.lists(st.integers(1, 60), min_size=1, max_size=6)),
    st.tuples(st.just("review"), st.sampled_from(NAMES)),
    st.tuples(st.just("move"), st.integers(1, 60)),
    st.tuples(st.just("repair"), st.none()),
)


async def take(database: Database, step: tuple[str, object]) -> None:
    """One step of one writer; what passes is tried again, as the product does."""
    kind, what = step
    statements = {
        "delete": ("delete from comment where comment_id = any (%s)", lambda: [[str(each) for each in what]]),  # type: ignore[attr-defined]
        "review": ("update domain set is_suspicious = not is_suspicious where domain_name = %s", lambda: [what]),
        "move": ("update comment set discovered_at = discovered_at - interval '1 hour' where comment_id = %s",
                 lambda: [str(what)]),
    }  # fmt: skip
    if kind == "write":
        await write(database, *what)  # type: ignore[misc]
    elif kind == "clean up":
        await clean_up(database, DAYS, batch_size=what)  # type: ignore[arg-type]
    elif kind == "repair":
        await repair(database)
    else:
        statement, parameters = statements[kind]

        async def work() -> None:
            async with database.transaction(WORKER) as connection:
                await connection.execute(statement, parameters())  # type: ignore[arg-type]

        await attempted(work, "The step failed")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(plans=st.lists(st.lists(STEP, max_size=5), min_size=4, max_size=4))
async def test_four_writers_in_any_order_leave_nothing_to_repair(
    database: Database, plans: list[list[tuple[str, object]]]
) -> None:
    async with database.transaction(WORKER) as connection:
        await connection.execute("delete from video where true")
        await connection.execute("delete from domain where true")

    async def writer(plan: list[tuple[str, object]]) -> None:
        for step in plan:
            await take(database, step)

    async with asyncio.TaskGroup() as group:
        for plan in plans:
            group.create_task(writer(plan))
    assert await differences(database) == []


async def test_an_importer_loses_nothing_to_a_cleanup_that_comes_between_its_statements(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An old video without comments and a domain without mentions: both wait for deletion, and are just named anew.
    await write(database, comment(1, age=DAYS + 9))
    async with database.transaction(WORKER) as connection:
        await connection.execute("delete from comment where true")
    merge, cleaning = writing.merge_wave, []

    async def merge_with_a_cleanup_beside_it(*arguments: Any) -> Any:
        if not cleaning:
            cleaning.append(asyncio.create_task(clean_up(database, DAYS)))
            await asyncio.wait(cleaning, timeout=0.5)
        return await merge(*arguments)

    monkeypatch.setattr(writing, "merge_wave", merge_with_a_cleanup_beside_it)
    await write(database, comment(2))
    assert await cleaning[0] == Deleted()
    async with database.transaction(WORKER) as connection:
        found = await (await connection.execute("select mention_count from domain")).fetchall()
    assert found == [{"mention_count": 1}]
