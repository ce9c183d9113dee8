"""docs/reference/fields.md, from the glossary of the pages and the routes of the API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

from fastapi.routing import APIRoute

from harvester.web.app import ROUTES
from harvester.web.glossary import FIELDS
from harvester.web.listings import TABLES
from harvester.web.problem import Problem
from harvester.web.routers import API, api
from harvester.web.routes import Health

from .markdown import code, codes, page, prose, table

_INTRODUCTION = (
    "A field has one name and one meaning, in every page, as JSON, CSV and HTML. Times are ISO 8601 in UTC; TikTok's "
    "ids are strings, because they exceed what JavaScript reads exactly.\n\n"
    "Sources: "
    + ", ".join(
        f"[web/{name}.py](../../src/harvester/web/{name}.py)"
        for name in ("glossary", *(each.__name__.rpartition(".")[2] for each in ROUTES))
    )
    + "."
)
_TABLES = (".csv", ".ndjson")
_ELSEWHERE: dict[str, object] = {"/healthz": Health, "/readyz": Health, "problem": Problem}
"""Answers that are outside the API's own pages."""


def routes() -> list[APIRoute]:
    """What the API offers."""
    assert ROUTES, "each file joins its addresses when it is imported"
    return [route for route in api.routes if isinstance(route, APIRoute)]


def asked(route: APIRoute) -> str:
    """How it is asked for: its address, with the method where that is not GET."""
    return route.path if "GET" in (route.methods or ()) else f"{' '.join(sorted(route.methods or ()))} {route.path}"


def answers() -> dict[str, object]:
    """Each address with the type of its answer; that of a whole table is one of its rows."""
    documents: dict[str, object] = {asked(route): route.response_model for route in routes()}
    for path in documents:
        if path.endswith(_TABLES):
            documents[path] = TABLES[path.removeprefix(f"{API}/").partition(".")[0]]
    return documents | _ELSEWHERE


def names_of(kind: Any) -> Iterator[str]:
    """Every field of a dataclass and of the dataclasses that it holds."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        for field in fields(kind):
            yield field.name
            yield from names_of(hints[field.name])
    for argument in get_args(kind):
        yield from names_of(argument)


def places() -> dict[str, list[str]]:
    """Each field of the glossary with the answers that have it."""
    held = {address: set(names_of(kind)) for address, kind in answers().items()}
    return {name: [address for address, names in held.items() if name in names] for name in FIELDS}


def fields_page() -> str:
    """The file."""
    addresses = [(code(asked(route)), prose(route.description)) for route in routes()]
    rows = [
        (code(name), prose(FIELDS[name]), codes(address.replace(API, "", 1) or "/" for address in found))
        for name, found in places().items()
    ]
    return page(
        "Fields", _INTRODUCTION, table(("address", "what it gives"), addresses),
        f"In the table below the addresses are shortened by {code(API)}; {code('problem')} is any answer that tells "
        "of a failure.",
        table(("field", "meaning", "where"), rows),
    )  # fmt: skip
