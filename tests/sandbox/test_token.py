"""Who may ask the sandbox."""

from __future__ import annotations

import re

import pytest
from tests.sandbox.asking import client, get, refused
from tests.sandbox.patient import FORM

from harvester.sandbox.modes import Limits, Modes
from harvester.sandbox.world import World


@pytest.mark.anyio
async def test_a_token_is_given_for_key_and_secret(world: World) -> None:
    async with client(world) as patient, patient.session.post(f"{patient.url}/v2/oauth/token/", data=FORM) as answer:
        body = await answer.json()
    assert re.fullmatch(r"clt\.\w+", body.pop("access_token"))
    assert body == {"expires_in": 7200, "token_type": "Bearer"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_key": ""}, "invalid_request"),
        ({"grant_type": "authorization_code"}, "unsupported_grant_type"),
    ],
)
@pytest.mark.parametrize("status", [200, 401])
async def test_a_refused_token_has_an_envelope_of_its_own(
    world: World, change: dict[str, str], error: str, status: int
) -> None:
    async with (
        client(world, modes=Modes(token_error=str(status))) as patient,
        patient.session.post(f"{patient.url}/v2/oauth/token/", data=FORM | change) as answer,
    ):
        assert answer.status == status
        body = await answer.json()
    assert body["error"] == error
    assert "access_token" not in body


@pytest.mark.anyio
@pytest.mark.parametrize("limits", [Limits(token_seconds=0), Limits(token_calls=0)], ids=["time", "calls"])
async def test_a_token_expires(world: World, limits: Limits) -> None:
    async with client(world, limits=limits) as patient:
        assert await refused(patient, "user/info", username="x") == (
            401, "access_token_invalid", "The access token is invalid or not found in the request.",
        )  # fmt: skip


@pytest.mark.anyio
async def test_nothing_is_given_without_a_token(world: World) -> None:
    async with client(world) as patient:
        for token in ("", "clt.guess"):
            status, answer = await patient.post("user/info", token=token, username="x")
            assert (status, answer["error"]["code"]) == (401, "access_token_invalid")
        assert (await get(patient, "state"))["days"] == {}
