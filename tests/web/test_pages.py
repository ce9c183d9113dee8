"""The pages as people get them."""

from __future__ import annotations

import re

import httpx
import pytest


def text_of(answer: httpx.Response) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def test_the_overview_shows_every_part_of_the_desk(site: httpx.Client) -> None:
    answer = site.get("/")
    assert answer.status_code == 200
    for heading in ("Overview", "Mentions per day", "New today", "Trending", "Top mentioned", "Latest runs"):
        assert re.search(rf"<h[12][^>]*>{heading}</h[12]>", answer.text), heading
    assert "sandbox" in answer.text
    assert re.search(r"[▲▼=] [+-][\d,]+%", text_of(answer)), "the figures say how they changed"


def test_the_figures_link_to_their_rows(site: httpx.Client) -> None:
    page = site.get("/").text
    for target in ("/domains?sort=first_seen", "/domains?sort=mentions"):
        assert f'href="{target}"'.replace("&", "&amp;") in page
        assert site.get(target).status_code == 200


def test_an_empty_database_says_what_to_run(empty_site: httpx.Client) -> None:
    for path in ("/", "/domains", "/domains?q=casino"):
        answer = empty_site.get(path)
        assert answer.status_code == 200
        assert "Nothing is stored yet" in answer.text
        assert "harvester import FILE" in answer.text
        assert "make demo" in answer.text


def test_a_filter_without_rows_offers_to_clear_it(site: httpx.Client) -> None:
    answer = site.get("/domains", params={"q": "no-such-name", "sort": "name"})
    assert "Nothing matches" in answer.text
    assert "Nothing is stored yet" not in answer.text
    assert 'href="/domains?sort=name"' in answer.text


def test_a_filter_finds_parts_of_names_in_ascii_and_in_unicode(site: httpx.Client) -> None:
    rows = site.get("/api/v1/domains?limit=1000").json()["rows"]
    one = next(row for row in rows if row["unicode_name"] != row["domain_name"])
    for part in (one["unicode_name"][1:4], one["domain_name"][:9].upper()):
        found = site.get("/domains", params={"q": part, "limit": 1000})
        assert f"/domains/{one['domain_name']}" in found.text, part


def test_a_span_without_an_address_is_read_as_its_domain(site: httpx.Client) -> None:
    answer = site.get("/domains/overflow-probe.com")
    assert answer.status_code == 200
    assert "→ overflow-probe[.]com" in text_of(answer)


def test_the_list_keeps_its_state_in_the_address(site: httpx.Client) -> None:
    page = site.get("/domains?q=a&sort=last_seen&limit=5").text
    assert 'value="a"' in page
    assert '<input type="hidden" name="sort" value="last_seen">' in page
    assert re.search(r'rel="next" href="/domains\?after=[^"]+&amp;q=a&amp;sort=last_seen&amp;limit=5"', page)
    assert 'aria-sort="descending"' in page


@pytest.mark.parametrize("written", ["{0}.", "{1}"])
def test_a_domain_is_found_however_its_name_is_written(site: httpx.Client, written: str) -> None:
    rows = site.get("/api/v1/domains?limit=1000").json()["rows"]
    row = next(row for row in rows if row["unicode_name"] != row["domain_name"])
    answer = site.get("/domains/" + written.format(row["domain_name"].upper(), row["unicode_name"]))
    assert answer.status_code == 308
    assert answer.headers["location"] == f"/domains/{row['domain_name']}"
    assert site.get(answer.headers["location"]).status_code == 200


def test_a_domain_nobody_mentioned_is_explained(site: httpx.Client) -> None:
    answer = site.get("/domains/never-mentioned.example")
    assert answer.status_code == 404
    assert "No stored comment mentions" in answer.text
    assert 'href="/domains"' in answer.text


def test_the_evidence_shows_what_was_written_and_what_was_read(site: httpx.Client) -> None:
    rows = site.get("/api/v1/domains?limit=1000").json()["rows"]
    marks = 0
    for row in rows[:10]:
        page = site.get(f"/domains/{row['domain_name']}").text
        evidence = site.get(f"/api/v1/domains/{row['domain_name']}").json()["evidence"]
        assert page.count("<blockquote") == len(evidence)
        assert page.count("<mark>") >= len(evidence)
        marks += page.count("<mark>")
    assert marks > 20


def test_what_was_seen_elsewhere_stands_apart_from_the_evidence(site: httpx.Client) -> None:
    page = site.get("/domains/overflow-probe.com").text
    _, _, elsewhere = page.partition("Seen elsewhere")
    for words in ("in the caption of", "in the link of the profile of", "in the words of an ad of", "confidence 0.9"):
        assert words in elsewhere
    told = site.get("/api/v1/domains/overflow-probe.com").json()
    assert {each["place"] for each in told["sightings"]} == {"caption", "bio_url", "ad_title"}
    assert (told["facts"]["mention_count"], len(told["evidence"])) == (2, 2)
    assert (
        "Seen elsewhere"
        not in site.get(f"/domains/{site.get('/api/v1/domains').json()['rows'][0]['domain_name']}").text
    )


def test_a_domain_that_no_comment_mentions_has_a_page_with_its_sightings(site: httpx.Client) -> None:
    path = "/domains/seen-elsewhere-only.com"
    page = site.get(path).text
    assert "No comment mentions it." in page
    assert page.count('id="sighting-') == 25
    (more,) = re.findall(r'href="(/domains/[^"]+sightings_after=[^"]+)#elsewhere"', page)
    rest = site.get(more.replace("&amp;", "&")).text
    assert (rest.count('id="sighting-'), "and 1 more in this place" in page + rest) == (6, True)
    told = site.get(f"/api/v1{path}").json()
    assert (told["facts"]["mention_count"], told["facts"]["first_seen_at"], told["evidence"]) == (0, None, [])
    assert site.get("/domains?q=seen-elsewhere-only").text.count(path) == 0
    assert site.get(path, params={"sightings_after": "nothing"}).status_code == 400


def test_health_and_readiness_answer(site: httpx.Client) -> None:
    for path in ("/healthz", "/readyz"):
        answer = site.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
