"""Invented people and firms: handles for those who post and comment, brands for those who pay."""

from __future__ import annotations

from harvester.sandbox.words import words

_FIRST = words(
    """mirelu tavoka fernpix ondari quillam sorvenn plumeko drizelo kestavo lumarin brambeo nuvello oscarim
    pellivo rindaro saffimo tulvane umbrelo velliko wendavo yarrume zephino ambriko corlune delvani emberlo
    faunelo gildaro hazzeno indrilo jovaki"""
)
_SECOND = words("bakes draws walks sings grows knits reads paints hikes cooks builds skates swims")
_ENDINGS = words("studio art shop me official tv co world club")

BRANDS = (
    "Lanternfig Kitchen",
    "Moss & Marble Tea",
    "Harbourloom",
    "Pinecrest Oats Co",
    "Velvet Kettle",
    "Orchard Static Audio",
    "Bluethistle Skincare",
    "Copper Finch Games",
    "Driftline Shoes",
    "Saltmeadow Soap",
)

FLAGS = (
    ("isAd", "Sponsored"),
    ("is_paid_partnership", "Paid partnership"),
    ("isSponsored", "Promotional content"),
    ("video_tag", "Paid Partnership"),
)
"""The flag of a source that calls a video promoted, with the label that people then see."""


def handle(number: int) -> str:
    """The invented handle with this number, another one for each; one in eleven is shaped like a domain."""
    first, second = _FIRST[number % 31], _SECOND[number // 31 % 13]
    match number % 11:
        case 0:
            return f"{first}{number}.{_ENDINGS[number // 11 % 9]}"
        case 1 | 2 | 3:
            return f"{first}_{second}{number}"
        case 4:
            return f"{first}.{second}.{number}"
        case _:
            return f"{first}{second}{number}"
