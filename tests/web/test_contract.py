"""One page, several renderings: HTML, JSON and the API's description show the same fields."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import httpx
import pytest
from jinja2 import nodes

from harvester.store.domain import SORTS
from harvester.store.domain_filter import Kind, Method, State
from harvester.store.video import SORTS as VIDEO_SORTS
from harvester.web import rendering
from harvester.web.glossary import FIELDS
from harvester.web.judgement import ReviewsWritten
from harvester.web.listings import TABLES
from harvester.web.pages.api_index import ApiIndex
from harvester.web.pages.comments import CommentsPage
from harvester.web.pages.domain import DomainPage
from harvester.web.pages.domains import DomainsPage, Sort
from harvester.web.pages.operations import DuePage, JobsPage, OperationsPage, RefusedPage
from harvester.web.pages.overview import OverviewPage
from harvester.web.pages.reviews import PrecisionPage, ReviewsPage
from harvester.web.pages.runs import RunsPage
from harvester.web.pages.videos import VideoPage, VideoSort, VideosPage
from harvester.web.problem import Problem
from harvester.web.routes import Health

PAGES: Mapping[str, type[Any]] = {
    "overview.html": OverviewPage,
    "domains.html": DomainsPage,
    "domain.html": DomainPage,
    "videos.html": VideosPage,
    "video.html": VideoPage,
    "comments.html": CommentsPage,
    "runs.html": RunsPage,
    "reviews.html": ReviewsPage,
    "precision.html": PrecisionPage,
    "operations.html": OperationsPage,
    "operations_jobs.html": JobsPage,
    "operations_due.html": DuePage,
    "operations_refused.html": RefusedPage,
    "problem.html": Problem,
}
NOT_FOR_PEOPLE = {Problem: {"type", "parameter"}}
"""Fields that the sentences of a page say already."""


def parsed(template: str) -> nodes.Template:
    environment = rendering._TEMPLATES
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, template)
    return environment.parse(source)


def all_fields(kind: object) -> Iterator[tuple[type[Any], str]]:
    """Every field of a dataclass and of the dataclasses that it holds."""
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        for field in fields(kind):
            yield kind, field.name
            yield from all_fields(hints[field.name])
    for argument in get_args(kind):
        yield from all_fields(argument)


@pytest.mark.parametrize("template", PAGES)
def test_a_template_knows_its_page_and_nothing_else(template: str) -> None:
    tree = parsed(template)
    names = list(tree.find_all(nodes.Name))
    made_here = {name.name for name in names if name.ctx != "load"}
    made_here |= {each.target for each in tree.find_all(nodes.Import)} | {
        each.name for each in tree.find_all(nodes.Macro)
    }
    assert {name.name for name in names} - made_here <= {"page", "address", "loop", "csrf_field", "signed_in", "done"}


@pytest.mark.parametrize(("template", "kind"), PAGES.items())
def test_html_shows_the_fields_of_the_json_and_no_others(template: str, kind: type[Any]) -> None:
    shown = {
        found.attr
        for found in parsed(template).find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == "page"
    }
    # The links between pages are drawn by a macro that is given the whole page.
    if {"after", "next"} <= {field.name for field in fields(kind)}:
        shown |= {"after", "next"}
    assert shown == {field.name for field in fields(kind)} - NOT_FOR_PEOPLE.get(kind, set())


def test_json_has_the_fields_in_the_order_of_the_page(site: httpx.Client) -> None:
    name = site.get("/api/v1/domains?limit=1").json()["rows"][0]["domain_name"]
    video = site.get("/api/v1/videos?limit=1").json()["rows"][0]["video_id"]
    for path, kind in {
        "/api/v1": ApiIndex,
        "/api/v1/overview": OverviewPage,
        "/api/v1/domains": DomainsPage,
        f"/api/v1/domains/{name}": DomainPage,
        "/api/v1/videos": VideosPage,
        f"/api/v1/videos/{video}": VideoPage,
        "/api/v1/comments": CommentsPage,
        "/api/v1/runs": RunsPage,
        "/api/v1/reviews": ReviewsPage,
        "/api/v1/reviews/precision": PrecisionPage,
        "/api/v1/nothing": Problem,
        "/healthz": Health,
    }.items():
        assert list(site.get(path).json()) == [field.name for field in fields(kind)], path


def test_html_and_json_tell_the_same(site: httpx.Client) -> None:
    overview, page = site.get("/api/v1/overview").json(), site.get("/").text
    for figure in overview["figures"]:
        assert f"<strong>{figure['new']:,}</strong> new {figure['name']}" in page
    for row in [*overview["top_mentioned"], *overview["trending"], *overview["new_today"]]:
        assert f'href="/domains/{row["domain_name"]}"' in page
    for count in overview["mentions_per_day"]:
        assert f"<title>{count['day']}: {count['mentions']:,}" in page


def test_every_field_is_explained_and_every_explanation_is_needed() -> None:
    kinds = [*PAGES.values(), *TABLES.values(), ApiIndex, Health, ReviewsWritten]
    names = {name for kind in kinds for _, name in all_fields(kind)}
    assert names - FIELDS.keys() == set()
    assert FIELDS.keys() - names == set()
    assert list(FIELDS) == sorted(FIELDS)


def test_the_orders_of_the_page_are_those_of_the_store() -> None:
    assert typing.get_args(Sort) == tuple(SORTS)
    assert typing.get_args(VideoSort) == tuple(VIDEO_SORTS)


def test_the_form_of_filters_offers_what_the_store_knows() -> None:
    lists = [each.items for each in parsed("filters.html").find_all(nodes.Tuple)]
    offered = {tuple(item.as_const() for item in items) for items in lists if isinstance(items[0], nodes.Const)}
    assert {typing.get_args(kind) for kind in (State, Kind, Method)} <= offered
