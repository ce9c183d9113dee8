"""Domains found elsewhere than in comments: kept with their evidence, merged like the rest, and counted nowhere."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from psycopg import errors
from tests.store.test_ingest import NAMES, mentions_of, outcome, rows

from harvester.model import Ad, Comment, Creator, Refused, Video, texts_of
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.run import BatchCounts, RunCounts
from harvester.store.staging import Batch

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Record = Video | Comment | Creator | Ad | Refused

SEEN = (
    "select d.domain_name as name, s.place, coalesce(v.video_id, c.username, a.ad_id) as owner, s.discovered_at,"
    " s.mention_text as text, s.context, s.tier, s.extractor_version as version"
    " from sighting s join domain d on d.id = s.domain_id left join video v on v.id = s.video_id"
    " left join creator c on c.id = s.creator_id left join ad a on a.id = s.ad_id order by 1, 2, 3"
)
VERSIONS = (
    "select video_id as key, caption_extractor_version as version from video"
    " union all select username, extractor_version from creator union all select ad_id, extractor_version from ad"
    " order by 1"
)


def hours(number: int) -> datetime:
    return NOON + timedelta(hours=number)


def batch(*records: Record, read: bool = True) -> Batch:
    owners = [each for each in records if isinstance(each, Video | Creator | Ad)]
    return Batch(
        [each for each in records if isinstance(each, Video)],
        [(each, mentions_of(each.text)) for each in records if isinstance(each, Comment)],
        [each for each in records if isinstance(each, Refused)],
        creators=[each for each in records if isinstance(each, Creator)],
        ads=[each for each in records if isinstance(each, Ad)],
        found={text: mentions_of(text[1]) for each in owners for text in texts_of(each)} if read else None,
    )


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def write(database: Database, *batches: Batch, version: str = "test-1") -> RunCounts:
    writer = await RunWriter.start(database, "test", {}, version)
    for each in batches:
        await writer.write(each)
    return await writer.finish()


async def seen(database: Database, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in await rows(database, SEEN)]


async def versions(database: Database) -> dict[str, str | None]:
    return {row["key"]: row["version"] for row in await rows(database, VERSIONS)}


async def test_what_stands_in_captions_profiles_and_ads_is_kept_with_its_evidence(database: Database) -> None:
    counts = await write(
        database,
        batch(
            Video("1", "maker", caption=f"all at {NAMES[0]}!", observed_at=NOON),
            Creator("maker", bio=f"ask me? {NAMES[1]}", bio_url=NAMES[0], observed_at=hours(1)),
            Ad("5", title=f"now {NAMES[0]}", landing_url=f"https://{NAMES[2]}/win", observed_at=hours(2)),
        ),
    )
    assert outcome(counts) == (3, 3, 0, 0, 0)
    assert (counts.mention_count, counts.domain_count) == (0, 3)
    assert await seen(database, "name", "place", "owner", "discovered_at", "tier", "version") == [
        (NAMES[0], "ad_title", "5", hours(2), "shown", "test-1"),
        (NAMES[0], "bio_url", "maker", hours(1), "shown", "test-1"),
        (NAMES[0], "caption", "1", NOON, "shown", "test-1"),
        (NAMES[1], "bio", "maker", hours(1), "held", "test-1"),
        (NAMES[2], "landing_url", "5", hours(2), "shown", "test-1"),
    ]
    assert (NAMES[0], f"all at {NAMES[0]}!") in await seen(database, "text", "context")


async def test_sightings_count_in_no_figure_of_comments(database: Database) -> None:
    await write(database, batch(Video("1", caption=NAMES[0]), Comment("11", "1", f"see {NAMES[1]}")))
    counted = "select domain_name, mention_count, first_seen_at is null as unseen from domain order by 1"
    assert await rows(database, counted) == [
        {"domain_name": NAMES[0], "mention_count": 0, "unseen": True},
        {"domain_name": NAMES[1], "mention_count": 1, "unseen": False},
    ]  # fmt: skip
    for view in ("v_domains_new_today", "v_domains_top_mentioned", "v_domains_recent_activity"):
        assert await rows(database, f"select domain_name from {view}") == [{"domain_name": NAMES[1]}]
    period = "now() - interval '1 day', now() + interval '1 day'"
    (figures,) = await rows(database, f"select total_domains, total_mentions from get_dashboard_stats({period})")
    assert figures == {"total_domains": 1, "total_mentions": 1}


async def test_a_batch_says_how_many_sightings_are_new(database: Database) -> None:
    writer = await RunWriter.start(database, "test", {}, "test-1")
    told: list[BatchCounts] = []

    async def also(_: Any, counts: BatchCounts) -> None:
        told.append(counts)

    for caption in (f"{NAMES[0]} {NAMES[1]}", f"{NAMES[0]} {NAMES[1]}", f"{NAMES[1]} {NAMES[2]}"):
        await writer.write(batch(Video("1", caption=caption, observed_at=hours(len(told)))), also=also)
    assert [(each.sightings, each.domains, each.mentions) for each in told] == [(2, 2, 0), (0, 0, 0), (2, 1, 0)]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (NAMES[0], f"{NAMES[1]} and {NAMES[0]}", [(NAMES[0], NOON), (NAMES[1], hours(1))]),
        (f"{NAMES[0]} {NAMES[1]}", NAMES[1], [(NAMES[1], NOON)]),
        (NAMES[0], "none any more", []),
        ("none yet", NAMES[0], [(NAMES[0], hours(1))]),
        (NAMES[0], None, [(NAMES[0], NOON)]),
        (None, NAMES[0], [(NAMES[0], hours(1))]),
        (NAMES[0], NAMES[0], [(NAMES[0], NOON)]),
    ],
)
@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("apart", [True, False])
async def test_a_changed_text_has_its_own_sightings_whatever_came_first(
    database: Database, first: str | None, second: str | None, expected: Any, in_order: bool, apart: bool
) -> None:
    observed = [
        record
        for time, text in ((NOON, first), (hours(1), second))
        for record in (
            Video("1", caption=text, observed_at=time),
            Creator("maker", bio=text, bio_url="elsewhere", observed_at=time),
            Ad("5", title=text, observed_at=time),
        )
    ]
    if not in_order:
        observed.reverse()
    await write(database, *([batch(each) for each in observed] if apart else [batch(*observed)]))
    for place in ("caption", "bio", "ad_title"):
        found = await seen(database, "place", "name", "discovered_at")
        assert [(name, time) for where, name, time in found if where == place] == expected, place
    assert set((await versions(database)).values()) == {"test-1"}


async def test_the_same_records_again_change_no_row_but_the_run(database: Database) -> None:
    records = batch(
        Video("1", "maker", caption=f"all at {NAMES[0]}"),
        Creator("maker", bio=NAMES[1], follower_count=7, observed_at=NOON),
        Ad("5", title="words", landing_url=NAMES[2], first_shown_on=date(2026, 2, 1)),
        Creator("quiet"),
    )
    every = " union all ".join(
        f"select '{table}' as t, id::text, xmin::text, ctid::text from {table}"
        for table in ("video", "creator", "ad", "sighting", "domain")
    )
    assert outcome(await write(database, records)) == (4, 4, 0, 0, 0)
    before = await rows(database, f"{every} order by 1, 2")
    assert outcome(await write(database, records)) == (4, 0, 0, 4, 0)
    assert await rows(database, f"{every} order by 1, 2") == before


async def test_creators_and_ads_are_merged_field_by_field_and_counted(database: Database) -> None:
    counts = await write(
        database,
        batch(Creator("maker", bio="first words", follower_count=5, is_verified=False, observed_at=NOON)),
        batch(Creator("maker", bio_url="a.example", is_verified=True, observed_at=hours(2))),
        batch(Creator("maker", bio="older words", follower_count=4, observed_at=hours(-1))),
        batch(Ad("5", title="words", landing_url="https://a.example", state="active", observed_at=NOON)),
        batch(Ad("5", state="inactive", last_shown_on=date(2026, 2, 2), observed_at=hours(1))),
    )
    assert outcome(counts) == (5, 2, 3, 0, 0)
    assert await rows(
        database,
        "select bio, bio_url, follower_count, is_verified, discovered_at, last_crawled_at from creator",
    ) == [
        {
            "bio": "first words", "bio_url": "a.example", "follower_count": 5, "is_verified": True,
            "discovered_at": hours(-1), "last_crawled_at": hours(2),
        }
    ]  # fmt: skip
    assert await rows(database, "select title, landing_url, state, last_shown_on, discovered_at from ad") == [
        {
            "title": "words", "landing_url": "https://a.example", "state": "inactive",
            "last_shown_on": date(2026, 2, 2), "discovered_at": NOON,
        }
    ]  # fmt: skip


async def test_a_caption_that_nobody_read_is_known_to_be_unread(database: Database) -> None:
    await write(database, batch(Video("1", caption=NAMES[0], observed_at=NOON), read=False))
    assert (await versions(database), await seen(database, "name")) == ({"1": None}, [])
    # The next one who brings the same caption reads it.
    counts = await write(database, batch(Video("1", caption=NAMES[0], observed_at=NOON)))
    assert (await versions(database), await seen(database, "name")) == ({"1": "test-1"}, [(NAMES[0],)])
    assert outcome(counts) == (1, 0, 0, 1, 0)
    await write(database, batch(Video("1", caption=NAMES[1], observed_at=hours(1)), read=False))
    assert (await versions(database), await seen(database, "name")) == ({"1": None}, [])


async def test_what_an_earlier_version_found_in_an_unchanged_text_stays(database: Database) -> None:
    await write(database, batch(Video("1", caption=NAMES[0], observed_at=NOON)))
    again = replace(Video("1", caption=NAMES[0]), view_count=5, observed_at=hours(1))
    await write(database, batch(again), version="test-2")
    assert await seen(database, "version", "discovered_at") == [("test-1", NOON)]
    assert await versions(database) == {"1": "test-1"}


async def test_half_a_profile_that_changed_is_read_again_by_the_rules_of_now(database: Database) -> None:
    await write(database, batch(Creator("maker", bio=NAMES[0], bio_url=NAMES[1], observed_at=NOON)))
    # The new observation does not show the address: it was read by the old rules, and is to be read again.
    await write(database, batch(Creator("maker", bio=NAMES[2], observed_at=hours(1))), version="test-2")
    assert {(place, version) for place, version in await seen(database, "place", "version")} == {
        ("bio", "test-2"), ("bio_url", "test-1"),
    }  # fmt: skip
    assert await versions(database) == {"maker": None}
    both = Creator("maker", bio=NAMES[2], bio_url=NAMES[1], observed_at=hours(2))
    await write(database, batch(both), version="test-2")
    assert {version for (version,) in await seen(database, "version")} == {"test-2"}
    assert await versions(database) == {"maker": "test-2"}


async def test_a_sighting_that_only_older_rules_made_goes_when_newer_ones_read_its_text(database: Database) -> None:
    creator = Creator("maker", bio=NAMES[0], bio_url=NAMES[1], observed_at=NOON)
    await write(database, batch(creator))
    changed = replace(creator, bio=NAMES[2], observed_at=hours(1))
    blind = Batch(creators=[changed], found={("bio", NAMES[2]): mentions_of(NAMES[2])})
    await write(database, blind, version="test-2")
    assert await seen(database, "place", "name") == [("bio", NAMES[2])]


async def test_a_record_that_the_database_refuses_is_quarantined_by_its_kind(database: Database) -> None:
    counts = await write(
        database,
        batch(
            Creator("maker", follower_count=-1), Creator("other", bio=NAMES[0]), Ad("x" * 200, title=NAMES[1]),
            Ad("5", title=NAMES[1]), Video("1", caption=NAMES[2]), Comment("11", "1", "words"),
        ),
    )  # fmt: skip
    assert outcome(counts) == (6, 4, 0, 0, 2)
    kinds = await rows(database, "select context ->> 'kind' as kind from quarantine order by 1")
    assert kinds == [{"kind": "ad"}, {"kind": "creator"}]
    assert await seen(database, "name", "place") == [
        (NAMES[0], "bio"), (NAMES[1], "ad_title"), (NAMES[2], "caption"),
    ]  # fmt: skip


async def test_a_text_that_a_hand_changes_loses_its_sightings_and_is_unread(database: Database) -> None:
    await write(
        database,
        batch(
            Video("1", caption=NAMES[0]), Creator("maker", bio=NAMES[0], bio_url=NAMES[1]),
            Ad("5", title=NAMES[0], landing_url=NAMES[1]),
        ),
    )  # fmt: skip
    async with database.transaction("service_role") as connection:
        await connection.execute("update video set caption = 'other words', view_count = 7 where true")
        await connection.execute("update creator set bio = null where true")
        await connection.execute("update ad set landing_url = landing_url || '/' where true")
    assert await seen(database, "place") == [("ad_title",), ("bio_url",)]
    assert set((await versions(database)).values()) == {None}


async def test_a_sighting_quotes_its_text(database: Database) -> None:
    await write(database, batch(Video("1", caption=f"see {NAMES[0]}")))
    with pytest.raises(errors.IntegrityConstraintViolation):
        async with database.transaction("service_role") as connection:
            await connection.execute(
                "update sighting set position_start = 3, position_end = position_end - 1 where true"
            )


TEXT = st.sampled_from([None, "nothing", NAMES[0], f"{NAMES[0]} and {NAMES[1]}", f"? {NAMES[2]}"])
OBSERVATION = st.one_of(
    st.builds(Video, st.sampled_from("12"), caption=TEXT, observed_at=st.integers(0, 5).map(hours)),
    st.builds(
        Creator, st.sampled_from(["maker", "other"]), bio=TEXT, bio_url=TEXT, observed_at=st.integers(0, 5).map(hours)
    ),
    st.builds(Ad, st.sampled_from("56"), title=TEXT, landing_url=TEXT, observed_at=st.integers(0, 5).map(hours)),
)
LEFT = (
    "select video_id, caption, discovered_at, observed_at from video order by 1",
    "select username, bio, bio_url, discovered_at, observed_at from creator order by 1",
    "select ad_id, title, landing_url, discovered_at, observed_at from ad order by 1",
    SEEN.replace(" s.discovered_at,", ""),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(observations=st.lists(OBSERVATION, min_size=1, max_size=8), seed=st.integers())
async def test_any_order_and_any_batches_of_the_same_observations_end_in_the_same_sightings(
    database: Database, observations: Sequence[Record], seed: int
) -> None:
    chance = random.Random(seed)
    ends = []
    for _ in range(2):
        async with database.transaction("service_role") as connection:
            for table in ("video", "creator", "ad", "domain"):
                await connection.execute(f"delete from {table} where true")  # type: ignore[arg-type]
        shuffled = chance.sample(observations, len(observations)) * 2
        batches = []
        while shuffled:
            size = chance.randint(1, 4)
            batches.append(batch(*shuffled[:size]))
            del shuffled[:size]
        await write(database, *batches)
        ends.append([await rows(database, statement) for statement in LEFT])
        quoted = "select id from sighting where tier is null or extractor_version <> 'test-1'"
        assert await rows(database, quoted) == []
    assert ends[0] == ends[1]
