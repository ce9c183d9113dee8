"""The two sets of addresses that the routes join: pages for people, and the REST API for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from harvester.web.problem import Problem

API = "/api/v1"
_ANSWERS: dict[int | str, dict[str, Any]] = {
    304: {"description": "The answer is still the one that the tag in `If-None-Match` stands for."},
    "default": {"description": "What went wrong.", "content": {"application/problem+json": {}}, "model": Problem},
}

pages = APIRouter(include_in_schema=False)
api = APIRouter(prefix=API, responses=_ANSWERS)
