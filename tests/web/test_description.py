"""The description of the API against the API itself: what it promises is kept, whatever is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from harvester.store.api_key import create_key
from harvester.store.database import WORKER, Database

schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

LEFT_OUT = [
    # A cursor is any text to the description, and refused unless a page gave it.
    checks.positive_data_acceptance,
    # A field that a form leaves empty asks for nothing, of whatever type it is.
    checks.negative_data_rejection,
    # Whoever guesses keys is not even listened to after a while; tests of the door hold that.
    checks.ignored_auth,
]
"""What remains: no failure of ours, no status, type of content or field that the description does not know."""
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@pytest.fixture(scope="module")
def key(filled: str) -> dict[str, str]:
    """The header of a program that may write; whatever it is told to judge is not stored."""

    async def work() -> str:
        async with Database(filled) as database, database.transaction(WORKER) as connection:
            return await create_key(connection, "description", "write", days=1)

    return {"Authorization": f"Bearer {asyncio.run(work())}"}


def operations(site: httpx.Client, key: dict[str, str]) -> Iterator[schemathesis.APIOperation]:
    address = f"{site.base_url}/api/v1/openapi.json".replace("//api", "/api")
    schema = schemathesis.openapi.from_url(address, headers=key)
    for found in schema.get_all_operations():
        yield found.ok()


@pytest.mark.parametrize("mode", MODES, ids=["as described", "otherwise"])
def test_every_answer_is_one_that_the_description_knows(
    site: httpx.Client, key: dict[str, str], mode: schemathesis.GenerationMode
) -> None:
    for operation in operations(site, key):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=4, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(headers=key)
            assert answer.status_code < 500, case.as_curl_command()
            case.validate_response(answer, excluded_checks=LEFT_OUT, headers=key)

        # An address that takes nothing cannot be asked otherwise.
        with suppress(Unsatisfiable):
            ask()
