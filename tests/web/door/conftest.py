"""A database for all tests of the door: they change nothing in it but keys of their own."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from harvester.store.embedded import EmbeddedServer


@pytest.fixture(scope="session")
def door_database(server: EmbeddedServer, template: str) -> str:
    """The address of an empty, migrated database."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database web_door template {}").format(sql.Identifier(template)))
    return server.conninfo("web_door")
