"""Whole tables over HTTP: all rows of a filter, at any size, and the tag of what a program has already."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import httpx
import pytest
from tests.web.test_guard import in_process

from harvester.exports.table import columns
from harvester.store.database import Database
from harvester.store.exported import ExportedDomain
from harvester.web.app import create_app
from harvester.web.door.door import Door
from harvester.web.listings import TABLES

KEYS = {"domains": "domain_name", "comments": "comment_id", "videos": "video_id"}


@pytest.mark.parametrize("noun", TABLES)
def test_csv_and_json_lines_hold_the_same_rows(site: httpx.Client, noun: str) -> None:
    answer, lines = site.get(f"/api/v1/{noun}.csv"), site.get(f"/api/v1/{noun}.ndjson")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert lines.headers["content-type"] == "application/x-ndjson"
    assert answer.headers["content-disposition"] == f'attachment; filename="{noun}.csv"'
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
    assert tuple(header) == columns(TABLES[noun])
    objects = [json.loads(line) for line in lines.text.splitlines()]
    assert len(rows) == len(objects) > 0
    assert [list(each) for each in objects] == [header] * len(objects)
    for row, each in zip(rows, objects, strict=True):
        for name, cell in zip(header, row, strict=True):
            if isinstance(each[name], str):
                assert cell.removeprefix("'") == each[name].removeprefix("'")


@pytest.mark.parametrize("noun", KEYS)
def test_a_table_holds_all_rows_of_the_list_in_no_more_and_no_less(site: httpx.Client, noun: str) -> None:
    listed = site.get(f"/api/v1/{noun}?limit=1000").json()
    assert listed["next"] is None
    table = [json.loads(line) for line in site.get(f"/api/v1/{noun}.ndjson").text.splitlines()]
    assert sorted(row[KEYS[noun]] for row in table) == sorted(row[KEYS[noun]] for row in listed["rows"])


def test_a_table_says_by_which_address_it_is_asked_for_and_keeps_a_limit(site: httpx.Client) -> None:
    answer = site.get("/api/v1/domains.csv?tld=com&q=&limit=3&promoted=false")
    assert answer.headers["link"] == '</api/v1/domains.csv?limit=3&tld=com>; rel="canonical"'
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""), strict=True)
    assert tuple(header) == columns(ExportedDomain)
    assert [row[header.index("tld")] for row in rows] == ["com"] * 3
    assert all(row[header.index("domain_defanged")] == row[0].replace(".", "[.]") for row in rows)


def test_the_mentions_of_one_domain_in_any_spelling(site: httpx.Client) -> None:
    row = site.get("/api/v1/domains?limit=1").json()["rows"][0]
    lines = site.get("/api/v1/mentions.ndjson", params={"domain_name": row["domain_name"].upper() + "."}).text
    assert len(lines.splitlines()) == row["mention_count"]
    assert {json.loads(line)["domain_name"] for line in lines.splitlines()} == {row["domain_name"]}
    assert site.get("/api/v1/mentions.ndjson?domain_name=%00").status_code == 404


def test_head_of_a_table_reads_no_more_than_its_first_rows(site: httpx.Client) -> None:
    answer = site.head("/api/v1/comments.ndjson")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-ndjson"


def test_an_answer_that_is_known_is_not_sent_again(site: httpx.Client) -> None:
    for path in ("/api/v1/domains?limit=3", "/api/v1/videos", "/videos", "/api/v1/openapi.json"):
        first = site.get(path)
        tag = first.headers["etag"]
        assert tag.startswith('W/"')
        for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
            again = site.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert site.get(path, headers={"If-None-Match": 'W/"other"'}).status_code == 200
    assert site.get("/api/v1/domains?limit=0", headers={"If-None-Match": "*"}).status_code == 400
    assert "etag" not in site.get("/api/v1/domains.ndjson").headers


@pytest.mark.anyio
async def test_a_third_table_at_once_is_put_off_and_a_place_comes_back(filled: str) -> None:
    async with Database(filled) as database:
        door = Door()
        app = create_app(database, hosts=frozenset({"desk"}), door=door)
        places: asyncio.Semaphore = app.state.tables
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
            await client.get(door.new_link("http://desk/"))
            async with places, places:
                busy = await client.get("/api/v1/mentions.csv")
                assert (busy.status_code, busy.json()["code"]) == (429, "busy")
                assert int(busy.headers["retry-after"]) > 0
            for _ in range(5):
                assert (await client.get("/api/v1/mentions.csv?limit=1")).status_code == 200
                assert (await client.head("/api/v1/mentions.csv")).status_code == 200
            assert not places.locked()


def test_a_reader_who_goes_away_gives_the_place_back(site: httpx.Client) -> None:
    for _ in range(4):
        with site.stream("GET", "/api/v1/comments.ndjson") as answer:
            assert next(answer.iter_bytes())
    # The server hears of it a moment later.
    for _ in range(100):
        answer = site.get("/api/v1/comments.ndjson?limit=1")
        if answer.status_code == 200:
            break
    assert answer.status_code == 200


@pytest.mark.anyio
async def test_a_table_that_cannot_be_read_is_an_answer_of_its_own(conninfo: str) -> None:
    async with Database(conninfo) as database, in_process(database) as client:
        async with database.transaction("service_role") as connection:
            await connection.execute("select 1")
        answer = await client.get("/api/v1/domains.csv")
        assert answer.text.splitlines() == [",".join(f'"{name}"' for name in columns(ExportedDomain))]
