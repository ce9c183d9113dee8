"""Schemes and paths."""

import pytest

from harvester.domains.addresses import path_at, scheme_before


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("http://", "http"),
        ("hxxps://", "https"),
        ("h**p://", "http"),
        ("http //", "http"),
        ("https[:]//", "https"),
        ("https:\\\\", "https"),
    ],
)
def test_a_scheme_is_read_in_every_form(written: str, name: str) -> None:
    scheme = scheme_before(f"see {written}name.com", len(f"see {written}"))
    assert scheme is not None
    assert (scheme.name, scheme.start) == (name, 4)


@pytest.mark.parametrize(
    ("tail", "path"),
    [
        ("/a?b=c.", "/a?b=c"),
        ("?", ""),
        ("?a=1", "?a=1"),
        (":8080/x)", ":8080/x"),
        ("](http://x)", ""),
        ("/a_(b))", "/a_(b)"),
        ("\\Ab9", "\\Ab9"),
    ],
)
def test_a_path_ends_before_the_marks_of_the_sentence(tail: str, path: str) -> None:
    assert path_at("name.com" + tail, 8, may_be_apart=False)[0] == path
