"""The first look may let too much through and must stop nothing that is a host."""

from pathlib import Path

import pytest

from harvester.domains.signs import has_sign, has_spoken_sign, may_need_folding

ORDINARY = [
    "love this video",
    "so true. Really!",
    "wait... what",
    "ok lol 😂😂",
    "最高です。泣いた",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_comment_is_let_go(text: str) -> None:
    assert not has_sign(text)


def test_every_dot_word_is_seen() -> None:
    lines = (Path(__file__).parent.parent / "corpus" / "links.txt").read_text("utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            text = line.split(" | ")[1]
            assert may_need_folding(text) or has_spoken_sign(text), line
