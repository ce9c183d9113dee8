"""The first look stops nothing that is a host, and both engines see the same."""

import re
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.domains import letters
from harvester.domains.extraction import read
from harvester.domains.normalise import fold
from harvester.domains.scan import (
    DISGUISED,
    PLAIN,
    any_of,
    ends_of,
    finders,
    next_span,
    patterns,
    signs_in,
    signs_of,
)

PIECES = st.lists(
    st.one_of(
        st.sampled_from([*".,:/@-_ \n\0()[]{}*'\"。．·•ａ𝐚ſKİ\u200b\u00ad\u202e", "\ud800", "ß", "中"]),
        st.sampled_from(
            ["dot", "DOT", "точка", "ТОЧКА", "点", "com", "COM", "c0m", "name", "w w w", "http", ".com", ". so"]
        ),
        st.sampled_from(["рф", "РФ", "shop", "me", "h t t p", "youtu. be", "(.)", "ком", "3x w"]),
        st.characters(),
    ),
    max_size=30,
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "love this video",
        "so true. Really!",
        "wait... what",
        "ok lol 😂😂",
        "最高です。泣いた",
        "for him. so",
        "photo.jpg",
    ],
)
def test_an_ordinary_comment_is_let_go(text: str) -> None:
    assert list(signs_in([text])) == []


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("glow.shop", PLAIN),
        ("https://GLOW.SHOP/x", PLAIN),
        ("glow.भारत", PLAIN),
        ("glow . shop", DISGUISED),
        ("glow.com and b[.]net", PLAIN | DISGUISED),
    ],
)
def test_a_text_is_told_by_how_its_dots_are_written(text: str, signs: int) -> None:
    assert list(signs_in(["no", text, "well."])) == [(1, signs)]


@given(st.lists(PIECES, max_size=8))
@settings(max_examples=400, deadline=None)
def test_texts_are_told_apart_like_each_alone(texts: list[str]) -> None:
    alone = [(place, signs) for place, text in enumerate(texts) if (signs := signs_of(text))]
    assert list(signs_in(texts)) == alone


def test_a_text_that_starts_with_a_sign_is_seen_behind_one_that_ends_in_a_sign() -> None:
    assert list(signs_in(["velmora dot com", "moc.aromlev"])) == [(0, DISGUISED), (1, DISGUISED)]


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_both_engines_see_the_same(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for ours, theirs in zip(patterns(with_re2=False), patterns(with_re2=True), strict=True):
        assert [match.span() for match in ours.finditer(data)] == [match.span() for match in theirs.finditer(data)]


@given(st.lists(PIECES, max_size=8))
@settings(max_examples=400, deadline=None)
def test_every_way_to_search_ends_in_the_same_places(texts: list[str]) -> None:
    data = "\0".join(["", *texts, ""]).encode("utf-8", "surrogatepass")
    for number, find in enumerate(finders(with_re2=True)):
        others = [finders(with_re2=False)[number], partial(next_span, patterns(with_re2=True)[number])]
        assert all(ends_of(data, other) == ends_of(data, find) for other in others)


@given(PIECES)
@settings(max_examples=400, deadline=None)
def test_a_text_of_full_stops_alone_reads_the_same_on_the_short_way(text: str) -> None:
    plain = fold(text).text
    for _, signs in signs_in([plain]):
        if signs == PLAIN:
            assert read(plain, is_disguised=False) == read(plain, is_disguised=True)


@pytest.mark.parametrize("name", ["SPACE", "STYLED", "BULLETS", "INVISIBLE", "STROKES", "UNSPACED"])
def test_a_set_of_characters_is_the_same_in_bytes(name: str) -> None:
    characters = getattr(letters, name)
    in_text, in_bytes = re.compile(f"[{characters}]"), re.compile(any_of(characters))
    for code_point in range(0x110000):
        character = chr(code_point)
        is_one = in_bytes.fullmatch(character.encode("utf-8", "surrogatepass")) is not None
        assert is_one == bool(in_text.match(character)), hex(code_point)
