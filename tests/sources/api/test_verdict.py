"""What the answers of the APIs mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.sources.api.connection import Reply
from harvester.sources.api.verdict import judge, judge_token

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HTML = "<html><head><title>504 Gateway Time-out</title></head></html>"


def reply(status: int, body: Any = "", retry_after: str | None = None) -> Reply:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return Reply(status, text if isinstance(text, bytes) else text.encode(), NOW, retry_after)


def error(code: Any, message: str = "") -> dict[str, Any]:
    return {"data": {}, "error": {"code": code, "message": message, "log_id": "L1"}}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, error("ok"), "ok"),
        (500, error("ok"), "ok"),
        (200, {"data": {"comments": []}}, "ok"),
        (200, {"error": {"code": "OK"}}, "ok"),
        (200, {"data": None, "error": {"code": "ok"}}, "ok"),
        (200, {"data": [], "error": {"code": "ok"}}, "unusable"),
        (401, error("access_token_invalid"), "token_refused"),
        (200, error("access_token_invalid"), "token_refused"),
        (401, error("something_new"), "token_refused"),
        (401, HTML, "token_refused"),
        (401, error("scope_not_authorized"), "no_access"),
        (401, error("scope_permission_missed"), "no_access"),
        (403, error("scope_of_tomorrow"), "no_access"),
        (403, error("something_new"), "no_access"),
        (403, HTML, "unusable"),
        (429, error("rate_limit_exceeded"), "rate_limited"),
        (429, HTML, "rate_limited"),
        (429, error("daily_quota_limit_exceeded"), "spent"),
        (200, error("daily_quota_limit_exceeded"), "spent"),
        (400, error("invalid_params", "Search Id 7378809778820092971 is invalid or expired"), "place_lost"),
        (400, error("invalid_params", "Invalid count or cursor"), "place_lost"),
        (400, error("invalid_params", "The fields x are invalid."), "refused"),
        (400, error("invalid_param"), "refused"),
        (400, error("invalid_request"), "refused"),
        (200, error("invalid_params"), "refused"),
        (404, error("not_found"), "refused"),
        (404, HTML, "refused"),
        (400, error("something_new"), "refused"),
        (408, error("something_new"), "unusable"),
        (400, HTML, "unusable"),
        (302, "", "unusable"),
        (500, error("internal_error"), "unusable"),
        (400, error("internal_error"), "unusable"),
        (200, error("something_new"), "unusable"),
        (200, error(None), "unusable"),
        (200, error(""), "unusable"),
        (504, HTML, "unusable"),
        (200, HTML, "unusable"),
        (200, "", "unusable"),
        (200, "[]", "unusable"),
        (200, "{}", "unusable"),
        (200, '{"data": {"comments": [{"id": 73', "unusable"),
        (200, '{"data": ' + "[" * 100_000, "unusable"),
        (200, {"error": "invalid_client"}, "no_access"),
    ],
)
def test_the_code_in_the_body_says_what_an_answer_means(status: int, body: Any, kind: str) -> None:
    assert judge(reply(status, body)).kind == kind


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"access_token": "clt.1", "expires_in": 7200}, "ok"),
        (400, {"access_token": "clt.1"}, "ok"),
        (200, {"error": "invalid_client", "error_description": "Client key or secret is incorrect."}, "no_access"),
        (401, {"error": "invalid_client"}, "no_access"),
        (400, {"error": "invalid_request"}, "no_access"),
        (401, {"error": "something_new"}, "no_access"),
        (401, error("access_token_invalid"), "no_access"),
        (200, {"error": "server_error"}, "unusable"),
        (200, {"error": "temporarily_unavailable"}, "unusable"),
        (200, error("ok"), "unusable"),
        (200, {"access_token": ""}, "unusable"),
        (200, {"access_token": "clt\r\nX-Evil: 1"}, "unusable"),
        (200, {"access_token": 7}, "unusable"),
        (429, error("rate_limit_exceeded"), "rate_limited"),
        (429, HTML, "rate_limited"),
        (503, HTML, "unusable"),
        (404, HTML, "unusable"),
    ],
)
def test_an_answer_with_a_token_is_good_whatever_its_status(status: int, body: Any, kind: str) -> None:
    assert judge_token(reply(status, body)).kind == kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0),
        (" 2 ", 2.0),
        ("-5", 0.0),
        ("Thu, 26 Nov 2026 12:00:30 GMT", 30.0),
        ("Thu, 26 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert judge(reply(429, error("rate_limit_exceeded"), header)).wait == seconds


def test_what_the_api_says_is_shown_in_one_clean_line_without_secrets() -> None:
    body = error("invalid_params", "bad\r\nkey \x1b[31ms3cret\u202e " + "x" * 10_000)
    verdict = judge(reply(400, body), ("s3cret",))
    assert str(verdict).startswith("HTTP 400, invalid_params, bad key [31m*** xxx")
    assert "s3cret" not in repr(verdict)
    assert len(str(verdict)) < 400
    assert str(verdict).isprintable()


@given(st.integers(100, 599), st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["data", "error", "code", "message", "log_id", "access_token"]), inner),
    max_leaves=8,
))  # fmt: skip
def test_no_answer_is_beyond_judging(status: int, body: Any) -> None:
    for verdict in judge(reply(status, body)), judge_token(reply(status, body)):
        assert str(verdict).isprintable()
