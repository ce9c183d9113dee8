"""The addresses: each page once for people, once under `/api/v1` for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import RedirectResponse, Response

from harvester.store.domain import DomainRow
from harvester.store.reading import reading
from harvester.web import rendering
from harvester.web.identity import identity_of
from harvester.web.pages.api_index import ApiIndex, Endpoint
from harvester.web.pages.domain import DomainPage, DomainQuery, stored_name
from harvester.web.pages.domains import DomainsPage, DomainsQuery
from harvester.web.pages.overview import OverviewPage
from harvester.web.pages.query import PageQuery, PlatformsQuery
from harvester.web.problem import Problem

API = "/api/v1"
_PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {"description": "What went wrong.", "content": {"application/problem+json": {}}, "model": Problem}
}
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {}}, "description": "The table."}}

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix=API, responses=_PROBLEM)


@dataclass(frozen=True, slots=True)
class Health:
    """That a part of the product answers."""

    status: str


@pages.get("/")
async def overview_page(request: Request, query: Annotated[PlatformsQuery, Query()]) -> Response:
    """Show what is new, what rises, what came in."""
    return rendering.html("overview.html", await _overview(request, query))


@api.get("/overview", response_model=OverviewPage)
async def overview(request: Request, query: Annotated[PlatformsQuery, Query()]) -> Response:
    """Figures of the last 30 days, what is new today, what rises, and the latest runs."""
    return rendering.json(await _overview(request, query))


@pages.get("/domains")
async def domains_page(request: Request, query: Annotated[DomainsQuery, Query()]) -> Response:
    """Show one page of the list."""
    return rendering.html("domains.html", await _domains(request, query))


@api.get("/domains", response_model=DomainsPage)
async def domains(request: Request, query: Annotated[DomainsQuery, Query()]) -> Response:
    """One page of all domains, as JSON."""
    page = await _domains(request, query)
    return rendering.json(page, next_address=_next(request, page.next))


@api.get("/domains.csv", response_class=Response, responses=_CSV)
async def domains_csv(request: Request, query: Annotated[DomainsQuery, Query()]) -> Response:
    """One page of all domains, as CSV; the header `Link` has the address of the next."""
    page = await _domains(request, query)
    return rendering.csv(DomainRow, page.rows, filename="domains.csv", next_address=_next(request, page.next))


@pages.get("/domains/{domain_name}")
async def domain_page(request: Request, domain_name: str, query: Annotated[DomainQuery, Query()]) -> Response:
    """Show one domain under the address of its stored name; other spellings lead there."""
    name = stored_name(domain_name)
    if name != domain_name:
        return RedirectResponse(rendering.address(f"/domains/{name}", **query.model_dump(exclude_unset=True)), 308)
    return rendering.html("domain.html", await _domain(request, name, query))


@api.get("/domains/{domain_name}", response_model=DomainPage)
async def domain(request: Request, domain_name: str, query: Annotated[DomainQuery, Query()]) -> Response:
    """One domain, and one page of its evidence."""
    page = await _domain(request, stored_name(domain_name), query)
    return rendering.json(page, next_address=_next(request, page.next))


@api.get("", response_model=ApiIndex)
async def index(query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """What this API offers."""
    routes = [route for route in api.routes if isinstance(route, APIRoute)]
    endpoints = [Endpoint(route.path, route.description) for route in routes]
    return rendering.json(ApiIndex([*endpoints, Endpoint(f"{API}/openapi.json", "All of this in OpenAPI 3.1.")]))


@pages.get("/healthz")
async def healthz(query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """The process answers."""
    return rendering.json(Health("ok"))


@pages.get("/readyz")
async def readyz(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """The database answers, too."""
    async with reading(request.app.state.database, {}):
        return rendering.json(Health("ok"))


async def _overview(request: Request, query: PlatformsQuery) -> OverviewPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await OverviewPage.load(connection, query)


async def _domains(request: Request, query: DomainsQuery) -> DomainsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await DomainsPage.load(connection, query)


async def _domain(request: Request, domain_name: str, query: DomainQuery) -> DomainPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await DomainPage.load(connection, domain_name, query)


def _next(request: Request, cursor: str | None) -> str | None:
    """The address of the next page: this one, from the cursor on."""
    if cursor is None:
        return None
    return rendering.address(request.url.path, **{**request.query_params, "after": cursor})
