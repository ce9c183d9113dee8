"""Who may ask what, what every answer carries, and what happens when the database fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psycopg
import pytest
from psycopg import errors as refusals

from harvester.errors import DatabaseUnavailable
from harvester.store.database import Database
from harvester.store.reading import reading
from harvester.web.app import create_app
from harvester.web.door.door import Door
from harvester.web.guard import HEADERS


@asynccontextmanager
async def in_process(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application without a socket between, so that faults can be made around it."""
    door = Door()
    app = create_app(database, hosts=frozenset({"desk"}), door=door)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        await client.get(door.new_link("http://desk/"))
        yield client


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("LOCALHOST:{port}", 200),
        ("[::1]:{port}", 200),
        ("localhost", 421),
        ("localhost:1", 421),
        ("casino.com:{port}", 421),
        ("localhost.casino.com:{port}", 421),
        ("127.0.0.1.casino.com:{port}", 421),
        ("localhost:{port}.casino.com", 421),
        ("", 421),
    ],
)
def test_only_names_of_this_machine_are_answered(site: httpx.Client, host: str, status: int) -> None:
    for path in ("/", "/api/v1/domains", "/static/desk.css", "/nothing"):
        answer = site.get(path, headers={"Host": host.format(port=site.base_url.port)})
        assert answer.status_code == (404 if status == 200 and path == "/nothing" else status)
        if status == 421:
            assert "does not belong to the dashboard" in answer.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_nothing_but_get_head_and_post_exists(site: httpx.Client, method: str) -> None:
    for path in ("/", "/domains", "/api/v1/overview", "/nothing"):
        answer = site.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("path", ["/", "/domains", "/api/v1", "/static/desk.css", "/nothing", "/domains?limit=0"])
def test_head_is_get_without_its_body(site: httpx.Client, path: str) -> None:
    head, get = site.head(path), site.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert head.headers["content-type"] == get.headers["content-type"]


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/", "no-store"),
        ("/domains", "no-store"),
        ("/api/v1/domains", "no-store"),
        ("/api/v1/domains.csv", "no-store"),
        ("/api/v1/openapi.json", "no-store"),
        ("/healthz", "no-store"),
        ("/nothing", "no-store"),
        ("/domains?limit=0", "no-store"),
        ("/static/desk.css", "no-cache"),
        ("/static/nothing", "no-store"),
        ("/domains?q=" + "a" * 20_000, "no-store"),
    ],
)
def test_every_answer_carries_the_headers(site: httpx.Client, path: str, cache: str) -> None:
    answer = site.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == cache
    assert "server" not in answer.headers


def test_a_post_and_a_strange_host_get_the_headers_too(site: httpx.Client) -> None:
    for answer in (site.post("/"), site.get("/", headers={"Host": "casino.com"})):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_an_address_that_is_too_long_is_refused(site: httpx.Client) -> None:
    assert site.get("/domains?q=" + "a" * 20_000).status_code == 414


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd", "/static/", "/static"],
)
def test_static_files_are_those_of_the_folder(site: httpx.Client, path: str) -> None:
    assert site.get(path).status_code == 404


@pytest.mark.anyio
async def test_pages_are_read_under_row_level_security(conninfo: str) -> None:
    async with Database(conninfo) as database:
        async with reading(database, {}) as connection:
            row = await (await connection.execute("select current_user as name")).fetchone()
            assert row is not None
            assert row["name"] == "authenticated"
        with psycopg.connect(conninfo) as owner:
            owner.execute("drop policy run_read on run")
            owner.execute(
                "insert into run (source, state, extractor_version, finished_at) values ('x', 'finished', '1', now())"
            )
        async with in_process(database) as client:
            assert (await client.get("/api/v1/overview")).json()["latest_runs"] == []


@pytest.mark.anyio
async def test_a_page_cannot_write(conninfo: str) -> None:
    async with Database(conninfo) as database:
        with psycopg.connect(conninfo) as owner:
            owner.execute("grant insert on domain to authenticated")
        with pytest.raises(refusals.ReadOnlySqlTransaction):
            async with reading(database, {}) as connection:
                await connection.execute("insert into domain (domain_name) values ('casino.com')")


@pytest.mark.anyio
async def test_a_statement_that_takes_too_long_is_given_up(conninfo: str) -> None:
    async with Database(conninfo) as database:
        with pytest.raises(DatabaseUnavailable, match=r"within 0\.2 seconds"):
            async with reading(database, {}, seconds=0.2) as connection:
                await connection.execute("select pg_sleep(5)")
        async with reading(database, {}, seconds=0.2) as connection:
            await connection.execute("select 1")


@pytest.mark.anyio
async def test_a_lost_database_is_said_to_be_lost(conninfo: str) -> None:
    async with Database(conninfo) as database:
        database._pool.timeout = 0.5
        async with in_process(database) as client:
            assert (await client.get("/readyz")).status_code == 200
            name = psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"]
            with psycopg.connect(conninfo, dbname="postgres", autocommit=True) as owner:
                owner.execute(f'alter database "{name}" with allow_connections false')
                owner.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
                page, problem = await client.get("/"), await client.get("/api/v1/overview")
                process, ready = await client.get("/healthz"), await client.get("/readyz")
                owner.execute(f'alter database "{name}" with allow_connections true')
            assert (page.status_code, problem.status_code) == (503, 503)
            assert page.headers["retry-after"] == "5"
            assert "The database does not answer" in page.text
            assert problem.json()["code"] == "database_unavailable"
            assert (process.status_code, ready.status_code) == (200, 503)


@pytest.mark.anyio
@pytest.mark.parametrize(("path", "kind"), [("/domains", "text/html"), ("/api/v1/domains", "application/problem+json")])
async def test_what_nobody_foresaw_tells_no_details(conninfo: str, path: str, kind: str) -> None:
    with psycopg.connect(conninfo) as owner:
        owner.execute("drop view private.mentioned_domain cascade")
    async with Database(conninfo) as database, in_process(database) as client:
        answer = await client.get(path)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith(kind)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    for detail in ("Traceback", "psycopg", "mentioned_domain", "relation"):
        assert detail not in answer.text
