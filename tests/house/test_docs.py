"""The docs say what the code says: reference pages are fresh and complete, links and commands lead somewhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import pytest
from docs.generate import disguises
from docs.generate.commands import commands, is_noun, parameters, program
from docs.generate.documents import ROOT, Documents, from_code, stale, write
from docs.generate.errors import tree
from docs.generate.examples import DISGUISES, HELD, LANGUAGES, TRAPS
from docs.generate.fields import answers, names_of, places
from docs.generate.markdown import code, prose, table
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harvester import errors
from harvester.cli import serve
from harvester.settings import Settings
from harvester.web import problem
from harvester.web.glossary import FIELDS

PAGES = SETTINGS_PAGE, COMMANDS_PAGE, ERRORS_PAGE, FIELDS_PAGE, DISGUISES_PAGE = [
    f"docs/reference/{name}.md" for name in ("settings", "commands", "errors", "fields", "disguises")
]
HAND_AND_MACHINE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
Patch = pytest.MonkeyPatch

SETTINGS = [f"HARVESTER_{name.upper()}" for name in Settings.model_fields]
FORMS = [form for examples in (*DISGUISES.values(), LANGUAGES, HELD, *TRAPS.values()) for form, _ in examples]
PROGRAM = program()
COMMANDS = dict(commands(PROGRAM, "harvester"))
VERBS = {name: command for name, command in COMMANDS.items() if not is_noun(command)}
ERROR_CODES = re.findall(r'^    code(?:: ClassVar\[str\])? = "(\w+)"$', Path(errors.__file__).read_text(), re.MULTILINE)
NO_CODES = {
    "after", "body", "ctx", "expected", "extra_forbidden", "field", "input", "literal_error", "loc", "msg", "parameter",
    "type",
}  # fmt: skip
"""Other words between quotes in web/problem.py: whichever is not here must be a code, and documented."""
PROBLEM_CODES = set(re.findall(r'"([a-z]+(?:_[a-z]+)*)"', Path(problem.__file__).read_text())) - NO_CODES


@pytest.fixture(scope="module")
def made() -> Documents:
    """The pages as the generator makes them now."""
    return from_code()


@pytest.mark.parametrize("path", PAGES)
def test_a_reference_page_is_fresh(made: Documents, path: str) -> None:
    assert stale({path: made[path]}, ROOT) == [], "run `make docs`"


def test_every_page_made_from_code_is_compared(made: Documents) -> None:
    assert list(made) == PAGES


@pytest.mark.parametrize(
    ("path", "change"),
    [
        (SETTINGS_PAGE, lambda patch: patch.setattr(Settings.model_fields["home"], "description", "Other words.")),
        (COMMANDS_PAGE, lambda patch: patch.setattr(serve.serve, "__doc__", "Other words.")),
        (ERRORS_PAGE, lambda patch: patch.setattr(errors.NotFound, "__doc__", "Other words.")),
        (ERRORS_PAGE, lambda patch: patch.setattr(errors.NotFound, "exit_code", 77)),
        (FIELDS_PAGE, lambda patch: patch.setitem(FIELDS, "tld", "Other words.")),
        (DISGUISES_PAGE, lambda patch: patch.setattr(disguises, "HELD", [])),
    ],
)
def test_a_changed_explanation_makes_its_page_stale(
    made: Documents, path: str, change: Callable[[Patch], None], monkeypatch: Patch, tmp_path: Path
) -> None:
    write(made, tmp_path)
    change(monkeypatch)
    assert stale(from_code(), tmp_path) == [path]


def test_a_missing_page_is_stale_until_it_is_written(made: Documents, tmp_path: Path) -> None:
    assert stale(made, tmp_path) == write(made, tmp_path) == PAGES
    assert stale(made, tmp_path) == []


@pytest.mark.parametrize(
    ("path", "entries"),
    [
        (SETTINGS_PAGE, [f"| {code(name)} |" for name in SETTINGS]),
        (COMMANDS_PAGE, [f"\n{'#' * len(name.split())} {name}\n" for name in COMMANDS]),
        (ERRORS_PAGE, [f"| {code(name)} |" for name in [*ERROR_CODES, *sorted(PROBLEM_CODES)]]),
        (FIELDS_PAGE, [f"| {code(name)} |" for name in FIELDS]),
        (DISGUISES_PAGE, [f"| {prose(form)} |" for form in FORMS]),
    ],
    ids=PAGES,
)
def test_everything_has_its_entry(made: Documents, path: str, entries: list[str]) -> None:
    assert entries
    assert [entry for entry in entries if entry not in made[path]] == []


def test_every_error_has_a_code_of_its_own() -> None:
    assert len(ERROR_CODES) == len(set(ERROR_CODES)) == tree().count("\n") + 1


def test_the_tree_in_errors_is_drawn_as_it_is() -> None:
    drawn = [line[4:] for line in (errors.__doc__ or "").splitlines() if re.match(r"    [H│├└]", line)]
    assert [re.split(r"(?<=\w)  ", line)[0] for line in drawn] == tree().splitlines()


@pytest.mark.parametrize("name", VERBS)
def test_a_command_explains_itself_and_gives_an_example(name: str) -> None:
    command = VERBS[name]
    assert command.help
    assert (command.epilog or "").startswith("Example: ")
    assert [each.name for each in parameters(command) if not each.help] == []
    assert name in command.epilog, "the example is of another command"


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_example_of_the_environment_names_each_setting_once() -> None:
    named = re.findall(r"^#? ?(HARVESTER_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert Counter(named) == Counter(SETTINGS)


def test_every_field_is_somewhere_and_every_answer_has_only_known_fields() -> None:
    assert [name for name, found in places().items() if not found] == []
    assert {name for kind in answers().values() for name in names_of(kind)} - FIELDS.keys() == set()


@pytest.mark.parametrize(
    "text",
    [
        "total_ counts all, new_ what is new, _neither_ is stressed",
        "2 * 3 * 4, **bold**, ~~gone~~ and ~1",
        "file:<sha256>, <b>, &amp; and &#38;",
        "a|b, a\\b, \\| and C:\\*",
        "text[](code points), [a](b) and [a]: b",
        "# one, or - two",
        "- standard input",
        "1 > 0 and ![no](picture)",
        "dot_word, field_observed_at and __init__",
    ],
)
def test_markdown_shows_a_text_as_it_was_written(text: str) -> None:
    assert shown(prose(text)) == text
    assert shown(table(("meaning",), [(prose(text),)])) == f"meaning{text}"


def shown(markdown: str) -> str:
    """What a reader sees, without its form."""
    inline = [child for token in MARKDOWN.parse(markdown) for child in token.children or ()]
    assert {child.type for child in inline} <= {"text", "text_special", "code_inline"}
    return "".join(child.content for child in inline)


@pytest.mark.parametrize("text", ["see `a|b` there", "`a_b` and `<c>`"])
def test_code_in_a_text_stays_code(text: str) -> None:
    assert shown(table(("",), [(prose(text),)])) == text.replace("`", "")


@pytest.mark.parametrize("file", HAND_AND_MACHINE, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_to_what_exists(file: Path) -> None:
    assert list(dead_links(file)) == []


@pytest.mark.parametrize("file", HAND_AND_MACHINE, ids=lambda file: str(file.relative_to(ROOT)))
def test_commands_in_the_docs_exist(file: Path) -> None:
    assert list(strange_words(file.read_text())) == []


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(
        "# A title: here\n[x](#a-title-here) [y](#no-title) [z](page.md) ![p](none.png) [w](none.md) [v](https://x.com)"
    )
    assert list(dead_links(file)) == ["#no-title", "none.png", "none.md"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("```sh\nX=1 harvester domian list\n```", ["domian"]),
        ("```\nls && harvester domain lst --json\n```", ["lst"]),
        ("Run `harvester db status --jsn` first.", ["--jsn"]),
        ('```sh\npsql "$(harvester db pth)"\n```', ["pth"]),
        ("```sh\nharvester import a.csv --json # harvester nothing --at-all\n```", []),
        ("```sh\nharvester trending --days=7 --limit 3 | head -5\n```", []),
        (
            "`harvester <noun> <verb>`, `harvester db …`, `harvester db start|stop`, `harvester import FILE… [--json]`",
            [],
        ),
        ("```sh\npsql -d harvester -c 'select 1'\n```", []),
        ("```sql\nharvester nothing\n```", []),
    ],
)
def test_a_command_that_does_not_exist_is_found(text: str, found: list[str]) -> None:
    assert list(strange_words(text)) == found


def tokens_of(markdown: str) -> Iterator[Token]:
    for token in MARKDOWN.parse(markdown):
        yield token
        yield from token.children or ()


def dead_links(file: Path) -> Iterator[str]:
    """Links to files or headings that are not there."""
    for token in tokens_of(file.read_text()):
        link = str(token.attrGet("href") or token.attrGet("src") or "")
        if not link or re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, heading = unquote(link).partition("#")
        target = file.parent / path if path else file
        if not target.exists() or (heading and heading not in anchors(target)):
            yield link


@cache
def anchors(file: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    tokens = list(MARKDOWN.parse(file.read_text()))
    titles = [inline.content for head, inline in pairwise(tokens) if head.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


# At the start of a command, after variables set for it, and up to the end of that command.
CALL = re.compile(r"(?:^|[|&;(]|\$ )\s*(?:\w+=\S*\s+)*(?:[\w.-]*/)*harvester\s+([^|&;)<>\n]+)", re.MULTILINE)
NOT_FOR_A_SHELL = {"sql", "mermaid", "python", "json", "toml", "ini", "yaml"}


def strange_words(markdown: str) -> Iterator[str]:
    """Verbs and options of `harvester` that it does not have, in code of any kind."""
    for token in tokens_of(markdown):
        if token.type == "code_inline" or (token.type == "fence" and token.info not in NOT_FOR_A_SHELL):
            for call in CALL.finditer(re.sub(r"(^|\s)#.*", "", token.content, flags=re.MULTILINE)):
                yield from unknown(call[1].split())


def unknown(words: list[str]) -> Iterator[str]:
    """The words of one call that mean nothing; what stands between brackets is optional, but has to exist."""
    command = PROGRAM
    for written in words:
        word = written.strip("[]").partition("=")[0]
        if word.startswith("--"):
            if word not in {"--help", *(name for each in command.params for name in each.opts + each.secondary_opts)}:
                yield word
        elif is_noun(command) and word.islower():
            if word not in command.commands:
                yield word
                return
            command = command.commands[word]
