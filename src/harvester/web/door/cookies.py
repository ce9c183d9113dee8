"""The two cookies: one names a session, one a browser in which a sign-in has begun. Both are random, and no more.

Cookies do not tell ports apart, so their names do: two dashboards on one machine sign nobody out of the other.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from harvester.web.door.door import BEGUN_SECONDS, Door
from harvester.web.door.origin import Origin, origin_asked

_LONGEST = 128


def session_secret(request: Request) -> str:
    """What the browser shows for a session; empty where it shows none."""
    return _shown(request, "session")


def visit_secret(request: Request) -> str:
    """What the browser shows for a sign-in that has begun; empty where it shows none."""
    return _shown(request, "visit")


def set_session(answer: Response, request: Request, secret: str) -> None:
    """Give the browser its session; the sign-in that led to it is over."""
    door: Door = request.app.state.door
    _set(answer, request, "session", secret, int(door.session_seconds))
    _clear(answer, request, "visit")


def set_visit(answer: Response, request: Request, secret: str) -> None:
    """Let the browser be known again while it signs in."""
    _set(answer, request, "visit", secret, BEGUN_SECONDS)


def clear_session(answer: Response, request: Request) -> None:
    """Take the session from the browser."""
    _clear(answer, request, "session")


def _origin(request: Request) -> Origin:
    door: Door = request.app.state.door
    return origin_asked(request, door.public)


def _name(origin: Origin, what: str) -> str:
    """The prefix holds the browser to what we ask for: Secure, our host alone, the whole site (RFC 6265bis, 4.1.3.2).

    >>> _name(Origin("https", "desk.example.org", 443), "session")
    '__Host-harvester-session-443'
    """
    return f"{'__Host-' if origin.is_secure else ''}harvester-{what}-{origin.port}"


def _shown(request: Request, what: str) -> str:
    secret = request.cookies.get(_name(_origin(request), what), "")
    return secret if len(secret) <= _LONGEST else ""


def _set(answer: Response, request: Request, what: str, secret: str, seconds: int) -> None:
    origin = _origin(request)
    # Lax, so that a link in a message opens its page for whoever has signed in; nothing is changed by GET.
    answer.set_cookie(
        _name(origin, what), secret, max_age=seconds, path="/", secure=origin.is_secure, httponly=True, samesite="lax"
    )


def _clear(answer: Response, request: Request, what: str) -> None:
    origin = _origin(request)
    answer.delete_cookie(_name(origin, what), path="/", secure=origin.is_secure, httponly=True, samesite="lax")
