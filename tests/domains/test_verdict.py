"""Each rule has a case that it decides, with the reason it gives."""

import pytest
from tests.domains.corpus import texts

from harvester.domains import extract
from harvester.domains.extraction import evidence_in
from harvester.domains.hosts import has_mixed_scripts
from harvester.domains.normalise import fold
from harvester.domains.verdict import HELD_CONFIDENCE, RULES, judge
from harvester.model import SHOWN_CONFIDENCE


def confidence(text: str) -> float:
    mentions = extract(text)
    return mentions[0].confidence if mentions else 0.0


@pytest.mark.parametrize(
    ("surer", "less_sure"),
    [
        ("https://velmora.com", "velmora.com"),
        ("www.velmora.to so cheap", "velmora.to so cheap"),
        ("visit velmora.to so cheap", "velmora.to so cheap"),
        ("velmora.to/x so cheap", "velmora.to so cheap"),
        ("we saw velmora77.in now", "we saw velmora.in now"),
        ("velmora . com they", "velmora. com they"),
        ("velmora[.]me", "velmora.me"),
        ("velmora . tk (remove spaces)", "velmora. tk"),
        ("Stern.de Mobile http", "Mist.de Mobile"),
    ],
)
def test_every_sign_of_an_address_adds_confidence(surer: str, less_sure: str) -> None:
    assert confidence(surer) > confidence(less_sure)


@pytest.mark.parametrize(
    "text", ["i think velmo.to so cheap", "#velmora.com", "vеl.com", "sleepy velmora dot com", "Le Quotidien.fr"]
)
def test_what_a_hunter_may_want_is_held_and_not_shown(text: str) -> None:
    assert HELD_CONFIDENCE <= confidence(text) < SHOWN_CONFIDENCE


@pytest.mark.parametrize("text", ["sofia@velmora.io", "main.py", "1.to", "e.de", "U.S.A.", "great.so", "6.am"])
def test_what_cannot_be_an_address_is_dropped(text: str) -> None:
    assert extract(text) == []


def test_scripts_that_do_not_look_alike_may_mix() -> None:
    assert not has_mixed_scripts("中文abc.com")
    assert has_mixed_scripts("αbc.com")


@pytest.mark.parametrize("text", texts())
def test_a_rule_that_is_not_asked_has_no_opinion(text: str) -> None:
    for evidence, *_ in evidence_in(fold(text), text, is_disguised=True):
        opinions = (rule(evidence) for rule in RULES)
        assert judge(evidence) == next(opinion for opinion in opinions if opinion is not None)
