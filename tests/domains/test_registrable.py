"""The Public Suffix List, with its private section and without its default rule."""

import pytest

from harvester.domains import parse_domain


@pytest.mark.parametrize(
    ("host", "suffix", "registrable", "subdomain"),
    [
        ("a.b.velmora.co.uk", "co.uk", "velmora.co.uk", "a.b"),
        ("velmora.com", "com", "velmora.com", ""),
        ("me.github.io", "github.io", "me.github.io", ""),
        ("github.io", "github.io", "github.io", ""),
        ("gov.uk", "gov.uk", "gov.uk", ""),
        ("nhs.uk", "nhs.uk", "nhs.uk", ""),
        ("gob.mx", "gob.mx", "gob.mx", ""),
        ("tax.gov.uk", "gov.uk", "tax.gov.uk", ""),
        ("a.tax.gov.uk", "gov.uk", "tax.gov.uk", "a"),
        ("www.gov.uk", "gov.uk", "gov.uk", ""),
        ("www.ck", "ck", "www.ck", ""),
        ("b.a.ck", "a.ck", "b.a.ck", ""),
        ("city.kawasaki.jp", "kawasaki.jp", "city.kawasaki.jp", ""),
        ("velmora.co.za", "co.za", "velmora.co.za", ""),
        ("пример.рф", "xn--p1ai", "xn--e1afmkfd.xn--p1ai", ""),
    ],
)
def test_a_host_is_split_at_its_public_suffix(host: str, suffix: str, registrable: str, subdomain: str) -> None:
    domain = parse_domain(host)
    assert domain is not None
    assert (domain.public_suffix, domain.registrable_domain, domain.subdomain) == (suffix, registrable, subdomain)
    assert domain.tld == domain.domain_name.rpartition(".")[2]


@pytest.mark.parametrize(
    "host", ["co.uk", "com", "ac.uk", "net.au", "a.ck", "a.kawasaki.jp", "name.invalid", "name.netba", "192.168.0.1"]
)
def test_a_bare_suffix_and_an_unknown_ending_are_no_domain(host: str) -> None:
    assert parse_domain(host) is None


def test_the_unicode_name_is_for_people() -> None:
    domain = parse_domain("xn--e1afmkfd.xn--p1ai")
    assert domain is not None
    assert domain.unicode_name == "пример.рф"
