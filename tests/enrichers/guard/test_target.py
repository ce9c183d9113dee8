"""One reading of an address: what is no plain name of a server on the internet is refused before it is resolved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.enrichers.guard.refusal import TargetRefused
from harvester.enrichers.guard.target import Target, parse

SPELLINGS = """127.0.0.1 127.1 127.0.1 0177.0.0.1 0x7f.1 0x7f.0.0.1 0X7F000001 2130706433 017700000001 0 0.0.0.0
１２７.0.0.1 ①②⑦.⓪.⓪.① 127。0。0。1 127．0．0．1 127｡0｡0｡1 127.0.0.1. 127.0.0.0x1 1.2.3 foo.0x foo.1
169.254.169.254 8.8.8.8
[::1] [::] [::ffff:127.0.0.1] [0:0:0:0:0:ffff:7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1%25eth0] [::1%25lo] ::1
[127.0.0.1] 𝟏𝟐𝟕.𝟎.𝟎.𝟏 ١٢٧.0.0.1""".split()
"""How addresses can be written; some of them libraries of two layers read in two ways."""
REFUSED = [
    *((f"http://{spelling}/", "ip_literal") for spelling in SPELLINGS[:-1]),
    # Arabic digits are no digits for UTS 46: this is a name, and none that DNS could have.
    (f"http://{SPELLINGS[-1]}/", "bad_name"),
    ("http://%31%32%37.%30.%30.%31/", "bad_name"),
    ("http://localhost/", "internal_name"),
    ("http://LOCALHOST./", "internal_name"),
    ("http://ⓁⓄⒸⒶⓁⒽⓄⓈⓉ/", "internal_name"),
    ("http://a.localhost/", "internal_name"),
    ("http://localhost.localdomain/", "internal_name"),
    ("http://printer/", "internal_name"),
    ("http://printer.local/", "internal_name"),
    ("http://db.internal/", "internal_name"),
    ("http://metadata.google.internal/", "internal_name"),
    ("http://metadata.tencentyun.com/", "internal_name"),
    ("http://metadata/", "internal_name"),
    ("http://metadata.shop.example/", "internal_name"),
    ("http://instance-data.ec2.internal/", "internal_name"),
    ("http://router.home.arpa/", "internal_name"),
    ("http://abc.onion/", "internal_name"),
    ("http://localhost\x00.com/", "bad_url"),
    ("http://shop.example\t.evil.example/", "bad_url"),
    ("http://shop.example\r\nHost: evil/", "bad_url"),
    ("http://shop.example/\r\nX: y", "bad_url"),
    ("http://shop.example/a\x00b", "bad_url"),
    ("http://shop.example/a\tb", "bad_url"),
    ("http://shop.example/\ud83d", "bad_url"),
    (" http://shop.example/", "bad_url"),
    ("http://shop example/", "bad_url"),
    ("http:///", "bad_url"),
    ("http://", "bad_url"),
    ("http:shop.example", "bad_url"),
    ("shop.example", "bad_url"),
    ("//shop.example/", "bad_url"),
    ("", "bad_url"),
    ("http://shop.example/" + "a" * 9_000, "bad_url"),
    ("http://shop.example/" + "ü" * 2_000, "bad_url"),
    ("http://shop.example@127.0.0.1/", "userinfo"),
    ("http://user:pass@shop.example/", "userinfo"),
    ("http://127.0.0.1\\@shop.example/", "ip_literal"),
    ("http://shop.example＠evil.example/", "bad_name"),
    ("http://shop_x.example/", "bad_name"),
    ("http://-shop.example/", "bad_name"),
    ("http://shop..example/", "bad_name"),
    ("http://shop.example../", "bad_name"),
    ("http://./", "bad_name"),
    ("http://" + "a." * 130 + "example/", "bad_name"),
    ("http://" + "ä" * 70 + ".example/", "bad_name"),
    ("http://i❤.example/", "bad_name"),
    ("http://\ud83d.example/", "bad_name"),
    ("http://shop.example:80:80/", "ip_literal"),
    ("file:///etc/passwd", "scheme"),
    ("gopher://shop.example/", "scheme"),
    ("ftp://shop.example/", "scheme"),
    ("javascript:alert(1)", "scheme"),
    ("data:text/html,x", "scheme"),
]
HOME = Target("https", "shop.example", 443, "/a/b?c=d")


@pytest.mark.parametrize(("url", "reason"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_plain_address_is_refused(url: str, reason: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        parse(url)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://shop.example", "http://shop.example/"),
        ("HTTP://Shop.Example.:80/A", "http://shop.example/A"),
        ("https://shop.example:/?q=1#part", "https://shop.example/?q=1"),
        ("https://shop.example?q=1", "https://shop.example/?q=1"),
        ("https://shop.example:8443/", "https://shop.example:8443/"),
        ("https://faß.example/ü?ö=%20", "https://xn--fa-hia.example/%C3%BC?%C3%B6=%20"),
        ("https://xn--i-7iq.example/", "https://xn--i-7iq.example/"),
        ("https://shop。example/", "https://shop.example/"),
        ("https://sh\u200bop.example/", "https://shop.example/"),
        ('https://shop.example/a b\\c"<>', "https://shop.example/a%20b%5Cc%22%3C%3E"),
        ("https://1.shop.example/", "https://1.shop.example/"),
        ("https://0x7f.example/", "https://0x7f.example/"),
        ("https://my-localhost.example/", "https://my-localhost.example/"),
    ],
)
def test_an_address_has_one_spelling_from_there_on(url: str, plain: str) -> None:
    assert parse(url).url == plain
    assert parse(plain) == parse(url)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/x", "https://shop.example/x"),
        ("x", "https://shop.example/a/x"),
        ("?x", "https://shop.example/a/b?x"),
        ("#x", "https://shop.example/a/b?c=d"),
        ("", "https://shop.example/a/b?c=d"),
        ("../../../x", "https://shop.example/x"),
        ("//other.example/x", "https://other.example/x"),
        ("http://other.example", "http://other.example/"),
        ("/\\evil.example", "https://shop.example/%5Cevil.example"),
        (" /x ", "https://shop.example/x"),
        ("/\udcfc", "https://shop.example/%FC"),
        ("/ü", "https://shop.example/%C3%BC"),
    ],
)
def test_a_redirect_is_read_from_where_it_stands(location: str, url: str) -> None:
    assert HOME.redirected(location).url == url


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("//127.1/", "ip_literal"),
        ("//localhost", "internal_name"),
        ("ftp://other.example/", "scheme"),
        ("localhost:80/", "scheme"),
        ("https:x", "bad_url"),
        ("/" + "a" * 9_000, "bad_url"),
        ("/a\r\nSet-Cookie: x", "bad_url"),
        ("a\x00", "bad_url"),
    ],
)
def test_a_redirect_to_where_we_do_not_go_is_refused(location: str, reason: str) -> None:
    with pytest.raises(TargetRefused) as refused:
        HOME.redirected(location)
    assert refused.value.reason == reason


def test_a_path_never_becomes_a_part_of_the_host() -> None:
    with pytest.raises(TargetRefused):
        Target("https", "shop.example", 443, ".evil.example/")


@given(st.text(max_size=40), st.sampled_from(["http://", "https://", "//", "", "/"]))
def test_whatever_a_redirect_says_ends_in_a_plain_target_or_a_refusal(text: str, before: str) -> None:
    try:
        target = HOME.redirected(before + text)
    except TargetRefused:
        return
    assert target.url.isascii()
    assert target.url.isprintable()
    assert " " not in target.url
    assert parse(target.url) == target
