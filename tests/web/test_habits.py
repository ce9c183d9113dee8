"""What people's hands get used to: keys, times, news without a jump, and how few clicks lead anywhere."""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page
from tests.web.conftest import OpenSite
from tests.web.test_browser import AXE, BARRIERS, RULES
from tests.web.windows import signed_in

from harvester.jobs.collect import collect
from harvester.model import Comment, Video
from harvester.store.database import Database

STATIC = Path(__file__).parents[2] / "src/harvester/web/static"
MOST_BYTES = 150_000
"""What a page with its style and scripts may weigh, compressed."""
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifted += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
FOCUSED = "() => document.activeElement.closest('tr, li')?.querySelector('a').textContent"


def write(conninfo: str, *records: Video | Comment) -> None:
    """Store records, in a thread of its own: the browser's loop has this one."""

    async def work() -> None:
        async with Database(conninfo) as database:
            await collect(database, "bare_csv", {"file": f"{len(records)}.csv"}, list(records))

    thread = threading.Thread(target=lambda: asyncio.run(work()))
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_keys_walk_through_the_rows_and_open_one(page: Page) -> None:
    page.goto("/domains?sort=name&limit=5")
    names = page.locator("tbody th .host").all_inner_texts()
    for key, row in (("j", 0), ("j", 1), ("k", 0), ("k", 0), *[("j", min(4, at)) for at in range(1, 7)]):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == names[row]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/domains/{names[4]}")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.localName") in ("tr", "li")


def test_the_help_lists_every_key_and_turns_them_off(page: Page) -> None:
    page.goto("/")
    page.evaluate(
        "import('/static/keys.js').then((keys) => keys.register('x', 'Try it', () => (document.title = 'x')))"
    )
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    assert dialog.locator("kbd").all_inner_texts() == ["/", "j", "k", "Enter", "?", "x", "Esc"]
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.title() != "x"
    page.keyboard.press("x")
    assert page.title() == "x"
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys act").uncheck()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"
    page.goto("/domains")
    page.keyboard.press("j")
    assert page.evaluate(FOCUSED) is None


def test_axe_finds_no_barrier_in_the_help(page: Page) -> None:
    if not AXE.exists():
        pytest.skip("not run: axe-core is missing; npm ci --prefix tests/web")
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto("/domains")
    page.keyboard.press("j")
    page.keyboard.press("?")
    page.evaluate(AXE.read_text())
    assert page.evaluate(BARRIERS, RULES["light"]) == []
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0 < box["x"] + box["width"] <= 320


def test_keys_type_where_people_type(page: Page) -> None:
    page.goto("/domains")
    page.keyboard.press("/")
    page.keyboard.type("j?k/")
    assert page.input_value("#q") == "j?k/"
    assert page.locator("dialog").count() == 0


def test_times_are_told_as_people_say_them_with_the_exact_one_on_hover(page: Page, site: httpx.Client) -> None:
    row = site.get("/api/v1/domains?sort=last_seen&limit=1").json()["rows"][0]
    seen = datetime.fromisoformat(row["last_seen_at"]).astimezone(UTC)
    page.clock.set_fixed_time(seen + timedelta(hours=3, minutes=5))
    page.goto("/domains?sort=last_seen&limit=1")
    time = page.locator("tbody time").last
    assert time.inner_text() == "3 h ago"
    assert time.get_attribute("title") == f"{seen:%Y-%m-%d %H:%M} UTC"
    assert time.get_attribute("datetime") == f"{seen:%Y-%m-%dT%H:%M:%SZ}"


def test_a_time_is_told_in_the_greatest_unit_that_fits(page: Page) -> None:
    told = {
        0: "just now", 59: "just now", -59: "just now", 60: "1 min ago", 3_599: "59 min ago", 86_399: "23 h ago",
        86_400: "1 d ago", 2_629_800: "1 mo ago", 31_557_600 * 3: "3 y ago", -7_200: "in 2 h",
    }  # fmt: skip
    page.goto("/sign-in")
    for seconds, text in told.items():
        found = page.evaluate("(s) => import('/static/times.js').then((times) => times.relative(s))", seconds)
        assert found == text, seconds


def test_news_are_told_and_nothing_moves(browser: Browser, conninfo: str, open_site: OpenSite) -> None:
    video = Video("7310000000000000001", username="glowdeals", is_promoted=True)
    write(conninfo, video, Comment("7410000000000000001", video.video_id, "go to first-news.com now"))
    with open_site(conninfo) as client, signed_in(browser, client) as context:
        context.add_init_script(SHIFTS)
        page = context.new_page()
        for path, words in (("/domains?sort=first_seen", "1 new domain – refresh"), ("/", "1 new mention – refresh")):
            with page.expect_response(lambda answer: "/api/v1/" in answer.url):
                page.goto(path)
            page.wait_for_load_state("networkidle")
            rows = page.locator("tbody th").all_inner_texts()
            name = f"{'second' if path == '/' else 'third'}-news.com"
            write(conninfo, Comment(str(7410000000000000002 + (path == "/")), video.video_id, f"try {name} now"))
            page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            page.locator(".live a").wait_for()
            assert page.locator(".live").inner_text() == words
            assert page.locator("tbody th").all_inner_texts() == rows
            page.keyboard.press("j")
            page.wait_for_timeout(100)
            assert page.evaluate("window.shifted") < 0.01, path
            page.locator(".live a").click()
            page.wait_for_load_state()
            assert name in page.locator("main").inner_text()


def test_an_answer_without_news_is_not_sent_again(site: httpx.Client) -> None:
    for path in ("/api/v1/overview", "/api/v1/domains", "/api/v1/videos", "/api/v1/comments", "/api/v1/runs"):
        # A minute may end between the two: then the overview says so.
        answers = [site.get(path, headers={"If-None-Match": site.get(path).headers["etag"]}) for _ in range(2)]
        assert 304 in [answer.status_code for answer in answers], path


def test_a_dashboard_that_is_gone_is_told_with_a_way_to_try_again(browser: Browser, site: httpx.Client) -> None:
    with signed_in(browser, site) as context:
        page = context.new_page()
        page.goto("/domains")
        page.wait_for_load_state("networkidle")
        page.route("**/api/v1/**", lambda route: route.abort())
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.locator(".live a").wait_for()
        assert page.locator(".live").inner_text() == "The dashboard does not answer – try again"


def test_the_evidence_of_what_rises_most_is_a_click_away(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    page.locator("section[aria-labelledby=trending] tbody a.host").first.click()
    page.wait_for_url(f"**/domains/{site.get('/api/v1/overview').json()['trending'][0]['domain_name']}")
    assert page.locator("blockquote mark").first.is_visible()


def test_a_spreadsheet_of_the_new_domains_of_this_week_is_three_clicks_away(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    page.get_by_role("link", name="7 days").click()
    page.locator(".figures").get_by_role("link", name="new domains").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    (figure, *_) = site.get("/api/v1/overview?days=7").json()["figures"]
    assert len(rows) == figure["new"] > 0


def test_no_page_is_heavy(site: httpx.Client) -> None:
    beside = sum(len(gzip.compress(file.read_bytes())) for file in STATIC.iterdir())
    name = site.get("/api/v1/domains?limit=1").json()["rows"][0]["domain_name"]
    for path in ("/?days=365", f"/domains/{name}?days=365", "/domains", "/videos", "/comments", "/runs"):
        assert len(gzip.compress(site.get(path).content)) + beside < MOST_BYTES, path


def test_a_failure_offers_to_try_again(conninfo: str, open_site: OpenSite) -> None:
    with open_site(conninfo) as client:
        with psycopg.connect(conninfo, autocommit=True) as owner:
            owner.execute("alter table run rename to walk")
        answer = client.get("/")
    assert answer.status_code >= 500
    assert "Try again" in answer.text
