"""The pages that lead in and out. They need no JavaScript, and say nothing about who has an account."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import cast, get_args

import structlog
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from harvester.errors import AccessError, NotPermitted, NotSignedIn, SignInRefused, TooManyRequests
from harvester.web import rendering
from harvester.web.door.admission import client_address
from harvester.web.door.auth_api import LinkType, Tokens
from harvester.web.door.cookies import clear_session, session_secret, set_session, set_visit, visit_secret
from harvester.web.door.door import Begun, Door, account
from harvester.web.door.origin import origin_asked
from harvester.web.door.shelf import new_secret
from harvester.web.identity import form_of, visiting
from harvester.web.problem import problem_of

WRONG = "The address or the password is not right, or the account is not confirmed yet."
SENT = "If this address has an account, a link is on its way. Open it in this browser, within an hour."
SPENT = "This link was used already, has ended, or was asked for in another browser. Ask for a new one."
PRINTED = "A new link was printed in the terminal. The one before is good no longer."
LONGEST_EMAIL = 320
LONGEST_PASSWORD = 1_000

sign_in = APIRouter(include_in_schema=False)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The page that asks who somebody is."""

    way: str
    """password, link, or confirm."""
    next: str = "/"
    """Where it leads then: an address of ours."""
    said: str = ""
    is_failure: bool = False
    email: str = ""


def local_path(text: str) -> str:
    r"""An address of this site, or its first page for any text that is none: nobody is led elsewhere.

    >>> local_path("/domains?q=a"), local_path("//evil.example"), local_path("/\\evil.example"), local_path("https://x")
    ('/domains?q=a', '/', '/', '/')
    """
    is_ours = text.startswith("/") and text[1:2] not in ("/", "\\") and text.isascii() and text.isprintable()
    return text if is_ours and "\\" not in text and not text.startswith("/sign-") else "/"


@sign_in.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """Ask who somebody is; whoever has signed in is led on."""
    following = local_path(request.query_params.get("next", "/"))
    if request.state.identity is not None:
        return RedirectResponse(following, 303)
    return _page(request, SignInPage(_way(request), following))


@sign_in.post("/sign-in")
async def sign_in_by_password(request: Request) -> Response:
    """Sign in by address and password."""
    door, form = _door(request), form_of(request)
    email, password = form.get("email", "").strip(), form.get("password", "")
    page = SignInPage(_way(request), local_path(form.get("next", "/")), email=email)
    if door.supabase is None or not 0 < len(email) <= LONGEST_EMAIL or not 0 < len(password) <= LONGEST_PASSWORD:
        return _refused(request, page, SignInRefused(WRONG))
    try:
        _count(request, email)
        return await _opened(request, door.supabase.api.sign_in(email, password), page)
    except SignInRefused:
        return _refused(request, page, SignInRefused(WRONG))
    except AccessError as error:
        return _refused(request, page, error)


@sign_in.post("/sign-in/mail")
async def send_link(request: Request) -> Response:
    """Have a link sent by mail; the answer is the same for whoever has no account."""
    door, email = _door(request), form_of(request).get("email", "").strip()
    page = SignInPage(_way(request), local_path(form_of(request).get("next", "/")), email=email)
    if door.supabase is None or not 0 < len(email) <= LONGEST_EMAIL or "@" not in email:
        return _refused(request, page, SignInRefused("Write the address of your account."))
    try:
        _count(request, email)
    except TooManyRequests as error:
        return _refused(request, page, error)
    verifier = new_secret()
    door.begun.put(Begun(verifier), visit_secret(request))
    back = f"{origin_asked(request, door.public)}/sign-in/back"
    door.send_link_later(email, verifier, back)
    return _page(request, SignInPage("password", page.next, SENT, email=email))


@sign_in.get("/sign-in/back")
async def come_back(request: Request) -> Response:
    """Sign in with the code that Supabase sent the browser back with, in the browser that asked for the link."""
    if _looks_ahead(request):
        return _private(Response())
    door, code = _door(request), request.query_params.get("code", "")
    begun = door.begun.drop(visit_secret(request)) if visit_secret(request) else None
    page = SignInPage(_way(request))
    if door.supabase is None or begun is None or not begun.verifier or not code:
        return _private(_refused(request, page, SignInRefused(SPENT)))
    try:
        return _private(await _opened(request, door.supabase.api.exchange(code, begun.verifier), page))
    except SignInRefused:
        return _private(_refused(request, page, SignInRefused(SPENT)))
    except AccessError as error:
        return _private(_refused(request, page, error))


@sign_in.get("/sign-in/confirm")
async def confirm_page(request: Request) -> Response:
    """Take the token of a link out of the address, then ask for a click: programs that look into mail do not click."""
    door = _door(request)
    token, kind = request.query_params.get("token_hash", ""), request.query_params.get("type", "")
    if token and kind in get_args(LinkType):
        door.by_address.take(client_address(request))
        visit = visit_secret(request) or new_secret()
        door.begun.put(Begun(link=(token, cast("LinkType", kind))), visit)
        answer = RedirectResponse("/sign-in/confirm", 303)
        set_visit(answer, request, visit)
        return _private(answer)
    begun = door.begun.get(visit_secret(request))
    if begun is None or begun.link is None:
        return _private(_refused(request, SignInPage(_way(request)), SignInRefused(SPENT)))
    return _page(request, SignInPage("confirm"))


@sign_in.post("/sign-in/confirm")
async def confirm(request: Request) -> Response:
    """Sign in with the token of the link that was opened."""
    door = _door(request)
    begun, page = door.begun.drop(visit_secret(request)), SignInPage(_way(request))
    if door.supabase is None or begun is None or begun.link is None:
        return _refused(request, page, SignInRefused(SPENT))
    try:
        return await _opened(request, door.supabase.api.verify(*begun.link), page)
    except SignInRefused:
        return _refused(request, page, SignInRefused(SPENT))
    except AccessError as error:
        return _refused(request, page, error)


@sign_in.get("/sign-in/link/{secret}")
async def use_link(request: Request, secret: str) -> Response:
    """Sign in the person at this machine, once."""
    if _looks_ahead(request):
        return _private(Response())
    door = _door(request)
    try:
        door.by_address.check(client_address(request))
        session = door.use_link(secret)
        await door.close(session_secret(request))
    except SignInRefused as error:
        door.by_address.take(client_address(request))
        return _private(_refused(request, SignInPage(_way(request)), error))
    except TooManyRequests as error:
        return _private(_refused(request, SignInPage(_way(request)), error))
    answer = RedirectResponse("/", 303)
    set_session(answer, request, session)
    return _private(answer)


@sign_in.post("/sign-in/link")
async def print_link(request: Request) -> Response:
    """Print a new link in the terminal, which only the person at this machine sees."""
    door, page = _door(request), SignInPage(_way(request))
    if door.supabase is not None:
        return _refused(request, page, SignInRefused("Here people sign in with their account."))
    try:
        door.link_requests.take("all")
    except TooManyRequests as error:
        return _refused(request, page, error)
    door.announce(door.new_link(f"{origin_asked(request, door.public)}/"))
    return _page(request, SignInPage("link", said=PRINTED))


@sign_in.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session."""
    await _door(request).close(session_secret(request))
    answer = RedirectResponse("/sign-in", 303)
    clear_session(answer, request)
    return answer


def _door(request: Request) -> Door:
    return cast("Door", request.app.state.door)


def _looks_ahead(request: Request) -> bool:
    """Whether it asks by HEAD, as programs do that look where a link leads: nobody signs in so, and none is used up."""
    return bool(request.scope.get("headless"))


def _way(request: Request) -> str:
    return "password" if _door(request).supabase is not None else "link"


def _count(request: Request, email: str) -> None:
    """One more attempt: of this address, and at this account whoever makes it. Raises TooManyRequests."""
    door = _door(request)
    door.by_address.take(client_address(request))
    door.by_account.take(account(email))


async def _opened(request: Request, tokens: Awaitable[Tokens], page: SignInPage) -> Response:
    """Lead whoever has signed in to where they wanted to go."""
    try:
        session = await _door(request).open(await tokens)
        await _door(request).close(session_secret(request))
    except NotSignedIn as error:
        # The service gave a token that this dashboard does not accept: its settings do not fit the project's.
        _log.error("token_not_accepted", code=error.code)
        raise
    answer = RedirectResponse(page.next, 303)
    set_session(answer, request, session)
    return answer


def _refused(request: Request, page: SignInPage, error: AccessError) -> Response:
    problem = problem_of(error)
    said = f"{problem.detail} {problem.hint}".strip()
    if isinstance(error, (NotPermitted, TooManyRequests)):
        _log.warning("sign_in_refused", code=error.code)
    answer = _page(
        request, SignInPage(page.way, page.next, said, is_failure=True, email=page.email), status=problem.status
    )
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _page(request: Request, page: SignInPage, *, status: int = 200) -> Response:
    """The page, with the token of its form bound to a cookie of this browser."""
    known = visit_secret(request)
    visit = known or new_secret()
    with visiting(None, _door(request).forgery.token(visit)):
        answer = rendering.html("sign_in.html", page, status=status)
    if not known:
        set_visit(answer, request, visit)
    return answer


def _private(answer: Response) -> Response:
    """The address held a secret: no page is told of it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
