"""What is noted about each request, and what is not."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from structlog.testing import LogCapture
from tests.web.door.house import house
from tests.web.door.people import ANALYST, PASSWORD, desk

from harvester.web.door.door import Door


@pytest.fixture
def lines() -> AsyncIterator[list[dict[str, Any]]]:
    """What is logged, as the command sets it up."""
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture], cache_logger_on_first_use=False)
    yield capture.entries  # type: ignore[misc]
    structlog.reset_defaults()


@pytest.mark.anyio
async def test_a_request_is_logged_under_the_id_of_its_answer_without_its_words(
    door_database: str, lines: list[dict[str, Any]]
) -> None:
    async with desk(door_database) as place:
        browser = await place.signed_in(ANALYST)
        await browser.get("/sign-in/back?code=secret-code")
        await browser.get("/sign-in/link/secret-link")
        await browser.get("/domains?q=secret-words", headers={"X-Request-Id": "chosen"})
        answer = await browser.get("/domains/secret-name.com", headers={"Authorization": "Bearer secret-token"})
        last = lines[-1]
        assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["x-request-id"])
        assert last["request_id"] == answer.headers["x-request-id"]
        assert (last["event"], last["method"], last["status"], last["subject"]) == ("request", "GET", 401, None)
        browser.headers.pop("Authorization", None)
        answer = await browser.get("/domains/secret-name.com")
        assert (lines[-1]["route"], lines[-1]["subject"]) == ("/domains/{domain_name}", ANALYST.id)
        assert len({line["request_id"] for line in lines}) == len(lines)
        told = json.dumps(lines, default=str)
        for secret in ("secret-", PASSWORD, ANALYST.email, "chosen", *browser.cookies.values()):
            assert secret not in told


@pytest.mark.anyio
async def test_every_answer_has_an_id_also_of_what_is_refused(door_database: str) -> None:
    async with house(door_database, Door()) as client:
        for path, headers in (("/", {}), ("/api/v1", {}), ("/healthz", {}), ("/", {"Host": "evil.example"})):
            assert "x-request-id" in (await client.get(path, headers=headers)).headers
