"""The addresses: each page once for people, once under `/api/v1` for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from harvester.store.reading import reading
from harvester.web import rendering
from harvester.web.done import DomainsVisit, DomainVisit, deed, telling
from harvester.web.identity import identity_of
from harvester.web.pages.api_index import ApiIndex, Endpoint
from harvester.web.pages.domain import DomainPage, DomainQuery, stored_name
from harvester.web.pages.domains import DomainsPage, DomainsQuery
from harvester.web.pages.overview import OverviewPage, OverviewQuery
from harvester.web.pages.query import PageQuery
from harvester.web.routers import API, api, pages


@dataclass(frozen=True, slots=True)
class Health:
    """That a part of the product answers."""

    status: str


@pages.get("/")
async def overview_page(request: Request, query: Annotated[OverviewQuery, Query()]) -> Response:
    """Show what is new, what rises, what came in."""
    return rendering.html("overview.html", await _overview(request, query))


@api.get("/overview", response_model=OverviewPage)
async def overview(request: Request, query: Annotated[OverviewQuery, Query()]) -> Response:
    """Figures of the last days, what is new today, what rises and why, what waits for a person, and the latest runs."""
    return rendering.json(await _overview(request, query))


@pages.get("/domains")
async def domains_page(request: Request, query: Annotated[DomainsVisit, Query()]) -> Response:
    """Show one page of the list."""
    page = await _domains(request, query)
    with telling(await deed(request, query.done)):
        return rendering.html("domains.html", page)


@api.get("/domains", response_model=DomainsPage)
async def domains(request: Request, query: Annotated[DomainsQuery, Query()]) -> Response:
    """One page of all domains, as JSON."""
    page = await _domains(request, query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@pages.get("/domains/{domain_name}")
async def domain_page(request: Request, domain_name: str, query: Annotated[DomainVisit, Query()]) -> Response:
    """Show one domain under the address of its stored name; other spellings lead there."""
    name = stored_name(domain_name)
    if name != domain_name:
        return RedirectResponse(rendering.address(f"/domains/{name}", **query.model_dump(exclude_unset=True)), 308)
    page = await _domain(request, name, query)
    with telling(await deed(request, query.done)):
        return rendering.html("domain.html", page)


@api.get("/domains/{domain_name}", response_model=DomainPage)
async def domain(request: Request, domain_name: str, query: Annotated[DomainQuery, Query()]) -> Response:
    """One domain, and one page of its evidence."""
    page = await _domain(request, stored_name(domain_name), query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@api.get("", response_model=ApiIndex)
async def index(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """What this API offers."""
    described = request.app.openapi()["paths"]
    endpoints = [
        Endpoint(verb.upper(), path, operation["description"])
        for path, operations in described.items()
        for verb, operation in operations.items()
    ]
    itself = Endpoint("GET", f"{API}/openapi.json", "All of this in OpenAPI 3.1.")
    return rendering.json(ApiIndex([*endpoints, itself]))


@pages.get("/healthz")
async def healthz(query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """The process answers."""
    return rendering.json(Health("ok"))


@pages.get("/readyz")
async def readyz(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """The database answers, too, and has every migration."""
    async with reading(request.app.state.database, {}):
        await request.app.state.readiness.check()
        return rendering.json(Health("ok"))


async def _overview(request: Request, query: OverviewQuery) -> OverviewPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await OverviewPage.load(connection, query)


async def _domains(request: Request, query: DomainsQuery) -> DomainsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await DomainsPage.load(connection, query)


async def _domain(request: Request, domain_name: str, query: DomainQuery) -> DomainPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await DomainPage.load(connection, domain_name, query)
