"""Hosts that are written from their end to their start."""

import pytest

from harvester.domains import extract
from harvester.domains.backwards import find_backwards


@pytest.mark.parametrize(
    ("text", "host", "written"),
    [
        ("moc.aromlev", "velmora.com", "moc.aromlev"),
        ("see gro.aromlev now", "velmora.org", "gro.aromlev"),
        ("MOC.AROMLEV!", "VELMORA.COM", "MOC.AROMLEV"),
        ("moc.aromlev.pohs", "shop.velmora.com", "moc.aromlev.pohs"),
        ("moc.aromlev-pot", "top-velmora.com", "moc.aromlev-pot"),
        ("(moc.aromlev).", "velmora.com", "moc.aromlev"),
        ("ten.aromlev read it backwards", "velmora.net", "ten.aromlev"),
        ("al revés: se.aromlev", "velmora.es", "se.aromlev"),
        ("задом наперед ur.aromlev", "velmora.ru", "ur.aromlev"),
    ],
)
def test_a_reversed_host_is_read_and_its_span_kept(text: str, host: str, written: str) -> None:
    (found,) = find_backwards(text)
    assert (found.host, text[found.start : found.end], found.is_reversed) == (host, written, True)


@pytest.mark.parametrize(
    "text",
    [
        "moc.elgoog.com", "ten.aromlev", "ur.aromlev", "moc.", "moc..aromlev", "x.moc.aromlev", "sofia@moc.aromlev",
        "moc.aromlev@sofia", "comic.aromlev", "moc aromlev",
    ],
)  # fmt: skip
def test_what_reads_forwards_or_says_nothing_is_left_alone(text: str) -> None:
    assert list(find_backwards(text)) == []


def test_the_mention_says_that_it_was_reversed() -> None:
    (mention,) = extract("type moc.aromlev in reverse")
    assert (mention.domain.domain_name, mention.text, mention.method) == ("velmora.com", "moc.aromlev", "reversed")


def test_what_is_written_backwards_is_read_once() -> None:
    names = [each.domain.domain_name for each in extract("moc.aromlev and velmora.com backwards")]
    assert names == ["velmora.com", "velmora.com"]
