"""One row of each table, written as a program with the secret key writes it: by upsert on natural keys."""

from __future__ import annotations

from typing import Any

from supabase import Client

LARGE = 2**53 + 1
"""The first whole number that a JavaScript number cannot hold."""

NATURAL_KEYS = {
    "video": "video_id",
    "comment": "comment_id",
    "domain": "domain_name",
    "domain_mention": "domain_id,video_id,comment_id",
    "creator": "username",
    "ad": "ad_id",
    "sighting": "domain_id,video_id,creator_id,ad_id,place",
    "quarantine": "source,sha256",
}
VIDEO = {"video_id": "7300000000000000001", "username": "glowshop", "view_count": LARGE, "is_promoted": True}
COMMENT = {"comment_id": "7300000000000000003", "username": "mia", "text": "see brightpebble.com now"}
DOMAIN = {
    "domain_name": "brightpebble.com", "unicode_name": "brightpebble.com", "tld": "com", "public_suffix": "com",
    "registrable_domain": "brightpebble.com",
}  # fmt: skip
SPAN = {"text": "brightpebble.com", "start": 4, "end": 20, "confidence": 0.9, "method": "bare"}
MENTION = {
    "mention_text": "brightpebble.com", "position_start": 4, "position_end": 20, "context": COMMENT["text"],
    "occurrences": [SPAN], "confidence_score": 0.9, "extraction_method": "bare", "extractor_version": "1",
}  # fmt: skip
RUN = {"source": "tests", "extractor_version": "1"}
REFUSED = {
    "source": "tests",
    "reason": "bad_json",
    "detail": "It ends early.",
    "raw": r"\x7b",
    "sha256": rf"\x{'5a' * 32}",
}


def upsert(worker: Client, table: str, **values: Any) -> str:
    """The id of the row, which is there once however often this is called."""
    (row,) = worker.table(table).upsert(values, on_conflict=NATURAL_KEYS[table]).execute().data
    return row["id"]


def store(worker: Client) -> None:
    video_id = upsert(worker, "video", **VIDEO)
    comment_id = upsert(worker, "comment", **COMMENT, video_id=video_id)
    domain_id = upsert(worker, "domain", **DOMAIN)
    upsert(worker, "domain_mention", **MENTION, video_id=video_id, comment_id=comment_id, domain_id=domain_id)
    creator_id = upsert(worker, "creator", username="glowshop", bio=COMMENT["text"])
    upsert(worker, "ad", ad_id="1700000000000000001", landing_url="https://brightpebble.com")
    upsert(worker, "sighting", **MENTION, domain_id=domain_id, creator_id=creator_id, place="bio")
    (run,) = worker.table("run").insert(RUN).execute().data
    upsert(worker, "quarantine", **REFUSED, run_id=run["id"])
