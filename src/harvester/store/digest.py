"""Digests by which an observation is recognised when it comes again."""

from __future__ import annotations

import hashlib

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
    return int.from_bytes(hashlib.blake2b(_encode(comment), digest_size=8).digest(), signed=True)
