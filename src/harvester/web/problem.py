"""What went wrong, for people and for programs: an HTML page, or `application/problem+json` (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from harvester.errors import (
    Busy,
    DatabaseUnavailable,
    FormRefused,
    HarvesterError,
    InvalidCursor,
    NotFound,
    NotPermitted,
    NotSignedIn,
    ReviewRefused,
    SchemaOutdated,
    SignInRefused,
    SignInUnavailable,
    TooManyRequests,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal or failure; `code` is stable, the sentences are not."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    hint: str = ""
    parameter: str | None = None


_STATUS: Mapping[type[HarvesterError], tuple[int, str]] = {
    NotFound: (404, "Not found"),
    ReviewRefused: (400, "That verdict cannot be given"),
    InvalidCursor: (400, "This page of the list cannot be opened"),
    Busy: (429, "Too much at once"),
    DatabaseUnavailable: (503, "The database does not answer"),
    SchemaOutdated: (503, "The database is not ready"),
    NotSignedIn: (401, "Sign in first"),
    SignInRefused: (401, "You are not signed in"),
    NotPermitted: (403, "You may not do that"),
    FormRefused: (403, "The form was refused"),
    TooManyRequests: (429, "Too many requests"),
    SignInUnavailable: (503, "The sign-in service does not answer"),
}
_UNKNOWN = (500, "Something went wrong")


def problem_of(error: Exception) -> Problem:
    """The problem that an exception stands for; whatever nobody foresaw is `internal` and tells no details."""
    if isinstance(error, HarvesterError):
        status, title = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), _UNKNOWN)
        problem = _problem(status, title, error.message, error.code, error.hint)
        return replace(problem, parameter="after") if isinstance(error, InvalidCursor) else problem
    if isinstance(error, RequestValidationError):
        return _bad_parameter(error.errors()[0])
    if isinstance(error, HTTPException):
        return _of_status(error.status_code)
    return _problem(
        *_UNKNOWN, "The page could not be made; that is our fault, not yours.", "internal",
        "The terminal in which the dashboard runs says more.",
    )  # fmt: skip


def _problem(status: int, title: str, detail: str, code: str, hint: str = "") -> Problem:
    return Problem("about:blank", title, status, detail, code, hint)


def _bad_parameter(error: Mapping[str, Any]) -> Problem:
    part, *_ = where = error["loc"]
    noun = "field" if part == "body" else "parameter"
    # An item of a list is told by the name of the list, and what is no JSON by the body.
    name = next((str(each) for each in reversed(where) if isinstance(each, str)), str(part))[:80]
    if error["type"] == "extra_forbidden":
        detail, code = f"There is no {noun} {name!r} here.", "parameter_unknown"
    else:
        detail, code = f"The {noun} {name!r} cannot be used: {_why(error)}.", "parameter_invalid"
    title = "The body asks for something unknown" if part == "body" else "The address asks for something unknown"
    return replace(_problem(400, title, detail, code), parameter=name)


def _why(error: Mapping[str, Any]) -> str:
    if error["type"] != "literal_error":
        return str(error["msg"])
    # Among several words the one that is wrong has to be told.
    return f"{str(error['input'])[:80]!r} is none of {error['ctx']['expected']}"


def _of_status(status: int) -> Problem:
    if status == 404:
        return _problem(404, "Not found", "There is no page at this address.", "not_found", "See the overview.")
    return _problem(status, "The request was refused", "The address cannot be used like this.", "refused")
