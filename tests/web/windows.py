"""A real browser for the tests: Debian's chromium, or the one that HARVESTER_CHROMIUM names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

CHROMIUM = Path(os.environ.get("HARVESTER_CHROMIUM", "/usr/bin/chromium"))
MISSING = "not run: chromium is missing; apt-get install chromium"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        # A container has no user namespaces for the sandbox, and little shared memory.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


def signed_in(browser: Browser, site: httpx.Client, **options: Any) -> BrowserContext:
    """A window that shares the session of the client."""
    context = browser.new_context(base_url=str(site.base_url), **options)
    context.add_cookies(
        [{"name": name, "value": value, "url": str(site.base_url)} for name, value in site.cookies.items()]
    )
    return context


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: it stays empty."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str], site: httpx.Client) -> Iterator[Page]:
    """A tab that notes console errors, refusals of the security policy, and requests to elsewhere."""
    with signed_in(browser, site) as context, context.new_page() as page:

        def requested(request: Request) -> None:
            if not request.url.startswith(str(site.base_url)):
                complaints.append(f"asked for {request.url}")

        page.on("request", requested)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page
    assert complaints == []
