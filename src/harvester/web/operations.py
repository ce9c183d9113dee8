"""The addresses of operations: the page, the rows behind its numbers, and what an admin may turn or put back there."""

from __future__ import annotations

from typing import Annotated, cast, get_args

from fastapi import Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from harvester.store.operations import replay_jobs, turn
from harvester.store.pause import Switch
from harvester.store.reading import reading
from harvester.web import rendering
from harvester.web.identity import Identity, admin, form_of, identity_of
from harvester.web.pages.operations import (
    DuePage,
    JobsPage,
    JobsQuery,
    LookUpsQuery,
    OperationsPage,
    RefusedPage,
    RefusedQuery,
)
from harvester.web.pages.query import PageQuery
from harvester.web.routers import api, pages

LONGEST_REASON = 1_000
MOST_REPLAYED = 100


@pages.get("/operations")
async def operations_page(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """Show how work stands."""
    return rendering.html("operations.html", await _operations(request))


@api.get("/operations", response_model=OperationsPage)
async def operations(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """The queue, what was given up, the switches, quota, look-ups that wait, failed runs, refused records, sizes."""
    return rendering.json(await _operations(request))


@pages.get("/operations/jobs")
async def jobs_page(request: Request, query: Annotated[JobsQuery, Query()]) -> Response:
    """Show the jobs of one task in one state."""
    return rendering.html("operations_jobs.html", await _jobs(request, query))


@api.get("/operations/jobs", response_model=JobsPage)
async def jobs(request: Request, query: Annotated[JobsQuery, Query()]) -> Response:
    """The jobs of one task in one state, the first made first."""
    return rendering.json(await _jobs(request, query))


@pages.get("/operations/look-ups")
async def due_page(request: Request, query: Annotated[LookUpsQuery, Query()]) -> Response:
    """Show the look-ups of one kind that are due."""
    return rendering.html("operations_due.html", await _due(request, query))


@api.get("/operations/look-ups", response_model=DuePage)
async def due(request: Request, query: Annotated[LookUpsQuery, Query()]) -> Response:
    """The look-ups of one kind that are due, the longest waiting first."""
    return rendering.json(await _due(request, query))


@pages.get("/operations/quarantine")
async def refused_page(request: Request, query: Annotated[RefusedQuery, Query()]) -> Response:
    """Show the refused records of one source and reason."""
    return rendering.html("operations_refused.html", await _refused(request, query))


@api.get("/operations/quarantine", response_model=RefusedPage)
async def refused(request: Request, query: Annotated[RefusedQuery, Query()]) -> Response:
    """The refused records of one source and reason, the newest first, without their raw form."""
    return rendering.json(await _refused(request, query))


@pages.post("/operations/switch")
async def turn_switch(request: Request, who: Annotated[Identity, Depends(admin)]) -> Response:
    """Stop requests or look-ups, or let them go on."""
    form = form_of(request)
    switch, state = form.get("switch", ""), form.get("state", "")
    if switch not in get_args(Switch) or state not in ("stopped", "on"):
        raise HTTPException(400)
    reason = form.get("reason", "").strip()[:LONGEST_REASON] or None
    await turn(
        request.app.state.database, who.claims, cast("Switch", switch), is_stopped=state == "stopped", reason=reason
    )
    return RedirectResponse("/operations#switches", 303)


@pages.post("/operations/replay")
async def replay(request: Request, who: Annotated[Identity, Depends(admin)]) -> Response:
    """Put jobs that were given up back to work."""
    ids = form_of(request).get("ids", "").split(",")[:MOST_REPLAYED]
    if not all(each.isascii() and each.isdecimal() and len(each) < 19 for each in ids):
        raise HTTPException(400)
    await replay_jobs(request.app.state.database, who.claims, [int(each) for each in ids])
    return RedirectResponse("/operations#given-up", 303)


async def _operations(request: Request) -> OperationsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await OperationsPage.load(connection, request.app.state.policy.limits)


async def _jobs(request: Request, query: JobsQuery) -> JobsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await JobsPage.load(connection, query)


async def _due(request: Request, query: LookUpsQuery) -> DuePage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await DuePage.load(connection, query)


async def _refused(request: Request, query: RefusedQuery) -> RefusedPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await RefusedPage.load(connection, query)
