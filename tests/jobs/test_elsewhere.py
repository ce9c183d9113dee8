"""Captions, profiles and ads on their way from a source into the store, and read again by other rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from tests.store.test_ingest import rows

from harvester.domains import EXTRACTOR_VERSION
from harvester.jobs.addresses import read_address
from harvester.jobs.cleaning import LONGEST_TEXT, cleaned
from harvester.jobs.collect import collect
from harvester.jobs.gathering import Gathering
from harvester.jobs.preparing import Unprepared
from harvester.jobs.reextract import APPEARED, RAISED, VANISHED, reextract, stale
from harvester.jobs.rereading import compare_elsewhere, reread_elsewhere, stale_elsewhere
from harvester.jobs.retry import retry
from harvester.model import Ad, Comment, Creator, Record, Refused, Repair, Video
from harvester.store.database import WORKER, Database
from harvester.store.quarantine import Kind
from harvester.store.rereading import RenewedSightings
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio

RECORDS: list[Record] = [
    Video("1", "maker", caption="get it at glow.shop/now"),
    Creator("maker", bio="everything: velmora dot com", bio_url="great.so"),
    Repair("handle_lowered"),
    Ad("5", title="now at velmora.com", landing_url="HTTPS://www.Quiet-Harbour.shop/a?b=1"),
    Comment("11", "1", "nice"),
    Refused("bad_json", "Row 3 is no JSON.", b"{"),
]
SEEN = (
    "select d.domain_name as name, s.place, s.extraction_method as method, s.url, s.confidence_score::float8 as sure"
    " from sighting s join domain d on d.id = s.domain_id order by s.place, 1"
)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def kept(database: Database) -> list[tuple[Any, ...]]:
    return [(row["place"], row["name"]) for row in await rows(database, SEEN)]


async def test_every_record_of_a_source_is_counted_and_its_texts_are_read(database: Database) -> None:
    outcome = await collect(database, "test", {}, RECORDS)
    counts = outcome.counts
    assert (counts.fetched, counts.stored, counts.quarantined) == (5, 4, 1)
    assert counts.errors == {"bad_json": 1, "handle_lowered": 1}
    assert [(each["place"], each["name"], each["url"]) for each in await rows(database, SEEN)] == [
        ("ad_title", "velmora.com", None),
        ("bio", "velmora.com", None),
        ("bio_url", "great.so", None),
        ("caption", "glow.shop", "glow.shop/now"),
        ("landing_url", "quiet-harbour.shop", "https://www.quiet-harbour.shop/a?b=1"),
    ]
    again = await collect(database, "test", {}, RECORDS)
    assert (again.counts.fetched, again.counts.duplicate) == (5, 4)


async def test_a_page_of_an_api_becomes_one_batch() -> None:
    gathered = Gathering(iter(RECORDS), None, {}).next()
    assert gathered is not None
    batch, found = Unprepared.all_of(gathered).batch()
    assert (len(batch), len(batch.creators), len(batch.ads), found.mentions) == (5, 1, 1, 0)
    assert batch.found is not None
    assert {place for place, _ in batch.found} == {"caption", "bio", "bio_url", "ad_title", "landing_url"}


@pytest.mark.parametrize(
    ("text", "host", "url"),
    [
        ("linktr.ee/maker", "linktr.ee", "linktr.ee/maker"),
        ("my-shop.online", "my-shop.online", None),
        ("https://glow.shop", "glow.shop", "https://glow.shop"),
        ("//glow.shop:8080/a", "glow.shop", "glow.shop:8080/a"),
        ("http://user@glow.shop/a", "glow.shop", "http://glow.shop/a"),
        ("  bücher.de  ", "xn--bcher-kva.de", None),
        ("see glow.shop", "glow.shop", None),
        ("me@glow.shop", None, None),
        ("mailto:me@glow.shop", None, None),
        ("tel:+4912345", None, None),
        ("", None, None),
        ("http://", None, None),
        ("https://[::1]/", None, None),
    ],
)
def test_an_address_field_is_read_as_an_address(text: str, host: str | None, url: str | None) -> None:
    found = read_address(text)
    assert [(each.domain.domain_name, each.url) for each in found] == ([(host, url)] if host else [])
    for each in found:
        assert text[each.start : each.end] == each.text
        assert each.confidence >= 0.9


@pytest.mark.parametrize(
    ("record", "clean"),
    [
        (Creator("maker", bio="a\0b"), Creator("maker", bio="ab")),
        (Ad("5", title="\ud83d\ude00"), Ad("5", title="\U0001f600")),
        (Ad("5", metadata={"a\0": ["\ud800"]}), Ad("5", metadata={"a": ["\ufffd"]})),
    ],
)
def test_what_no_column_can_hold_is_repaired(record: Creator | Ad, clean: Creator | Ad) -> None:
    assert cleaned(record, Counter()) == clean


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        (Creator("m" * 513), "creator"),
        (Creator("maker", bio="x" * (LONGEST_TEXT + 1)), "creator"),
        (Ad("5", landing_url="x" * (LONGEST_TEXT + 1)), "ad"),
        (Ad("5", advertiser_username="ü" * 257), "ad"),
    ],
)
def test_what_is_too_long_is_refused_whole(record: Creator | Ad, kind: str) -> None:
    refused = cleaned(record, Counter())
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.context["kind"]) == ("too_long", kind)


async def test_refused_creators_and_ads_are_read_again_as_what_they_were(database: Database) -> None:
    refused = [
        Creator("maker", bio="at glow.shop", follower_count=-1), Ad("5" * 200, title="at glow.shop"),
        Comment("11", "1", "at glow.shop", like_count=-1),
    ]  # fmt: skip
    assert (await collect(database, "test", {}, refused)).counts.quarantined == 3
    (retried,) = await retry(database, Kind(), {})
    # The database refuses them again: they stay where they are.
    assert (retried.released, retried.counts.quarantined) == (0, 3)
    assert await rows(database, "select count(*)::int as n from quarantine") == [{"n": 3}]
    mended = "convert_to(replace(convert_from(raw, 'UTF8'), '-1', '1'), 'UTF8')"
    async with database.transaction(WORKER) as connection:
        await connection.execute(f"update quarantine set raw = {mended} where true")  # type: ignore[arg-type]
    (retried,) = await retry(database, Kind(), {})
    assert (retried.released, retried.counts.stored, retried.counts.quarantined) == (2, 2, 1)
    assert await kept(database) == [("bio", "glow.shop")]
    kinds = await rows(database, "select context ->> 'kind' as kind from quarantine")
    assert kinds == [{"kind": "ad"}]


def aged(version: str | None) -> Iterable[str]:
    """What makes stored rows look as if other rules had read them, one domain missing and one too many."""
    to = "null" if version is None else f"'{version}'"
    yield f"update video set caption_extractor_version = {to} where true"
    yield f"update creator set extractor_version = {to} where true"
    yield f"update ad set extractor_version = {to} where true"
    yield "delete from sighting where place = 'caption'"
    yield "update sighting set confidence_score = 0.3 where place = 'bio'"
    yield "update sighting set confidence_score = 0.9 where place = 'ad_title'"
    yield "update sighting set domain_id = d.id from domain d where domain_name = 'glow.shop' and place = 'landing_url'"


@pytest.mark.parametrize("version", ["2026.1.1", None])
@pytest.mark.parametrize("batch_size", [1, 1000])
async def test_texts_that_other_rules_read_are_read_again(
    database: Database, version: str | None, batch_size: int
) -> None:
    await collect(database, "test", {}, RECORDS)
    before = await rows(database, SEEN)
    times = await rows(database, "select place, discovered_at from sighting where place <> 'caption' order by 1")
    async with database.transaction(WORKER) as connection:
        for statement in aged(version):
            await connection.execute(statement)  # type: ignore[arg-type]
    which = await stale_elsewhere(database)
    assert which.versions == {version: 3}
    tallies = await compare_elsewhere(database, which, batch_size=batch_size)
    assert {name: tally.mentions for name, tally in tallies.items() if tally.mentions} == {
        APPEARED: 2, VANISHED: 1, RAISED: 1,
    }  # fmt: skip
    done = await reread_elsewhere(database, which, batch_size=batch_size)
    assert done == RenewedSightings(3, added=2, removed=1, renewed=3)
    assert await rows(database, SEEN) == before
    left = await rows(database, "select place, discovered_at from sighting where place <> 'caption' order by 1")
    assert [row["place"] for row in left] == [row["place"] for row in times]
    assert (await stale_elsewhere(database)).versions == {}
    assert await reread_elsewhere(database, await stale_elsewhere(database)) == RenewedSightings()
    assert await differences(database) == []
    assert await rows(database, "select distinct extractor_version as v from sighting") == [{"v": EXTRACTOR_VERSION}]


async def test_reading_comments_again_leaves_the_sightings_alone(database: Database) -> None:
    await collect(database, "test", {}, RECORDS)
    before = await rows(database, SEEN)
    async with database.transaction(WORKER) as connection:
        await connection.execute("update comment set extractor_version = '1' where true")
    await reextract(database, await stale(database))
    assert await rows(database, SEEN) == before


async def test_only_what_was_read_before_a_version_is_stale(database: Database) -> None:
    await collect(database, "test", {}, RECORDS)
    async with database.transaction(WORKER) as connection:
        await connection.execute("update video set caption_extractor_version = '2026.9.12' where true")
        await connection.execute("update ad set extractor_version = '2026.10.3' where true")
    assert (await stale_elsewhere(database)).versions == {"2026.9.12": 1, "2026.10.3": 1}
    assert (await stale_elsewhere(database, "2026.10.1")).versions == {"2026.9.12": 1}
