"""The benchmark of indexes knows what each of them is for: an index that came without a question would end it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from benchmarks.database_indexes import ASKED, CALLED, SAID, TABLES

QUESTIONS = {*ASKED, *CALLED, *SAID}


@pytest.fixture
def indexes(conninfo: str) -> Iterator[set[str]]:
    """Those of the tables that the benchmark fills, but for what a constraint needs."""
    with psycopg.connect(conninfo) as connection:
        found = connection.execute(
            "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid"
            " where i.indrelid = any (%s::regclass[])"
            " and not exists (select from pg_constraint k where k.conindid = i.indexrelid)",
            [list(TABLES)],
        )
        yield {name for (name,) in found}


def test_every_index_of_the_filled_tables_has_its_question(indexes: set[str]) -> None:
    assert indexes - QUESTIONS == set()


def test_no_question_is_about_an_index_that_is_gone(indexes: set[str]) -> None:
    assert QUESTIONS - indexes == set()


def test_every_index_has_one_question() -> None:
    assert len(QUESTIONS) == len(ASKED) + len(CALLED) + len(SAID)
