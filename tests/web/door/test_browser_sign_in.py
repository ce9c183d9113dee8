"""Signing in and out in a real browser, with and without JavaScript, in both themes and on a small screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.web.door.people import ANALYST, PASSWORD, Desk, desk
from tests.web.test_browser import FAINT_TEXTS, SMALL_TARGETS, WIDTHS
from tests.web.windows import browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def place(door_database: str) -> Iterator[Desk]:
    """A dashboard with its sign-in service, in a thread of its own."""
    ready, stop, opened = threading.Event(), asyncio.Event(), list[Desk]()
    loop = asyncio.new_event_loop()

    async def work() -> None:
        async with desk(door_database) as each:
            opened.append(each)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
    thread.start()
    assert ready.wait(20), "the dashboard did not start"
    yield opened[0]
    loop.call_soon_threadsafe(stop.set)
    thread.join(20)
    loop.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(request: pytest.FixtureRequest, browser: Browser, place: Desk) -> Iterator[Page]:
    complaints: list[str] = []
    context = browser.new_context(base_url=place.url, java_script_enabled=request.param)
    with context, context.new_page() as page:
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    # A browser writes of each refused form on its own; nothing else may go wrong.
    assert [each for each in complaints if "401 (Unauthorized)" not in each] == []


def test_somebody_signs_in_by_password_and_out_again(page: Page) -> None:
    page.goto("/domains?sort=name")
    assert page.locator("h1").inner_text() == "Sign in"
    assert page.get_by_role("navigation").count() == 0
    page.get_by_label("E-mail address").fill(ANALYST.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert "not right" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("E-mail address").input_value() == ANALYST.email
    assert page.get_by_label("Password").input_value() == ""
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/domains?sort=name")
    assert "ann@example.org analyst" in page.locator(".person").inner_text().replace("\n", " ")
    assert page.evaluate("document.cookie") == "" if page.context.cookies() else True
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto("/")
    assert page.locator("h1").inner_text() == "Sign in"


def test_somebody_signs_in_by_the_link_of_a_mail(page: Page, place: Desk) -> None:
    place.stub.mails.clear()
    page.goto("/")
    page.get_by_label("E-mail address").fill(ANALYST.email)
    page.get_by_role("button", name="Send me a link instead").click()
    assert "on its way" in page.get_by_role("status").inner_text()
    for _ in range(100):
        if place.stub.mails:
            break
        page.wait_for_timeout(20)
    page.goto(place.stub.mails[0].link)
    page.wait_for_url(place.url)
    assert "ann@example.org" in page.locator(".person").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_can_be_read_and_used_everywhere(browser: Browser, place: Desk, scheme: str) -> None:
    with browser.new_context(base_url=place.url, color_scheme=scheme) as context, context.new_page() as page:  # type: ignore[arg-type]
        page.goto("/sign-in")
        page.get_by_label("E-mail address").fill("x" * 300 + "@example.org")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("alert").wait_for()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.evaluate(SMALL_TARGETS) == []
        assert page.evaluate(FAINT_TEXTS) == []
        assert page.locator("input:not([type=hidden]):not([id])").count() == 0
        for selector in ("html[lang=en]", "body > header", "main", "body > footer", "h1"):
            assert page.locator(selector).count() == 1


def test_the_keyboard_reaches_the_form_in_order(browser: Browser, place: Desk) -> None:
    with browser.new_context(base_url=place.url) as context, context.new_page() as page:
        page.goto("/sign-in")
        reached = []
        for _ in range(6):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
        assert reached == [
            "Skip to the content", "Domain Harvester", "email", "password", "Sign in", "Send me a link instead",
        ]  # fmt: skip
