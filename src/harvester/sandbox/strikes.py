"""What a request gets that a fault has struck, before anything was looked up for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harvester.sandbox.modes import Delays
from harvester.sandbox.refusal import BAD_CURSOR, INTERNAL, INVALID_TOKEN, TOO_FAST, Refusal, invalid

WITHOUT_ANSWER = frozenset({"closed", "hanging", "gateway_html"})
"""Faults after which there is no answer of the API at all."""

REFUSALS: Mapping[str, Callable[[Mapping[str, Any], Delays], Refusal]] = {
    "token_expired": lambda _body, _delays: Refusal(401, "access_token_invalid", INVALID_TOKEN),
    "search_id_expired": lambda body, _delays: invalid(
        f"Search Id {str(body.get('search_id'))[:40]} is invalid or expired"
    ),
    "bad_cursor": lambda _body, _delays: invalid(BAD_CURSOR),
    "not_ready": lambda _body, _delays: Refusal(500, "internal_error", INTERNAL),
    "internal_error": lambda _body, _delays: Refusal(500, "internal_error", INTERNAL),
    "error_in_ok": lambda _body, _delays: Refusal(200, "internal_error", INTERNAL),
    "rate_limit": lambda _body, _delays: Refusal(429, "rate_limit_exceeded", TOO_FAST),
    "rate_limit_retry_after": lambda _body, delays: Refusal(
        429, "rate_limit_exceeded", TOO_FAST, {"Retry-After": str(delays.retry_after)}
    ),
}
"""What the API says instead of data."""

NO_TOKEN: Mapping[str, tuple[Mapping[str, str], int]] = {
    "token_unavailable": ({"error": "server_error", "error_description": INTERNAL}, 503),
    "token_error_in_ok": ({"error": "temporarily_unavailable", "error_description": INTERNAL}, 200),
}
"""What `oauth/token` says instead of a token, with the HTTP status."""
