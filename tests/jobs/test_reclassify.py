"""After an update of the Public Suffix List every stored domain is split as the list says now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, LiteralString

import psycopg
import pytest
from tests.jobs.aged import some_comments, write
from tests.jobs.stored import stored, versions

from harvester.jobs.reclassify import Reclassified, reclassify
from harvester.jobs.reextract import reextract, stale
from harvester.store.database import Database

pytestmark = pytest.mark.anyio

INSERT: LiteralString = (
    "insert into domain (domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, notes)"
    " values (%s, %s, %s, %s, %s, %s, 'a note')"
)
# As an older list split them, or one that knew endings that are gone.
STORED = (
    ("shop.velmora.co.uk", "uk", "uk", "co.uk", "shop.velmora"),
    ("team.github.io", "io", "io", "github.io", "team"),
    ("velmora.com", "com", "com", "velmora.com", ""),
    ("deep.velmora.com", "com", "com", "velmora.com", "deep"),
    ("velmora.invalid", "invalid", "invalid", "velmora.invalid", ""),
    ("m.tiktok.com", "com", "com", "tiktok.com", "m"),
)
SPLIT = [
    Reclassified("m.tiktok.com", *2 * ["com"], *2 * ["com"], *2 * ["tiktok.com"], *2 * ["m"], None, "platform"),
    Reclassified("shop.velmora.co.uk", "uk", "uk", "uk", "co.uk", "co.uk", "velmora.co.uk", "shop.velmora", "shop"),
    Reclassified("team.github.io", "io", "io", "io", "github.io", "github.io", "team.github.io", "team", ""),
    Reclassified("velmora.invalid", "invalid", None, "invalid", None, "velmora.invalid", None, "", None),
]


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        for name, *parts in STORED:
            connection.execute(INSERT, [name, name, *parts])
    async with Database(conninfo) as opened:
        yield opened


def parts(conninfo: str) -> dict[str, tuple[Any, ...]]:
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        found = connection.execute(
            "select domain_name, tld, public_suffix, registrable_domain, subdomain, notes, kind, xmin::text from domain"
        )
        return {name: tuple(rest) for name, *rest in found}


@pytest.mark.parametrize("batch_size", [1, 2, 1_000])
async def test_what_the_list_splits_otherwise_is_set_and_nothing_else_is_touched(
    database: Database, conninfo: str, batch_size: int
) -> None:
    before = parts(conninfo)
    assert sorted(await reclassify(database, batch_size=batch_size), key=lambda each: each.domain_name) == SPLIT
    after = parts(conninfo)
    assert after["shop.velmora.co.uk"][:5] == ("uk", "co.uk", "velmora.co.uk", "shop", "a note")
    assert after["team.github.io"][:5] == ("io", "github.io", "team.github.io", "", "a note")
    assert after["m.tiktok.com"][:6] == ("com", "com", "tiktok.com", "m", "a note", "platform")
    for name in ("velmora.com", "deep.velmora.com", "velmora.invalid"):
        assert after[name] == before[name]
    # What no longer parses is named each time; the rest is as it should be.
    assert await reclassify(database) == SPLIT[3:]
    assert parts(conninfo) == after


async def test_without_writing_the_same_is_said_and_no_row_changes(database: Database, conninfo: str) -> None:
    before = versions(conninfo)
    said = await reclassify(database, writing=False)
    assert sorted(said, key=lambda each: each.domain_name) == SPLIT
    assert versions(conninfo) == before


async def test_beside_writers_everything_ends_as_one_after_the_other(database: Database, conninfo: str) -> None:
    await write(database, some_comments(60))
    with psycopg.connect(conninfo, prepare_threshold=None) as connection:
        imported = stored(conninfo)
        connection.execute("update comment set extractor_version = null")
        connection.execute(
            "update domain set public_suffix = domain_name, registrable_domain = domain_name, subdomain = ''"
        )
    done: list[int] = []
    await asyncio.gather(
        reclassify(database, progress=done.append, batch_size=1),
        reextract(database, await stale(database), batch_size=5),
        write(database, some_comments(60)),
    )
    assert stored(conninfo) == imported
    assert done[-1] == len(parts(conninfo))
