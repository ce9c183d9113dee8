"""Verdicts: what they change, how they are taken back, and that the trail tells it all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.test_ingest import NAMES
from tests.store.test_verification import comment, write

from harvester.errors import InvalidCursor, NotFound, NotPermitted, ReviewRefused
from harvester.jobs.reextract import reextract, stale
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.domain import domain_by_name, list_domains
from harvester.store.retention import clean_up
from harvester.store.review import (
    VERDICTS,
    Review,
    list_reviews,
    precision,
    review_by_part,
    review_domains,
    review_mentions,
    undo_reviews,
)
from harvester.store.statistics import trending
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

KIM = {"sub": "00000000-0000-4000-8000-000000000001", "email": "kim@example.com", "app_metadata": {"role": "analyst"}}
VIEWER = {**KIM, "app_metadata": {"role": "viewer"}}


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo, connections=4) as opened:
        await write(opened, *(comment(number, name=number % 2, video=number % 3) for number in range(1, 9)))
        yield opened


async def judge(database: Database, judged: Any, *arguments: Any, **options: Any) -> list[Review]:
    async with database.transaction(ANALYST, claims=KIM) as connection:
        found: list[Review] = await judged(connection, *arguments, **options)
        return found


async def row(database: Database, name: str = NAMES[0]) -> tuple[Any, ...]:
    async with database.transaction(WORKER) as connection:
        found = await connection.execute(
            "select verdict, is_suspicious, is_verified, mention_count from domain where domain_name = %s", [name]
        )
        return tuple((await found.fetchone() or {}).values())


@pytest.mark.parametrize("verdict", VERDICTS)
async def test_a_verdict_sets_what_lists_and_retention_go_by(database: Database, verdict: Any) -> None:
    (written,) = await judge(database, review_domains, [NAMES[0]], verdict, reason=" a shop ", note="seen it")
    assert (written.verdict, written.reason, written.note, written.reviewer) == (
        verdict, "a shop", "seen it", "kim@example.com",
    )  # fmt: skip
    assert await row(database) == (verdict, verdict in {"malicious", "suspicious"}, True, 4)
    assert await row(database, NAMES[1]) == (None, False, False, 4)
    await clean_up(database, 1)
    assert (await row(database))[3] == 4


async def test_many_are_judged_at_once_or_none(database: Database) -> None:
    with pytest.raises(NotFound, match=r"No domain 'unknown\.com' is stored"):
        await judge(database, review_domains, [*NAMES[:2], "unknown.com"], "malicious")
    with pytest.raises(NotFound, match="No domain null is stored"):
        await judge(database, review_domains, [None, *NAMES[:2]], "malicious")
    assert (await row(database))[0] is None
    written = await judge(database, review_domains, NAMES[:2], "malicious")
    assert {each.domain_name for each in written} == set(NAMES[:2])


async def test_the_verdict_before_is_in_force_again_when_the_last_is_taken_back(database: Database) -> None:
    (first,) = await judge(database, review_domains, [NAMES[0]], "suspicious")
    (second,) = await judge(database, review_domains, [NAMES[0]], "benign")
    (undone,) = await judge(database, undo_reviews, [second.id])
    assert (undone.undoes, undone.verdict) == (second.id, None)
    assert await row(database) == ("suspicious", True, True, 4)
    assert await judge(database, undo_reviews, [second.id]) == []
    await judge(database, undo_reviews, [first.id])
    assert await row(database) == (None, False, False, 4)


async def test_marks_that_were_there_before_the_first_verdict_come_back(database: Database) -> None:
    async with database.transaction(WORKER) as connection:
        await connection.execute("update domain set is_suspicious = true where domain_name = %s", [NAMES[0]])
    (benign,) = await judge(database, review_domains, [NAMES[0]], "benign")
    assert await row(database) == ("benign", False, True, 4)
    await judge(database, undo_reviews, [benign.id])
    assert await row(database) == (None, True, False, 4)


async def test_a_mention_that_means_no_domain_counts_nowhere_until_that_is_taken_back(database: Database) -> None:
    rejected = await judge(database, review_mentions, NAMES[0], ["2", "4"], reason="a product")
    assert {(each.comment_id, each.mention_text) for each in rejected} == {("2", NAMES[0]), ("4", NAMES[0])}
    assert (await row(database))[3] == 2
    assert await differences(database) == []
    with pytest.raises(NotFound, match="No such mention"):
        await judge(database, review_mentions, NAMES[0], ["2", "4"])
    await judge(database, review_mentions, NAMES[0])
    assert (await row(database))[3] == 0
    await judge(database, undo_reviews, [each.id for each in rejected])
    assert (await row(database))[3] == 2
    assert await differences(database) == []


async def test_reading_again_leaves_what_was_judged(database: Database) -> None:
    await judge(database, review_mentions, NAMES[0], ["2"])
    await reextract(database, await stale(database))
    assert (await row(database))[3] == 3
    # A repetition of the same records brings nothing back either.
    await write(database, *(comment(number, name=number % 2, video=number % 3) for number in range(1, 9)))
    assert (await row(database))[3] == 3


async def test_an_ignored_domain_is_in_no_list_and_its_page_stays(database: Database) -> None:
    async def listed() -> list[set[str]]:
        async with database.transaction(ANALYST) as connection:
            views = []
            for view in ("v_domains_new_today", "v_domains_recent_activity", "v_domains_top_mentioned"):
                rows = await (await connection.execute(f"select domain_name from {view}")).fetchall()  # type: ignore[call-overload]
                views.append({row["domain_name"] for row in rows})
            return [
                *views,
                {row.domain_name for row in (await list_domains(connection)).rows},
                {row.domain_name for row in await trending(connection)},
            ]

    # Just after midnight nothing was first seen today.
    before = await listed()
    assert before[1:] == [{*NAMES[:2]}] * 4
    (ignored,) = await judge(database, review_domains, [NAMES[0]], "ignore")
    assert await listed() == [names - {NAMES[0]} for names in before]
    async with database.transaction(ANALYST) as connection:
        facts = await domain_by_name(connection, NAMES[0])
    assert (facts.mention_count, facts.video_count, facts.unique_commenters) == (4, 3, 2)
    await judge(database, undo_reviews, [ignored.id])
    assert await listed() == before


@pytest.mark.parametrize(
    ("judged", "arguments"),
    [
        (review_domains, ([NAMES[0]], "malicious")),
        (review_mentions, (NAMES[0],)),
        (undo_reviews, ([UUID(int=0)],)),
    ],
    ids=["domains", "mentions", "undo"],
)
async def test_only_an_analyst_or_admin_judges(database: Database, judged: Any, arguments: Any) -> None:
    for claims in (VIEWER, {**KIM, "app_metadata": {}}, {"user_metadata": {"role": "admin"}}):
        with pytest.raises(NotPermitted, match="Only an analyst or admin"):
            async with database.transaction(ANALYST, claims=claims) as connection:
                await judged(connection, *arguments)
    assert await row(database) == (None, False, False, 4)


@pytest.mark.parametrize(
    ("options", "says"),
    [({"verdict": "fine"}, "no verdict 'fine'"), ({"reason": "x" * 201}, "up to 200"), ({"note": "x" * 4001}, "4,000")],
    ids=["verdict", "reason", "note"],
)
async def test_what_cannot_be_a_review_is_refused_in_words(database: Database, options: Any, says: str) -> None:
    with pytest.raises(ReviewRefused, match=says):
        await judge(database, review_domains, [NAMES[0]], **{"verdict": "benign", **options})


async def test_the_trail_is_paged_newest_first(database: Database) -> None:
    for verdict in VERDICTS:
        await judge(database, review_domains, [NAMES[0]], verdict)
    await judge(database, review_domains, [NAMES[1]], "ignore")
    async with database.transaction(ANALYST) as connection:
        first = await list_reviews(connection, domain_name=NAMES[0], limit=3)
        rest = await list_reviews(connection, domain_name=NAMES[0], limit=3, after=first.next)
        assert [each.verdict for each in (*first.rows, *rest.rows)] == list(reversed(VERDICTS))
        assert len((await list_reviews(connection)).rows) == len(VERDICTS) + 1
        assert await review_by_part(connection, str(first.rows[0].id)) == first.rows[0].id
        with pytest.raises(InvalidCursor):
            await list_reviews(connection, after="elsewhere")
        for part, says in (
            ("019", "no id"), ("------", "no id"), ("ffffffffffff", "No review"),
            (str(first.rows[0].id)[:6], "Several"),
        ):  # fmt: skip
            with pytest.raises(NotFound, match=says):
                await review_by_part(connection, part)
        # What the list shows of an id is enough, whatever else was judged at that time.
        for each in (await list_reviews(connection)).rows:
            assert await review_by_part(connection, each.short_id) == each.id


async def test_precision_counts_what_people_rejected_against_what_they_confirmed(database: Database) -> None:
    async with database.transaction(ANALYST) as connection:
        assert await precision(connection) == []
    await judge(database, review_domains, [NAMES[0]], "malicious")
    await judge(database, review_mentions, NAMES[1], ["1"])
    async with database.transaction(ANALYST) as connection:
        found = {(each.dimension, each.value): each for each in await precision(connection)}
    whole = found["all", "all"]
    assert (whole.judged_mentions, whole.right_mentions, whole.precision) == (5, 4, 0.8)
    assert {kind for kind, _ in found} == {"all", "method", "tld", "source"}


async def test_the_trail_outlives_the_domain(database: Database) -> None:
    (review,) = await judge(database, review_domains, [NAMES[0]], "benign")
    async with database.transaction(WORKER) as connection:
        await connection.execute("delete from domain where domain_name = %s", [NAMES[0]])
    async with database.transaction(ANALYST) as connection:
        (left,) = (await list_reviews(connection)).rows
    assert (left.id, left.domain_name) == (review.id, NAMES[0])


ACTS = st.lists(st.tuples(st.sampled_from([*VERDICTS, "reject", "undo"]), st.integers(0, 5)), max_size=8)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts=ACTS)
def test_whatever_is_judged_and_taken_back_the_last_verdict_left_is_in_force(conninfo: str, acts: Any) -> None:
    async def work() -> None:
        async with Database(conninfo) as database:
            async with database.transaction(WORKER) as connection:
                await connection.execute("delete from video")
                await connection.execute("delete from domain")
            await write(database, *(comment(number, name=0) for number in range(1, 7)))
            standing: list[Review] = []
            rejected: dict[UUID, str] = {}
            for act, number in acts:
                if act == "undo":
                    both = [*(each.id for each in standing), *rejected]
                    if both:
                        chosen = both[number % len(both)]
                        await judge(database, undo_reviews, [chosen])
                        standing = [each for each in standing if each.id != chosen]
                        rejected.pop(chosen, None)
                elif act == "reject":
                    if str(number + 1) not in rejected.values():
                        (one,) = await judge(database, review_mentions, NAMES[0], [str(number + 1)])
                        rejected[one.id] = str(number + 1)
                else:
                    standing += await judge(database, review_domains, [NAMES[0]], act)
            verdict, _, is_verified, mention_count = await row(database)
            assert verdict == (standing[-1].verdict if standing else None)
            assert is_verified == bool(standing)
            assert mention_count == 6 - len(rejected)
            assert await differences(database) == []

    asyncio.run(work())
