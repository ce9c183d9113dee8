"""The corpus of yes and no: each line is a case, and its reason is the name of the test."""

from pathlib import Path

import pytest

from harvester.domains import extract
from harvester.model import SHOWN_CONFIDENCE

CORPUS = Path(__file__).parent.parent / "corpus"


def _cases(name: str) -> list[list[str]]:
    lines = (CORPUS / name).read_text("utf-8").splitlines()
    return [line.split(" | ") for line in lines if line and not line.startswith("#")]


def _plain(text: str) -> str:
    """Undo the escapes that the corpus uses for characters that cannot be seen."""
    parts = text.split("\\\\")
    return "\\".join(_unescape(part) for part in parts)


def _unescape(part: str) -> str:
    pieces = part.split("\\")
    plain = pieces[0]
    for piece in pieces[1:]:
        if piece.startswith("n"):
            plain += "\n" + piece[1:]
        else:
            width = {"u": 5, "U": 9}[piece[0]]
            plain += chr(int(piece[1:width], 16)) + piece[width:]
    return plain


@pytest.mark.parametrize(("form", "text", "hosts"), [pytest.param(*case, id=case[0]) for case in _cases("links.txt")])
def test_a_link_is_found_whole(form: str, text: str, hosts: str) -> None:
    found = [
        ("" if mention.confidence >= SHOWN_CONFIDENCE else "-") + mention.domain.domain_name
        for mention in extract(_plain(text))
    ]
    wants_held = "-" in {host[0] for host in hosts.split()}
    assert [host for host in found if wants_held or host[0] != "-"] == hosts.split(), form


@pytest.mark.parametrize(("reason", "text"), [pytest.param(*case, id=case[0]) for case in _cases("not_links.txt")])
def test_nothing_is_shown_where_no_domain_is_meant(reason: str, text: str) -> None:
    shown = [m.domain.domain_name for m in extract(_plain(text)) if m.confidence >= SHOWN_CONFIDENCE]
    assert shown == [], reason
