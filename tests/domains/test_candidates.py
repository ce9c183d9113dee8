"""Chains are read by their endings; a host is taken whole."""

import pytest

from harvester.domains.candidates import find_candidates


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("hit me... shop.name. net", ["shop.name.net"]),
        ("good tutorial. velmora. com/x", ["velmora.com"]),
        ("us.name. com . tr", ["us.name.com.tr"]),
        ("name.com . it is good", ["name.com"]),
        ("name.com.It is good", ["name.com"]),
        ("name.com.br", ["name.com.br"]),
        ("看这里。name.com吧。", ["name.com"]),
        ("name dot co dot uk", ["name.co.uk"]),
    ],
)
def test_a_host_goes_as_far_as_its_ending_asks(text: str, hosts: list[str]) -> None:
    assert [candidate.host for candidate in find_candidates(text)] == hosts
