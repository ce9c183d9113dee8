"""The address for Prometheus: figures of the whole database and of this process; no label names anybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from harvester.store.metrics import figures
from harvester.web.answering import METRICS
from harvester.web.metrics import CONTENT_TYPE, exposition
from harvester.web.pages.query import PageQuery
from harvester.web.routers import pages


@pages.get(METRICS)
async def metrics(request: Request, query: Annotated[PageQuery, Query()]) -> Response:  # noqa: ARG001
    """Every figure as it stands now, in Prometheus' text format."""
    state = request.app.state
    stored = await figures(state.database, state.policy, state.look_ups)
    return Response(exposition(state.registry, stored), headers={"Content-Type": CONTENT_TYPE})
