"""What may be left out: where the forms say no, nobody would have found anything."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.domains.corpus import texts

from harvester.domains.backwards import find_backwards
from harvester.domains.dots import find_dots
from harvester.domains.forms import ALL, BACKWARDS, HINTED, SIGNED, SPACED_OUT, SPOKEN, forms_of
from harvester.domains.normalise import fold
from harvester.domains.space_hints import tells_to_join
from harvester.domains.spaced import find_spaced

PIECES = st.lists(
    st.one_of(
        st.sampled_from([*" \t\n\u00a0\u3000.,:;/-_*'\"“|~`=+h3tpswxmoc", "İ", "ſ", "Σ", "\ud800", "é", "中", "а"]),
        st.sampled_from(
            ["dot", "DOT", "d o t", "точка", "点", "ドット", "com", "net", "name", "w w w", "http", "https"]
        ),
        st.sampled_from(
            [
                "moc.",
                "gro.",
                "Backwards",
                "no Spaces",
                "ПРОБЕЛ",
                "SPASİ",
                "al revés",
                "double u ",
                "3x w",
                "://",
                "/ /",
                "name.com",
            ]
        ),
        st.characters(),
    ),
    max_size=20,
).map("".join)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("velmora dot com", SPOKEN),
        ("velmora点com", SPOKEN),
        ('velmora"."com', SIGNED),
        ("h t t p : / / velmora.com", SPACED_OUT),
        ("http s://velmora.com", SPACED_OUT),
        ("ht tp://velmora.com", SPACED_OUT),
        ("www velmora com", SPACED_OUT),
        ("w ww velmora com", SPACED_OUT),
        ("v e l m o r a . c o m", SPACED_OUT),
        ("moc.aromlev", BACKWARDS),
        ("velmora . com (No Spaces)", HINTED),
        ("velmora . com", 0),
        ("velmora (.) com", 0),
    ],
)
def test_a_form_is_seen(text: str, form: int) -> None:
    assert forms_of(text) in (form, ALL)


def assert_nothing_is_missed(text: str) -> None:
    forms = forms_of(text)
    assert find_dots(text, forms) == find_dots(text)
    assert forms & SPACED_OUT or not list(find_spaced(text))
    assert forms & BACKWARDS or not list(find_backwards(text))
    assert forms & HINTED or not tells_to_join(text)


@pytest.mark.parametrize("text", texts())
def test_nothing_of_the_corpus_is_missed(text: str) -> None:
    assert_nothing_is_missed(fold(text).text)


@given(PIECES)
@example("go to http s://velmora.com/x")
@settings(max_examples=600, deadline=None)
def test_nothing_is_missed(text: str) -> None:
    assert_nothing_is_missed(text)
