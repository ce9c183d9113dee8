"""The application: routes, guard, errors and static files put together."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from harvester import __version__
from harvester.errors import HarvesterError
from harvester.store.database import Database
from harvester.store.look_up_tally import LookUpTally
from harvester.store.metrics import Policy
from harvester.web import listings, monitoring, operations, reviews, routes
from harvester.web.answering import answer_problem
from harvester.web.description import complete
from harvester.web.door.admission import Admission
from harvester.web.door.door import Door
from harvester.web.door.pages import sign_in
from harvester.web.glossary import FIELDS
from harvester.web.guard import Guard
from harvester.web.metrics import Traffic, process_registry
from harvester.web.readiness import Readiness
from harvester.web.request_log import RequestLog
from harvester.web.routers import API, api, pages
from harvester.web.streams import MOST_AT_ONCE
from harvester.web.turns import Turns
from harvester.web.unchanged import Unchanged

ROUTES = (routes, listings, reviews, operations, monitoring)
"""The files whose routes join the routers when they are imported."""
_STATIC = Path(__file__).with_name("static")


def create_app(database: Database, *, hosts: frozenset[str], door: Door, policy: Policy | None = None) -> FastAPI:
    """The dashboard and REST API over an open database, behind a door.

    `hosts` are the values of the header `Host` under which it answers: names with their port, in lower case. What
    the policy allows is shown, not enforced.
    """
    app = FastAPI(
        title="TikTok Domain Harvester",
        version=__version__,
        description="Domains that TikTok comments mention, with their evidence. All times are UTC.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.database = database
    app.state.door = door
    app.state.policy = policy or Policy()
    app.state.readiness = Readiness(database)
    app.state.look_ups = LookUpTally()
    app.state.registry = process_registry()
    app.state.tables = asyncio.Semaphore(MOST_AT_ONCE)
    app.state.table_readers = set()
    app.include_router(sign_in)
    app.include_router(pages)
    app.include_router(api)
    app.mount("/static", _StaticFiles(directory=_STATIC))
    # The last one added is met first.
    app.add_middleware(Unchanged)
    app.add_middleware(Turns)
    app.add_middleware(Admission, door=door, database=database)
    app.add_middleware(Guard, hosts=hosts)
    app.add_middleware(Traffic, registry=app.state.registry)
    app.add_middleware(RequestLog)
    for kind in (HarvesterError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, answer_problem)
    # FastAPI's own way to describe the API by hand: a method of the instance is replaced.
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


class _StaticFiles(StaticFiles):
    """Our own files, asked for anew on each visit and sent only when they changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The description of the API; what a field means is taken from the glossary."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )  # fmt: skip
        complete(schema)
        for part in schema["components"]["schemas"].values():
            for name, field in part.get("properties", {}).items():
                field.setdefault("description", FIELDS.get(name, ""))
        for operations in schema["paths"].values():
            # What writes is carried out, whatever the program has already.
            operations.get("post", {}).get("responses", {}).pop("304", None)
        schema["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "description": "An API key, or an access token of Supabase."}
        }
        schema["security"] = [{"bearer": []}]
        app.openapi_schema = schema
    return app.openapi_schema
