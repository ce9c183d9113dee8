"""The big platforms are left out of the tables, visibly: the address says so, and so does the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from tests.web.conftest import OpenSite

NAMES = [("tiktok.com", "platform"), ("m.tiktok.com", "platform"), ("bit.ly", "shortener"), ("velmora.com", None)]
FILL = """
insert into video (video_id, discovered_at) values ('1', now());
insert into comment (video_id, comment_id, text, discovered_at) select id, 'c', 'words', now() from video;
insert into domain_mention (domain_id, comment_id, video_id, mention_text, position_start, position_end, context,
                            occurrences, confidence_score, extraction_method, extractor_version, discovered_at)
select d.id, c.id, c.video_id, 'words', 0, 5, '',
       '[{"text": "words", "start": 0, "end": 5, "confidence": 0.9, "method": "bare", "url": null}]',
       0.9, 'bare', '1', now()
from domain d cross join comment c;
"""


@pytest.fixture
def desk(conninfo: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    """A dashboard over two platforms, a shortener and a shop; the shop is on lists."""
    with psycopg.connect(conninfo) as owner:
        for name, kind in NAMES:
            registrable = ".".join(name.split(".")[-2:])
            tld, subdomain = name.rpartition(".")[2], name[: -len(registrable) - 1]
            owner.execute(
                "insert into domain"
                " (domain_name, unicode_name, tld, public_suffix, registrable_domain, subdomain, kind)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                [name, name, tld, tld, registrable, subdomain, kind],
            )
        owner.execute(FILL.encode())
        for number, (purpose, entry, flag) in enumerate(
            [("block", "velmora.com", None), ("allow", "com", "public_suffix")]
        ):
            owner.execute(
                "with list as (insert into reference_list (name, purpose, format, origin, licence, sha256)"
                " values (%s, %s, 'plain', '<i>list</i>.txt', 'CC0-1.0', repeat('0', 64)) returning id)"
                " insert into reference_list_entry (list_id, domain_name, covers_subdomains, flag)"
                " select id, %s, true, %s from list",
                [f"list{number}", purpose, entry, flag],
            )
    with open_site(conninfo) as client:
        yield client


def names(client: httpx.Client, path: str, key: str = "rows") -> set[str]:
    return {row["domain_name"] for row in client.get(path).json()[key]}


def test_the_list_leaves_platforms_out_and_says_how_many(desk: httpx.Client) -> None:
    assert names(desk, "/api/v1/domains") == {"bit.ly", "velmora.com"}
    assert names(desk, "/api/v1/domains?platforms=show") == {name for name, _ in NAMES}
    page = desk.get("/domains?sort=name").text
    assert "2 big platforms are hidden" in page
    assert 'href="/domains?platforms=show&amp;sort=name"' in page
    shown = desk.get("/domains?sort=name&platforms=show").text
    assert "The big platforms are shown" in shown
    assert 'href="/domains?sort=name"' in shown
    assert 'name="platforms" value="show"' in shown
    assert not re.findall(r'href="/domains\?(?!sort=name")(?![^"]*platforms=show)[^"]*"', shown)


def test_only_those_that_a_filter_would_find_are_counted(desk: httpx.Client) -> None:
    assert desk.get("/api/v1/domains?q=m.tik").json()["platforms_hidden"] == 1
    answer = desk.get("/domains?q=tiktok")
    assert "Nothing matches" in answer.text
    assert "2 big platforms are hidden" in answer.text
    assert desk.get("/api/v1/domains?q=bit").json()["platforms_hidden"] == 0


@pytest.mark.parametrize("key", ["new_today", "trending", "top_mentioned"])
def test_the_overview_leaves_them_out_of_each_table_and_of_no_figure(desk: httpx.Client, key: str) -> None:
    assert names(desk, "/api/v1/overview", key) == {"bit.ly", "velmora.com"}
    assert names(desk, "/api/v1/overview?platforms=show", key) == {name for name, _ in NAMES}
    figures = desk.get("/api/v1/overview").json()["figures"]
    assert figures == desk.get("/api/v1/overview?platforms=show").json()["figures"]
    assert figures[0]["total"] == len(NAMES)
    assert 'href="/?platforms=show"' in desk.get("/").text


def test_pages_go_on_without_them(desk: httpx.Client) -> None:
    first = desk.get("/api/v1/domains?limit=1&sort=name")
    assert [row["domain_name"] for row in first.json()["rows"]] == ["bit.ly"]
    second = desk.get(first.links["next"]["url"]).json()
    assert ([row["domain_name"] for row in second["rows"]], second["next"]) == (["velmora.com"], None)


def test_any_other_word_is_refused(desk: httpx.Client) -> None:
    assert desk.get("/api/v1/domains?platforms=maybe").status_code == 400


def test_lists_of_others_stand_in_a_section_of_their_own(desk: httpx.Client) -> None:
    lists = desk.get("/api/v1/domains/velmora.com").json()["on_lists"]
    assert [(each["list_name"], each["purpose"], each["entry"], each["flag"]) for each in lists] == [
        ("list0", "block", "velmora.com", None), ("list1", "allow", "com", "public_suffix"),
    ]  # fmt: skip
    page = desk.get("/domains/velmora.com").text
    assert re.search(r"<h2[^>]*>On other people’s lists</h2>", page)
    assert "names a whole suffix" in page
    assert "<i>list" not in page
    assert not desk.get("/api/v1/domains/velmora.com").json()["facts"]["is_suspicious"]
    assert "None of the lists that were loaded names it." in desk.get("/domains/bit.ly").text
