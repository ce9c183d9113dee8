"""The lists of kinds hold what they say they hold, and a customer's name is never taken for the platform."""

from __future__ import annotations

from importlib.resources import files

import pytest

from harvester.domains import KIND_LISTS_VERSION, kind_of, parse_domain
from harvester.domains.kinds import KINDS, listed_names, tenants
from harvester.domains.normalise import normalise_host
from harvester.domains.registrable import is_public_suffix, split

LISTS = (*KINDS, "tenants")
LEAST = {"platform": 300, "shortener": 250, "link_in_bio": 60, "messenger": 30, "tenants": 1}


def lines(name: str) -> tuple[list[str], list[str]]:
    """The head and the names of a list."""
    text = files("harvester.domains").joinpath("kind_lists", f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in text if line.startswith("#")], [line for line in text if not line.startswith("#")]


@pytest.mark.parametrize("name", LISTS)
def test_each_line_of_a_list_is_a_registrable_name(name: str) -> None:
    head, names = lines(name)
    assert [each for each in names if normalise_host(each) != each or is_public_suffix(each)] == []
    domains = [split(each) for each in names]
    assert [each.domain_name for each in domains if each and each.registrable_domain != each.domain_name] == []
    assert None not in domains
    assert names == sorted(set(names))
    assert len(names) >= LEAST[name]
    assert any(f"Version {KIND_LISTS_VERSION}. " in line for line in head)
    assert any("licence" in line for line in head)


def test_no_name_is_of_two_kinds() -> None:
    assert len(listed_names()) == sum(len(lines(kind)[1]) for kind in KINDS)


def test_only_listed_names_have_tenants_and_none_that_the_public_suffix_list_knows() -> None:
    assert tenants() <= listed_names().keys()
    below = [split(f"shop.{name}") for name in sorted(tenants())]
    assert [each.domain_name for each in below if each and each.subdomain != "shop"] == []


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("www.TikTok.com", "platform"),
        ("vm.tiktok.com", "platform"),
        ("sites.google.com", "platform"),
        ("amazon.co.uk", "platform"),
        ("blogspot.com", "platform"),
        ("github.io", "platform"),
        ("freecoins.github.io", None),
        ("deep.freecoins.github.io", None),
        ("freecoins.blogspot.com", None),
        ("velmora.myshopify.com", None),
        ("velmora.wixsite.com", None),
        ("velmora.tumblr.com", None),
        ("t.me", "messenger"),
        ("velmora.t.me", "messenger"),
        ("bit.ly", "shortener"),
        ("linktr.ee", "link_in_bio"),
        ("velmora.carrd.co", None),
        ("faceb00k.com", None),
        ("tiktok.com.velmora.shop", None),
        ("velmora-tiktok.com", None),
    ],
)
def test_a_host_is_of_the_kind_of_whom_it_belongs_to(written: str, kind: str | None) -> None:
    domain = parse_domain(written)
    assert domain is not None
    assert domain.kind == kind
    assert kind_of(domain.domain_name) == kind


@pytest.mark.parametrize("name", ["com", "co.uk", "name.invalid", "no host", ""])
def test_what_is_no_domain_has_no_kind(name: str) -> None:
    assert kind_of(name) is None
