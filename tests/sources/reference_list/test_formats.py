"""Each line of a list of others gives its names, or says in one word why it gives none."""

from __future__ import annotations

import io
from typing import Any

import pytest

from harvester.sources.reference_list.base import Format, Named, Skipped
from harvester.sources.reference_list.reading import LONGEST_LINE, Reading

LINES: list[tuple[Format, str, list[Any]]] = [
    ("plain", "velmora.shop", [("velmora.shop", False)]),
    ("plain", "  Velmora.Shop\t# since May", [("Velmora.Shop", False)]),
    ("plain", "*.velmora.shop", [("velmora.shop", True)]),
    ("plain", ".velmora.shop", [("velmora.shop", True)]),
    ("plain", "https://velmora.shop:8443/", [("velmora.shop", False)]),
    ("plain", "hxxp://velmora[.]shop", [("velmora.shop", False)]),
    ("plain", "größe.de", [("größe.de", False)]),
    ("plain", "https://sites.google.com/view/velmora", ["path"]),
    ("plain", "velmora.shop?coins", ["path"]),
    ("plain", "two words", ["no_name"]),
    ("plain", "x" * 2_000, ["no_name"]),
    ("plain", "# remark", []),
    ("plain", "; remark", []),
    ("plain", "   ", []),
    ("hosts", "0.0.0.0 velmora.shop", [("velmora.shop", False)]),
    (
        "hosts",
        "127.0.0.1\tvelmora.shop www.velmora.shop # both",
        [("velmora.shop", False), ("www.velmora.shop", False)],
    ),
    ("hosts", ":: velmora.shop", [("velmora.shop", False)]),
    ("hosts", "127.0.0.1 localhost", ["local_name"]),
    ("hosts", "fe80::1%lo0 localhost", ["local_name"]),
    ("hosts", "255.255.255.255 broadcasthost", ["local_name"]),
    ("hosts", "192.0.2.7 velmora.shop", ["other_address"]),
    ("hosts", "0.0.0.0", ["no_name"]),
    ("hosts", "velmora.shop", ["no_name"]),
    ("hosts", "# 0.0.0.0 velmora.shop", []),
    ("adblock", "||velmora.shop^", [("velmora.shop", True)]),
    ("adblock", "||velmora.shop", [("velmora.shop", True)]),
    ("adblock", "||velmora.shop^$third-party,important", [("velmora.shop", True)]),
    ("adblock", "||velmora.shop^$domain=glow.shop", ["options"]),
    ("adblock", "||velmora.shop^$script", ["options"]),
    ("adblock", "||velmora.shop/ad.js", ["path"]),
    ("adblock", "||velmora.*^", ["pattern"]),
    ("adblock", "@@||velmora.shop^", ["exception"]),
    ("adblock", "velmora.shop##.ad", ["page_element"]),
    ("adblock", "velmora.shop#@#.ad", ["page_element"]),
    ("adblock", "/banner/*", ["pattern"]),
    ("adblock", "|https://velmora.shop|", ["pattern"]),
    ("adblock", "velmora.shop", [("velmora.shop", False)]),
    ("adblock", "0.0.0.0 velmora.shop", [("velmora.shop", False)]),
    ("adblock", "! remark", []),
    ("adblock", "# remark", []),
    ("adblock", "[Adblock Plus 2.0]", []),
]
FILES: list[tuple[str, Format, list[Any]]] = [
    ("1,velmora.shop\n2,glow.shop\n", "csv", [("velmora.shop", False), ("glow.shop", False)]),
    (
        '# id,url,host\n"7","http://a.shop/x","a.shop"\n"8","http://b.shop/y","b.shop"\n',
        "csv",
        [("a.shop", False), ("b.shop", False)],
    ),
    ("rank;Domain\n1;velmora.shop\n2;\n", "csv", [("velmora.shop", False), "no_name"]),
    ('first,second\nx,"torn\ny,velmora.shop\n', "csv", ["no_name", "no_name", ("velmora.shop", False)]),
    ("address\tseen\n192.0.2.7\t3.14\nvelmora.shop\t2\n", "csv", ["no_name", "no_name", ("velmora.shop", False)]),
    ("\ufeffvelmora.shop\r\nglow.shop\r\n", "plain", [("velmora.shop", False), ("glow.shop", False)]),
    ("! list\n||velmora.shop^\n", "adblock", [("velmora.shop", True)]),
    ("# hosts\n\n0.0.0.0 velmora.shop\n", "hosts", [("velmora.shop", False)]),
    ("", "plain", []),
]


def said(text: str | bytes, wanted: Format | None = None) -> tuple[str, list[Any]]:
    """The format, and what each line gives: a name with whether it covers what is below it, or a reason."""
    reading = Reading(io.BytesIO(text.encode() if isinstance(text, str) else text), wanted)
    return reading.format, [tuple(each) if isinstance(each, Named) else each.reason for each in reading]


@pytest.mark.parametrize(("form", "line", "gives"), LINES)
def test_a_line_gives_its_names_or_a_reason(form: Format, line: str, gives: list[Any]) -> None:
    assert said(line, form) == (form, gives)


@pytest.mark.parametrize(("text", "form", "gives"), FILES)
def test_the_format_is_told_by_the_first_lines(text: str, form: Format, gives: list[Any]) -> None:
    assert said(text) == (form, gives)


def test_an_overlong_line_is_counted_and_the_next_one_is_read() -> None:
    text = "glow.shop\n" + "x" * (3 * LONGEST_LINE) + "\nvelmora.shop\n"
    assert said(text) == ("plain", [("glow.shop", False), "too_long", ("velmora.shop", False)])


@pytest.mark.parametrize("form", ["plain", "hosts", "adblock", "csv"])
@pytest.mark.parametrize("noise", [b"\xff\xfe\x00", b"\x00" * 100, bytes(range(256)) * 20, b"|" * 5_000, b"a," * 9_000])
def test_bytes_that_are_no_list_raise_nothing(form: Format, noise: bytes) -> None:
    for each in Reading(io.BytesIO(noise), form):
        assert isinstance(each, Named | Skipped)


def test_a_list_of_utf_16_is_read_like_any_other() -> None:
    assert said("velmora.shop\nglow.shop\n".encode("utf-16")) == (
        "plain", [("velmora.shop", False), ("glow.shop", False)],
    )  # fmt: skip
