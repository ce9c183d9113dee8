"""Hosts in pieces behind a beginning in pieces."""

import pytest

from harvester.domains.spaced import find_spaced


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("h t t p : / / n a m e . n e t a great site", "name.net"),
        ("ht tps:// name. com/BRa nd", "name.com"),
        ("h t t p : / /name(.)com /r", "name.com"),
        ("w w w. n a m e l.net / x", "namel.net"),
        ("w w w . Velmora . C o m", "Velmora.Com"),
        ("www velmora pt", "velmora.pt"),
    ],
)
def test_the_spaces_up_to_the_path_are_left_out(text: str, host: str) -> None:
    assert [found.host for found in find_spaced(text)] == [host]


@pytest.mark.parametrize(
    "text", ["http://name.com is good", "www.name.com is good", "w w w", "I a m h e r e . o k", "www only words"]
)
def test_an_address_without_spaces_is_left_to_the_chains(text: str) -> None:
    assert list(find_spaced(text)) == []
