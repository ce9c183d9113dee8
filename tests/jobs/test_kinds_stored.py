"""A new domain is stored with its kind, wherever it was found."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from harvester.jobs.collect import collect
from harvester.model import Comment, Creator
from harvester.store.database import ANALYST, Database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


async def test_domains_of_comments_and_of_profiles_are_stored_with_their_kind(database: Database) -> None:
    text = "see vm.tiktok.com/x, bit.ly/2abc, velmora-coins24.shop and freecoins.github.io"
    await collect(database, "test", {}, [Comment("1", "7300000000000000001", text)])
    await collect(database, "test", {}, [Creator("maker", bio="all at linktr.ee/maker", bio_url="https://t.me/maker")])
    async with database.transaction(ANALYST) as connection:
        rows = await (await connection.execute("select domain_name, kind from public.domain")).fetchall()
    assert {row["domain_name"]: row["kind"] for row in rows} == {
        "vm.tiktok.com": "platform", "bit.ly": "shortener", "velmora-coins24.shop": None, "freecoins.github.io": None,
        "linktr.ee": "link_in_bio", "t.me": "messenger",
    }  # fmt: skip
