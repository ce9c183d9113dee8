"""The rows of the Research API as it writes them: keys that are empty or zero are left out, the others in any order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from harvester.sandbox.draws import drawn
from harvester.sandbox.world import Row

COMMENT_FIELDS = frozenset("id video_id text like_count reply_count parent_comment_id create_time".split())
VIDEO_FIELDS = frozenset(
    """id video_description create_time region_code share_count view_count like_count comment_count music_id
    hashtag_names username effect_ids playlist_id voice_to_text is_stem_verified favorites_count favourites_count
    video_duration hashtag_info_list sticker_info_list effect_info_list video_mention_list video_label
    video_tag""".split()
)
CREATOR_FIELDS = frozenset(
    """display_name bio_description avatar_url is_verified follower_count following_count likes_count video_count
    bio_url""".split()
)
_PAID_LABELS = {"Paid partnership", "Paid Partnership"}


def in_any_order(rows: Sequence[dict[str, Any]], fields: Sequence[str], chance: Random) -> Iterator[dict[str, Any]]:
    """The asked fields of each row that are neither empty nor zero, with the keys in any order."""
    orders = [chance.sample(fields, len(fields)) for _ in range(5)]
    for number, row in enumerate(rows):
        yield {name: row[name] for name in orders[number % 5] if row.get(name)}


def comment_row(comment: Row, strange: float = 0.0) -> dict[str, Any]:
    """One row of `comment/list`; a share of them, always the same ones, has strange characters."""
    return {
        "id": comment["id"],
        "video_id": comment["video_id"],
        "parent_comment_id": comment["parent_id"],
        "text": _strange(comment["text"], comment["id"], strange),
        "like_count": comment["likes"],
        "reply_count": comment["replies"],
        "create_time": comment["posted"],
    }


def video_row(video: Row, strange: float = 0.0) -> dict[str, Any]:
    """One row of `video/query`."""
    video_id: int = video["id"]
    hashtags = video["hashtags"].split()
    return {
        "id": video_id,
        "username": video["username"] + _padding(video_id, strange),
        "video_description": _strange(video["caption"], video_id, strange),
        "create_time": video["posted"],
        "region_code": video["region"],
        "view_count": video["views"],
        "like_count": video["likes"],
        "comment_count": video["comments"],
        "share_count": video["shares"],
        "favorites_count": video["likes"] // 9,
        "favourites_count": video["likes"] // 9,
        "music_id": video["music_id"],
        "hashtag_names": hashtags,
        "hashtag_info_list": [
            {"hashtag_id": str(1_000_000 + len(name)), "hashtag_name": name, "hashtag_description": ""}
            for name in hashtags
        ],
        "video_duration": video["duration"],
        "voice_to_text": video["words"] if video_id % 5 == 0 else "",
        "video_tag": _tag(video),
    }


def _tag(video: Row) -> Any:
    """The video_tag of a video, in one of the spellings that the documentation has."""
    spelling = video["id"] % 4
    kind, number = ("type", "number") if spelling % 2 else ("video_tag_type", "video_tag_number")
    if video["label"] is None:
        # A few are marked as made by a machine, which is no promotion.
        return {kind: "AIGC", number: 1 + spelling // 2} if video["id"] % 17 == 0 else None
    tag = {kind: "Branded", number: 1 if video["label"] in _PAID_LABELS else 7}
    return [tag] if spelling >= 2 else tag


def creator_row(creator: Row, strange: float = 0.0) -> dict[str, Any]:
    """The data of `user/info`."""
    return {
        "display_name": _strange(creator["display_name"], creator["username"], strange),
        "bio_description": creator["bio"],
        "bio_url": creator["bio_url"],
        "avatar_url": f"https://p16-sign-va.tiktokcdn.com/{creator['username']}.jpeg",
        "is_verified": bool(creator["is_verified"]),
        "follower_count": creator["followers"],
        "following_count": creator["following"],
        "likes_count": creator["likes"],
        "video_count": creator["videos"],
    }


def _is_strange(key: object, share: float) -> bool:
    return share > 0 and drawn("strange", key)() < share


def _strange(text: str, key: object, share: float) -> str:
    return f"{text} \0🧿👩\u200d👩\u200d👧" if _is_strange(key, share) else text


def _padding(key: object, share: float) -> str:
    """NULs as real usernames have had them behind; without them it is the same name."""
    return "\0\0\0\0" if _is_strange(key, share) else ""
