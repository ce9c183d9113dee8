"""Whatever goes wrong on the way: a patient client ends with exactly the rows that are there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.patient import EVERYTHING, MOST_ATTEMPTS, Patient, day

from harvester.sandbox.faults import FAULTS, MOST_IN_A_ROW, Faults
from harvester.sandbox.generate import Scale
from harvester.sandbox.modes import Delays, Limits, Modes
from harvester.sandbox.server import serving
from harvester.sandbox.world import World

ANCHOR = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=2)
# The largest video has more comments than one page of fifty, whenever the anchor is: some faults need a next page.
SCALE = Scale(videos=24, comments=1_400, days=12)
PLENTY = Limits(requests_per_day=10**9, records_per_day=10**9)
QUICK = Delays(hang=0.001, slow=0.0, retry_after=0)
STRIKES = [fault for fault in FAULTS if fault.in_a_row]


@pytest.fixture(scope="module")
def world() -> Any:
    with World.invent(SCALE, anchor=ANCHOR, seed=7) as world:
        yield world


@asynccontextmanager
async def client(world: World, **options: Any) -> AsyncIterator[Patient]:
    async with (
        serving(world, **{"limits": PLENTY, "delays": QUICK, **options}) as url,
        aiohttp.ClientSession() as session,
    ):
        yield Patient(url, session)


async def truth(patient: Patient) -> list[dict[str, Any]]:
    async with patient.session.get(f"{patient.url}/sandbox/truth") as answer:
        rows = [json.loads(line) for line in (await answer.text()).splitlines()]
    for row in rows:
        row.get("comment_ids", []).sort()
    return in_order(row for row in rows if row["kind"] != "creator")


def in_order(rows: Any) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["kind"], row["id"]))


async def state(patient: Patient) -> dict[str, Any]:
    async with patient.session.get(f"{patient.url}/sandbox/state") as answer:
        body: dict[str, Any] = await answer.json()
        return body


async def walk(world: World, faults: dict[str, float], modes: Modes | None = None) -> dict[str, Any]:
    """Walk everything, compare, and give what the sandbox counted."""
    async with client(world, faults=faults, modes=modes) as patient:
        found = in_order(await patient.everything(ANCHOR, SCALE.days))
        assert found == await truth(patient)
        assert patient.most_attempts <= MOST_ATTEMPTS
        return await state(patient)


@pytest.mark.anyio
async def test_without_faults_everything_is_found(world: World) -> None:
    counted = await walk(world, {})
    assert all(set(outcomes) == {"ok"} for outcomes in counted["endpoints"].values())


@pytest.mark.anyio
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_no_fault_hides_a_row(world: World, fault: Any) -> None:
    counted = await walk(world, {fault.name: 1.0 if fault.in_a_row else 0.5})
    if fault.in_a_row:
        assert any(fault.name in outcomes for outcomes in counted["endpoints"].values())


@pytest.mark.anyio
@pytest.mark.parametrize("rate", [0.02, 0.2, 1.0])
@pytest.mark.parametrize("modes", [Modes(), Modes(comment_cap="none", replies="within")], ids=["capped", "within"])
async def test_all_faults_at_once_hide_no_row(world: World, rate: float, modes: Modes) -> None:
    await walk(world, {"all": rate}, modes)


@pytest.mark.anyio
async def test_clients_that_overtake_each_other_find_everything_each(world: World) -> None:
    async with client(world, faults={"all": 0.1}) as first:
        # What was struck for one may get through for the other: nobody can say how often one of them is struck.
        clients = [Patient(first.url, first.session, attempts=20) for _ in range(3)]
        found = await asyncio.gather(*(patient.everything(ANCHOR, SCALE.days) for patient in clients))
        expected = await truth(first)
    assert [in_order(rows) for rows in found] == [expected] * 3


@settings(max_examples=6)
@given(rates=st.dictionaries(st.sampled_from([fault.name for fault in FAULTS]), st.floats(0, 1)), seed=st.integers())
def test_no_choice_of_faults_hides_a_row(rates: dict[str, float], seed: int) -> None:
    with World.invent(Scale(6, 150, 5), anchor=ANCHOR, seed=abs(seed)) as small:

        async def work() -> None:
            async with client(small, faults=rates) as patient:
                assert in_order(await patient.everything(ANCHOR, 5)) == await truth(patient)

        asyncio.run(work())


@pytest.mark.parametrize("fault", STRIKES, ids=lambda fault: fault.name)
def test_a_fault_gives_way_after_three_repetitions(fault: Any) -> None:
    faults = Faults(1, {fault.name: 1.0})
    endpoint, having = min(fault.at), frozenset({fault.needs})
    hits = [faults.draw(endpoint, "the same request", having).strike for _ in range(20)]
    longest = max(len(run) for run in "".join("x" if hit else " " for hit in hits).split())
    assert 1 <= longest == fault.in_a_row <= MOST_IN_A_ROW


def test_all_faults_together_give_way_after_three_repetitions() -> None:
    faults = Faults(1, {"all": 1.0})
    having = frozenset({"search_id", "later", "in_use"})
    hits = [faults.draw("comment/list", "the same request", having).strike for _ in range(40)]
    assert max(len(run) for run in "".join("x" if hit else " " for hit in hits).split()) == MOST_IN_A_ROW


def test_a_run_repeats_whatever_overtakes_what() -> None:
    requests = [f"request {number % 7}" for number in range(60)]
    having = frozenset({"later"})

    def hits(order: list[str]) -> dict[str, list[Any]]:
        faults = Faults(3, {"all": 0.2})
        drawn: dict[str, list[Any]] = {}
        for key in order:
            hit = faults.draw("comment/list", key, having)
            drawn.setdefault(key, []).append((hit.strike, hit.bends))
        return drawn

    assert hits(requests) == hits(sorted(requests))


@pytest.mark.anyio
async def test_text_is_strange_in_the_same_places_each_time(world: World) -> None:
    async with client(world, faults={"strange_text": 0.3}) as patient:
        row = world.row("select id from video where is_deleted = 0 order by comments desc")
        assert row is not None
        texts = [[each["text"] async for each in patient.comments(video_id=row["id"])] for _ in range(2)]
    assert texts[0] == texts[1]
    assert 0 < sum("\0" in text for text in texts[0]) < len(texts[0])


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("internal_error", 500, "internal_error"),
        ("error_in_ok", 200, "internal_error"),
        ("rate_limit", 429, "rate_limit_exceeded"),
        ("rate_limit_retry_after", 429, "rate_limit_exceeded"),
        ("gateway_html", 504, None),
        ("truncated_json", 200, None),
        ("not_ready", 500, "internal_error"),
    ],
)
async def test_a_fault_looks_as_clients_have_seen_it(world: World, fault: str, status: int, code: str | None) -> None:
    async with client(world, faults={fault: 1.0}) as patient:
        got, answer = await first_page(patient)
        used = (await state(patient))["days"]
    assert got == status
    assert (answer and answer["error"]["code"]) == code
    assert sum(day["research"]["requests"] for day in used.values()) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["closed", "hanging", "torn_body"])
async def test_a_connection_ends_without_a_whole_answer(world: World, fault: str) -> None:
    async with client(world, faults={fault: 1.0}) as patient:
        with pytest.raises(aiohttp.ClientError):
            await first_page(patient)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("fault", "counted"), [("internal_error", False), ("torn_body", True), ("truncated_json", True)]
)
async def test_rows_count_as_served_where_they_were_sent(world: World, fault: str, counted: bool) -> None:
    async with client(world, faults={fault: 1.0}) as patient:
        with suppress(aiohttp.ClientError):
            await first_page(patient)
        (used,) = (await state(patient))["days"].values()
    assert used["research"]["requests"] == 1
    assert (used["research"]["records"] > 0) == counted


@pytest.mark.anyio
async def test_an_expired_search_is_known_again_at_the_third_attempt(world: World) -> None:
    async with client(world) as patient:
        _, answer = await first_page(patient)
        turn = {name: answer["data"][name] for name in ("cursor", "search_id")}
        async with patient.session.post(f"{patient.url}/sandbox/faults", json={"search_id_expired": 1}) as switched:
            assert switched.status == 200
        answers = [await first_page(patient, **turn) for _ in range(3)]
    assert [status for status, _ in answers] == [400, 400, 200]
    assert answers[0][1]["error"] | {"log_id": ""} == {
        "code": "invalid_params",
        "message": f"Search Id {turn['search_id']} is invalid or expired",
        "log_id": "",
    }


async def first_page(patient: Patient, **more: Any) -> Any:
    span = {"start_date": day(ANCHOR - timedelta(days=30)), "end_date": day(ANCHOR)}
    return await patient.post("video/query", query=EVERYTHING, max_count=5, **span, **more)
