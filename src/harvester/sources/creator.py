"""Creators: the accounts that publish videos, as `user/info` of TikTok's Research API describes them.

The answer does not repeat the handle that was asked for, and leaves out what is empty or zero.

Source of facts: developers.tiktok.com/doc/research-api-specs-query-user-info.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from harvester.model import Creator
from harvester.sources.fields import count, words
from harvester.sources.rest import unknown_fields

_FIELDS = frozenset(
    """avatar_url bio_description bio_url display_name follower_count following_count is_verified likes_count username
    video_count""".split()
)


def creator_of(row: Mapping[str, Any], username: str, observed_at: datetime | None) -> Creator:
    """The creator with a handle, by the data of an answer about them.

    >>> creator_of({"bio_url": "https://glow.shop", "likes_count": 7}, "Ann", None).bio_url
    'https://glow.shop'
    """
    verified = row.get("is_verified")
    return Creator(
        username.removeprefix("@").lower(),
        display_name=words(row.get("display_name")),
        bio=words(row.get("bio_description")),
        bio_url=words(row.get("bio_url")),
        is_verified=verified if isinstance(verified, bool) else None,
        follower_count=count(row.get("follower_count")),
        following_count=count(row.get("following_count")),
        like_count=count(row.get("likes_count")),
        video_count=count(row.get("video_count")),
        observed_at=observed_at,
        metadata=unknown_fields(row, _FIELDS),
    )
