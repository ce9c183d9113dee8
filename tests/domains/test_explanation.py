"""The account of one text: what was seen, what each rule said, and what came of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.corpus import texts

from harvester.domains import explain, extract
from harvester.domains.verdict import RULES
from harvester.model import SHOWN_CONFIDENCE

NAMES = [rule.__name__.strip("_").replace("_", " ") for rule in RULES]


@pytest.mark.parametrize(
    ("text", "outcome", "rule"),
    [
        ("velmora.com", "shown", "bare"),
        ("https://velmora.com", "shown", "begins like an address"),
        ("velmora[.]com", "shown", "bracketed"),
        ("velmora dot com", "shown", "spoken"),
        ("velmora,com", "shown", "comma"),
        ("velmora..com", "shown", "doubled"),
        ("velmora⚽com", "shown", "pictured"),
        ("velmora . com", "shown", "spaced"),
        ("velmora.com/x", "shown", "with path"),
        ("t.me", "shown", "known"),
        ("moc.aromlev", "shown", "backwards"),
        ("velmоra.com", "shown", "mixed scripts"),
        ("the lazy badger dot com", "held", "spoken"),
        ("#velmora.com", "held", "marked"),
        ("royal- velmora.com", "held", "fragment"),
        ("sofia@velmora.com", "dropped", "address of a person"),
        ("main.py", "dropped", "file name"),
        ("Mr.Green", "dropped", "no name"),
        ("1.to", "dropped", "initials and numbers"),
        ("vizinhos.Com razão", "dropped", "sentence start"),
        ("co.uk", "dropped", "host name"),
        ("great.so", "dropped", "sentences"),
    ],
)
def test_the_last_rule_that_was_asked_decides(text: str, outcome: str, rule: str) -> None:
    (account,) = explain(text).candidates
    assert (account.outcome, account.opinions[-1].rule) == (outcome, rule)
    assert account.opinions[-1].confidence == account.confidence
    assert account.opinions[-1].reason


def test_the_rules_are_told_in_the_order_in_which_they_are_asked() -> None:
    (account,) = explain("velmora.com/x").candidates
    assert [each.rule for each in account.opinions] == NAMES[: NAMES.index("with path") + 1]
    assert [each.confidence for each in account.opinions[:-1]] == [None] * (len(account.opinions) - 1)


@pytest.mark.parametrize(
    ("text", "signs", "dots"),
    [
        ("nothing", "none", []),
        ("velmora.com", "plain", ["'.' dot"]),
        ("velmora (dot) com", "disguised", ["' (dot) ' bracketed"]),
        ("velmora.com or velmora[.]net", "plain and disguised", ["'.' dot", "'[.]' bracketed"]),
    ],
)
def test_the_signs_and_the_dots_are_told(text: str, signs: str, dots: list[str]) -> None:
    explanation = explain(text)
    assert (explanation.signs, explanation.dots) == (signs, dots)


def test_the_text_is_told_as_it_was_and_as_it_was_read() -> None:
    explanation = explain("ｖel\u200bmora.com")
    assert (explanation.text, explanation.folded) == ("ｖel\u200bmora.com", "velmora.com")


def test_the_host_in_the_path_of_another_is_dropped_and_told() -> None:
    outer, inner = explain("velmora.com/x/quorvex.net").candidates
    assert (outer.host, outer.outcome) == ("velmora.com", "shown")
    assert (inner.host, inner.outcome) == ("quorvex.net", "dropped")


@given(st.text(max_size=60))
def test_any_text_can_be_explained(text: str) -> None:
    assert explain(text).text == text


@pytest.mark.parametrize("text", texts())
def test_what_is_told_is_what_is_found(text: str) -> None:
    told = [(each.domain_name, each.confidence) for each in explain(text).candidates if each.outcome != "dropped"]
    assert sorted(told) == sorted((each.domain.domain_name, each.confidence) for each in extract(text))


def test_a_piece_of_another_mention_is_told_as_held() -> None:
    text = "top velmora77.de or top-velmora77.de"
    shown = [each.domain.domain_name for each in extract(text) if each.confidence >= SHOWN_CONFIDENCE]
    assert [each.domain_name for each in explain(text).candidates if each.outcome == "shown"] == shown
