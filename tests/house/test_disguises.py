"""What the pages about extraction promise: each form is read as its chapter says, and the examples are as shown."""

from __future__ import annotations

import doctest
import unicodedata
from itertools import chain

import pytest
from docs.generate.disguises import disguises_page
from docs.generate.documents import ROOT
from docs.generate.examples import DISGUISES, HELD, LANGUAGES, TRAPS
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from harvester import extract
from harvester.cli.main import command_line

SHOWN = [*chain.from_iterable(DISGUISES.values()), *LANGUAGES]
NOTHING = [*chain.from_iterable(TRAPS.values())]


def tiers(text: str) -> set[str]:
    """Those of the mentions that are found."""
    return {mention.tier for mention in extract(text)}


@pytest.mark.parametrize(("form", "text"), SHOWN, ids=[form for form, _ in SHOWN])
def test_a_disguise_is_shown_and_nothing_beside_it_is_held(form: str, text: str) -> None:
    assert tiers(text) == {"shown"}, form


@pytest.mark.parametrize(("form", "text"), HELD, ids=[form for form, _ in HELD])
def test_a_doubtful_form_is_held(form: str, text: str) -> None:
    assert tiers(text) == {"held"}, form


@pytest.mark.parametrize(("form", "text"), NOTHING, ids=[form for form, _ in NOTHING])
def test_nothing_is_found_in_a_trap(form: str, text: str) -> None:
    assert tiers(text) == set(), form


def test_every_method_has_a_form() -> None:
    methods = {mention.method for _, text in SHOWN for mention in extract(text)}
    assert methods == {"url", "bare", "bracketed", "dot_word", "spaced", "unicode", "homoglyph", "reversed"}


def test_the_page_speaks_of_fifty_languages() -> None:
    assert len({language for language, _ in LANGUAGES}) == 50


def test_the_page_holds_no_character_that_cannot_be_seen() -> None:
    unseen = {letter for letter in disguises_page() if unicodedata.category(letter) in {"Cf", "Cc", "Zl", "Zp"}}
    assert unseen == {"\n"}


def blocks(language: str) -> list[str]:
    """The code of one language in docs/extraction.md."""
    tokens = MarkdownIt().parse((ROOT / "docs/extraction.md").read_text())
    return [token.content for token in tokens if token.type == "fence" and token.info == language]


def test_the_python_of_the_page_gives_what_it_shows() -> None:
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks("python")), {}, "extraction.md", None, 0)
    assert len(examples.examples) > 5
    assert doctest.DocTestRunner().run(examples).failed == 0


def test_the_explanation_on_the_page_is_what_the_command_prints() -> None:
    [shown] = blocks("text")
    text = "amazing.so happy, see velmora . com today"
    assert f'echo "{text}"' in "".join(blocks("sh"))
    printed = CliRunner().invoke(command_line(), ["extract", "--explain"], input=text).output.splitlines()
    assert [line for line in shown.splitlines() if line != "…" and line not in printed] == []
