"""What may stand for a dot, and how it is named."""

import pytest

from harvester.domains.dots import find_dots
from harvester.domains.words import DOT_WORDS, UNSPACED_DOT_WORDS


@pytest.mark.parametrize("word", sorted(DOT_WORDS))
def test_a_dot_spelled_as_a_word_is_read_in_every_language_listed(word: str) -> None:
    assert [dot.kind for dot in find_dots(f"name {word} com")] == ["word"]


@pytest.mark.parametrize("word", UNSPACED_DOT_WORDS)
def test_a_dot_word_needs_no_spaces_where_the_script_has_none(word: str) -> None:
    assert [dot.kind for dot in find_dots(f"name{word}com")] == ["word"]


@pytest.mark.parametrize(
    "dot", ["(dot)", "[.]", "(.)", "{.}", "(punto)", "<dot>", "((Dot))", "(.]", '"dot"', "*.*", ".()", "()."]
)
def test_a_dot_in_brackets_or_quotes_is_meant(dot: str) -> None:
    assert [found.kind for found in find_dots(f"name{dot}com")] == ["bracketed"]


@pytest.mark.parametrize("text", ["well... no", "dotted line", "polkadot", "a…b"])
def test_an_ellipsis_or_a_longer_word_is_no_dot(text: str) -> None:
    assert list(find_dots(text)) == []


def test_only_prose_puts_a_space_on_one_side() -> None:
    assert [dot.is_even for dot in find_dots("a . b. c.d")] == [True, False, True]
