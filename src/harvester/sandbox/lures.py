"""The domains of the sandbox: campaigns with a beginning and an end, and a long tail born day by day.

Every name is invented and long (16 characters and more before its suffix), so that nobody owns it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import idna

from harvester.sandbox.pitches import CASINO, GIVEAWAY, MINE, PLATFORM, SHOP
from harvester.sandbox.words import words


@dataclass(frozen=True, slots=True)
class Lure:
    """One host that comments lead to, and the days on which they do.

    Days count back from the anchor in UTC: 0 is today, `first` is the larger number.
    """

    host: str
    """As people write it, Unicode included."""
    kind: str
    first: int
    last: int
    weight: int
    rising: bool = False
    """Whether the weight is that of the first day, twice as much on the second, and so on."""
    paths: tuple[str, ...] = ("",)
    tongues: tuple[str, ...] = ()
    """The languages it is offered in; empty for all."""

    def weight_on(self, day: int) -> int:
        """Its share of the mentions of one day, against the other lures."""
        if not self.last <= day <= self.first:
            return 0
        return self.weight * (self.first - day + 1) if self.rising else self.weight


_EVER = 100_000
_CLAIM = ("", "", "/claim", "/?ref=t7")
_ITEM = ("", "", "/sale", "/p/4417")
_BET = ("", "", "/daftar", "/vip")
_SOUTH = ("id", "pt", "vi", "tr", "th")

CAMPAIGNS = (
    # A giveaway ring that rises: each day louder than the one before, with new hosts on the way.
    Lure("brightpebblecoins24.com", GIVEAWAY, 6, 0, 12, rising=True, paths=_CLAIM),
    Lure("claim.doublelanternvault7.io", GIVEAWAY, 5, 0, 12, rising=True, paths=_CLAIM),
    Lure("quickmeadowairdrop88.xyz", GIVEAWAY, 4, 0, 12, rising=True, paths=_CLAIM),
    Lure("silverotterwallets51.top", GIVEAWAY, 2, 0, 14, rising=True, paths=_CLAIM),
    Lure("kopilkasinegolesa77.ru", GIVEAWAY, 5, 0, 5, rising=True, tongues=("ru",)),
    # A fake shop: steady for weeks under the same two names.
    Lure("velvetcornerjackets.shop", SHOP, 26, 0, 42, paths=_ITEM),
    Lure("outlet.cozyharborwinter.store", SHOP, 23, 0, 24, paths=_ITEM),
    # A gambling ring that fell silent ten days ago.
    Lure("goldenrambutanspin88.com", CASINO, _EVER, 10, 40, paths=_BET, tongues=_SOUTH),
    Lure("lacakharimauputar303.web.id", CASINO, _EVER, 11, 26, paths=_BET, tongues=("id",)),
    Lure("roletadotamandua777.com.br", CASINO, 24, 10, 26, paths=_BET, tongues=("pt",)),
    Lure("sansliturkuazcark55.bet", CASINO, 21, 12, 16, paths=_BET, tongues=("tr",)),
    # Born today.
    Lure("verify-lanternaccount-desk.info", GIVEAWAY, 0, 0, 22, paths=("/login",)),
    Lure("mossykettleflashsale19.store", SHOP, 0, 0, 18, paths=_ITEM),
    Lure("neonpapayajackpot909.vip", CASINO, 0, 0, 16, paths=_BET, tongues=_SOUTH),
    # Honest pages of creators, some outside ASCII.
    Lure("thequietbreadnotebook.blog", MINE, _EVER, 0, 14),
    Lure("blütenküchevonnebenan24.de", MINE, _EVER, 0, 10, tongues=("de",)),
    Lure("рецептытихогодвора24.рф", MINE, 20, 0, 10, tongues=("ru",)),
    Lure("cocinadelaniñadelfaro.es", MINE, _EVER, 0, 8, tongues=("es",)),
    Lure("ちいさな庭のしずかな台所ノート24.jp", MINE, 18, 0, 8, tongues=("ja",)),
)

PLATFORMS = (
    Lure("youtube.com", PLATFORM, _EVER, 0, 6, paths=("/@mirelubakes31",)),
    Lure("linktr.ee", PLATFORM, _EVER, 0, 5, paths=("/tavokadraws417",)),
    Lure("t.me", PLATFORM, _EVER, 0, 5, paths=("/brightpebblecoins24",)),
    Lure("bit.ly", PLATFORM, _EVER, 0, 4, paths=("/ondari-loaf-4417",)),
)
"""Real as platforms; the paths are invented."""

TAIL = Lure("", SHOP, _EVER, 0, 170)
"""Stands for one of the small hosts of the day; see `tail_lure`."""

_QUIET_DAYS = 40
"""Beyond so many days back every day is like the next one."""

_FAIR = words(
    """amber breezy crisp dapper eager frosty gentle hollow ivory jolly kindly lively mellow nimble olive
    peachy rustic sunny tidal velvet windy"""
)
_BEAST = words(
    """badger condor dolphin falcon gibbon heron iguana jackal lemur magpie otter panda quokka rabbit salmon
    toucan urchin walrus zebra"""
)
_TRADE = words(
    """bargain bonus bucket closet coupon crypto fortune gadget jackpot outlet parcel reward sneaker ticket
    trading voucher wallet"""
)
_TLDS = words(
    """com shop xyz top online store site net com co club live info ru com.br co.id com.tr in vn com.mx
    co.uk fr pl"""
)


@cache
def lures_of(day: int) -> tuple[Lure, ...]:
    """The lures of one day, each as often as its weight says, so that an even draw is a fair one."""
    if day > _QUIET_DAYS:
        return lures_of(_QUIET_DAYS)
    return tuple(lure for lure in (*CAMPAIGNS, *PLATFORMS, TAIL) for _ in range(lure.weight_on(day)))


def tail_lure(birth: int, rank: int) -> Lure:
    """The small host of this rank among those born on one day (counted from any fixed one)."""
    # The odd factors spread neighbours over the words; the number tells those apart that share all three.
    number = birth * 7919 + rank * 104_729
    kind = (SHOP, GIVEAWAY, CASINO, MINE)[number % 4]
    name = f"{_FAIR[number % 21]}{_BEAST[number // 3 % 19]}{_TRADE[number // 7 % 17]}"
    return Lure(f"{name}{10 + birth % 90}{rank}.{_TLDS[number // 5 % 23]}", kind, 0, 0, 1)


def a_label(host: str) -> str:
    """The host as the harvester keeps it: A-labels in lower case."""
    return host if host.isascii() else _encoded(host)


@cache
def _encoded(host: str) -> str:
    return idna.encode(host, uts46=True).decode("ascii")
