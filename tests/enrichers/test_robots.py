"""robots.txt is read as RFC 9309 has it."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.enrichers.robots import Rules, RulesKept, read

US = "tiktok-domain-harvester"
ALL = b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (b"", "/", True),
        (ALL, "/", False),
        (ALL, "/robots.txt", True),
        (b"User-agent: *\nDisallow:\n", "/", True),
        (b"User-agent: *\nDisallow: /private\n", "/", True),
        (b"User-agent: *\nDisallow: /private\n", "/private/x", False),
        (b"User-agent: *\nDisallow: /\nAllow: /$\n", "/", True),
        (b"User-agent: *\nDisallow: /\nAllow: /$\n", "/x", False),
        (b"User-agent: *\nAllow: /a\nDisallow: /a\n", "/a", True),
        (b"User-agent: *\nAllow: /a\nDisallow: /ab\n", "/abc", False),
        (ALL + b"\nUser-agent: TikTok-Domain-Harvester/9\nAllow: /\n", "/", True),
        (b"User-agent: tiktok-domain-harvester\nDisallow: /\n\nUser-agent: *\nAllow: /\n", "/", False),
        (b"User-agent: a\nUser-agent: tiktok-domain-harvester\nDisallow: /\n", "/", False),
        (b"User-agent: a\nDisallow: /\n", "/", True),
        (b"User-agent: tiktok-domain\nDisallow: /\n", "/", True),
        (b"User-agent: *\nAllow: /x\nUser-agent: a\nDisallow: /\n", "/", True),
        (
            b"User-agent: "
            + US.encode()
            + b"\nAllow: /\nUser-agent: a\n\nUser-agent: "
            + US.encode()
            + b"\nDisallow: /b\n",
            "/b",
            False,
        ),
        (b"User-agent: *\nCrawl-delay: 9\nDisallow: /\n", "/", False),
        (b"User-agent: * # all\r\nDisallow: / # of it\r\n", "/", False),
        (b"\xef\xbb\xbf" + ALL, "/", False),
        (b"Disallow: /\n", "/", True),
        (b"User-agent: *\nDisallow: /%7Ejoe\n", "/~joe/x", False),
        (b"User-agent: *\nDisallow: /\xc3\xbc\n", "/%C3%BC", False),
        (b"User-agent: *\nDisallow: /a%2Fb\n", "/a/b", True),
        (b"User-agent: *\nDisallow: /a%2fb\n", "/a%2Fb", False),
        (b"User-agent: *\nDisallow: /*.php$\n", "/x/y.php", False),
        (b"User-agent: *\nDisallow: /*.php$\n", "/x/y.php?z", True),
        (b"User-agent: *\nDisallow: /*?q=\n", "/x?q=1", False),
        (b"User-agent: *\nDisallow: *\n", "/x", False),
        (b"<!doctype html><title>Not found</title>\nUser: x", "/", True),
        (b"\x00\xff\xfe:::\n:\n#", "/", True),
    ],
    ids=range(31),
)
def test_the_longest_rule_of_our_group_decides(text: bytes, path: str, *, allowed: bool) -> None:
    assert read(text, US).allow(path) is allowed


@given(st.binary(max_size=300), st.text(max_size=40))
def test_no_robots_txt_is_a_surprise(text: bytes, path: str) -> None:
    assert read(text, US).allow("/" + path.encode("utf-8", "replace").decode()) in {True, False}


def test_only_the_first_half_megabyte_is_read() -> None:
    assert read(b"#" * 600_000 + b"\n" + ALL, US).allow("/")


@pytest.mark.parametrize(
    "text",
    [
        b"User-agent: *\n" + b"Disallow: /*a*b*c*d*e*f\n" * 20_000,
        b"User-agent: *\nDisallow: /" + b"*a" * 250_000,
        b"User-agent: a\n" * 20_000 + b"Allow: /\n" * 20_000,
        b"User-agent: *\n" + b"Disallow: /%" * 40_000,
    ],
    ids=["stars", "one line", "agents", "octets"],
)
def test_a_hostile_robots_txt_costs_little_time(text: bytes) -> None:
    start = time.process_time()
    read(text, US).allow("/" + "a" * 8_000)
    assert time.process_time() - start < 5


def test_rules_are_kept_for_a_day_and_not_for_ever() -> None:
    now = [0.0]
    kept = RulesKept(lambda: now[0])
    kept.keep("https://shop.example", Rules())
    now[0] = 86_399.0
    assert kept.get("https://shop.example") == Rules()
    now[0] = 86_400.0
    assert kept.get("https://shop.example") is None
    for number in range(1_001):
        kept.keep(f"https://{number}.example", Rules())
    assert kept.get("https://0.example") is None
    assert kept.get("https://1.example") == Rules()


def test_the_rules_of_ever_new_servers_take_no_more_memory_than_a_few_of_them() -> None:
    longest = b"User-agent: *\n" + b"".join(b"Disallow: /%d" % place + b"\xff" * 40 + b"\n" for place in range(10_000))
    kept = RulesKept()
    tracemalloc.start()
    try:
        for number in range(12):
            kept.keep(f"https://{number}.example", read(longest, US))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 32 * 1024 * 1024
    assert kept.get("https://0.example") is None
    assert kept.get("https://11.example") is not None
    kept.keep("https://11.example", Rules())
    assert kept.get("https://10.example") is not None
