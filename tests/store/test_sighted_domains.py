"""Domains known by sightings alone: kept by retention, checked by the verification, listed on their page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from tests.store.test_ingest import NAMES, rows
from tests.store.test_sightings import Record, batch

from harvester.errors import InvalidCursor, NotFound
from harvester.model import Ad, Comment, Creator, Video
from harvester.store.database import ANALYST, WORKER, Database
from harvester.store.domain import DomainFacts, domain_by_name, evidence, list_domains
from harvester.store.ingest import RunWriter
from harvester.store.retention import Deleted, clean_up
from harvester.store.sighting import Sighting, list_sightings
from harvester.store.verification import differences, repair

pytestmark = pytest.mark.anyio

NOW = datetime.now(UTC)


def seen(days: int) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def write(database: Database, *records: Record) -> None:
    writer = await RunWriter.start(database, "test", {}, "test-1")
    await writer.write(batch(*records))
    await writer.finish()


async def left(database: Database) -> list[str]:
    statement = (
        "select video_id as name from video union all select username from creator union all select ad_id from ad"
        " union all select domain_name from domain union all select place || ' ' || mention_text from sighting"
        " order by name"
    )
    return [row["name"] for row in await rows(database, statement)]


async def facts_of(database: Database, name: str) -> DomainFacts:
    async with database.transaction(ANALYST) as connection:
        return await domain_by_name(connection, name)


async def listed(database: Database, name: str, **asked: Any) -> list[Sighting]:
    facts = await facts_of(database, name)
    async with database.transaction(ANALYST) as connection:
        return (await list_sightings(connection, facts.id, **asked)).rows


async def test_a_domain_that_was_seen_anywhere_is_no_orphan(database: Database) -> None:
    await write(database, Video("1", caption=NAMES[0], observed_at=seen(2)), Creator("maker", bio=NAMES[1]))
    assert await clean_up(database, 30) == Deleted()
    async with database.transaction(WORKER) as connection:
        assert await (await connection.execute("select * from cleanup_old_data(30)")).fetchone() == {
            "mentions_deleted": 0, "comments_deleted": 0, "videos_deleted": 0, "domains_deleted": 0,
        }  # fmt: skip
    assert await left(database) == sorted(["1", "maker", NAMES[0], NAMES[1], f"caption {NAMES[0]}", f"bio {NAMES[1]}"])


async def test_sightings_go_with_what_they_stand_in_once_it_is_too_old(database: Database) -> None:
    await write(
        database,
        Video("1", "maker", caption=NAMES[0], observed_at=seen(40)),
        Creator("maker", bio=NAMES[1], observed_at=seen(40)),
        Ad("5", title=NAMES[2], observed_at=seen(40)),
        Video("2", "other", caption=NAMES[2], observed_at=seen(5)),
        # Its own profile is old, but a video of it is stored.
        Creator("other", bio=NAMES[2], observed_at=seen(40)),
        Ad("6", title=NAMES[2], observed_at=seen(5)),
    )
    assert await clean_up(database, 30) == Deleted(
        videos_deleted=1, creators_deleted=1, ads_deleted=1, domains_deleted=2
    )
    kept = [f"caption {NAMES[2]}", f"bio {NAMES[2]}", f"ad_title {NAMES[2]}"]
    assert await left(database) == sorted(["2", "other", "6", NAMES[2], *kept])
    assert await differences(database) == []


async def test_a_video_with_newer_comments_keeps_the_sightings_of_its_caption(database: Database) -> None:
    await write(
        database,
        Video("1", caption=NAMES[0], observed_at=seen(40)), Comment("11", "1", "words", observed_at=seen(1)),
    )  # fmt: skip
    assert await clean_up(database, 30) == Deleted()
    assert f"caption {NAMES[0]}" in await left(database)


async def test_a_domain_with_a_note_keeps_all_its_sightings(database: Database) -> None:
    await write(
        database,
        Video("1", caption=f"{NAMES[0]} {NAMES[1]}", observed_at=seen(40)),
        Creator("maker", bio_url=NAMES[0], observed_at=seen(40)),
        Ad("5", landing_url=NAMES[0], observed_at=seen(40)),
    )
    async with database.transaction(WORKER) as connection:
        await connection.execute("update domain set notes = 'seen before' where domain_name = %s", [NAMES[0]])
    assert await clean_up(database, 30) == Deleted()
    async with database.transaction(WORKER) as connection:
        await connection.execute("update domain set notes = null where true")
    assert await clean_up(database, 30) == Deleted(
        videos_deleted=1, creators_deleted=1, ads_deleted=1, domains_deleted=2
    )
    assert await left(database) == []


async def test_a_sighting_that_does_not_quote_its_text_is_named_and_taken_away(
    database: Database, conninfo: str
) -> None:
    await write(
        database,
        Video("1", caption=f"see {NAMES[0]}"), Creator("maker", bio=NAMES[1]), Ad("5", title=NAMES[2]),
    )  # fmt: skip
    assert await differences(database) == []
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for table in ("video", "creator"):
            connection.execute(f"alter table {table} disable trigger user")  # type: ignore[arg-type]
        connection.execute("update video set caption = 'other words'")
        connection.execute("update creator set bio = null")
        for table in ("video", "creator"):
            connection.execute(f"alter table {table} enable trigger user")  # type: ignore[arg-type]
    found = await differences(database)
    assert [(each.kind, each.name, each.field) for each in found] == sorted(
        [
            ("sighting", f"{NAMES[0]} in caption", "mention_text"),
            ("sighting", f"{NAMES[1]} in bio", "mention_text"),
        ]
    )
    assert await repair(database) == found
    assert await differences(database) == []
    assert [row["place"] for row in await rows(database, "select place from sighting")] == ["ad_title"]


async def test_a_domain_seen_elsewhere_alone_has_its_facts_and_no_figures(database: Database) -> None:
    await write(database, Video("1", caption=f"all at {NAMES[0]}"), Creator("maker", bio=f"ask me? {NAMES[1]}"))
    facts = await facts_of(database, NAMES[0])
    assert (facts.mention_count, facts.video_count, facts.comment_count, facts.first_seen_at) == (0, 0, 0, None)
    async with database.transaction(ANALYST) as connection:
        assert (await evidence(connection, facts.id)).rows == []
        assert (await list_domains(connection)).rows == []
    with pytest.raises(NotFound):
        # It is only held.
        await facts_of(database, NAMES[1])


async def test_sightings_are_listed_with_their_owners_newest_first(database: Database) -> None:
    await write(
        database,
        Video("1", "maker", caption=f"all at {NAMES[0]}, {NAMES[0]}", observed_at=seen(3)),
        Creator("other", bio=f"ask me? {NAMES[0]}", bio_url=NAMES[0], observed_at=seen(2)),
        Ad("5", title=NAMES[0], advertiser_name="Glow Ltd", observed_at=seen(1)),
        Comment("11", "1", NAMES[0]),
    )
    found = await listed(database, NAMES[0])
    assert [
        (each.place, each.video_id, each.video_username, each.creator_username, each.ad_id, each.advertiser_name)
        for each in found
    ] == [
        ("ad_title", None, None, None, "5", "Glow Ltd"),
        ("bio_url", None, None, "other", None, None),
        ("caption", "1", "maker", None, None, None),
    ]
    assert (found[-1].context, len(found[-1].occurrences)) == (f"all at {NAMES[0]}, {NAMES[0]}", 2)
    assert (await facts_of(database, NAMES[0])).mention_count == 1


async def test_pages_of_sightings_go_on_behind_each_other(database: Database) -> None:
    await write(
        database, *(Video(str(number), caption=NAMES[0], observed_at=seen(number // 3)) for number in range(10))
    )
    facts = await facts_of(database, NAMES[0])
    found: list[str | None] = []
    after = None
    async with database.transaction(ANALYST) as connection:
        while True:
            page = await list_sightings(connection, facts.id, limit=3, after=after)
            found += [each.video_id for each in page.rows]
            after = page.next
            if after is None:
                break
        assert sorted(filter(None, found)) == [str(number) for number in range(10)]
        comments = await evidence(connection, facts.id, limit=1)
        assert comments.next is None
        with pytest.raises(InvalidCursor):
            await list_sightings(connection, facts.id, after="bm90aGluZw")
