"""Stored comments read again by other rules end as if these had read them at the import; what was judged stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import LiteralString

import pytest
from msgspec.structs import replace
from tests.jobs.aged import OLD, age, figure, rows, some_comments, write
from tests.jobs.stored import stored, versions

from harvester.domains import EXTRACTOR_VERSION
from harvester.errors import SettingsError
from harvester.jobs.reextract import Stale, compare, reextract, stale
from harvester.jobs.tally import Tally
from harvester.store.database import Database
from harvester.store.ingest import RunWriter
from harvester.store.reextraction import Renewed
from harvester.store.verification import differences

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


JUDGED: LiteralString = "select m.xmin::text, m.* from domain_mention m where role is not null order by id"


@pytest.mark.parametrize(("seed", "batch_size"), [(1, 2_000), (2, 7), (3, 1), (4, 64)])
async def test_whatever_other_rules_left_the_rows_are_as_after_an_import_and_the_counters_are_right(
    database: Database, conninfo: str, seed: int, batch_size: int
) -> None:
    await write(database, some_comments(80))
    imported = stored(conninfo)
    age(conninfo, seed=seed)
    assert stored(conninfo) != imported
    kept = set(rows(conninfo, "select m.id, m.created_at from domain_mention m join domain d on d.id = domain_id"
                              " where d.domain_name <> 'stray.com'"))  # fmt: skip
    which = await stale(database)
    tallies = await compare(database, which, batch_size=batch_size)
    renewed = await reextract(database, which, batch_size=batch_size)
    assert stored(conninfo) == imported
    assert await differences(database) == []
    assert (renewed.comments, renewed.added) == (which.comments, tallies["appeared"].mentions)
    assert renewed.removed == tallies["vanished"].mentions
    # A mention that stays keeps its key: whoever pointed at it still does.
    left = set(rows(conninfo, "select id, created_at from domain_mention"))
    assert len(left - kept) == renewed.added


@pytest.mark.parametrize("seed", range(3))
async def test_what_a_person_judged_stays_to_the_letter(database: Database, conninfo: str, seed: int) -> None:
    await write(database, some_comments(80))
    age(conninfo, seed=seed, judged=True)
    rows(conninfo, "update domain set notes = 'n', is_verified = true, is_suspicious = true")
    judged = rows(conninfo, JUDGED)
    tallies = await compare(database, await stale(database))
    await reextract(database, await stale(database), batch_size=9)
    assert len(judged) > 5
    assert rows(conninfo, JUDGED) == judged
    assert tallies["kept"].mentions > 0
    assert rows(conninfo, "select from domain where notes is null or not is_verified or not is_suspicious") == []
    assert await differences(database) == []


async def test_a_comparison_changes_no_row(database: Database, conninfo: str) -> None:
    await write(database, some_comments(40))
    age(conninfo)
    before = versions(conninfo)
    which = await stale(database)
    seen: list[int] = []
    await compare(database, which, seen.append, batch_size=16)
    assert versions(conninfo) == before
    assert seen[-1] == which.comments


async def test_what_changes_is_told_by_kind_tier_and_domain(database: Database, conninfo: str) -> None:
    await write(database, [replace(each, text="see velmora.com") for each in some_comments(5)])
    rows(conninfo, "update comment set extractor_version = %s", OLD)
    one: LiteralString = "(select id from comment where comment_id = %s)"
    rows(conninfo, "delete from domain_mention where comment_id = " + one, "0")
    rows(conninfo, "update domain_mention set confidence_score = 0.4 where comment_id = " + one, "1")
    rows(conninfo, "update domain_mention set confidence_score = 0.4, role = 'promoted' where comment_id = " + one, "2")
    rows(conninfo, "insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain)"
                   " values ('see.com', 'see.com', 'com', 'com', 'see.com')")  # fmt: skip
    rows(
        conninfo,
        """insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start,
             position_end, context, occurrences, confidence_score, extraction_method, extractor_version)
           select d.id, c.id, c.video_id, 'see', 0, 3, 'see',
             '[{"text": "see", "start": 0, "end": 3, "confidence": 0.9, "method": "bare"}]', 0.9, 'bare', '1'
           from domain d cross join comment c where d.domain_name = 'see.com' and c.comment_id in ('3', '4')""",
    )
    which = await stale(database)
    tallies = await compare(database, which)
    assert {name: (each.shown, each.held, each.domains(9)) for name, each in tallies.items()} == {
        "appeared": (1, 0, [("velmora.com", 1)]),
        "vanished": (2, 0, [("see.com", 2)]),
        "raised": (1, 0, [("velmora.com", 1)]),
        "lowered": (0, 0, []),
        "kept": (0, 1, [("velmora.com", 1)]),
    }
    assert await reextract(database, which) == Renewed(5, added=1, removed=2, renewed=3)
    assert await reextract(database, await stale(database)) == Renewed()


COMMENTS: LiteralString = (
    "select id, to_jsonb(c) - '{extractor_version, updated_at}'::text[] from comment c order by id"
)
CURRENT: LiteralString = "select id, ctid::text, xmin::text from comment where extractor_version = %s and id = any (%s)"
UPDATES: LiteralString = "select n_tup_upd from pg_stat_user_tables where relname = 'comment'"


async def test_each_comment_is_rewritten_once_for_its_version_alone_and_those_of_this_version_never(
    direct_conninfo: str,
) -> None:
    async with Database(direct_conninfo) as database:
        await write(database, some_comments(40))
    age(direct_conninfo)
    # Nothing but the version changes: above all not the digest by which an import knows its observation again.
    before = rows(direct_conninfo, COMMENTS)
    ids = [key for key, _ in before]
    current = rows(direct_conninfo, CURRENT, EXTRACTOR_VERSION, ids)
    assert current
    updates = await figure(direct_conninfo, UPDATES)
    async with Database(direct_conninfo) as database:
        renewed = await reextract(database, await stale(database), batch_size=8)
    assert rows(direct_conninfo, COMMENTS) == before
    assert rows(direct_conninfo, CURRENT, EXTRACTOR_VERSION, [key for key, *_ in current]) == current
    assert await figure(direct_conninfo, UPDATES) - updates == renewed.comments == 40 - len(current)


async def test_an_import_of_what_is_known_stays_known(database: Database, conninfo: str) -> None:
    await write(database, some_comments(40))
    age(conninfo)
    await reextract(database, await stale(database))
    before = versions(conninfo)
    writer = await RunWriter.start(database, "test", {}, EXTRACTOR_VERSION)
    assert await writer.unknown(some_comments(40)) == []
    await write(database, some_comments(40))
    assert versions(conninfo) == before


@pytest.mark.parametrize(
    ("older_than", "found"),
    [
        (None, {None: 1, "draft": 1, "2026.9.12": 1, OLD: 1, "2026.10.20": 1, "2027.1.1": 1}),
        ("2026.10.3", {None: 1, "draft": 1, "2026.9.12": 1}),
        ("2026.10.4", {None: 1, "draft": 1, "2026.9.12": 1, OLD: 1}),
        ("2026.11", {None: 1, "draft": 1, "2026.9.12": 1, OLD: 1, "2026.10.20": 1}),
        ("3000", {None: 1, "draft": 1, "2026.9.12": 1, OLD: 1, "2026.10.20": 1, "2027.1.1": 1}),
        ("1", {None: 1, "draft": 1}),
    ],
)
async def test_versions_are_compared_number_by_number(
    database: Database, conninfo: str, older_than: str | None, found: dict[str | None, int]
) -> None:
    await write(database, some_comments(7))
    for key, version in enumerate([None, "draft", "2026.9.12", OLD, "2026.10.20", "2027.1.1"]):
        rows(conninfo, "update comment set extractor_version = %s where comment_id = %s", version, str(key))
    which = await stale(database, older_than)
    assert (which.versions, which.comments) == (found, len(found))
    await reextract(database, which)
    assert rows(conninfo, "select count(*) from comment where extractor_version = %s", EXTRACTOR_VERSION) == [
        (len(found) + 1,)
    ]


@pytest.mark.parametrize("text", ["", "draft", "2026.11.1 ", "2026..1", "v1", "-1", "٢٠٢٦"])
async def test_what_is_no_version_is_refused_and_shown_how_to_write_one(database: Database, text: str) -> None:
    with pytest.raises(SettingsError, match=r"is no version.*2026"):
        await stale(database, text)


def test_a_tally_counts_all_and_forgets_the_rare_names_when_they_are_too_many() -> None:
    tally = Tally(most_domains=10)
    for number in range(100):
        tally.add("velmora.com", "shown")
        tally.add(f"rare{number}.com", "held")
    assert (tally.mentions, tally.shown, tally.held) == (200, 100, 100)
    assert tally.domains(1) == [("velmora.com", 100)]
    assert len(tally.domains(1_000)) <= 10


def test_nothing_stale_is_nothing_to_do() -> None:
    assert Stale({}).comments == 0
