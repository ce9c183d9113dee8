"""Pieces that belong to a name, and neighbours that do not."""

import pytest

from harvester.domains.candidates import find_candidates
from harvester.domains.joining import join_broken


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("all at Quiet River dot com", "QuietRiver.com"),
        ("Visit Quiet River dot com", "QuietRiver.com"),
        ("go to quiet river dot com", "quietriver.com"),
        ("go to river dot com", "river.com"),
        ("the best thing is river dot com", "river.com"),
        ("x.blog spot.com", "x.blogspot.com"),
    ],
)
def test_words_of_one_name_are_joined(text: str, host: str) -> None:
    *_, candidate = find_candidates(text)
    assert join_broken(text, candidate, len(text)).host == host


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://vel-\nmora.com/x", "vel-mora.com"),
        ("www.vel-\nmora.com", "vel-mora.com"),
        ("https://vel\nmora.com", "velmora.com"),
        ("tiny url.com/x", "tinyurl.com"),
        ("x.y.word press.com", "x.y.wordpress.com"),
        ("g l o w . net", "glow.net"),
        ("quick pay loop . com (remove spaces)", "quickpayloop.com"),
        ("lacos de mel . com (remove spaces)", "lacosdemel.com"),
        ("velmora dash shop dot com", "velmora-shop.com"),
        ("--velmora.com", "velmora.com"),
    ],
)
def test_the_pieces_of_a_torn_name_are_put_together(text: str, host: str) -> None:
    *_, candidate = find_candidates(text)
    whole = join_broken(text, candidate, len(text))
    assert whole.host == host
    assert whole.end == candidate.end


@pytest.mark.parametrize("text", ["the lazy badger dot com", "one two three four five six seven dot com"])
def test_words_that_may_belong_to_a_name_leave_it_in_doubt(text: str) -> None:
    *_, candidate = find_candidates(text)
    assert join_broken(text, candidate, len(text)).may_be_longer


@pytest.mark.parametrize("text", ["a\nriver dot com", "Blue\nRiver dot com", "don't badger dot com", "velmora.com"])
def test_what_stands_on_another_line_or_is_half_a_word_belongs_to_no_name(text: str) -> None:
    *_, candidate = find_candidates(text)
    assert join_broken(text, candidate, len(text)) == candidate
