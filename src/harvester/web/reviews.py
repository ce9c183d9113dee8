"""Verdicts: the trail and its precision as pages and as JSON, and what gives verdicts and takes them back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

from fastapi import Depends, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.responses import RedirectResponse, Response

from harvester.errors import ReviewRefused
from harvester.store.database import Connection
from harvester.store.reading import reading
from harvester.store.review import Review
from harvester.store.reviewing import carried_out, judging, undo_request
from harvester.web import rendering
from harvester.web.done import ReviewsVisit, deed, telling, way_back
from harvester.web.identity import Identity, analyst, form_of, identity_of, values_of
from harvester.web.judgement import Judgement, ReviewsWritten, Undoing
from harvester.web.pages.query import PageQuery
from harvester.web.pages.reviews import PrecisionPage, ReviewsPage, ReviewsQuery
from harvester.web.routers import api, pages

PRECISION_SECONDS = 30
"""What counting all that was judged may take."""
_KEYS = UUID("6f1c3a52-6d0f-4b38-9d3c-0a4f5b7e2c11")
"""The namespace in which an Idempotency-Key and whoever sends it make the id of a request (RFC 9562, 5.5)."""
_judgement: TypeAdapter[Any] = TypeAdapter(Judgement)

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="A word of your own for this request, a UUID for example. Sent again with the same body it writes "
        "nothing and answers what it wrote the first time, with `Idempotency-Replayed: true`.",
    ),
]
Work = Callable[[Connection], Awaitable[list[Review]]]


@pages.get("/reviews")
async def reviews_page(request: Request, query: Annotated[ReviewsVisit, Query()]) -> Response:
    """Show one page of the trail."""
    page = await _reviews(request, query)
    with telling(await deed(request, query.done)):
        return rendering.html("reviews.html", page)


@api.get("/reviews", response_model=ReviewsPage)
async def reviews(request: Request, query: Annotated[ReviewsQuery, Query()]) -> Response:
    """One page of the trail of verdicts, newest first: those given and those taken back."""
    page = await _reviews(request, query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@pages.get("/reviews/precision")
async def precision_page(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """Show how often people agreed with the extractor."""
    return rendering.html("precision.html", await _precision(request))


@api.get("/reviews/precision", response_model=PrecisionPage)
async def precision(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """How many of the judged mentions were right: in all, by method, by top-level domain."""
    return rendering.json(await _precision(request))


@api.post("/reviews", response_model=ReviewsWritten, status_code=201)
async def give_verdict(
    request: Request,
    asked: Judgement,
    who: Annotated[Identity, Depends(analyst)],
    query: Annotated[PageQuery, Query()],  # noqa: ARG001
    key: Key = None,
) -> Response:
    """Give a verdict on domains, or say that mentions mean none; needs the role analyst or a key that may write."""
    return await _answered(request, who, key, asked.digest, asked.give)


@api.post("/reviews/undo", response_model=ReviewsWritten, status_code=201)
async def undo(
    request: Request,
    asked: Undoing,
    who: Annotated[Identity, Depends(analyst)],
    query: Annotated[PageQuery, Query()],  # noqa: ARG001
    key: Key = None,
) -> Response:
    """Take verdicts back; the answer holds the rows that say so, none for what was taken back before."""
    return await _answered(request, who, key, asked.digest, asked.give)


@pages.post("/reviews")
async def give_verdict_by_form(request: Request, who: Annotated[Identity, Depends(analyst)]) -> Response:
    """Give the verdict of a form, and lead back to its page."""
    form = form_of(request)
    asked: dict[str, Any] = {
        "verdict": form.get("verdict", ""),
        "reason": form.get("reason"),
        # Browsers send a line end as two characters, and count it as one.
        "note": form.get("note", "").replace("\r\n", "\n"),
    }
    if asked["verdict"] == "not_a_domain":
        asked |= {"domain_name": form.get("domain_name", ""), "comment_ids": values_of(request, "comment_id")}
    else:
        asked["domain_names"] = values_of(request, "domain_name")
    if [] in (asked.get("domain_names"), asked.get("comment_ids")):
        raise ReviewRefused("Nothing was ticked.", hint="Go back, tick what the verdict is on, and send it again.")
    try:
        judgement = _judgement.validate_python(asked)
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error
    return await _led_back(request, who, judgement.give)


@pages.post("/reviews/undo")
async def undo_by_form(request: Request, who: Annotated[Identity, Depends(analyst)]) -> Response:
    """Take back what one request gave, or single verdicts, and lead back to the form's page."""
    form = form_of(request)
    try:
        if "request_id" in form:
            given = UUID(form["request_id"])
            return await _led_back(request, who, lambda connection: undo_request(connection, given))
        asked = Undoing.model_validate({"ids": values_of(request, "id")})
    except ValueError as error:
        raise ReviewRefused("The form names no verdict.", hint="Open the page again, and choose one there.") from error
    return await _led_back(request, who, asked.give)


async def _reviews(request: Request, query: ReviewsQuery) -> ReviewsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await ReviewsPage.load(connection, query)


async def _precision(request: Request) -> PrecisionPage:
    claims = identity_of(request).claims
    async with reading(request.app.state.database, claims, seconds=PRECISION_SECONDS) as connection:
        return await PrecisionPage.load(connection)


async def _answered(request: Request, who: Identity, key: str | None, digest: str, work: Work) -> Response:
    """What the work wrote, or wrote when this key was sent before."""
    request_id = uuid4() if key is None else uuid5(_KEYS, f"{who.subject}\n{request.url.path}\n{key}")
    async with judging(request.app.state.database, _on_record(who)) as connection:
        written, is_replayed = await carried_out(connection, request_id, work, digest=None if key is None else digest)
    answer = rendering.json(ReviewsWritten(written))
    answer.status_code = 201
    if is_replayed:
        answer.headers["Idempotency-Replayed"] = "true"
    return answer


async def _led_back(request: Request, who: Identity, work: Work) -> Response:
    """The page from which the form was sent, which says what was done."""
    request_id = uuid4()
    async with judging(request.app.state.database, _on_record(who)) as connection:
        await carried_out(connection, request_id, work)
    return RedirectResponse(way_back(form_of(request).get("back", ""), request_id), 303)


def _on_record(who: Identity) -> dict[str, Any]:
    """The claims under which somebody judges; whoever is no user of Supabase gets a name for the trail, no address."""
    if "sub" in who.claims:
        return dict(who.claims)
    return {**who.claims, "email": f"API key {who.name}" if who.subject.startswith("key:") else who.name}
