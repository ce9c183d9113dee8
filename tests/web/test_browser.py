"""The pages in a real browser: Debian's chromium, or the one that HARVESTER_CHROMIUM names."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page
from tests.web.conftest import OpenSite
from tests.web.windows import signed_in

from harvester.exports.table import columns
from harvester.store.exported import ExportedDomain
from harvester.store.video import VideoRow

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (320, 768, 1280)

FAINT_TEXTS = """
() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.getClientRects().length || element.closest("svg")) continue;
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push([walker.currentNode.data.trim().slice(0, 40), contrast.toFixed(2)]);
  }
  return faint;
}
"""
"""WCAG 2.2, 1.4.3: the texts whose contrast with what lies behind them is below 4.5 to 1."""

BARRIERS = """
(rules) => axe.run({runOnly: rules})
  .then((found) => found.violations.map((each) => [each.id, each.nodes.map((node) => node.html.slice(0, 100))]))
"""
"""What some of axe-core's rules object to."""
RULES = {
    "light": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Nothing but colours differs.
    "dark": ["color-contrast"],
}
"""All for WCAG 2.2 AA, and axe's own of best practice."""

SMALL_TARGETS = """
() => [...document.querySelectorAll("a, button, summary, input")]
  .filter((each) => each.getClientRects().length && !each.matches(".skip, p a, dd a, caption a, tbody a, .read a"))
  .map((each) => [each.outerHTML.slice(0, 60), each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24)
  .map(([text, box]) => [text, box.width, box.height])
"""
"""WCAG 2.2, 2.5.8: what is to be clicked and smaller than 24 pixels; links within lines of text are exempt."""


@pytest.fixture(scope="module")
def addresses(site: httpx.Client) -> list[str]:
    """One address of each kind of page."""
    rows = site.get("/api/v1/domains?limit=1").json()["rows"]
    video = site.get("/api/v1/videos?sort=views&limit=1").json()["rows"][0]["video_id"]
    return [
        "/",
        "/?days=365&platforms=show",
        "/domains",
        "/domains?q=no-such-name",
        f"/domains/{rows[0]['domain_name']}",
        "/domains/overflow-probe.com",
        "/domains?tld=com&promoted=true&limit=6",
        # A place within opens the form that chooses columns.
        f"/domains?limit=6&columns={','.join(columns(ExportedDomain))}#column-tld",
        "/videos?promoted=true&limit=6",
        f"/videos?limit=6&columns={','.join(columns(VideoRow))}#column-caption",
        "/videos/7300000000000000001",
        f"/videos/{video}?limit=3",
        "/comments?q=free&limit=3",
        "/comments?q=no-such-word",
        "/runs?source=bare_csv",
        "/reviews",
        "/reviews/precision",
        "/operations",
        "/operations/jobs?task=no-such&job_state=todo",
        "/operations/look-ups?look_up=dns",
        "/operations/quarantine?source=no-such&refusal=ruined_id",
    ]


@pytest.mark.parametrize("scheme", RULES)
def test_every_text_can_be_read_in_both_themes_and_axe_finds_no_barrier(
    page: Page, addresses: list[str], scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in addresses:
        page.goto(address)
        assert page.locator("h1, h2").first.is_visible()
        assert page.evaluate(FAINT_TEXTS) == [], address
        if AXE.exists():
            page.evaluate(AXE.read_text())
            assert page.evaluate(BARRIERS, RULES[scheme]) == [], address
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == {"light": "rgb(245, 246, 248)", "dark": "rgb(15, 19, 24)"}[scheme]
    if not AXE.exists():
        missing = "not run: axe-core is missing; npm ci --prefix tests/web"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)


def test_no_page_is_wider_than_its_window(page: Page, addresses: list[str]) -> None:
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert page.evaluate(SMALL_TARGETS) == [], (address, width)


def test_a_page_has_landmarks_names_and_one_first_heading(page: Page, addresses: list[str]) -> None:
    for address in addresses:
        page.goto(address)
        for selector in ("html[lang=en]", "body > header", "main", "body > footer", "h1", "form[role=search]"):
            assert page.locator(selector).count() == 1, (address, selector)
        tables, captions = page.locator("table").count(), page.locator("table > caption").count()
        assert tables == captions
        assert page.locator("thead th:not([scope])").count() == 0
        assert page.locator("input:not([type=hidden]):not([id])").count() == 0
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
        assert len(ids) == len(set(ids))


def test_the_list_is_walked_to_its_end(page: Page, site: httpx.Client) -> None:
    page.goto("/domains?limit=40")
    names: list[str] = []
    while True:
        names += page.locator("tbody th .host").all_inner_texts()
        if not page.get_by_role("link", name="Next page").count():
            break
        page.get_by_role("link", name="Next page").click()
    assert names == [row["domain_name"] for row in site.get("/api/v1/domains?limit=1000").json()["rows"]]
    page.get_by_role("link", name="First page").click()
    assert page.url.endswith("/domains?sort=mentions&limit=40")


def test_a_search_goes_from_the_keyboard_to_the_evidence(page: Page, site: httpx.Client) -> None:
    name = site.get("/api/v1/domains?limit=1").json()["rows"][0]["domain_name"]
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/domains?q={name}")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.wait_for_url(f"**/domains/{name}")
    assert page.locator("h1").inner_text() == name
    assert page.locator("blockquote mark").first.is_visible()


def test_a_filter_is_set_and_cleared_without_a_script(browser: Browser, site: httpx.Client) -> None:
    with signed_in(browser, site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/domains?q=a&sort=name")
        page.get_by_text("Filters").click()
        page.get_by_label("Ends in").fill("com")
        page.get_by_label("Written as").select_option("url")
        page.get_by_label("Least mentions").fill("2")
        page.get_by_role("button", name="Apply").click()
        asked = httpx.URL(page.url).params
        assert {name: asked[name] for name in ("q", "sort", "tld", "method", "least_mentions")} == {
            "q": "a", "sort": "name", "tld": "com", "method": "url", "least_mentions": "2",
        }  # fmt: skip
        names = page.locator("tbody th .host").all_inner_texts()
        listed = site.get("/api/v1/domains", params={**asked, "limit": 1000}).json()["rows"]
        assert names == [row["domain_name"] for row in listed]
        assert names
        page.get_by_role("link", name="Clear filters").click()
        assert page.url.endswith("/domains?q=a&sort=name")


def test_a_word_of_a_comment_is_found_and_leads_to_its_video_and_domain(page: Page, site: httpx.Client) -> None:
    page.goto("/comments")
    page.fill("#q", "FREE")
    page.keyboard.press("Enter")
    page.wait_for_url("**/comments?q=FREE")
    assert page.locator("mark.hit").first.inner_text().lower() == "free"
    first = site.get("/api/v1/comments?q=free&limit=1").json()["rows"][0]
    page.get_by_role("link", name="a video").first.click()
    page.wait_for_url(f"**/videos/{first['video_id']}")
    name = page.locator(".read a").first.inner_text()
    page.locator(".read a").first.click()
    page.wait_for_url(f"**/domains/{name}")


def test_a_heading_orders_the_list(page: Page) -> None:
    page.goto("/domains")
    page.get_by_role("link", name="Domain", exact=True).click()
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("Domain")
    names = page.locator("tbody th .host").all_inner_texts()
    assert names == sorted(names)


def test_the_keyboard_skips_to_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box()["x"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_numbers_of_the_chart_stand_in_a_table(page: Page, site: httpx.Client) -> None:
    page.goto("/")
    table = page.locator("table.numbers").first
    assert not table.is_visible()
    page.get_by_text("The numbers").first.click()
    counts = site.get("/api/v1/overview").json()["mentions_per_day"]
    shown = [int(text.replace(",", "")) for text in table.locator("tbody td").all_inner_texts()]
    assert shown == [count["mentions"] for count in reversed(counts)]


def test_everything_is_there_without_javascript(browser: Browser, site: httpx.Client, addresses: list[str]) -> None:
    with signed_in(browser, site, java_script_enabled=False) as context:
        page = context.new_page()
        for address in addresses:
            page.goto(address)
            assert page.locator("main").inner_text().strip()
        page.goto("/domains")
        page.fill("#q", "no-such-name")
        page.get_by_role("button", name="Find").click()
        assert "Nothing matches" in page.locator("main").inner_text()


def test_the_icon_is_drawn(page: Page) -> None:
    page.goto("/")
    assert page.locator(".brand img").evaluate("(image) => image.naturalWidth") > 0


MOVED = """
() => { window.moved = 0;
  new PerformanceObserver((seen) => { for (const each of seen.getEntries()) window.moved += each.value; })
    .observe({type: "layout-shift", buffered: true}); }
"""
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
SPENT = """
insert into quota_use (api, day, request_limit, record_limit, request_count)
values ('research', (now() at time zone 'UTC')::date, 1000, 100000, 958)
"""


def test_figures_follow_where_they_stand_and_nothing_moves(
    browser: Browser, conninfo: str, open_site: OpenSite
) -> None:
    with open_site(conninfo) as site, signed_in(browser, site) as context, context.new_page() as page:
        page.goto("/operations")
        page.evaluate(MOVED)
        page.fill("#reason-collection", "half a reas")
        with psycopg.connect(conninfo) as owner:
            owner.execute(SPENT)
        page.evaluate(LOOK)
        page.locator("[data-live=quota] tbody tr").first.get_by_text("42", exact=True).wait_for()
        assert page.locator("#reason-collection").input_value() == "half a reas"
        with psycopg.connect(conninfo) as owner:
            owner.execute("insert into pause (what, is_paused, reason) values ('collection', true, 'a letter')")
        page.evaluate(LOOK)
        page.get_by_text("Rows have come or gone").wait_for()
        assert page.locator("#reason-collection").input_value() == "half a reas"
        assert page.evaluate("window.moved") < 0.001
        page.reload()
        page.get_by_role("button", name="Let collection go on").click()
        page.wait_for_url("**/operations#switches")
        assert page.get_by_role("button", name="Stop collection").is_visible()
