"""Which columns a list shows: a choice that stands in the address, made without a script, and kept by its CSV."""

from __future__ import annotations

import csv
import io
import re
import typing

import httpx
import pytest
from jinja2 import Environment
from playwright.sync_api import Browser
from tests.web.windows import signed_in

from harvester.exports.table import columns
from harvester.store.exported import ExportedDomain
from harvester.store.video import VideoRow
from harvester.web import rendering
from harvester.web.pages.domains import DomainColumn
from harvester.web.pages.videos import VideoColumn

KEYS = {"domains": "domain_name", "videos": "video_id"}
ALL = {"domains": columns(ExportedDomain), "videos": columns(VideoRow)}
FEW = {"domains": "domain_name,registered_at,mention_count", "videos": "video_id,posted_at,view_count"}


def headings(page: str) -> list[str]:
    """The headings of the table, without the marks of order."""
    found = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", page, re.DOTALL)
    return [re.sub(r"<[^>]+>|[▲▼]", "", each).strip() for each in found]


def test_the_columns_of_a_page_are_those_of_its_csv() -> None:
    environment: Environment = rendering._TEMPLATES
    drawn = environment.get_template("columns.html").module
    assert typing.get_args(DomainColumn) == ALL["domains"]
    assert typing.get_args(VideoColumn) == ALL["videos"]
    assert set(drawn.of_domains) | {"domain_name"} == set(ALL["domains"])  # type: ignore[attr-defined]
    assert set(drawn.of_videos) | {"video_id"} == set(ALL["videos"])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("columns=registered_at,mention_count", ["Domain", "Registered", "Mentions"]),
        ("columns=mention_count&columns=registered_at", ["Domain", "Mentions", "Registered"]),
        ("columns=tld,domain_name,+tld,", ["Domain", "TLD"]),
        ("columns=domain_name", ["Domain"]),
        ("columns=", ["Domain", "Mentions", "Videos", "Commenters", "First seen", "Last seen"]),
    ],
)
def test_columns_stand_in_the_order_of_the_address(site: httpx.Client, asked: str, shown: list[str]) -> None:
    assert headings(site.get(f"/domains?{asked}").text) == shown


@pytest.mark.parametrize("noun", KEYS)
def test_the_csv_of_a_page_has_its_columns(site: httpx.Client, noun: str) -> None:
    page = site.get(f"/{noun}?limit=3&columns={FEW[noun]}").text
    (link,) = re.findall(r'href="(/api/v1/\w+\.csv[^"]*)"', page)
    answer = site.get(link.replace("&amp;", "&"))
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
    assert header == FEW[noun].split(",")
    whole = list(csv.DictReader(io.StringIO(site.get(f"/api/v1/{noun}.csv").text, newline="")))
    assert sorted(rows) == sorted([row[name] for name in header] for row in whole)
    assert f"columns={FEW[noun]}" in answer.headers["link"]


@pytest.mark.parametrize("noun", KEYS)
def test_every_link_of_a_list_keeps_the_columns(site: httpx.Client, noun: str) -> None:
    page = site.get(f"/{noun}?limit=3&columns={FEW[noun]}").text
    assert page.count(f"columns={FEW[noun]}") >= 3, "headings, the next page, CSV"
    assert re.search(rf'rel="next" href="[^"]*columns={FEW[noun]}[^"]*"', page)
    # The search and the filters keep them, too.
    assert page.count(f'<input type="hidden" name="columns" value="{FEW[noun]}">') == (2 if noun == "domains" else 1)
    answer = site.get(f"/api/v1/{noun}?limit=1&" + "&".join(f"columns={each}" for each in FEW[noun].split(",")))
    assert answer.json()["columns"] == FEW[noun].split(",")
    assert f"columns={FEW[noun]}" in answer.headers["link"]


@pytest.mark.parametrize(
    "path", ["/domains", "/api/v1/domains", "/api/v1/domains.csv", "/videos", "/api/v1/videos.csv"]
)
def test_an_unknown_column_is_refused_with_those_that_there_are(site: httpx.Client, path: str) -> None:
    answer = site.get(f"{path}?columns=luck")
    assert answer.status_code == 400
    for said in ("columns", "luck", KEYS["videos" if "videos" in path else "domains"]):
        assert said in answer.text


def test_json_lines_have_every_column_and_say_so(site: httpx.Client) -> None:
    answer = site.get("/api/v1/domains.ndjson?columns=tld")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "columns")


def test_columns_are_chosen_ordered_and_given_up_without_a_script(browser: Browser, site: httpx.Client) -> None:
    with signed_in(browser, site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/domains?q=a&sort=name&tld=com")
        page.get_by_text("Columns (6)").click()
        page.get_by_label("Videos", exact=True).uncheck()
        page.get_by_label("Registered", exact=True).check()
        page.get_by_role("button", name="Show these columns").click()
        assert headings(page.content()) == [
            "Domain", "Mentions", "Commenters", "First seen", "Last seen", "Registered",
        ]  # fmt: skip
        asked = httpx.URL(page.url).params
        assert [asked[name] for name in ("q", "sort", "tld")] == ["a", "name", "com"]
        page.get_by_text("Columns (6)").click()
        page.get_by_role("link", name="Move Registered a place to the left").click()
        assert headings(page.content())[-2:] == ["Registered", "Last seen"]
        assert page.locator("#column-registered_at").is_visible(), "the form stays open where the column was moved"
        page.get_by_role("link", name="Back to the usual ones").click()
        assert page.url.endswith("/domains?q=a&sort=name&tld=com")
