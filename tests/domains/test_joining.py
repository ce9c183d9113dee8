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
    assert join_broken(text, candidate).host == host
