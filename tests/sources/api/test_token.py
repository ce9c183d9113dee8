"""The token that all requests share."""

from __future__ import annotations

import asyncio

import pytest

from harvester.sources.api.token import Token, Tokens, used_until

pytestmark = pytest.mark.anyio


def test_a_token_is_renewed_a_minute_before_its_end() -> None:
    assert used_until(100.0, 7200) == 100.0 + 7200 - 60
    assert used_until(0.0, "7200") == used_until(0.0, "soon") == used_until(0.0, -5) == 7140.0


class Mint:
    """Gives tokens that are good for some seconds from when they were asked for."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.count = 0

    async def __call__(self) -> Token:
        self.count += 1
        until = asyncio.get_running_loop().time() + self.seconds
        await asyncio.sleep(0)
        return Token(f"clt.{self.count}", until)


async def test_a_token_is_used_until_its_time_has_come() -> None:
    mint = Mint(0.05)
    tokens = Tokens(mint)
    assert [(await tokens.current()).text for _ in range(3)] == ["clt.1"] * 3
    await asyncio.sleep(0.06)
    assert (await tokens.current()).text == "clt.2"


async def test_a_token_that_is_over_when_it_comes_is_used_once_not_asked_for_in_circles() -> None:
    mint = Mint(-1.0)
    tokens = Tokens(mint)
    assert [(await tokens.current()).text for _ in range(3)] == ["clt.1", "clt.2", "clt.3"]


async def test_refusing_an_old_token_leaves_the_new_one() -> None:
    mint = Mint(60.0)
    tokens = Tokens(mint)
    old = await tokens.current()
    tokens.refuse(old)
    new = await tokens.current()
    tokens.refuse(old)
    assert await tokens.current() is new
    assert mint.count == 2


def test_a_token_is_not_shown() -> None:
    assert "clt" not in repr(Token("clt.1", 0.0))
