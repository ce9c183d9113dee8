"""Digests by which an observation is recognised when it comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from harvester.model import Comment

_encode = msgspec.msgpack.Encoder().encode


def observation_digest(comment: Comment) -> int:
    """64 bits, signed, of everything that a comment's observation says.

    >>> one = Comment("11", "1", "hello", like_count=1)
    >>> observation_digest(one) == observation_digest(Comment("11", "1", "hello", like_count=1))
    True
    >>> observation_digest(one) == observation_digest(Comment("11", "1", "hello", like_count=2))
    False
    """
    return int.from_bytes(_digest(comment), signed=True)


def observation_digests(comments: Iterable[Comment]) -> str:
    """The digests of many, 16 hexadecimal digits each, with a space between.

    >>> observation_digests([Comment("11", "1", "hello"), Comment("12", "1", "hello")])
    'c74995254cc173ae c19c9b1e8870391a'
    """
    return b"".join(map(_digest, comments)).hex(" ", 8)


def _digest(comment: Comment) -> bytes:
    return hashlib.blake2b(_encode(comment), digest_size=8).digest()
