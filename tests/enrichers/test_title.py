"""Titles are read from hostile pages by one scan."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.enrichers.title import LONGEST, title


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"<title>Glow</title>", "text/html", "Glow"),
        (b"<html><head><TITLE\n lang='en'>\n Glow\t shop \n</TITLE>", "", "Glow shop"),
        (b"<title>Glow &amp; &lt;b&gt; &#x1F4B0;</title>", "", "Glow & <b> \U0001f4b0"),
        (b"<!-- <title>no</title> --><title>yes</title>", "", "yes"),
        (b"<script>var t='<title>no</title>'</script><title>yes</title>", "", "yes"),
        (b"<STYLE>a{}</style ><title>yes</title>", "", "yes"),
        (b"<body><svg><title>no</title></svg>", "", None),
        (b"<titles>no</titles>", "", None),
        (b"<title></title>", "", None),
        (b"<title", "", None),
        (b"<title>never ended", "", "never ended"),
        (b"", "", None),
        (b"\x89PNG\r\n", "image/png", None),
        ("<title>Привет</title>".encode("cp1251"), "text/html; charset=windows-1251", "Привет"),
        ("<meta charset='gbk'><title>你好</title>".encode("gbk"), "text/html", "你好"),
        ("<title>größe</title>".encode("latin-1"), "text/html; charset=ISO-8859-1", "größe"),
        (b"<title>caf\xe9</title>", "text/html", "caf�"),
        (b"<title>x</title>", "text/html; charset=unicode_escape", "x"),
        (b"<title>x</title>", "text/html; charset=klingon-8", "x"),
        (b"<title " + b"x" * 2_000 + b">y</title>", "", None),
        (b"<title>x</title>", "text/html; charset=\xff\xff", "x"),
        (b"<title>a\x00b\x1b[31mc</title>", "", "a b [31mc"),
        (b"<title>&#xd800;&#0;</title>", "", "��"),
        (b"<title>&#" + b"9" * 10_000 + b";</title>", "", "�"),
        (b"<title>" + b"x" * 1_000 + b"</title>", "", "x" * LONGEST),
        ("<title>safe\u202eevil</title>".encode(), "", "safe\u202eevil"),
    ],
    ids=range(26),
)
def test_the_title_of_the_head_is_found(body: bytes, content_type: str, expected: str | None) -> None:
    assert title(body, content_type) == expected


@pytest.mark.parametrize("piece", [b"<!--", b"<script>", b"<title", b"<", b"<style></style>", b"<title >\xff", b"&#9"])
def test_a_megabyte_of_traps_costs_little_time(piece: bytes) -> None:
    start = time.process_time()
    title(piece * (1_048_576 // len(piece)), "text/html")
    assert time.process_time() - start < 1


@given(st.binary(max_size=200).map(lambda data: b"<title>" + data), st.text(max_size=30))
def test_whatever_a_page_says_its_title_can_be_stored(body: bytes, content_type: str) -> None:
    found = title(body, content_type) or ""
    found.encode()
    assert "\x00" not in found
    assert len(found) <= LONGEST
