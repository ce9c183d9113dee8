"""Lists of others: loaded whole or not at all, refreshed without a gap, and asked by host and by names above it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.enrichers.guard.certificates import Authority

from harvester.domains.kinds import listed_names
from harvester.enrichers.guard import Guard
from harvester.enrichers.names import Names
from harvester.errors import NameTaken, NotFound, SourceError, UnknownFormat, UnreadableFile
from harvester.jobs.list_fetching import fetching, list_fetching
from harvester.jobs.reference_lists import add, add_fetched, refresh, refresh_due, refresh_from
from harvester.sandbox.outside.name_server import NameServer
from harvester.sandbox.outside.web_server import Page, WebServer, redirect
from harvester.store.database import ANALYST, Database
from harvester.store.reference_list import (
    NewList,
    list_by_name,
    memberships,
    remove_list,
    take_due,
)  # fmt: skip

pytestmark = pytest.mark.anyio
BLOCK = NewList("block", "block", "block.txt", "MIT")
ENTRIES = (
    "select domain_name, covers_subdomains, flag, xmin::text as version from public.reference_list_entry order by 1"
)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo) as opened:
        yield opened


def written(folder: Path, *lines: str) -> Path:
    path = folder / "list.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


async def entries(database: Database) -> dict[str, dict[str, Any]]:
    async with database.transaction(ANALYST) as connection:
        rows = await (await connection.execute(ENTRIES)).fetchall()
    return {row["domain_name"]: row for row in rows}


async def lists_of(database: Database, domain_name: str) -> list[tuple[str, str]]:
    """The lists that name a domain, each with its entry."""
    async with database.transaction(ANALYST) as connection:
        return [(each.list_name, each.entry) for each in await memberships(connection, domain_name)]


async def test_every_line_is_an_entry_or_is_counted_with_its_reason(database: Database, tmp_path: Path) -> None:
    path = written(
        tmp_path, "velmora.shop", "WWW.Velmora.Shop", "größe.de", "*.glow.shop", "glow.shop", "co.uk", "tiktok.com",
        "192.0.2.7", "router.lan", "a page/x", "https://a.shop/x", "com",
    )  # fmt: skip
    found = await add(database, BLOCK, None, path)
    assert (found.entry_count, found.format, found.is_overbroad) == (6, "plain", True)
    assert found.refused == {"address": 1, "duplicate": 2, "no_name": 1, "path": 1, "unknown_suffix": 1}
    assert found.flagged == {"platform": 1, "public_suffix": 2}
    assert {name: (row["covers_subdomains"], row["flag"]) for name, row in (await entries(database)).items()} == {
        "co.uk": (False, "public_suffix"), "com": (False, "public_suffix"), "glow.shop": (True, None),
        "tiktok.com": (False, "platform"), "velmora.shop": (False, None), "xn--gre-6ka8i.de": (False, None),
    }  # fmt: skip


async def test_a_name_is_found_by_itself_and_below_an_entry_that_covers_it(database: Database, tmp_path: Path) -> None:
    await add(database, BLOCK, None, written(tmp_path, "||velmora.shop^", "||pay.velmora.shop^", "glow.shop"))
    await add(
        database, NewList("allow", "allow", "a", "CC0-1.0"), None, written(tmp_path, "velmora.shop", "tiktok.com")
    )
    assert await lists_of(database, "velmora.shop") == [("block", "velmora.shop"), ("allow", "velmora.shop")]
    assert await lists_of(database, "a.b.pay.velmora.shop") == [("block", "pay.velmora.shop")]
    assert await lists_of(database, "shop.glow.shop") == []
    assert await lists_of(database, "notvelmora.shop") == []
    # That an allow list names a platform is no mistake.
    assert (await list_by_name(database, "allow")).flagged == {}


async def test_a_refresh_writes_what_differs_and_nothing_else(database: Database, tmp_path: Path) -> None:
    await add(database, BLOCK, None, written(tmp_path, "stays.shop", "goes.shop", "widens.shop"))
    before = await entries(database)
    found = await refresh_from(database, "block", written(tmp_path, "comes.shop", "stays.shop", "*.widens.shop"))
    after = await entries(database)
    assert found.entry_count == 3
    assert after.keys() == {"comes.shop", "stays.shop", "widens.shop"}
    assert after["stays.shop"] == before["stays.shop"]
    assert after["widens.shop"]["covers_subdomains"]
    assert await refresh_from(database, "block", tmp_path / "list.txt") != found
    assert await entries(database) == after


async def test_a_file_that_is_no_list_changes_nothing(database: Database, tmp_path: Path) -> None:
    await add(database, BLOCK, None, written(tmp_path, "velmora.shop"))
    before = await entries(database)
    with pytest.raises(UnknownFormat, match=r"names no host.*left out: no_name 2"):
        await refresh_from(database, "block", written(tmp_path, "<html> <body>", "an error </body>"))
    with pytest.raises(UnreadableFile):
        await refresh_from(database, "block", tmp_path / "missing")
    with pytest.raises(NameTaken):
        await add(database, BLOCK, None, written(tmp_path, "glow.shop"))
    with pytest.raises(UnknownFormat):
        await add(database, NewList("other", "block", "x", "MIT"), None, written(tmp_path, ""))
    with pytest.raises(NotFound):
        await list_by_name(database, "other")
    assert await entries(database) == before


async def test_a_list_that_blocks_half_of_the_platforms_is_loaded_and_marked(
    database: Database, tmp_path: Path
) -> None:
    platforms = sorted(name for name, kind in listed_names().items() if kind == "platform")
    few = await add(database, BLOCK, None, written(tmp_path, *platforms[:10], "velmora.shop"))
    assert not few.is_overbroad
    half = await refresh_from(
        database, "block", written(tmp_path, *platforms[: len(platforms) // 2 + 1], "velmora.shop")
    )
    assert half.is_overbroad
    assert await lists_of(database, "velmora.shop") == [("block", "velmora.shop")]


async def test_readers_see_the_old_entries_or_the_new_and_writers_wait_for_each_other(
    database: Database, tmp_path: Path
) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("".join(f"one{number}.shop\n" for number in range(3_000)))
    other.write_text("".join(f"other{number}.shop\n" for number in range(2_000)))
    await add(database, BLOCK, None, one)
    loading = asyncio.gather(*(refresh_from(database, "block", each) for each in (other, one, other)))
    seen = set()
    while not loading.done():
        seen.add(len(await entries(database)))
        await asyncio.sleep(0)
    await loading
    assert seen <= {2_000, 3_000}
    assert (await list_by_name(database, "block")).entry_count == len(await entries(database))


async def test_a_removed_list_takes_its_entries_along(database: Database, tmp_path: Path) -> None:
    await add(database, BLOCK, None, written(tmp_path, "velmora.shop"))
    await remove_list(database, "block")
    assert await entries(database) == {}
    with pytest.raises(NotFound, match="harvester list show"):
        await remove_list(database, "block")


async def test_a_list_at_an_address_is_fetched_when_it_is_due_and_keeps_its_entries_when_that_fails(
    database: Database, tmp_path: Path
) -> None:
    del tmp_path
    pages = {"/hosts.txt": Page("0.0.0.0 velmora.shop\n"), "/page": Page("<html><body>sorry</body></html>")}
    async with (
        NameServer({"lists.example": {"A": ["127.0.0.1"]}}) as outside,
        WebServer(pages) as server,
        Names([outside.address]) as names,
    ):
        fetch = fetching(Guard(names, admit=frozenset({server.address})), "https://example.org/about")
        address = f"http://lists.example:{server.port}/hosts.txt"
        first = await add_fetched(database, NewList("daily", "block", address, "MIT", 1), None, fetch)
        assert (first.entry_count, first.format) == (1, "hosts")
        assert "+https://example.org/about" in server.visited[0].headers["User-Agent"]
        assert await refresh_due(database, fetch, first.tried_at + timedelta(hours=23)) == 0
        server.pages["/hosts.txt"] = Page("0.0.0.0 velmora.shop\n0.0.0.0 glow.shop\n")
        assert await refresh_due(database, fetch, first.tried_at + timedelta(hours=25)) == 1
        assert len(await entries(database)) == 2
        server.pages["/hosts.txt"] = Page("gone", status=404)
        with pytest.raises(SourceError, match="status_404"):
            await refresh(database, "daily", fetch)
        server.pages["/hosts.txt"] = pages["/page"]
        with pytest.raises(UnknownFormat):
            await refresh(database, "daily", fetch)
    failed = await list_by_name(database, "daily")
    assert (failed.failure, failed.entry_count) == ("format_unknown", 2)
    assert failed.refreshed_at < failed.tried_at


async def test_an_address_within_and_a_deployment_that_sends_nothing_are_refused(database: Database) -> None:
    async with NameServer({"lists.example": {"A": ["127.0.0.1"]}}) as outside, WebServer({}) as server:
        async with Names([outside.address]) as names:
            fetch = fetching(Guard(names), None)
            for host in ("lists.example", "127.0.0.1"):
                with pytest.raises(SourceError, match="refused:"):
                    await add_fetched(database, NewList("x", "block", f"http://{host}/a", "MIT"), None, fetch)
        async with list_fetching("red", [outside.address], None) as nothing:
            with pytest.raises(SourceError, match="refused:pap"):
                await add_fetched(database, NewList("x", "block", "http://lists.example/a", "MIT"), None, nothing)
        assert server.visited == []
    assert await entries(database) == {}


async def test_a_list_asked_for_over_tls_is_not_taken_from_a_place_without(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with (
        NameServer({"lists.example": {"A": ["127.0.0.1"]}, "open.example": {"A": ["127.0.0.1"]}}) as outside,
        WebServer({"/list": Page("glow.shop\n")}) as plain,
        WebServer({}, tls=authority.server("lists.example")) as server,
        Names([outside.address]) as names,
    ):
        guard = Guard(names, admit=frozenset({plain.address, server.address}), tls=authority.trusted())
        fetch = fetching(guard, None)
        server.pages = {
            "/list": redirect(f"http://open.example:{plain.port}/list"),
            "/moved": redirect("/new"),
            "/new": Page("velmora.shop\n"),
        }
        file = tmp_path / "list"
        for scheme in ("https", "HTTPS"):
            assert await fetch(f"{scheme}://lists.example:{server.port}/list", file) == "refused:not_https"
        assert (plain.visited, file.exists()) == ([], False)
        assert await fetch(f"https://lists.example:{server.port}/moved", file) is None
        assert file.read_text(encoding="utf-8") == "velmora.shop\n"
        assert await fetch(f"http://open.example:{plain.port}/list", file) is None


async def test_no_two_take_the_same_list_and_one_cut_short_is_taken_again(database: Database, tmp_path: Path) -> None:
    path = written(tmp_path, "velmora.shop")
    for name in ("a", "b", "c"):
        await add(database, NewList(name, "block", f"https://lists.example/{name}", "MIT", 1), None, path)
    await add(database, NewList("by-hand", "block", "list.txt", "MIT"), None, path)
    later = datetime.now(UTC) + timedelta(days=2)
    taken = await asyncio.gather(*(take_due(database, later) for _ in range(6)))
    assert sorted(name for name in taken if name) == ["a", "b", "c"]
    assert await take_due(database, later + timedelta(hours=5)) is None
    assert await take_due(database, later + timedelta(hours=7)) == "a"
