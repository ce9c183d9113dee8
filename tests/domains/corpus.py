"""The corpus of yes and no, as it is read: a case a line, its parts apart, without its escapes."""

from __future__ import annotations

import re
from pathlib import Path

CORPUS = Path(__file__).parent.parent / "corpus"
_ESCAPED = re.compile(r"\\(n|\\|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})")


def cases(name: str) -> list[list[str]]:
    """The parts of each case of a file: what it is about, the text, and for links the hosts."""
    lines = (CORPUS / name).read_text("utf-8").splitlines()
    return [line.split(" | ") for line in lines if line and not line.startswith("#")]


def texts() -> list[str]:
    """The text of every case, of both files."""
    return [plain(case[1]) for name in ("links.txt", "not_links.txt") for case in cases(name)]


def plain(text: str) -> str:
    """Undo the escapes that the corpus uses for characters that cannot be seen."""
    return _ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    escape: str = match[1]
    return {"n": "\n", "\\": "\\"}.get(escape) or chr(int(escape[1:], 16))
