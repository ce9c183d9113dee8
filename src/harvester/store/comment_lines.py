"""Comments as lines for the COPY into their staging table, written cell by cell: there are very many of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from harvester.model import Comment, Mention
from harvester.store.copy_text import NULL, cell
from harvester.store.digest import observation_digest
from harvester.store.ids import uuid7s
from harvester.store.json_text import as_json

TO_STAGING: LiteralString = (
    "copy pg_temp.staged_comment (id, wave, is_dated, video_ref, comment_id, parent_ref, username, text, like_count,"
    " reply_count, posted_at, observed_at, metadata, extractor_version, observation_digest) from stdin"
)


@dataclass(frozen=True, slots=True)
class CommentLines:
    """The comments of a batch on their way."""

    block: bytes
    """For `TO_STAGING`."""
    keys: Sequence[str]
    """The id of each comment's row."""
    in_wave: Sequence[int]
    """How many comments each wave has; a wave holds each comment once."""


def comment_lines(
    comments: Sequence[tuple[Comment, Sequence[Mention]]], now: datetime, extractor_version: str
) -> CommentLines:
    """The lines of a batch's comments; `now` is the time of observation where a comment has none."""
    keys = uuid7s(len(comments))
    waves: dict[str | None, int] = {}
    times: dict[datetime | None, str] = {None: now.isoformat()}
    in_wave: list[int] = []
    lines = []
    for key, (comment, _) in zip(keys, comments, strict=True):
        wave = waves.get(comment.comment_id, 0)
        waves[comment.comment_id] = wave + 1
        if wave == len(in_wave):
            in_wave.append(0)
        in_wave[wave] += 1
        observed_at = times.get(comment.observed_at)
        if observed_at is None:
            observed_at = times[comment.observed_at] = cell(comment.observed_at)
        is_dated = "f" if comment.observed_at is None else "t"
        likes, replies = comment.like_count, comment.reply_count
        lines.append(
            f"{key}\t{wave}\t{is_dated}\t{cell(comment.video_id)}\t{cell(comment.comment_id)}\t"
            f"{cell(comment.parent_ref)}\t{cell(comment.username)}\t{cell(comment.text)}\t"
            f"{NULL if likes is None else likes}\t{NULL if replies is None else replies}\t"
            f"{cell(comment.posted_at)}\t{observed_at}\t"
            f"{cell(as_json(comment.metadata)) if comment.metadata else NULL}\t{extractor_version}\t"
            f"{observation_digest(comment)}\n"
        )
    return CommentLines("".join(lines).encode(), keys, in_wave)
