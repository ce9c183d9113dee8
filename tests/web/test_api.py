"""The REST API as programs get it."""

from __future__ import annotations

import re

import httpx
import pytest

from harvester.store.domain import SORTS

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def walk(value: object, name: str = "") -> list[tuple[str, object]]:
    """Every leaf of a JSON document with the name it stands under."""
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in walk(each, key)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in walk(each, name)]
    return [(name, value)]


def test_the_index_lists_what_there_is(site: httpx.Client) -> None:
    endpoints = site.get("/api/v1").json()["endpoints"]
    assert [endpoint["path"] for endpoint in endpoints if endpoint["http_method"] == "GET"] == [
        "/api/v1/videos", "/api/v1/videos/{video_id}", "/api/v1/comments", "/api/v1/runs",
        *(f"/api/v1/{table}" for noun in ("domains", "mentions", "comments", "videos")
          for table in (f"{noun}.csv", f"{noun}.ndjson")),
        *(f"/api/v1/operations{rows}" for rows in ("", "/jobs", "/look-ups", "/quarantine")),
        "/api/v1/reviews", "/api/v1/reviews/precision",
        "/api/v1/overview", "/api/v1/domains", "/api/v1/domains/{domain_name}", "/api/v1", "/api/v1/openapi.json",
    ]  # fmt: skip
    writing = [endpoint["path"] for endpoint in endpoints if endpoint["http_method"] == "POST"]
    assert writing == ["/api/v1/reviews", "/api/v1/reviews/undo"]
    assert all(endpoint["summary"] for endpoint in endpoints)


def test_ids_are_strings_and_times_are_utc(site: httpx.Client) -> None:
    name = site.get("/api/v1/domains?limit=1").json()["rows"][0]["domain_name"]
    for path in ("/api/v1/overview", "/api/v1/domains", f"/api/v1/domains/{name}"):
        leaves = walk(site.get(path).json())
        assert leaves
        for key, value in leaves:
            if key == "id" or key.endswith("_id"):
                assert isinstance(value, str), key
            if key.endswith("_at") and value is not None:
                assert TIME.fullmatch(str(value)), (key, value)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [7, 1000])
def test_the_pages_of_a_list_hold_each_domain_once(site: httpx.Client, sort: str, limit: int) -> None:
    names: list[str] = []
    address: str | None = f"/api/v1/domains?sort={sort}&limit={limit}"
    while address:
        answer = site.get(address)
        body = answer.json()
        names += [row["domain_name"] for row in body["rows"]]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        address = link[1] if link else None
        assert (body["next"] is None) == (address is None)
    assert len(names) == len(set(names)) == len(site.get("/api/v1/domains?limit=1000").json()["rows"])
    if sort == "name":
        assert names == sorted(names)


def test_the_pages_of_evidence_hold_each_comment_once(site: httpx.Client) -> None:
    row = site.get("/api/v1/domains?limit=1").json()["rows"][0]
    ids: list[str] = []
    address: str | None = f"/api/v1/domains/{row['domain_name']}?limit=4"
    while address:
        answer = site.get(address)
        ids += [each["comment_id"] for each in answer.json()["evidence"]]
        address = answer.links.get("next", {}).get("url")
    assert len(ids) == len(set(ids)) == row["comment_count"]


@pytest.mark.parametrize(
    ("target", "status", "code", "parameter"),
    [
        ("/overview?weeks=1", 400, "parameter_unknown", "weeks"),
        ("/overview?days=31", 400, "parameter_invalid", "days"),
        ("/overview?days=%D9%A7", 400, "parameter_invalid", "days"),
        ("/domains?colour=red", 400, "parameter_unknown", "colour"),
        ("/domains?limit=0", 400, "parameter_invalid", "limit"),
        ("/domains?limit=1001", 400, "parameter_invalid", "limit"),
        ("/domains?limit=ten", 400, "parameter_invalid", "limit"),
        ("/domains?limit=" + "9" * 5000, 400, "parameter_invalid", "limit"),
        ("/domains?sort=luck", 400, "parameter_invalid", "sort"),
        ("/domains?q=" + "a" * 10_000, 400, "parameter_invalid", "q"),
        ("/domains?after=nonsense", 400, "cursor_invalid", "after"),
        ("/domains?after=%00", 400, "cursor_invalid", "after"),
        ("/domains?after=%ED%A0%80", 400, "cursor_invalid", "after"),
        # ["name", "a\u0000", …] and ["name", "\ud800", …]: what no page ever gave, and PostgreSQL cannot hold.
        ("/domains?sort=name&after=WyJuYW1lIiwgImFcdTAwMDAiLCAiMDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDA1Il0",
         400, "cursor_invalid", "after"),
        ("/domains?sort=name&after=WyJuYW1lIiwgIlx1ZDgwMCIsICIwMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDUiXQ",
         400, "cursor_invalid", "after"),
        ("/domains/casino.com?page=2", 400, "parameter_unknown", "page"),
        ("/domains/%00", 404, "not_found", None),
        ("/domains/%ED%A0%80.com", 404, "not_found", None),
        ("/domains/" + "a" * 5000, 404, "not_found", None),
        ("/domains/" + "%C3%BC" * 300, 404, "not_found", None),
        ("/domains/never.example", 404, "not_found", None),
        ("/nothing", 404, "not_found", None),
    ],
)  # fmt: skip
def test_bad_input_is_refused_by_name(
    site: httpx.Client, target: str, status: int, code: str, parameter: str | None
) -> None:
    answer = site.get("/api/v1" + target)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert list(body) == ["type", "title", "status", "detail", "code", "hint", "parameter"]
    assert (body["status"], body["code"], body["parameter"]) == (status, code, parameter)


@pytest.mark.parametrize(
    "target", ["/?days=31", "/domains?limit=0", "/domains?after=nonsense", "/domains/%00", "/nothing"]
)
def test_people_get_a_page_where_programs_get_a_problem(site: httpx.Client, target: str) -> None:
    answer = site.get(target)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Traceback" not in answer.text
    assert 'href="/domains"' in answer.text


@pytest.mark.parametrize("text", ["\0", "%", "_", "\\", "'; drop table domain; --", "\u202e", "🦊", "\ufffd", " "])
def test_any_text_may_be_looked_for(site: httpx.Client, text: str) -> None:
    for path in ("/domains", "/api/v1/domains"):
        assert site.get(path, params={"q": text}).status_code == 200


def test_the_cursor_of_one_order_is_refused_by_another(site: httpx.Client) -> None:
    cursor = site.get("/api/v1/domains?limit=1").json()["next"]
    answer = site.get("/api/v1/domains", params={"sort": "name", "after": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "cursor_invalid")


def test_the_openapi_document_describes_every_field(site: httpx.Client) -> None:
    document = site.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/overview", "/api/v1/domains", "/api/v1/domains/{domain_name}"} <= document["paths"].keys()
    for name, schema in document["components"]["schemas"].items():
        for field, meaning in schema.get("properties", {}).items():
            assert meaning.get("description"), f"{name}.{field}"
            assert "$ref" in str(meaning) or meaning["examples"] != [None], f"{name}.{field}"
    for path in document["paths"].values():
        assert path.keys() <= {"get", "post"}
        for verb, operation in path.items():
            assert operation["description"]
            assert list(operation["responses"]["default"]["content"]) == ["application/problem+json"]
            assert "422" not in operation["responses"]
            assert ("304" in operation["responses"]) == (verb == "get")
            asked = operation.get("parameters", [])
            assert all(each["schema"].get("examples") for each in asked if each["in"] != "header"), operation
            assert all(each.get("description") for each in asked if each["in"] == "query")
    writing = {path for path, verbs in document["paths"].items() if "post" in verbs}
    assert {"/api/v1/reviews", "/api/v1/reviews/undo"} <= writing


def test_an_example_of_each_query_is_answered(site: httpx.Client) -> None:
    document = site.get("/api/v1/openapi.json").json()
    for path, operations in document["paths"].items():
        parameters = [] if "{" in path else operations.get("get", {}).get("parameters", [])
        examples = {each["name"]: str(each["schema"]["examples"][0]).lower() for each in parameters}
        needed = {each["name"] for each in parameters if each.get("required")}
        for name in examples.keys() - {"after", "sightings_after"}:
            asked = {each: examples[each] for each in (*needed, *({"limit"} & examples.keys()), name)}
            answer = site.get(path, params=asked)
            assert answer.status_code == 200, (path, asked, answer.text)
