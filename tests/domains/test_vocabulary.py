"""Words of many languages, told from names that were made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.domains.vocabulary import ALL, UNKNOWN, is_compound, is_word, languages_around, languages_of


@pytest.mark.parametrize("word", ["amazing", "AMAZING", "gracias", "teşekkürler", "спасибо", "danke", "videos"])
def test_a_listed_word_is_known_in_any_case_and_with_the_s_of_a_plural(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("word", ["Amaaazing", "looool", "hahahaha", "jajajaja", "kkkkk", "хахаха", "ㅋㅋㅋ", "wkwkwk"])
def test_a_stretched_word_and_a_laugh_are_words(word: str) -> None:
    assert is_word(word)


@pytest.mark.parametrize("text", ["velmora", "quorvex", "velmora77", "", "1", "amazing-so", "\ud800", "\0", "\tA"])
def test_what_is_no_word_is_none(text: str) -> None:
    assert not is_word(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("goodboys", True), ("brightcoin", True), ("GOODBOYS", True), ("amazing", False), ("velmora", False), ("", False)],
)
def test_two_words_in_one_are_a_compound(text: str, is_one: bool) -> None:
    assert is_compound(text) == is_one


@pytest.mark.parametrize(
    ("before", "after", "word", "other"),
    [
        ("this is great", "happy for you", "happy", "bonito"),
        ("hola que tal como estas", "hasta luego", "gracias", "happy"),
        ("ich weiß nicht warum", "immer noch", "heute", "bonito"),
    ],
)
def test_the_words_around_tell_the_language(before: str, after: str, word: str, other: str) -> None:
    around = languages_around(before, after)
    assert languages_of(word) & around
    assert not languages_of(other) & around


def test_without_a_hint_any_language_may_be_meant() -> None:
    assert languages_around("", "") == ALL
    assert languages_around("zxqv vrrt plok trrr", "") == UNKNOWN


@given(st.text(max_size=20))
def test_a_word_is_one_whatever_its_case(text: str) -> None:
    assert is_word(text) == is_word(text.lower())
    assert not (is_word(text) and is_compound(text))


@given(st.text(max_size=100), st.text(max_size=100))
def test_the_languages_of_any_text_are_some(before: str, after: str) -> None:
    assert 0 < languages_around(before, after) <= UNKNOWN
