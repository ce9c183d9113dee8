"""Writes docs/images/<page>-<theme>.png: the demonstration in chromium, or the browser of HARVESTER_CHROMIUM."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "images"
THEMES = ("light", "dark")
WINDOW = {"width": 1200, "height": 860}
MOST_BYTES = 250_000
"""What one picture may weigh: readers load several."""


@contextmanager
def demonstration() -> Iterator[str]:
    """The link that signs in to `harvester demo` on a database of its own, which is gone afterwards."""
    # The folder of the server's socket must be short.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="pictures-") as home:
        environment = {**os.environ, "HARVESTER_HOME": home}
        command = [sys.executable, "-m", "harvester", "demo"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603 - our own program
            assert demo.stdout is not None
            try:
                yield next(found[1] for line in demo.stdout if (found := re.search(r"sign in once (\S+)", line)))
            finally:
                demo.send_signal(signal.SIGINT)
                demo.stdout.read()


def main() -> None:
    """Take them all."""
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("HARVESTER_CHROMIUM", "/usr/bin/chromium")
    with demonstration() as link, sync_playwright() as playwright:
        # A container has no user namespaces for the sandbox, and little shared memory.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        page = browser.new_page(viewport=WINDOW, base_url=link.partition("/sign-in")[0])
        page.goto(link)
        domain = page.locator("section[aria-labelledby=trending] tbody a.host").first.get_attribute("href")
        video = page.request.get("/api/v1/videos?limit=1").json()["rows"][0]["video_id"]
        addresses = {
            "overview": "/", "domain": domain or "/", "domains": "/domains", "videos": "/videos",
            "video": f"/videos/{video}", "comments": "/comments?q=free", "runs": "/runs",
        }  # fmt: skip
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            for name, address in addresses.items():
                page.goto(address)
                file = FOLDER / f"{name}-{theme}.png"
                page.screenshot(path=file)
                sys.stdout.write(f"wrote docs/images/{file.name}, {file.stat().st_size:,} bytes\n")
                if file.stat().st_size > MOST_BYTES:
                    sys.exit(f"docs/images/{file.name} weighs more than {MOST_BYTES:,} bytes")
        browser.close()


if __name__ == "__main__":
    main()
