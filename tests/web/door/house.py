"""The application with some routes more, asked in this process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import httpx
from fastapi import Depends, Request
from starlette.responses import Response
from tests.web.door.people import token_of

from harvester.store.database import ANALYST as READER
from harvester.store.database import Database
from harvester.web.app import create_app
from harvester.web.door.door import Door
from harvester.web.identity import Identity, admin, analyst, form_of, identity_of, viewer

OURS = {"Origin": "http://desk", "Sec-Fetch-Site": "same-origin"}


async def asked_database(request: Request) -> Response:
    """What the database knows of whoever asks."""
    async with request.app.state.database.transaction(READER, identity_of(request).claims) as connection:
        row = await (await connection.execute("select current_user as as_role, auth.jwt() as claims")).fetchone()
    return Response(json.dumps(row), media_type="application/json")


async def named(request: Request, who: Annotated[Identity, Depends(viewer)]) -> Response:
    return Response(json.dumps([who.subject, who.role, dict(form_of(request))]))


async def decided(request: Request, who: Annotated[Identity, Depends(analyst)]) -> Response:
    return Response(json.dumps([who.subject, (await request.body()).decode()]))


async def ruled(who: Annotated[Identity, Depends(admin)]) -> Response:
    return Response(who.name)


@asynccontextmanager
async def house(conninfo: str, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """The application with some routes more, asked in this process."""
    async with Database(conninfo) as database:
        app = create_app(database, hosts=frozenset({"desk"}), door=door)
        for path, route, methods in (
            ("/claims", asked_database, ["GET"]),
            ("/named", named, ["GET", "POST"]),
            ("/decided", decided, ["POST"]),
            ("/api/v1/decided", decided, ["POST"]),
            ("/ruled", ruled, ["GET"]),
        ):
            app.add_api_route(path, route, methods=methods, response_model=None)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk") as client:
            yield client


@asynccontextmanager
async def signed_in(conninfo: str, **options: Any) -> AsyncIterator[tuple[httpx.AsyncClient, str]]:
    """A client of the person at this machine, and the token of their forms."""
    door = Door(**options)
    async with house(conninfo, door) as client:
        await client.get(door.new_link("http://desk/"))
        yield client, token_of(await client.get("/"))
