"""Batches are written whole, merged by the rule, and counted exactly."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg.rows import dict_row

from harvester.model import Comment, Domain, Mention, Refused, Video
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.run import RunCounts
from harvester.store.staging import Batch

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("brightpebblecoins24.com", "quietharbourdeals.shop", "xn--bcher-rabatt-klb.de")


def domain(name: str) -> Domain:
    label, _, tld = name.partition(".")
    return Domain(name, name, tld, tld, f"{label}.{tld}", "")


def mentions_of(text: str) -> list[Mention]:
    """The extractor of these tests: the names above, wherever they stand, plainly."""
    found = []
    for name in NAMES:
        start = text.find(name)
        while start >= 0:
            confidence = 0.4 if text[:start].endswith("? ") else 0.95
            found.append(Mention(domain(name), name, start, start + len(name), confidence, "bare", None))
            start = text.find(name, start + 1)
    return sorted(found, key=lambda mention: mention.start)


def batch(*records: Video | Comment | Refused) -> Batch:
    return Batch(
        [each for each in records if isinstance(each, Video)],
        [(each, mentions_of(each.text)) for each in records if isinstance(each, Comment)],
        [each for each in records if isinstance(each, Refused)],
    )


async def write(database: Database, *batches: Batch, source: str = "test") -> RunCounts:
    writer = await RunWriter.start(database, source, {}, "test-1")
    for each in batches:
        await writer.write(each)
    return await writer.finish()


async def rows(database: Database, statement: str) -> list[dict[str, Any]]:
    async with database.transaction("service_role") as connection:
        return await (await connection.execute(statement)).fetchall()  # type: ignore[arg-type]


def outcome(counts: RunCounts) -> tuple[int, int, int, int, int]:
    return counts.fetched, counts.stored, counts.updated, counts.duplicate, counts.quarantined


WRITTEN = (
    "select comment_id, text, username, like_count, reply_count, posted_at, discovered_at, observed_at,"
    " field_observed_at, parent_ref, metadata from comment order by comment_id"
)
WRITTEN_VIDEOS = (
    "select video_id, username, caption, view_count, like_count, is_promoted, promotion, posted_at, discovered_at,"
    " last_crawled_at, observed_at, field_observed_at, metadata from video order by video_id"
)
# A domain that only a replaced text named stays as a row without mentions, which no view shows.
WRITTEN_DOMAINS = (
    "select domain_name, mention_count, first_seen_at, last_seen_at from domain d"
    " where exists (select from domain_mention m where m.domain_id = d.id) order by domain_name"
)
WRITTEN_MENTIONS = (
    "select d.domain_name, c.comment_id, m.mention_text, m.position_start, m.occurrences, m.tier, m.discovered_at"
    " from domain_mention m join domain d on d.id = m.domain_id join comment c on c.id = m.comment_id order by 1, 2"
)
EVERYTHING = (WRITTEN, WRITTEN_VIDEOS, WRITTEN_DOMAINS, WRITTEN_MENTIONS)


async def contents(database: Database) -> list[list[dict[str, Any]]]:
    return [await rows(database, statement) for statement in EVERYTHING]


async def test_every_record_is_counted_once_as_stored_updated_duplicate_or_quarantined(conninfo: str) -> None:
    async with Database(conninfo) as database:
        first = Comment("11", "1", f"see {NAMES[0]}", observed_at=NOON)
        counts = await write(
            database,
            batch(
                Video("1", "maker", like_count=5, observed_at=NOON),
                first,
                first,
                replace(first, like_count=3, observed_at=NOON + timedelta(hours=1)),
                Refused("ruined_id", "cid is 7e18", b"{}"),
            ),
        )
    assert outcome(counts) == (5, 2, 1, 1, 1)
    assert counts.errors == {"ruined_id": 1}
    assert (counts.mention_count, counts.domain_count) == (1, 1)


async def test_the_same_records_again_change_no_row_but_the_run(conninfo: str) -> None:
    records = batch(
        Video("1", "maker", observed_at=NOON),
        Video("2", "other"),
        Comment("11", "1", f"see {NAMES[0]}", like_count=1),
        Comment("12", "3", "no name here", parent_ref="11", observed_at=NOON),
        Refused("bad_json", "Line 3 is no JSON.", b"{"),
    )
    versions = " union all ".join(
        f"select '{table}' as t, id::text, xmin::text, ctid::text from {table}"
        for table in ("video", "comment", "domain", "domain_mention", "quarantine")
    )
    async with Database(conninfo) as database:
        assert outcome(await write(database, records)) == (5, 4, 0, 0, 1)
        before = await rows(database, f"{versions} order by 1, 2")
        assert outcome(await write(database, records)) == (5, 0, 0, 4, 1)
        assert await rows(database, f"{versions} order by 1, 2") == before


async def test_batches_that_overtake_each_other_are_each_counted_once_and_the_cursor_knows_them_all(
    conninfo: str,
) -> None:
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        numbers = iter(range(1, 61))

        async def work() -> None:
            for number in numbers:
                await writer.write(Batch(known=10), number)

        await asyncio.gather(work(), work(), work())
        assert await rows(database, "select fetched, duplicate, cursor - 'deletions' as cursor from run") == [
            {"fetched": 600, "duplicate": 600, "cursor": {"batch": 60, "ahead": []}}
        ]


async def test_a_batch_whose_answer_was_lost_is_not_counted_again(conninfo: str) -> None:
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {"sha256": "x"}, "test-1")
        for number in (1, 3, 1, 3, 5):
            await writer.write(batch(Comment(f"1{number}", "1", "")), number)
        again = await RunWriter.start(database, "test", {"sha256": "x", "file": "other name"}, "test-1")
        assert again.run_id == writer.run_id
        assert [again.is_written(number) for number in range(1, 7)] == [True, False, True, False, True, False]
        await again.write(batch(Comment("12", "1", "")), 2)
        counts = await again.finish()
        assert outcome(counts) == (4, 4, 0, 0, 0)
        assert await rows(database, "select cursor - 'deletions' as cursor from run") == [
            {"cursor": {"batch": 3, "ahead": [5]}}
        ]
        other = await RunWriter.start(database, "test", {"sha256": "x"}, "test-1")
        assert other.run_id != writer.run_id


async def test_a_comment_whose_very_observation_is_stored_is_recognised(conninfo: str) -> None:
    comments = [Comment(str(number), "1", f"text {number}", observed_at=NOON) for number in range(200)]
    async with Database(conninfo) as database:
        await write(database, batch(*comments))
        writer = await RunWriter.start(database, "test", {}, "test-1")
        assert await writer.unknown(comments) == []
        changed = [replace(comments[7], like_count=1), replace(comments[9], observed_at=NOON + timedelta(days=1))]
        assert await writer.unknown([*comments[:7], *changed, *comments[10:]]) == changed
        # Where most are new, looking all of them up is not worth it.
        new = [Comment(f"9{number}", "1", "") for number in range(500)]
        assert await writer.unknown([*new, *comments[:3]]) == [*new, *comments[:3]]
        await writer.write(batch(*changed))
        assert await writer.unknown([*comments[:7], *changed]) == []
        # What was merged before the last change is merged again, and says nothing new.
        assert await writer.unknown([comments[7], *changed, *comments[10:20]]) == [comments[7]]


async def test_a_video_known_only_by_a_comment_is_a_stub_that_is_not_counted_and_is_completed_later(
    conninfo: str,
) -> None:
    async with Database(conninfo) as database:
        counts = await write(database, batch(Comment("11", "1", "", observed_at=NOON, video_username="maker")))
        assert outcome(counts) == (1, 1, 0, 0, 0)
        stub = await rows(database, "select username, video_url, last_crawled_at, discovered_at from video")
        assert stub == [
            {
                "username": "maker", "video_url": "https://www.tiktok.com/@maker/video/1", "last_crawled_at": None,
                "discovered_at": NOON,
            }
        ]  # fmt: skip
        counts = await write(database, batch(Video("1", view_count=7, observed_at=NOON + timedelta(days=1))))
        assert outcome(counts) == (1, 0, 1, 0, 0)
        complete = await rows(database, "select username, view_count, last_crawled_at, discovered_at from video")
    assert complete == [
        {
            "username": "maker", "view_count": 7, "last_crawled_at": NOON + timedelta(days=1), "discovered_at": NOON,
        }
    ]  # fmt: skip


async def test_the_newest_observation_of_each_field_wins_and_null_never_overwrites(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await write(database, batch(Comment("11", "1", "", like_count=5, username="ann", observed_at=NOON)))
        await write(database, batch(Comment("11", "1", "", like_count=None, observed_at=NOON + timedelta(days=2))))
        await write(database, batch(Comment("11", "1", "", like_count=7, observed_at=NOON + timedelta(days=1))))
        await write(database, batch(Comment("11", "1", "", like_count=1, observed_at=NOON - timedelta(days=1))))
        found = await rows(database, "select like_count, username, discovered_at, observed_at from comment")
    assert found == [
        {
            "like_count": 7, "username": "ann", "discovered_at": NOON - timedelta(days=1),
            "observed_at": NOON + timedelta(days=2),
        }
    ]  # fmt: skip


async def test_a_video_once_promoted_stays_promoted(conninfo: str) -> None:
    promoted = Video("1", is_promoted=True, promotion={"flag": "isAd"}, observed_at=NOON)
    async with Database(conninfo) as database:
        await write(database, batch(promoted))
        await write(database, batch(Video("1", observed_at=NOON + timedelta(days=1))))
        found = await rows(database, "select is_promoted, promotion from video")
    assert found == [{"is_promoted": True, "promotion": {"flag": "isAd"}}]


async def test_nothing_is_discovered_in_the_future(conninfo: str) -> None:
    ahead = datetime.now(UTC) + timedelta(days=400)
    async with Database(conninfo) as database:
        await write(database, batch(Video("1", observed_at=ahead), Comment("11", "1", "", observed_at=ahead)))
        assert (
            await rows(
                database,
                "select from video where greatest(discovered_at, observed_at, last_crawled_at) > now()"
                " union all select from comment where greatest(discovered_at, observed_at) > now()",
            )
            == []
        )


@pytest.mark.parametrize("late", ["parent", "reply", "both"])
async def test_a_reply_is_linked_to_its_parent_whichever_comes_first(conninfo: str, late: str) -> None:
    parent = Comment("11", "1", "first")
    reply = Comment("12", "1", "answer", parent_ref="11")
    batches = {"parent": [batch(reply), batch(parent)], "reply": [batch(parent), batch(reply)]}
    async with Database(conninfo) as database:
        await write(database, *batches.get(late, [batch(reply, parent)]))
        found = await rows(database, "select p.comment_id from comment c join comment p on p.id = c.parent_comment_id")
    assert found == [{"comment_id": "11"}]


async def test_a_reply_is_never_linked_to_a_comment_of_another_video_or_to_itself(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await write(
            database,
            batch(
                Comment("11", "1", "under the first"),
                Comment("12", "2", "claims to answer it", parent_ref="11"),
                Comment("13", "2", "claims to answer itself", parent_ref="13"),
            ),
        )
        found = await rows(database, "select from comment where parent_comment_id is not null")
    assert found == []


FILE = {"sha256": "ab"}


@pytest.mark.parametrize(
    ("request_of_run", "writes", "linked"),
    [
        (FILE, True, ["12", "22"]),
        (FILE, False, []),
        ({}, True, ["12", "22"]),
        ({}, False, []),
        ({"video_id": "1"}, True, ["12"]),
        ({"video_id": "1"}, False, ["12"]),
        ({"video_id": "9"}, True, []),
    ],
)
async def test_the_end_of_a_run_links_what_two_writers_brought_at_one_moment(
    conninfo: str, request_of_run: dict[str, Any], writes: bool, linked: list[str]
) -> None:
    pairs = [Comment("11", "1", ""), Comment("12", "1", "", parent_ref="11"),
             Comment("21", "2", ""), Comment("22", "2", "", parent_ref="21")]  # fmt: skip
    async with Database(conninfo) as database:
        await write(database, batch(*pairs))
        writer = await RunWriter.start(database, "test", request_of_run, "test-1")
        if writes:
            await writer.write(batch(Comment("99", "3", "")))
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("update comment set parent_comment_id = null")
        await writer.finish()
        found = await rows(
            database, "select comment_id from comment where parent_comment_id is not null order by comment_id"
        )
    assert [each["comment_id"] for each in found] == linked


async def test_a_run_that_is_taken_up_again_links_what_it_brought_before(conninfo: str) -> None:
    async with Database(conninfo) as database:
        for number, request in enumerate((FILE, {"video_id": "1"})):
            writer = await RunWriter.start(database, "test", request, "test-1")
            parent, reply = f"{number}1", f"{number}2"
            await writer.write(batch(Comment(parent, "1", ""), Comment(reply, "1", "", parent_ref=parent)))
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute("update comment set parent_comment_id = null")
            again = (
                await RunWriter.resume(database, writer.run_id, "test-1")
                if "video_id" in request
                else await RunWriter.start(database, "test", request, "test-1")
            )
            assert again is not None
            assert again.run_id == writer.run_id
            await again.finish()
            assert await rows(database, "select from comment where parent_comment_id is not null") != []


async def test_one_record_that_the_database_refuses_is_quarantined_and_the_others_are_stored(conninfo: str) -> None:
    good = [Comment(str(number), "1", f"see {NAMES[0]}") for number in range(100, 130)]
    poison = Comment("99", "1", "x" * 70_000)
    async with Database(conninfo) as database:
        counts = await write(database, batch(*good[:13], poison, *good[13:]))
        kept = await rows(database, "select reason, detail from quarantine")
    assert outcome(counts) == (31, 30, 0, 0, 1)
    assert kept[0]["reason"] == "refused_by_database"
    assert "comment_text_length" in kept[0]["detail"]


async def test_a_comments_new_text_takes_its_old_mentions_away(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await write(database, batch(Comment("11", "1", f"see {NAMES[0]}", observed_at=NOON)))
        await write(database, batch(Comment("11", "1", f"now {NAMES[1]}", observed_at=NOON + timedelta(days=1))))
        # An older text that comes later changes nothing.
        await write(database, batch(Comment("11", "1", f"once {NAMES[2]}", observed_at=NOON - timedelta(days=1))))
        found = await rows(database, WRITTEN_MENTIONS)
        counted = await rows(database, "select domain_name from domain where mention_count > 0")
    assert [each["domain_name"] for each in found] == [NAMES[1]]
    assert counted == [{"domain_name": NAMES[1]}]


async def test_an_earlier_sighting_moves_the_mention_and_the_domain_with_the_comment(conninfo: str) -> None:
    async with Database(conninfo) as database:
        comment = Comment("11", "1", f"see {NAMES[0]}", observed_at=NOON)
        await write(database, batch(comment))
        await write(database, batch(replace(comment, observed_at=NOON - timedelta(days=3))))
        found = await rows(database, WRITTEN_DOMAINS)
    assert found[0]["first_seen_at"] == found[0]["last_seen_at"] == NOON - timedelta(days=3)


async def test_all_spans_of_a_domain_are_one_mention_whose_columns_hold_the_first_that_is_shown(conninfo: str) -> None:
    text = f"? {NAMES[0]} and {NAMES[0]}"
    async with Database(conninfo) as database:
        await write(database, batch(Comment("11", "1", text)))
        found = await rows(
            database, "select position_start, tier, occurrences, mention_text, context from domain_mention"
        )
    (mention,) = found
    assert [each["start"] for each in mention["occurrences"]] == [2, 30]
    assert (mention["position_start"], mention["tier"]) == (30, "shown")
    assert mention["context"] == text


async def test_held_mentions_are_kept_and_counted_nowhere(conninfo: str) -> None:
    async with Database(conninfo) as database:
        await write(database, batch(Comment("11", "1", f"? {NAMES[0]}")))
        assert [each["tier"] for each in await rows(database, WRITTEN_MENTIONS)] == ["held"]
        assert await rows(database, WRITTEN_DOMAINS) == [
            {"domain_name": NAMES[0], "mention_count": 0, "first_seen_at": None, "last_seen_at": None}
        ]
        for view in (
            "v_domains_top_mentioned",
            "v_domains_new_today",
            "v_videos_with_domains",
            "v_comments_with_domains",
        ):
            assert await rows(database, f"select from {view}") == []


times = st.integers(0, 5).map(lambda days: NOON + timedelta(days=days))
comments = st.builds(
    Comment,
    comment_id=st.sampled_from(["11", "12", "13"]),
    video_id=st.just("1"),
    text=st.sampled_from([f"see {NAMES[0]}", f"{NAMES[1]} or ? {NAMES[2]}", "nothing", ""]),
    username=st.sampled_from([None, "ann", "bob"]),
    parent_ref=st.sampled_from([None, "11", "12"]),
    like_count=st.sampled_from([None, 0, 5]),
    observed_at=times,
    metadata=st.sampled_from([{}, {"language": "en"}, {"language": "de"}]),
)
videos = st.builds(
    Video,
    video_id=st.just("1"),
    username=st.sampled_from([None, "maker"]),
    view_count=st.sampled_from([None, 1, 2]),
    is_promoted=st.booleans(),
    promotion=st.sampled_from([None, {"flag": "isAd"}]),
    observed_at=times,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(st.one_of(comments, videos), min_size=1, max_size=10),
    cuts=st.sets(st.integers(0, 20), max_size=4),
    seed=st.integers(0, 2**32),
)
async def test_any_order_repetition_or_split_of_the_same_records_ends_in_the_same_rows(
    conninfo: str, records: list[Video | Comment], cuts: set[int], seed: int
) -> None:
    shuffled = records + records[: len(records) // 2]
    random.Random(seed).shuffle(shuffled)
    async with Database(conninfo) as database:
        await emptied(database)
        await write(database, batch(*records))
        plain = await contents(database)
        await emptied(database)
        await write(database, *divided(shuffled, cuts))
        assert await contents(database) == plain


async def emptied(database: Database) -> None:
    await rows(database, "delete from video returning id")
    await rows(database, "delete from domain returning id")


def divided(records: Sequence[Video | Comment], cuts: set[int]) -> list[Batch]:
    edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
    return [batch(*records[start:end]) for start, end in pairwise(edges)]


async def test_two_writers_with_the_same_domains_and_comments_neither_lose_nor_count_twice(conninfo: str) -> None:
    import anyio

    def records(first: int) -> list[Comment]:
        return [
            Comment(str(1000 + n), str(1 + n % 7), f"see {NAMES[n % 3]}", observed_at=NOON)
            for n in range(first, first + 300)
        ]

    async with Database(conninfo) as database:
        outcomes: list[RunCounts] = []

        async def work(first: int) -> None:
            mine = records(first)
            outcomes.append(await write(database, *[batch(*mine[at : at + 30]) for at in range(0, 300, 30)]))

        async with anyio.create_task_group() as group:
            group.start_soon(work, 0)
            group.start_soon(work, 150)
        counted = await rows(database, "select sum(mention_count)::int as n from domain")
        kept = await rows(database, "select count(*)::int as n from domain_mention")
    assert counted == kept == [{"n": 450}]
    assert sum(each.stored for each in outcomes) == 450
    assert sum(each.duplicate for each in outcomes) == 150


async def test_a_batch_whose_commit_was_answered_to_nobody_is_not_counted_twice(conninfo: str) -> None:
    async with Database(conninfo) as database:
        writer = await RunWriter.start(database, "test", {}, "test-1")
        await writer.write(batch(Comment("11", "1", f"see {NAMES[0]}")))
        writer._batch -= 1  # As if the answer had been lost, and the same batch were written once more.
        await writer.write(batch(Comment("11", "1", f"see {NAMES[0]}")))
        assert outcome(await writer.finish()) == (1, 1, 0, 0, 0)


async def test_the_database_refuses_a_run_whose_counts_do_not_add_up(conninfo: str) -> None:
    with psycopg.connect(conninfo, row_factory=dict_row) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("insert into run (source, extractor_version, fetched, stored) values ('x', '1', 3, 1)")
