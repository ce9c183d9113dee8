"""One content encoding is undone, for as much work as the content is worth."""

from __future__ import annotations

import gzip

import pytest

from harvester.enrichers.guard.decoding import MOST_MEMBERS, Undecodable, decoder


def test_a_body_of_some_members_is_read_whole() -> None:
    coding, _ = decoder("gzip")
    body = b"".join(gzip.compress(b"%d," % number) for number in range(MOST_MEMBERS))
    assert coding.feed(body, 10_000).split(b",")[-2] == b"%d" % (MOST_MEMBERS - 1)


def test_a_body_of_ever_more_empty_members_is_given_up() -> None:
    coding, _ = decoder("gzip")
    with pytest.raises(Undecodable):
        coding.feed(gzip.compress(b"") * (MOST_MEMBERS + 1), 10_000)
