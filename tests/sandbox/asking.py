"""How tests ask the sandbox: a client for the length of a block, answers that must be good or refused, its controls."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from tests.sandbox.patient import Patient, day

from harvester.sandbox.server import serving
from harvester.sandbox.world import World

ANCHOR = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
SPAN = {"start_date": day(ANCHOR - timedelta(days=30)), "end_date": day(ANCHOR)}
YESTERDAY = {"min": day(ANCHOR - timedelta(days=80)), "max": day(ANCHOR)}


@asynccontextmanager
async def client(world: World, **options: Any) -> AsyncIterator[Patient]:
    async with serving(world, **options) as url, aiohttp.ClientSession() as session:
        yield Patient(url, session)


def one(world: World, statement: str) -> Any:
    row = world.row(statement)
    assert row is not None
    return row


def largest(world: World) -> int:
    video_id: int = one(world, "select id from video where is_deleted = 0 order by comments desc")["id"]
    return video_id


async def data(patient: Patient, path: str, fields: str | None = None, **body: Any) -> dict[str, Any]:
    status, answer = await patient.post(path, fields, **body)
    assert status == 200, answer
    assert answer["error"]["code"] == "ok"
    found: dict[str, Any] = answer["data"]
    return found


async def refused(patient: Patient, path: str, fields: str | None = None, **body: Any) -> tuple[int, str, str]:
    status, answer = await patient.post(path, fields, **body)
    assert answer["data"] == {}
    return status, answer["error"]["code"], answer["error"]["message"]


async def get(patient: Patient, path: str) -> Any:
    async with patient.session.get(f"{patient.url}/sandbox/{path}") as answer:
        text = await answer.text()
    return [json.loads(line) for line in text.splitlines()] if path in {"truth", "served"} else json.loads(text)


async def send(patient: Patient, method: str, path: str, **body: Any) -> tuple[int, Any]:
    async with patient.session.request(method, f"{patient.url}/sandbox/{path}", json=body) as answer:
        return answer.status, await answer.json()


def condition(name: str, operation: str, *values: object) -> dict[str, Any]:
    return {"field_name": name, "operation": operation, "field_values": [str(value) for value in values]}
