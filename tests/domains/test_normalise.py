"""Folding keeps the way back; hosts have one form."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.domains import extract
from harvester.domains.letters import ENCLOSED_AND_SMALL, FOLDED, FULL_STOPS, INVISIBLE, JOINERS, STROKES
from harvester.domains.normalise import fold, leave_out_stars, normalise_host

_ALL = "".join(map(chr, range(0x80, 0x110000)))


@given(st.text())
def test_every_folded_character_has_a_place_in_the_original(text: str) -> None:
    folded = fold(text)
    for index in range(len(folded.text)):
        start, end = folded.span(index, index + 1)
        assert 0 <= start < end <= len(text)


def test_what_folding_may_change_is_all_in_one_set() -> None:
    others = re.compile(rf"[^\x00-\x7f{FOLDED}]+")
    for text in others.findall(_ALL):
        for character in text:
            assert unicodedata.normalize("NFKC", character) == character, hex(ord(character))
    assert not others.search(f"{''.join(ENCLOSED_AND_SMALL)}{FULL_STOPS}{JOINERS}")
    for characters in (INVISIBLE, STROKES):
        inside = re.compile(f"[{characters}]")
        assert not any(inside.match(character) for text in others.findall(_ALL) for character in text)


def test_a_text_written_backwards_is_read_as_it_is_seen() -> None:
    folded = fold("go \u202emoc.eman\u202c now")
    assert folded.text == "go name.com now"
    assert folded.span(3, 11) == (4, 12)


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


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("🇻 🇪 🇱.com", "v e l.com"),
        ("🇻\u200b🇪\u200b🇱.com", "vel.com"),
        ("🇻🇪 🇱🇺 🇩🇪.com", "🇻🇪 🇱🇺 🇩🇪.com"),
        ("🇻 🇪.com", "🇻 🇪.com"),
    ],
)
def test_lone_regional_indicators_are_letters_and_flags_are_none(text: str, plain: str) -> None:
    assert fold(text).text == plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("vel*mora.com", "velmora.com"),
        ("*velmora.com", "velmora.com"),
        ("v*e*l.com", "vel.com"),
        ("2 * 3", "2 * 3"),
        ("a * b", "a * b"),
    ],
)
def test_the_stars_of_a_name_are_left_out_and_others_stay(text: str, plain: str) -> None:
    assert leave_out_stars(fold(text)).text == plain


def test_a_span_without_its_stars_leads_back_to_them() -> None:
    folded = leave_out_stars(fold("ｖel*mora.com"))
    assert folded.span(0, len(folded.text)) == (0, 12)


@pytest.mark.parametrize(
    "text", ["vel*mora.com delete the star", "sin el asterisco: vel*mora.com", "vel*mora.com без звездочки"]
)
def test_stars_are_left_out_where_the_text_says_so(text: str) -> None:
    assert [each.domain.domain_name for each in extract(text)] == ["velmora.com"]
