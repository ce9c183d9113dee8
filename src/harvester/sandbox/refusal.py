"""How TikTok's APIs wrap an answer, and how they say no.

Source: developers.tiktok.com/doc/tiktok-api-v2-error-handling; the messages are those that clients have recorded.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

OK = "ok"
INVALID_TOKEN = "The access token is invalid or not found in the request."  # noqa: S105 - a message, no token.
NO_QUOTA = "The API daily quota limit exceeded. Please try again later"
TOO_FAST = "The API rate limit was exceeded. Please try again later"
BAD_CURSOR = "Invalid count or cursor"
INTERNAL = "Something is wrong. Please try again later."


class Refusal(Exception):
    """What an API answers instead of data: HTTP status, the error's code and message, more headers."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def invalid(message: str) -> Refusal:
    """A request that is wrong in itself."""
    return Refusal(400, "invalid_params", message)


def enveloped(data: Mapping[str, Any], number: int, api: str, refusal: Refusal | None = None) -> dict[str, Any]:
    """The body of the answer of this number, as all endpoints but that of tokens write it."""
    error: dict[str, Any] = {"code": OK, "message": "", "log_id": log_id(number)}
    if refusal is not None:
        error.update(code=refusal.code, message=refusal.message)
    if api == "commercial":
        error["http_status_code"] = refusal.status if refusal is not None else 200
    return {"data": data, "error": error}


def log_id(number: int) -> str:
    """As TikTok's are: the second, then 20 digits that tell answers apart."""
    return f"{time.strftime('%Y%m%d%H%M%S', time.gmtime())}{number:020X}"
