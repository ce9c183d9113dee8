"""A spoken dot, a comma, a picture or two dots in the place of the full stop, and prose that has them too."""

import pytest

from harvester.domains import extract, parse_domain
from harvester.domains.verdict import HELD_CONFIDENCE
from harvester.model import SHOWN_CONFIDENCE


def confidence(text: str) -> float:
    return max((each.confidence for each in extract(text)), default=0.0)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("velmora dot com", "velmora.com"),
        ("VELMORA DOT COM", "velmora.com"),
        ("velmora dot link now", "velmora.link"),
        ("velmora d0t link", "velmora.link"),
        ("velmora dot co dot uk", "velmora.co.uk"),
        ("velmora point fr", "velmora.fr"),
        ("velmora punto es", "velmora.es"),
        ("velmora titik id", "velmora.id"),
        ("velmora chấm vn", "velmora.vn"),
        ("velmora pont hu", "velmora.hu"),
        ("velmora,com", "velmora.com"),
        ("velmora..com", "velmora.com"),
        ("velmora⚽com", "velmora.com"),
    ],
)
def test_a_made_up_name_before_another_sign_is_a_host(text: str, host: str) -> None:
    assert [each.domain for each in extract(text) if each.confidence >= SHOWN_CONFIDENCE] == [parse_domain(host)]


@pytest.mark.parametrize(
    "text",
    [
        "the polka dot com", "the best dot com", "write dot com", "tell me the dot com story", "meeting point com",
        "good point in fact", "un punto es", "punto de vista", "river period com", "river,com", "velmora..so",
        "wait..so", "love ⚽ live", "velmora⚽live", "falei sim, com certeza",
    ],
)  # fmt: skip
def test_a_word_and_another_word_are_prose(text: str) -> None:
    assert confidence(text) < SHOWN_CONFIDENCE


@pytest.mark.parametrize(
    ("surer", "less_sure"),
    [
        ("velmora d0t link", "velmora dot link"),
        ("velmora dot com", "the lazy badger dot com"),
        ("velmora⚽com the ball is the dot", "velmora⚽com"),
        ("velmora,com", "velmora, com"),
        ("visit river,com", "the river,com"),
    ],
)
def test_what_cannot_be_prose_is_surer(surer: str, less_sure: str) -> None:
    assert confidence(surer) > confidence(less_sure)


@pytest.mark.parametrize("text", ["the lazy badger dot com", "i love quiet river dot com"])
def test_a_name_that_may_be_longer_is_held(text: str) -> None:
    assert HELD_CONFIDENCE <= confidence(text) < SHOWN_CONFIDENCE
