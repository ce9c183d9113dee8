"""The lists of videos, comments and runs, and the filters of domains, as people and programs get them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

LISTS = {
    "videos": ("video_id", [{}, {"promoted": "true"}, {"sort": "views"}]),
    "comments": ("comment_id", [{}, {"q": "free"}]),
    "runs": ("id", [{}]),
    "domains": ("domain_name", [{"promoted": "true"}, {"method": "bare", "sort": "name"}]),
}
FILTERS: list[dict[str, str]] = [
    {"tld": "com"},
    {"tld": ".COM"},
    {"tld": "co.uk"},
    {"least_mentions": "3"},
    {"state": "suspicious"},
    {"state": "verified"},
    {"state": "unreviewed"},
    {"kind": "platform"},
    {"method": "homoglyph"},
    {"method": "dot_word"},
    {"promoted": "true"},
    {"first_seen_from": "DAY"},
    {"first_seen_to": "DAY"},
    {"first_seen_from": "DAY", "first_seen_to": "DAY"},
    {"tld": "com", "promoted": "true", "method": "url", "state": "unreviewed", "least_mentions": "2"},
    {"q": "a", "tld": "com", "promoted": "true"},
    {"q": "brig", "method": "bare"},
    {"q": "brightpebble", "promoted": "true"},
]
HOLDS = {
    "q": "domain_name like '%%' || %(q)s || '%%'",
    "tld": "ltrim(lower(%(tld)s), '.') in (tld, public_suffix)",
    "least_mentions": "mention_count >= %(least_mentions)s::int",
    "kind": "kind = %(kind)s",
    "method": "id in (select domain_id from domain_mention where tier = 'shown' and extraction_method = %(method)s)",
    "promoted": "id in (select m.domain_id from domain_mention m join video v on v.id = m.video_id"
    " where m.tier = 'shown' and v.is_promoted)",
    "first_seen_from": "(first_seen_at at time zone 'UTC')::date >= %(first_seen_from)s::date",
    "first_seen_to": "(first_seen_at at time zone 'UTC')::date <= %(first_seen_to)s::date",
    "suspicious": "is_suspicious",
    "verified": "is_verified",
    "unreviewed": "not (is_suspicious or is_verified)",
}
"""The same conditions in the plainest words, whatever they cost."""


def walked(site: httpx.Client, path: str) -> list[dict[str, Any]]:
    """All rows of a list, page by page as the header says."""
    rows: list[dict[str, Any]] = []
    address: str | None = path
    while address:
        answer = site.get(address)
        assert answer.status_code == 200, answer.text
        rows += answer.json()["rows"]
        address = answer.links.get("next", {}).get("url")
        assert (answer.json()["next"] is None) == (address is None)
    return rows


@pytest.mark.parametrize("noun", LISTS)
def test_the_pages_of_a_list_hold_each_row_once(site: httpx.Client, noun: str) -> None:
    key, filters = LISTS[noun]
    for asked in filters:
        small = walked(site, f"/api/v1/{noun}?{urlencode({**asked, 'limit': 7})}")
        whole = walked(site, f"/api/v1/{noun}?{urlencode({**asked, 'limit': 1000})}")
        assert small == whole, asked
        assert len({row[key] for row in small}) == len(small) > 0
        page = site.get(f"/{noun}", params={**asked, "limit": 1000}).text
        assert all(str(row[key]) in page for row in small)


@pytest.mark.parametrize("asked", FILTERS, ids="+".join)
def test_a_filter_keeps_the_domains_that_fulfil_all_of_it(
    site: httpx.Client, filled: str, asked: dict[str, str]
) -> None:
    with psycopg.connect(filled, row_factory=dict_row) as connection:
        middle = "select percentile_disc(0.5) within group (order by first_seen_at) as day from domain"
        day = connection.execute(middle).fetchone()["day"]  # type: ignore[index]
        asked = {name: value.replace("DAY", f"{day:%Y-%m-%d}") for name, value in asked.items()}
        conditions = [HOLDS[value if name == "state" else name] for name, value in asked.items()]
        plain = f"select domain_name from domain where mention_count > 0 and {' and '.join(conditions)} order by 1"
        expected = [row["domain_name"] for row in connection.execute(plain, asked)]  # type: ignore[arg-type]
    asked["platforms"] = "show"
    for sort in ("mentions", "name"):
        found = walked(site, f"/api/v1/domains?{urlencode({**asked, 'sort': sort, 'limit': 50})}")
        assert sorted(row["domain_name"] for row in found) == expected
    lines = site.get("/api/v1/domains.ndjson", params=asked).text.splitlines()
    assert len(lines) == len(expected)


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/domains?tld=" + "a" * 300, "tld"),
        ("/domains?first_seen_from=yesterday", "first_seen_from"),
        ("/domains?first_seen_to=2025-02-30", "first_seen_to"),
        ("/domains?least_mentions=0", "least_mentions"),
        ("/domains?state=odd", "state"),
        ("/domains?kind=odd", "kind"),
        ("/domains?method=odd", "method"),
        ("/domains?promoted=maybe", "promoted"),
        ("/videos?sort=luck", "sort"),
        ("/videos?after=nonsense", "after"),
        ("/comments?q=" + "a" * 300, "q"),
        ("/comments?after=nonsense", "after"),
        ("/runs?state=odd", "state"),
        ("/runs?after=nonsense", "after"),
        ("/domains.csv?after=nonsense", "after"),
        ("/comments.ndjson?limit=0", "limit"),
        ("/mentions.csv?seen_from=1", "seen_from"),
    ],
)
def test_bad_input_is_refused_by_name(site: httpx.Client, path: str, parameter: str) -> None:
    answer = site.get("/api/v1" + path)
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter)


def test_what_a_form_leaves_empty_asks_for_nothing(site: httpx.Client) -> None:
    empty = "tld=&first_seen_from=&first_seen_to=&least_mentions=&state=&kind=&method=&limit=1000"
    assert len(site.get(f"/api/v1/domains?{empty}").json()["rows"]) == len(walked(site, "/api/v1/domains?limit=1000"))
    assert site.get("/api/v1/runs?source=&state=").json()["rows"]


def test_nothing_that_matches_offers_to_clear_the_filter(site: httpx.Client) -> None:
    for path, clear in {
        "/domains?tld=nothing&sort=name": "/domains?sort=name",
        "/videos?username=nobody": "/videos",
        "/comments?q=no-such-word-anywhere": "/comments",
        "/runs?source=none": "/runs",
    }.items():
        page = site.get(path).text
        assert "Nothing matches" in page, path
        assert "Nothing is stored yet" not in page
        assert f'class="button" href="{clear}"' in page


def test_an_empty_database_says_what_to_run(empty_site: httpx.Client) -> None:
    for path in ("/videos", "/videos?promoted=true", "/comments", "/comments?q=casino", "/runs", "/domains?tld=com"):
        page = empty_site.get(path).text
        assert "Nothing is stored yet" in page, path
        assert "harvester import FILE" in page
        assert "Nothing matches" not in page


def test_a_video_shows_the_comments_that_mention_domains_with_what_was_written_and_read(site: httpx.Client) -> None:
    row = site.get("/api/v1/videos?limit=1&sort=views").json()["rows"][0]
    told = site.get(f"/api/v1/videos/{row['video_id']}?limit=1000").json()
    assert len(told["comments"]) == told["facts"]["comments_with_domains"] == row["comments_with_domains"]
    page = site.get(f"/videos/{row['video_id']}?limit=1000").text
    assert page.count("<blockquote") == len(told["comments"])
    for comment in told["comments"]:
        for span in comment["spans"]:
            assert comment["text"][span["start"] : span["end"]] == span["text"]
            assert f'href="/domains/{span["domain_name"]}"' in page
    assert page.count("<mark>") >= len(told["comments"])
    assert site.get("/videos/1").status_code == site.get("/api/v1/videos/%00").status_code == 404


def test_the_words_that_were_found_are_told_with_their_places(site: httpx.Client) -> None:
    rows = walked(site, "/api/v1/comments?q=FREE&limit=1000")
    for row in rows:
        assert row["hits"]
        assert {row["text"][hit["start"] : hit["end"]].lower() for hit in row["hits"]} == {"free"}
    page = site.get("/comments?q=free&limit=1000").text
    assert len(re.findall(r'<mark class="hit">free</mark>', page, re.IGNORECASE)) > 0
    assert page.count("<blockquote") == len(rows)


def test_runs_tell_what_was_wrong_and_what_is_in_quarantine(empty_site: httpx.Client, conninfo: str) -> None:
    with psycopg.connect(conninfo) as owner:
        owner.execute(
            "with r as (insert into run (source, extractor_version, fetched, stored, quarantined, errors)"
            " values ('bare_csv', '1', 5, 3, 2, '{\"ruined_id\": 2, \"text_repaired\": 7}') returning id)"
            " insert into quarantine (run_id, source, reason, detail, raw, sha256)"
            " select id, 'bare_csv', 'ruined_id', 'x', n::text::bytea, sha256(n::text::bytea)"
            " from r, generate_series(1, 2) n"
        )
    (run,) = empty_site.get("/api/v1/runs").json()["rows"]
    assert (run["errors"], run["in_quarantine"]) == ({"ruined_id": 2, "text_repaired": 7}, {"ruined_id": 2})
    page = re.sub(r"<[^>]+>", "", empty_site.get("/runs").text)
    assert "noted: ruined_id 2, text_repaired 7" in " ".join(page.split())
    assert "in quarantine: ruined_id 2" in " ".join(page.split())
    assert "still running" in page
