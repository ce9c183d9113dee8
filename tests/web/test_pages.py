"""The pages as people get them."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict

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


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_a_figure_counts_exactly_the_rows_that_it_links_to(site: httpx.Client, days: int) -> None:
    page = site.get("/", params={"days": days}).text
    told = site.get("/api/v1/overview", params={"days": days}).json()
    since = told["since"]
    figures = {figure["name"]: figure["new"] for figure in told["figures"]}
    targets = {
        noun: target for target, noun in re.findall(r'<a href="([^"]+)"><strong>[\d,]+</strong> new (\w+)', page)
    }
    assert targets == {
        "domains": f"/domains?first_seen_from={since}&amp;sort=first_seen&amp;platforms=show",
        **dict.fromkeys(("mentions", "comments"), f"/comments?seen_from={since}"),
        "videos": f"/videos?seen_from={since}",
    }
    domains = site.get("/api/v1/domains", params={"first_seen_from": since, "platforms": "show", "limit": 1000}).json()
    assert len(domains["rows"]) == figures["domains"] == sum(day["domains"] for day in told["domains_per_day"])
    mentions = site.get("/api/v1/mentions.ndjson", params={"seen_from": since}).text.splitlines()
    assert len(mentions) == figures["mentions"] == sum(day["mentions"] for day in told["mentions_per_day"])
    comments = site.get("/api/v1/comments", params={"seen_from": since, "limit": 1000}).json()
    names = {(row["comment_id"], span["domain_name"]) for row in comments["rows"] for span in row["spans"]}
    assert comments["next"] is None
    assert len(names) == figures["mentions"]
    assert len(site.get("/api/v1/comments.ndjson", params={"seen_from": since}).text.splitlines()) == len(
        comments["rows"]
    )
    videos = site.get("/api/v1/videos", params={"seen_from": since, "limit": 1000}).json()["rows"]
    assert all(row["discovered_at"] >= since for row in videos)
    assert len(told["mentions_per_day"]) == days


def test_a_period_is_compared_with_the_one_before(site: httpx.Client) -> None:
    week, fortnight = (site.get("/api/v1/overview", params={"days": days}).json() for days in (7, 30))
    by_day = [day["domains"] for day in fortnight["domains_per_day"]]
    (domains,) = (figure for figure in week["figures"] if figure["name"] == "domains")
    assert domains["new"] == sum(by_day[-7:])
    # The period before ends at the same time of day, so that a day that has only begun is compared with its like.
    assert sum(by_day[-14:-8]) <= domains["previous"] <= sum(by_day[-14:-6])


def test_what_rises_says_why_by_its_own_rows(site: httpx.Client) -> None:
    told = site.get("/api/v1/overview").json()
    assert told["trending"]
    for row in told["trending"]:
        found = site.get("/api/v1/mentions.ndjson", params={"domain_name": row["domain_name"]}).text.splitlines()
        newest = sorted((json.loads(line) for line in found), key=lambda each: each["discovered_at"], reverse=True)
        read = newest[: row["read_mentions"]]
        assert row["read_mentions"] == min(100, row["current_mentions"])
        if row["read_mentions"] < 100:
            assert row["videos_here"] == len({each["video_id"] for each in read})
            assert row["creators_here"] == len({each["video_username"] for each in read} - {None})
            assert row["promoted_here"] == sum(each["is_promoted"] for each in read)
            creators = Counter(each["video_username"] for each in read if each["video_username"])
            assert row["main_mentions"] == (max(creators.values()) if creators else 0)
            assert creators[row["main_username"]] == row["main_mentions"]
    page = text_of(site.get("/"))
    assert "% promoted, mostly written" in page


def test_what_needs_a_person_leads_to_its_rows(site: httpx.Client) -> None:
    told, page = site.get("/api/v1/overview").json(), site.get("/").text
    needs = {need["what"]: need for need in told["needs"]}
    unjudged = [row for row in told["trending"] if not row["is_verified"] and row["velocity_score"] > 0]
    assert needs["rising"]["count"] == len(unjudged)
    (target,) = re.findall(r'<a href="(/domains\?state=unreviewed[^"]+)"', page)
    rows = site.get("/api/v1" + target.replace("&amp;", "&") + "&limit=1000").json()["rows"]
    assert needs["promoted"]["count"] == len(rows) > 0


def test_the_page_of_a_domain_names_who_carries_it_and_what_stands_beside_it(site: httpx.Client) -> None:
    name = site.get("/api/v1/domains?limit=1").json()["rows"][0]["domain_name"]
    told = site.get(f"/api/v1/domains/{name}", params={"days": 365}).json()
    lines = site.get("/api/v1/mentions.ndjson").text.splitlines()
    all_mentions = [json.loads(line) for line in lines]
    ours = [each for each in all_mentions if each["domain_name"] == name]
    assert sum(day["mentions"] for day in told["mentions_per_day"]) == len(ours) == told["carriers"]["read_mentions"]
    videos = Counter(each["video_id"] for each in ours)
    shown = {row["video_id"]: row["mentions_here"] for row in told["carriers"]["videos"]}
    assert list(shown.values()) == sorted(videos.values(), reverse=True)[:10]
    assert all(videos[video] == count for video, count in shown.items())
    creators = Counter(each["video_username"] for each in ours if each["video_username"])
    assert [row["mentions_here"] for row in told["carriers"]["creators"]] == sorted(creators.values(), reverse=True)[
        :10
    ]
    comments = {each["comment_id"] for each in ours}
    beside = Counter(
        each["domain_name"] for each in all_mentions if each["comment_id"] in comments and each["domain_name"] != name
    )
    assert {row["domain_name"]: row["same_comments"] for row in told["neighbours"] if row["same_comments"]} == dict(
        beside.most_common(10)
    )
    page = site.get(f"/domains/{name}").text
    for row in told["carriers"]["videos"]:
        assert f'href="/videos/{row["video_id"]}"' in page
    for row in told["neighbours"]:
        assert f'href="/domains/{row["domain_name"]}"' in page


def test_siblings_stand_under_the_same_registrable_domain(site: httpx.Client) -> None:
    families: dict[str, set[str]] = defaultdict(set)
    for row in site.get("/api/v1/domains?limit=1000&platforms=show").json()["rows"]:
        families[row["registrable_domain"]].add(row["domain_name"])
    name = next(min(names) for names in families.values() if len(names) > 1)
    told = site.get(f"/api/v1/domains/{name}").json()
    siblings = [row["domain_name"] for row in told["siblings"]]
    assert set(siblings) == families[told["facts"]["registrable_domain"]] - {name}
    page = site.get(f"/domains/{name}").text
    assert all(f'href="/domains/{each}"' in page for each in siblings)


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
    first = site.get("/api/v1/domains").json()["rows"][0]["domain_name"]
    assert "No caption, profile or ad names it." in site.get(f"/domains/{first}").text


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
