"""Figures for monitoring: what they say, and what they never hold."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from tests.store.test_verification import comment, write

from harvester.store.database import Database
from harvester.store.metrics import Metric, read_metrics
from harvester.store.pause import pause
from harvester.store.quota import Limits, book
from harvester.web.metrics import exposition

pytestmark = pytest.mark.anyio

LIMITS = Limits(1000, 100_000)


@pytest.fixture
async def database(conninfo: str) -> AsyncIterator[Database]:
    async with Database(conninfo, connections=4) as opened:
        yield opened


def values(metrics: list[Metric]) -> dict[tuple[str, ...], float]:
    """Each sample by its name and labels, as a scraper reads them."""
    text = exposition(CollectorRegistry(), metrics).decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_an_empty_database_has_every_figure_that_does_not_depend_on_rows(database: Database) -> None:
    found = values(await read_metrics(database, LIMITS, None))
    assert found["harvester_records_total", "stored"] == 0
    assert found["harvester_api_quota_remaining", "research", "requests"] == 1000
    assert found["harvester_oldest_job_age_seconds",] == 0
    assert ("harvester_retention_overdue",) not in found


async def test_figures_follow_what_was_written(database: Database, conninfo: str) -> None:
    await write(database, *(comment(number, name=number % 2, age=40) for number in range(1, 9)))
    await book(database, "research", 100, LIMITS)
    await pause(database, "a letter")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("update run set errors = '{\"ruined_id\": 3}'")
    found = values(await read_metrics(database, LIMITS, 30))
    assert found["harvester_records_total", "stored"] == 8
    assert found["harvester_quarantine_total", "ruined_id"] == 3
    assert found["harvester_stored_rows", "mention"] == 8
    assert found["harvester_stored_rows", "domain"] == 2
    assert found["harvester_api_requests_total", "research"] == 1
    assert found["harvester_api_quota_remaining", "research", "requests"] == 999
    assert found["harvester_paused", "collection"] == 1
    assert found["harvester_runs", "test", "finished"] == 1
    assert found["harvester_last_success_timestamp_seconds", "test"] > 1_700_000_000
    assert found["harvester_retention_overdue",] == 1


async def test_names_follow_the_conventions_and_no_label_tells_of_anybody(database: Database) -> None:
    await write(database, comment(1))
    metrics = await read_metrics(database, LIMITS, 30)
    assert all(each.name.startswith("harvester_") and not each.name.endswith("_total") for each in metrics)
    assert {label for each in metrics for label in each.labels} <= {
        "outcome", "reason", "source", "state", "api", "what", "task", "kind",
    }  # fmt: skip
