"""Answers to what went wrong, as the address asked for them: a page for people, a document for programs."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from harvester.errors import NotPermitted, NotSignedIn, TooManyRequests
from harvester.web import rendering
from harvester.web.guard import HEADERS
from harvester.web.problem import problem_of
from harvester.web.routers import API

METRICS = "/metrics"
_FOR_PROGRAMS = (METRICS, "/healthz", "/readyz")
_REALM = 'Bearer realm="harvester"'


async def answer_problem(request: Request, error: Exception) -> Response:
    """The answer to an exception; whoever has not signed in and asks for a page is led to where that is done."""
    is_api = is_of_api(request.scope["path"]) or request.scope["path"] in _FOR_PROGRAMS
    was_shown = "authorization" in request.headers
    if isinstance(error, NotSignedIn) and not is_api and not was_shown:
        wanted = quote(request.scope["path"]) + (f"?{request.url.query}" if request.url.query else "")
        back = wanted if request.method == "GET" and wanted != "/" else None
        return RedirectResponse(rendering.address("/sign-in", next=back), 303)
    answer = rendering.problem(problem_of(error), as_html=not is_api)
    if isinstance(error, NotSignedIn):
        # RFC 6750, section 3: a code only where something was shown.
        answer.headers["WWW-Authenticate"] = f'{_REALM}, error="invalid_token"' if was_shown else _REALM
    elif isinstance(error, NotPermitted):
        answer.headers["WWW-Authenticate"] = f'{_REALM}, error="insufficient_scope"'
    elif isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    elif isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    # The answer to what nobody foresaw is sent from outside the guard.
    answer.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return answer


def is_of_api(path: str) -> bool:
    """Whether an address is one for programs."""
    return path == API or path.startswith(f"{API}/")
