"""Texts of strangers for HTML."""

from __future__ import annotations

import re

import pytest

from harvester.web.inert import marked, visible


def unseen(code: str) -> str:
    return f'<code class="unseen">U+{code}</code>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (None, ""),
        ("", ""),
        ("plain", "plain"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\"'&", "&#34;&#39;&amp;"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a\u202eb", f"a{unseen('202E')}b"),
        ("\u2066x\u2069", f"{unseen('2066')}x{unseen('2069')}"),
        ("ca\u200bsino", f"ca{unseen('200B')}sino"),
        ("ca\u00adsino", f"ca{unseen('00AD')}sino"),
        ("\ufeffx", f"{unseen('FEFF')}x"),
        ("\x1b[31m", f"{unseen('001B')}[31m"),
        ("\U000e0041", unseen("E0041")),
        ("\u3164", unseen("3164")),
        ("❤\ufe0f", "❤\ufe0f"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("a\u200db", f"a{unseen('200D')}b"),
        ("👩\u200d", f"👩{unseen('200D')}"),
        ("\u200d👩", f"{unseen('200D')}👩"),
    ],
)
def test_what_cannot_be_seen_is_shown_as_its_code_point(text: str | None, shown: str) -> None:
    assert visible(text) == f"<bdi>{shown}</bdi>"


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        ("abc", [], "abc"),
        ("abc", [(0, 3)], "<mark>abc</mark>"),
        ("abcdef", [(4, 6), (0, 2)], "<mark>ab</mark>cd<mark>ef</mark>"),
        ("abcdef", [(0, 3), (2, 5)], "<mark>abcde</mark>f"),
        ("abcd", [(0, 2), (2, 4)], "<mark>ab</mark><mark>cd</mark>"),
        ("abc", [(1, 99)], "a<mark>bc</mark>"),
        ("abc", [(-5, 1)], "<mark>a</mark>bc"),
        ("abc", [(2, 2), (9, 12), (2, 1)], "abc"),
        ("🦊🦊x.com", [(2, 7)], "🦊🦊<mark>x.com</mark>"),
        ("a<b", [(1, 2)], "a<mark>&lt;</mark>b"),
        ("x\u200by", [(0, 3)], f"<mark>x{unseen('200B')}y</mark>"),
    ],
)
def test_spans_are_cut_at_code_points(text: str, spans: list[tuple[int, int]], shown: str) -> None:
    assert marked(text, [{"start": start, "end": end} for start, end in spans]) == f"<bdi>{shown}</bdi>"


def test_a_long_text_is_marked_in_linear_time() -> None:
    text = "x.com\u200b " * 9_000
    spans = [{"start": at, "end": at + 5} for at in range(0, len(text), 7)]
    shown = marked(text, spans)
    assert len(re.findall("<mark>", shown)) == 9_000
