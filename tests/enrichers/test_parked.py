"""A page counts as parked only for a reason that can be named."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from harvester.enrichers.parked import parked


@pytest.mark.parametrize(
    ("host", "title", "headers", "body", "reason"),
    [
        ("www.hugedomains.com", None, {}, b"", "for_sale:hugedomains.com"),
        ("dan.com", None, {}, b"", "for_sale:dan.com"),
        ("ww25.glow.shop", None, {}, b"", "parking_service:ww_host"),
        ("glow.shop", None, {"x-adblock-key": "MFww"}, b"", "parking_service:acceptable_ads_key"),
        ("glow.shop", None, {}, b'<html data-adblockkey="MFww">', "parking_service:acceptable_ads_key"),
        ("glow.shop", None, {}, b'<script SRC="//img.SedoParking.com/x.js">', "parking_service:sedoparking.com"),
        ("glow.shop", None, {}, b"<script src='https://www.google.com/adsense/domains/caf.js'>",
         "parking_service:google_adsense_for_domains"),
        ("glow.shop", None, {}, b'<script>window.onload=function(){window.location.href="/lander"}</script>',
         "parking_service:godaddy.com"),
        ("glow.shop", None, {}, b'<script>window.park = "eyJ1dWlkIjoi', "parking_service:bodis.com"),
        ("glow.shop", "glow.shop is for sale", {}, b"", "for_sale:title"),
        ("glow.shop", "This domain may be for sale!", {}, b"", "for_sale:title"),
        ("glow.shop", "glow.shop - This website is for sale! - glow Resources", {}, b"", "for_sale:title"),
        ("glow.shop", "Welcome to nginx!", {}, b"", "default_page:nginx"),
        ("glow.shop", "Apache2 Ubuntu Default Page: It works", {}, b"", "default_page:apache"),
        ("glow.shop", "Account  Suspended", {}, b"", "suspended:title"),
    ],
    ids=range(15),
)  # fmt: skip
def test_a_parked_page_is_told_with_its_reason(
    host: str, title: str | None, headers: Mapping[str, str], body: bytes, reason: str
) -> None:
    assert parked("glow.shop", host, title, headers, body) == reason


@pytest.mark.parametrize(
    ("domain", "host", "title", "body"),
    [
        ("glow.shop", "glow.shop", "Glow", b"<p>Our domain is not for sale; see https://sedo.com/ and bodis.com</p>"),
        ("glow.shop", "glow.shop", "How we sold this domain: a guide to sedoparking.com", b""),
        ("glow.shop", "glow.shop", "Houses for sale", b""),
        ("glow.shop", "glow.shop", None, b'<a href="https://www.sedoparking.com/">old</a>'),
        ("glow.shop", "glow.shop", None, b'<script src="https://notsedoparking.com/x.js">'),
        ("glow.shop", "notdan.com", None, b""),
        ("glow.shop", "ww1.other.shop", None, b""),
        ("dan.com", "dan.com", "Buy domains", b""),
        ("bodis.com", "www.bodis.com", "Bodis", b'<script src="https://www.bodis.com/x.js">'),
        ("ww2.museum.example", "ww2.museum.example", "World War II", b""),
    ],
    ids=range(10),
)
def test_a_page_of_somebodys_own_is_not_parked(domain: str, host: str, title: str | None, body: bytes) -> None:
    assert parked(domain, host, title, {}, body) is None
