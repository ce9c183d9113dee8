"""What is logged: one object a line, and nothing that must stay secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from harvester.cli.logs import FROM_LOGGING, log_from


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], list[str]]]:
    """What was logged so far."""
    log_from("info")
    yield lambda: capsys.readouterr()[1].splitlines()  # noqa: PLW0108  It reads anew each time.
    structlog.reset_defaults()
    for name in FROM_LOGGING:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_line_is_one_object_whatever_the_texts_hold(lines: Callable[[], list[str]]) -> None:
    structlog.get_logger().info("seen", text="a\nb\x1b[31m\u2028c")
    [line] = lines()
    assert (line.isascii(), json.loads(line)["text"]) == (True, "a\nb\x1b[31m\u2028c")


def test_an_error_is_logged_without_the_values_of_variables(lines: Callable[[], list[str]]) -> None:
    def ask() -> None:
        client_secret = "s3cret"
        raise RuntimeError(f"asked with {len(client_secret)} characters")

    try:
        ask()
    except RuntimeError:
        structlog.get_logger().exception("broken")
    [line] = lines()
    assert "asked with 6 characters" in line
    assert "s3cret" not in line


def test_events_below_the_level_are_left_out(lines: Callable[[], list[str]]) -> None:
    structlog.get_logger().debug("answered")
    assert lines() == []


def test_what_the_server_of_the_dashboard_could_not_do_is_one_line_without_values(
    lines: Callable[[], list[str]],
) -> None:
    def answer() -> None:
        comment = "words of a comment"
        raise RuntimeError(f"broken at {len(comment)}")

    try:
        answer()
    except RuntimeError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    [line] = lines()
    told = json.loads(line)
    assert (told["level"], told["logger"]) == ("error", "uvicorn.error")
    assert "broken at 18" in line
    assert "words of a comment" not in line


def test_events_of_our_own_below_the_level_are_left_out_as_well(lines: Callable[[], list[str]]) -> None:
    logging.getLogger("harvester.jobs.upkeep").info("deleted")
    logging.getLogger("harvester.jobs.upkeep").debug("looked")
    [line] = lines()
    assert json.loads(line)["event"] == "deleted"
