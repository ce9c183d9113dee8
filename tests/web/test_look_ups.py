"""What look-ups told, on a domain's page: its state and age, its facts and what changed, all of it inert."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.store.looked import LEASE, answer, enrolled, put_domains, rows
from tests.web.conftest import OpenSite

from harvester.model import LookUp
from harvester.store.database import Database
from harvester.store.look_up import record, take_due

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
EVIL = "<script>alert(1)</script>\u202e\"'><a href=https://evil.example>"
TOLD: list[tuple[LookUp, str, dict[str, Any]]] = [
    ("dns", "ok", {"a": ["192.0.2.1"], "cname": None, "mx": False, "ttl": 60}),
    ("dns", "ok", {"a": ["192.0.2.1"], "cname": None, "mx": False, "ttl": 17}),
    ("dns", "ok", {"a": ["192.0.2.7"], "cname": "shop.evil.example", "mx": True, "ttl": 60}),
    ("rdap", "ok", {"registrar": EVIL, "created_at": "2026-11-01T00:00:00Z"}),
    ("http", "ok", {
        "reachable": True, "status": 200, "title": EVIL, "server": EVIL, "url": "https://glow.com/",
        "final_url": "https://evil.example/?to=http://evil.example/", "tls_error": None,
        "redirects": [{"url": "http://evil.example/" + EVIL, "status": 302}], EVIL: EVIL,
    }),
    ("dns", "nxdomain", {"a": []}),
]  # fmt: skip


async def look_up_all(conninfo: str) -> None:
    """All that was told, an hour between any two; the last two hours ago."""
    async with Database(conninfo) as database:
        await enrolled(database, "dns", "rdap", "http")
        for number, (kind, state, facts) in enumerate(TOLD):
            taken = await take_due(database, kind, 10, LEASE)
            at = NOW - (len(TOLD) + 1 - number) * HOUR
            await record(database, taken.mark, [answer(taken.look_ups[0], state, at=at, wait=-HOUR, **facts)])


@pytest.fixture
def looked_up(conninfo: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    """A dashboard whose only domain was looked up."""
    put_domains(conninfo, "glow.com")
    asyncio.run(look_up_all(conninfo))
    with open_site(conninfo) as client:
        yield client


def test_a_page_shows_each_kind_with_its_state_and_age_and_what_changed(looked_up: httpx.Client) -> None:
    page = looked_up.get("/domains/glow.com").text
    badges = re.findall(r'<a class="badge[^"]*" href="#look-ups">([^<]*)</a>', page)
    assert badges == ["DNS nxdomain · 2 h ago", "RDAP ok · 4 h ago", "HTTP ok · 3 h ago"]
    told = re.sub(r"<[^>]+>", "", page)
    assert "192.0.2.1 → 192.0.2.7" in told
    assert re.search(r"DNS\s+ok → nxdomain", told)
    assert "looked up first: ok" in told
    # What passes is shown among the facts, and is no change.
    assert "17 → 60" not in told


def test_json_tells_the_same(looked_up: httpx.Client, conninfo: str) -> None:
    page = looked_up.get("/api/v1/domains/glow.com").json()
    assert [(each["look_up"], each["outcome"]) for each in page["look_ups"]] == [
        ("dns", "nxdomain"), ("rdap", "ok"), ("http", "ok"),
    ]  # fmt: skip
    changes = [(each["look_up"], each["outcome_before"], each["outcome"]) for each in page["changes"]]
    assert changes == [
        ("dns", "ok", "nxdomain"), ("http", None, "ok"), ("rdap", None, "ok"), ("dns", "ok", "ok"), ("dns", None, "ok"),
    ]  # fmt: skip
    assert {"fact": "a", "before": ["192.0.2.1"], "now": ["192.0.2.7"]} in page["changes"][3]["changed"]
    assert page["look_ups"][0]["checked_at"] == (NOW - 2 * HOUR).isoformat().replace("+00:00", "Z")
    assert len(rows(conninfo, "select 1 from enrichment")) == len(TOLD)


def test_what_strangers_wrote_neither_acts_nor_leads_anywhere(looked_up: httpx.Client) -> None:
    page = looked_up.get("/domains/glow.com").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "U+202E" in page
    assert "https://evil" not in page
    assert "http://evil" not in page
    assert "hxxp" in page
    # Links lead to our own pages alone, and no text of theirs stands outside of an isolate.
    assert all(link.startswith(("/", "#")) for link in re.findall(r'href="([^"]*)"', page))
    outside = re.sub(r"<bdi>.*?</bdi>", "", page, flags=re.DOTALL)
    assert "alert(1)" not in outside


def test_what_is_not_known_yet_is_said_with_the_command_that_changes_it(conninfo: str, open_site: OpenSite) -> None:
    put_domains(conninfo, "glow.com")
    with open_site(conninfo) as client:
        html = client.get("/domains/glow.com").text
        page = client.get("/api/v1/domains/glow.com").json()
    assert (page["look_ups"], page["changes"], page["siblings"], page["neighbours"], page["reviews"]) == ([],) * 5
    cards = {
        name: re.sub(r"<[^>]+>", "", card)
        for name, card in re.findall(
            r'<section class="card" aria-labelledby="([\w-]+)">(.*?)</section>', html, re.DOTALL
        )
    }
    for name, words in {
        "look-ups": "harvester enrich glow.com",
        "neighbours": "No other domain stands in the same comments",
        "siblings": "No other domain under glow.com was mentioned.",
        "on-lists": "harvester list show",
        "verdict": "harvester review domain glow.com --verdict benign",
        "elsewhere": "No caption, profile or ad names it.",
    }.items():
        assert words in cards[name], name
