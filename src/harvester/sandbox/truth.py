"""All rows that a patient client ends with, whatever the faults; for tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvester.sandbox.creators import PUBLIC
from harvester.sandbox.modes import Modes
from harvester.sandbox.world import World


def truth(world: World, modes: Modes, today: int) -> Iterator[dict[str, Any]]:
    """Videos with their comments, creators, commercial contents and ads; ids are texts.

    Contents and ads are those of the days before `today`, as its eight digits: the APIs give no others.
    """
    for video in world.rows("select id, username, label from video where is_deleted = 0 order by id"):
        yield {
            "kind": "video",
            "id": str(video["id"]),
            "username": video["username"],
            "is_promoted": video["label"] is not None,
            "comment_ids": [str(each) for each in _comments(world, video["id"], modes)],
        }
    for creator in world.rows("select username, bio_url from creator where state = ? order by username", (PUBLIC,)):
        yield {"kind": "creator", "id": creator["username"], "bio_url": creator["bio_url"] or None}
    for content in world.rows("select id, video_url from content where day < ? order by id", (today,)):
        yield {"kind": "content", "id": content["id"], "video_id": content["video_url"].rpartition("/")[2]}
    for ad in world.rows("select id, landing_url from ad where first_day < ? order by id", (today,)):
        yield {"kind": "ad", "id": str(ad["id"]), "landing_url": ad["landing_url"]}


def _comments(world: World, video_id: int, modes: Modes) -> list[int]:
    """The comments of a video that its list and those of its comments give, up to the cap of each."""
    rows = world.rows("select id, parent_id, rank, place from comment where video_id = ? order by place", (video_id,))
    if modes.cap is None:
        return [row["id"] for row in rows]
    by = "place" if modes.replies == "within" else "rank"
    listed = {row["id"] for row in rows if row[by] < modes.cap and (by == "place" or row["parent_id"] == video_id)}
    return [
        row["id"] for row in rows if row["id"] in listed or (row["parent_id"] in listed and row["rank"] < modes.cap)
    ]
