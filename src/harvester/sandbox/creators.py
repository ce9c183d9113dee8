"""Those who publish the sandbox's videos: most have a profile to show, and many name an address in it."""

from __future__ import annotations

from typing import Any

from harvester.sandbox.draws import drawn
from harvester.sandbox.lures import CAMPAIGNS
from harvester.sandbox.pitches import MINE, SHOP

PUBLIC = "public"
STATES = ((0.80, PUBLIC), (0.90, "private"), (0.96, "unknown"), (1.0, "withheld"))
"""How a profile answers, each up to a share of all: private, renamed meanwhile, or not to be returned."""

_HOSTS = tuple(lure.host for lure in CAMPAIGNS if lure.kind in {MINE, SHOP})
_WORDS = (
    "small kitchen, big spoons",
    "I draw what I eat",
    "one take a day",
    "mostly dogs ✨",
    "collabs by mail",
    "since 2021 🌱",
)


def creator(username: str, videos: int, seed: int) -> tuple[Any, ...]:
    """The row of one creator: the same one for the same name and seed."""
    draw = drawn(seed, "creator", username)
    lot = draw()
    state = next(state for share, state in STATES if lot <= share)
    host = _HOSTS[int(draw() * len(_HOSTS))]
    bio = _WORDS[int(draw() * len(_WORDS))] if draw() < 0.8 else ""
    if draw() < 0.25:
        bio = f"{bio} 👉 {host}".strip()
    bio_url = f"https://{host}/" if draw() < 0.3 else ""
    followers = int(500 / (draw() + 1e-3))
    return (
        username, state, username.replace("_", " ").replace(".", " ").title(), bio, bio_url, draw() < 0.1, followers,
        int(draw() * 900), followers * int(1 + draw() * 30), videos,
    )  # fmt: skip
