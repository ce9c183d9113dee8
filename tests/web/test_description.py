"""The description of the API against the API itself: what it promises is kept, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.specs.openapi.checks")

LEFT_OUT = [
    # A cursor is any text to the description, and refused unless a page gave it.
    checks.positive_data_acceptance,
    # The session of these tests is a cookie, which the check does not know how to leave away; tests/web/door does.
    checks.ignored_auth,
    # A field that a form leaves empty asks for nothing, of whatever type it is.
    checks.negative_data_rejection,
]
"""What remains: no failure of ours, no status, type of content or field that the description does not know."""
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


def operations(site: httpx.Client) -> Iterator[schemathesis.APIOperation]:
    schema = schemathesis.openapi.from_dict(site.get("/api/v1/openapi.json").json())
    for found in schema.get_all_operations():
        yield found.ok()


@pytest.mark.parametrize("mode", MODES, ids=["as described", "otherwise"])
def test_every_answer_is_one_that_the_description_knows(site: httpx.Client, mode: schemathesis.GenerationMode) -> None:
    base, cookies = str(site.base_url).rstrip("/"), dict(site.cookies)
    for operation in operations(site):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=8, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def ask(case: schemathesis.Case) -> None:
            answer = case.call(base_url=base, cookies=cookies)
            assert answer.status_code < 500, case.as_curl_command()
            case.validate_response(answer, excluded_checks=LEFT_OUT)

        # An address that takes nothing cannot be asked otherwise.
        with suppress(Unsatisfiable):
            ask()
