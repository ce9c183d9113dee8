"""Folding keeps the way back; hosts have one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.domains.normalise import fold, normalise_host


@given(st.text())
def test_every_folded_character_has_a_place_in_the_original(text: str) -> None:
    folded = fold(text)
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(text)


@pytest.mark.parametrize("dot", ["。", "．", "｡", "․", "﹒"])
def test_every_look_alike_of_the_full_stop_becomes_one(dot: str) -> None:
    assert fold(f"a{dot}b").text == "a.b"


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\ufe0f", "\u0336"])
def test_what_cannot_be_seen_is_left_out(unseen: str) -> None:
    assert fold(f"na{unseen}me").text == "name"


def test_a_joiner_stays_where_it_is_a_letter_of_the_name() -> None:
    assert fold("نامه\u200cای…").text.startswith("نامه\u200cای")


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("WWW.Name.COM", "name.com"),
        ("www1.name.com", "www1.name.com"),
        ("name.com.", "name.com"),
        ("größe.de", "xn--gre-6ka8i.de"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("www.com", "www.com"),
    ],
)
def test_a_host_is_written_in_a_labels(host: str, name: str) -> None:
    assert normalise_host(host) == name


@pytest.mark.parametrize(
    "host", ["", ".", "name", "a_b.com", "-a.com", "a..com", "xn--.com", "a" * 64 + ".com", "i❤.ws", "\ud800.com"]
)
def test_what_is_no_host_name_is_refused(host: str) -> None:
    assert normalise_host(host) is None
