"""The keys of the project: kept, changed, and not fetched at the bidding of strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from tests.web.door.people import Clock

from harvester.errors import SignInUnavailable
from harvester.sandbox.auth_tokens import Issuer
from harvester.web.door.signing_keys import KEEP_SECONDS, PAUSE_SECONDS, STALE_SECONDS, SigningKeys


class Project:
    """Gives its keys, counts how often it is asked, and may be away."""

    def __init__(self) -> None:
        self.issuer, self.clock, self.fetches, self.is_away = Issuer(), Clock(), 0, False
        self.keys = SigningKeys(self.fetch, clock=self.clock)

    async def fetch(self) -> Mapping[str, Any]:
        self.fetches += 1
        await asyncio.sleep(0)
        if self.is_away:
            raise SignInUnavailable("away")
        return self.issuer.key_set()


@pytest.fixture
def project() -> Project:
    return Project()


@pytest.mark.anyio
async def test_keys_are_fetched_once_for_all_who_ask_at_once(project: Project) -> None:
    found = await asyncio.gather(*(project.keys.find(project.issuer.kid) for _ in range(20)))
    assert all(found)
    assert project.fetches == 1


@pytest.mark.anyio
async def test_keys_are_kept_for_ten_minutes(project: Project) -> None:
    await project.keys.find(project.issuer.kid)
    project.clock.now += KEEP_SECONDS - 1
    await project.keys.find(project.issuer.kid)
    assert project.fetches == 1
    project.clock.now += 1
    await project.keys.find(project.issuer.kid)
    assert project.fetches == 2


@pytest.mark.anyio
async def test_a_new_key_is_known_at_its_first_token(project: Project) -> None:
    await project.keys.find(project.issuer.kid)
    earlier = project.issuer.kid
    project.issuer.rotate("RS256")
    project.clock.now += PAUSE_SECONDS
    assert await project.keys.find(project.issuer.kid)
    assert await project.keys.find(earlier), "tokens of the key before are valid until they end"
    assert project.fetches == 2


@pytest.mark.anyio
async def test_a_key_that_was_revoked_is_refused_once_the_keys_are_fetched_again(project: Project) -> None:
    earlier = project.issuer.kid
    await project.keys.find(earlier)
    project.issuer.rotate(keep=False)
    project.clock.now += KEEP_SECONDS
    assert await project.keys.find(earlier) is None


@pytest.mark.anyio
async def test_strangers_who_name_any_key_do_not_make_it_ask_often(project: Project) -> None:
    for number in range(200):
        assert await project.keys.find(f"guess-{number}") is None
    assert project.fetches == 1
    project.clock.now += PAUSE_SECONDS
    await project.keys.find("guess")
    assert project.fetches == 2


@pytest.mark.anyio
async def test_known_keys_outlive_an_hour_of_silence_and_no_more(project: Project) -> None:
    await project.keys.find(project.issuer.kid)
    project.is_away = True
    project.clock.now += STALE_SECONDS - 1
    assert await project.keys.find(project.issuer.kid)
    project.clock.now += PAUSE_SECONDS
    with pytest.raises(SignInUnavailable):
        await project.keys.find(project.issuer.kid)
    with pytest.raises(SignInUnavailable):
        await project.keys.find(project.issuer.kid)
    assert project.fetches == 3
    project.is_away = False
    project.clock.now += PAUSE_SECONDS
    assert await project.keys.find(project.issuer.kid)


@pytest.mark.anyio
@pytest.mark.parametrize("key_set", [{}, {"keys": None}, {"keys": {}}, {"keys": [None, 7, []]}])
async def test_a_key_set_that_is_none_holds_no_key(key_set: Mapping[str, Any]) -> None:
    async def fetch() -> Mapping[str, Any]:
        return key_set

    assert await SigningKeys(fetch, clock=Clock()).find("any") is None
