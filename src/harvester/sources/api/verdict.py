"""What an answer of the APIs means: told by the code in its body, which their status does not always agree with.

Source of facts: developers.tiktok.com/doc/tiktok-api-v2-error-handling, .../oauth-error-handling, .../research-api-faq.
Two refusals that the API gives by mistake, and takes back when it is asked again, are known from its clients only.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from harvester.sources.api.connection import Reply
from harvester.sources.json_text import decode

Kind = Literal["ok", "token_refused", "no_access", "rate_limited", "spent", "place_lost", "refused", "unusable"]
_KINDS: Mapping[str, Kind] = {
    "ok": "ok",
    "access_token_invalid": "token_refused",
    "rate_limit_exceeded": "rate_limited",
    "daily_quota_limit_exceeded": "spent",
    "invalid_param": "refused",
    "invalid_params": "refused",
    "internal_error": "unusable",
    "server_error": "unusable",
    "temporarily_unavailable": "unusable",
    "access_denied": "no_access",
    "invalid_client": "no_access",
    "invalid_grant": "no_access",
    "invalid_scope": "no_access",
    "unauthorized_client": "no_access",
    "unsupported_grant_type": "no_access",
    "unsupported_response_type": "no_access",
}
_BY_STATUS: Mapping[int, Kind] = {401: "token_refused", 403: "no_access", 404: "refused", 429: "rate_limited"}
"""What a status means where no known code says more."""
_PASSING = frozenset({408, 425})
"""Statuses from 400 to 499 that are no refusal of what was asked."""
_PLACE_LOST = re.compile(r"search.?id\b.*\b(?:invalid|expired)|invalid count or cursor", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one attempt."""

    kind: Kind
    code: str
    """The API's, or what was wrong with its answer: `bad_json`, `html`, `timeout`."""
    status: int | None = None
    message: str = ""
    """The API's words, made fit to be shown."""
    log_id: str | None = None
    """By which TikTok finds the request again."""
    wait: float | None = None
    """Seconds that the API asks to wait."""
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The whole answer; empty where it could not be read."""

    @property
    def is_read(self) -> bool:
        """Whether the API's answer could be read: else nobody knows what it has counted."""
        return bool(self.document)

    def __str__(self) -> str:
        about = [f"HTTP {self.status}" if self.status else "", self.code, self.message]
        return ", ".join(part for part in about if part) + (f" (log id {self.log_id})" if self.log_id else "")


def judge(reply: Reply, hidden: tuple[str, ...] = ()) -> Verdict:
    """What the answer to a query means; the texts in `hidden` are never repeated."""
    document, fault = _document(reply)
    if document is None:
        # A gateway on the way refuses, too (403), but only for a while.
        known: Kind = "unusable" if reply.status == 403 else _BY_STATUS.get(reply.status, "unusable")
        return Verdict(known, fault, reply.status, wait=_seconds(reply))
    error = document.get("error")
    if "error" not in document and reply.status == 200 and isinstance(document.get("data"), Mapping):
        return Verdict("ok", "ok", 200, document=document)
    code, message, log_id = _said(document, error, hidden)
    kind = _kind(code, message, reply.status)
    if kind == "ok" and not isinstance(document.get("data"), Mapping | None):
        return Verdict("unusable", "bad_data", reply.status, log_id=log_id, document=document)
    return Verdict(kind, code, reply.status, message, log_id, _seconds(reply), document)


def judge_token(reply: Reply, hidden: tuple[str, ...] = ()) -> Verdict:
    """What the answer to a request for a token means: one with an `access_token` is good, whatever its status."""
    document, fault = _document(reply)
    if document is None:
        kind: Kind = "rate_limited" if reply.status == 429 else "unusable"
        return Verdict(kind, fault, reply.status, wait=_seconds(reply))
    token = document.get("access_token")
    if isinstance(token, str) and re.fullmatch(r"[\x21-\x7e]{1,4096}", token):
        return Verdict("ok", "ok", reply.status, document=document)
    code, message, log_id = _said(document, document.get("error"), hidden)
    kind = _kind(code, "", reply.status)
    if kind in {"refused", "token_refused"} or code == "invalid_request":
        kind = "no_access"
    return Verdict("unusable" if kind == "ok" else kind, code, reply.status, message, log_id, _seconds(reply), document)


def _kind(code: str, message: str, status: int) -> Kind:
    if code in _KINDS or code == "invalid_request":
        kind = _KINDS.get(code, "refused")
        return "place_lost" if kind == "refused" and _PLACE_LOST.search(message) else kind
    if code.startswith("scope_"):
        return "no_access"
    refused = 400 <= status < 500 and status not in _PASSING
    return _BY_STATUS.get(status, "refused" if refused else "unusable")


def _document(reply: Reply) -> tuple[Mapping[str, Any] | None, str]:
    """The object in the body; or what stands there in its place."""
    start = reply.body[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith(b"{"):
        return None, "html" if start.startswith(b"<") else "bad_json" if start else "empty"
    try:
        document = decode(reply.body)
    except ValueError:
        return None, "bad_json"
    return (document, "") if isinstance(document, dict) and document else (None, "bad_json")


def _said(document: Mapping[str, Any], error: Any, hidden: tuple[str, ...]) -> tuple[str, str, str | None]:
    """Code, message and log id, out of either envelope: that of queries, or that of tokens, where error is a text."""
    about = error if isinstance(error, Mapping) else {}
    code = about.get("code") if about else error
    message = about.get("message") or document.get("error_description") or ""
    log_id = about.get("log_id") or document.get("log_id")
    return (
        shown(code, hidden)[:60].lower() or "no_code",
        shown(message, hidden),
        shown(log_id, hidden)[:100] or None,
    )


def shown(value: Any, hidden: tuple[str, ...] = ()) -> str:
    r"""A text from outside, fit for a message or a log: one line, without what cannot be seen or must not be.

    >>> shown("bad\x1b[31m\n key s3cret", ("s3cret",)), shown(None)
    ('bad[31m key ***', '')
    """
    if not isinstance(value, str | int):
        return ""
    text = str(value)[:1000]
    for secret in hidden:
        text = text.replace(secret, "***") if secret else text
    text = " ".join(text.split())
    return "".join(each for each in text if unicodedata.category(each)[0] != "C")[:300]


def _seconds(reply: Reply) -> float | None:
    """What `Retry-After` says, as a number of seconds or as a date."""
    value = (reply.retry_after or "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _until(value, reply.at)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(value: str, now: datetime) -> float:
    try:
        return (parsedate_to_datetime(value) - now).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return math.nan
