"""Verdicts in a real browser: by button, by key, without a script, in both themes and on a small screen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg import sql
from tests.store.test_ingest import NAMES
from tests.web.conftest import OpenSite
from tests.web.test_browser import AXE, BARRIERS, FAINT_TEXTS, RULES, SMALL_TARGETS, WIDTHS
from tests.web.test_reviews import FIRST, SECOND, give, put_comments
from tests.web.windows import browser, signed_in

from harvester.store.embedded import EmbeddedServer

__all__ = ["browser"]

LONG = "long-" * 39 + "\u202e"


@pytest.fixture(scope="module")
def judged(server: EmbeddedServer, template: str, open_site: OpenSite) -> Iterator[httpx.Client]:
    """A dashboard over eight comments, with verdicts of each kind."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        # A process may come back to this file after it has worked on another.
        connection.execute("drop database if exists web_judged with (force)")
        copy = sql.SQL("create database web_judged template {}")
        connection.execute(copy.format(sql.Identifier(template)))
    conninfo = server.conninfo("web_judged")
    # The browser's own loop runs in this thread.
    with ThreadPoolExecutor() as aside:
        aside.submit(lambda: asyncio.run(put_comments(conninfo))).result()
    with open_site(conninfo) as client:
        for verdict in ("malicious", "suspicious", "ignore", "benign"):
            give(client, domain_name=list(NAMES[:2]), verdict=verdict, reason=LONG, note=LONG * 10)
        evidence = client.get(f"/api/v1/domains/{FIRST}").json()["evidence"]
        give(client, domain_name=FIRST, verdict="not_a_domain", comment_id=evidence[0]["comment_id"])
        yield client


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def either(request: pytest.FixtureRequest, browser: Browser, judged: httpx.Client) -> Iterator[Page]:
    with signed_in(browser, judged, java_script_enabled=request.param) as context, context.new_page() as page:
        yield page


@pytest.fixture
def page(browser: Browser, judged: httpx.Client) -> Iterator[Page]:
    """A tab with scripts, which complains of nothing."""
    complaints: list[str] = []
    with signed_in(browser, judged) as context, context.new_page() as page:
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    assert complaints == []


@pytest.fixture
def addresses(judged: httpx.Client) -> list[str]:
    """The pages of verdicts, one of them where a form has just led."""
    led = give(judged, domain_name=FIRST, verdict="malicious", reason="phishing", back=f"/domains/{FIRST}")
    return [led, "/domains", "/reviews", "/reviews?verdict=benign&limit=1", "/reviews?reviewer=nobody",
            "/reviews/precision"]  # fmt: skip


def test_buttons_judge_and_undo_with_and_without_scripts(either: Page) -> None:
    either.goto(f"/domains/{FIRST}")
    either.get_by_label("Reason, in a few words").first.fill("a shop")
    either.get_by_role("button", name="Benign", exact=True).click()
    expect(either.locator("#told")).to_contain_text(f"{FIRST}: benign.")
    either.locator("#told").get_by_role("button", name="Undo").click()
    expect(either.locator("#told")).to_contain_text("Taken back: 1 verdict")
    either.goto("/domains?sort=name")
    for name in (FIRST, SECOND):
        either.get_by_label(f"Tick {name}").check()
    either.get_by_role("button", name="Suspicious", exact=True).click()
    expect(either.locator("#told")).to_contain_text(f"{FIRST}, {SECOND}: suspicious.")
    assert "/domains?sort=name&done=" in either.url
    assert either.locator("tbody .badge.warn").count() == 2
    either.goto(f"/domains/{SECOND}")
    either.get_by_label("Tick comment 1").check()
    either.get_by_label("Tick comment 2").check()
    either.get_by_role("button", name="The ticked ones mean no domain").click()
    expect(either.locator("#told")).to_contain_text(f"2 mentions of {SECOND}: no domain.")
    either.locator("#told").get_by_role("button", name="Undo").click()
    either.get_by_role("button", name="Means no domain (comment 1)").click()
    expect(either.locator("#told")).to_contain_text(f"1 mention of {SECOND}: no domain.")
    either.locator("#told").get_by_role("button", name="Undo").click()


def says(page: Page, words: str) -> None:
    """Wait until the page has announced it: from then on it listens to keys as well."""
    expect(page.locator("#announced")).to_have_text(words)


def test_a_key_judges_and_another_undoes(page: Page) -> None:
    page.goto(f"/domains/{FIRST}")
    for key, word in {"m": "malicious", "s": "suspicious", "b": "benign", "i": "ignore"}.items():
        page.keyboard.press(key)
        says(page, f"{FIRST}: {word}. Press u to undo.")
        page.keyboard.press("u")
        says(page, f"Taken back: 1 verdict on {FIRST}.")
    page.keyboard.press("u")
    says(page, "Nothing was just done that could be undone.")


def test_a_key_in_a_field_is_a_letter_and_enter_judges_nothing(page: Page) -> None:
    page.goto(f"/domains/{FIRST}")
    address = page.url
    for field in (page.locator("#q"), page.locator("#verdict-reason"), page.locator("#verdict-note")):
        field.focus()
        page.keyboard.type("msbiu")
        expect(field).to_have_value("msbiu")
    page.locator("#verdict-reason").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+b")
    assert page.url == address


def test_in_the_list_a_key_means_the_ticked_rows_or_the_one_in_focus(page: Page) -> None:
    page.goto("/domains?sort=name")
    page.keyboard.press("m")
    says(page, "Tick a domain, or go to its row, first.")
    page.get_by_role("link", name=SECOND).focus()
    page.keyboard.press("m")
    says(page, f"{SECOND}: malicious. Press u to undo.")
    page.keyboard.press("u")
    says(page, f"Taken back: 1 verdict on {SECOND}.")
    page.get_by_label(f"Tick {FIRST}").check()
    page.get_by_role("link", name=SECOND).focus()
    page.keyboard.press("b")
    says(page, f"{FIRST}: benign. Press u to undo.")
    page.keyboard.press("u")
    says(page, f"Taken back: 1 verdict on {FIRST}.")


@pytest.mark.parametrize("scheme", RULES)
def test_every_text_can_be_read_and_axe_finds_no_barrier(page: Page, addresses: list[str], scheme: str) -> None:
    if not AXE.exists():
        missing = "not run: axe-core is missing; npm ci --prefix tests/web"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for address in addresses:
        page.goto(address)
        for summary in page.get_by_text("The numbers").all():
            summary.click()
        assert page.evaluate(FAINT_TEXTS) == [], address
        page.evaluate(AXE.read_text())
        assert page.evaluate(BARRIERS, RULES[scheme]) == [], address


def test_no_page_is_wider_than_its_window(page: Page, addresses: list[str]) -> None:
    for address in addresses:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert page.evaluate(SMALL_TARGETS) == [], (address, width)
        assert page.locator("input:not([type=hidden]):not([id])").count() == 0
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map((each) => each.id)")
        assert len(ids) == len(set(ids)), address
