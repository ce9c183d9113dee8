"""What the ad library of the sandbox holds: the contents of promoted videos, and ads that name no video."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from harvester.sandbox.draws import drawn
from harvester.sandbox.lures import CAMPAIGNS
from harvester.sandbox.people import BRANDS
from harvester.sandbox.pitches import CASINO
from harvester.sandbox.times import day_of

EUROPE = tuple("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE NO IS LI".split())
"""Countries of the European Economic Area, whose creators `commercial_content/query` can be asked for."""
COUNTRIES = (*EUROPE, "GB", "CH")
"""Countries that ads are kept for."""

_LETTERS = "0123456789abcdefghijklmnopqrstuv"
_LURES = tuple(lure for lure in CAMPAIGNS if lure.kind != CASINO)
_OFFERS = ("Last week of sale", "New and now", "Claim yours", "Freshly made", "Only this month")


def content(video: Any, seed: int) -> tuple[Any, ...]:
    """The row of the commercial content that a promoted video is; some name neither brand nor creator."""
    draw = drawn(seed, "content", video["id"])
    content_id = "v09044g40000c" + "".join(_LETTERS[int(draw() * 32)] for _ in range(19))
    is_bare = draw() < 0.08
    return (
        content_id, video["posted"], video["day"], video["label"], None if is_bare else video["brand"],
        None if is_bare else video["username"], video["region"],
        f"https://www.tiktok.com/@{video['username']}/video/{video['id']}",
    )  # fmt: skip


def invent_ads(promoted: Sequence[Any], anchor: datetime, seed: int) -> Iterator[tuple[Any, ...]]:
    """Three ads for each two promoted videos or so, and twenty at least, of ten advertisers."""
    for number in range(max(20, len(promoted) * 3 // 2)):
        draw = drawn(seed, "ad", number)
        seller = int(draw() * len(BRANDS))
        brand = BRANDS[seller]
        first = anchor - timedelta(days=1 + 28 * draw())
        last = min(first + timedelta(days=20 * draw()), anchor)
        lure = _LURES[int(draw() * len(_LURES))]
        path = lure.paths[int(draw() * len(lure.paths))] or "/"
        yield (
            1_700_000_000_000_000 + number * 7_919 + int(draw() * 7_000), f"{_OFFERS[number % len(_OFFERS)]} – {brand}",
            f"https://{lure.host}{path}" if draw() < 0.9 else None, 7_000_000_000_000_000_000 + seller * 104_729,
            brand, f"{brand} Ltd", handle_of(brand), 900 + seller * 4_711,
            COUNTRIES[int(draw() * draw() * len(COUNTRIES))], day_of(int(first.timestamp())),
            day_of(int(last.timestamp())), int(1_000 / (draw() + 1e-3)),
            "active" if last == anchor else "inactive",
        )  # fmt: skip


def handle_of(brand: str) -> str:
    """The handle of an advertiser's profile.

    >>> handle_of("Moss & Marble Tea")
    'moss_marble_tea'
    """
    return "_".join(word.lower() for word in brand.split() if word.isalnum())


def reach_of(people: int) -> str:
    """How many saw an ad, as the library writes it.

    >>> reach_of(840), reach_of(11_400), reach_of(2_300_000)
    ('0-1K', '11K', '2M')
    """
    if people < 1_000:
        return "0-1K"
    return f"{people // 1_000}K" if people < 1_000_000 else f"{people // 1_000_000}M"
