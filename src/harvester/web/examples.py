"""An example of each field and parameter, for the description of the API; people and words are invented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TIME = "2025-09-06T12:30:00Z"
_SPAN = {
    "domain_name": "velmora.com", "text": "velmora (dot) com", "start": 6, "end": 23, "confidence": 0.98,
    "method": "bracketed", "url": None,
}  # fmt: skip
_CURSOR = "WyJtZW50aW9ucyIsIDE3LCAiMDE5OTFmNGMtOTg4MC03YzAwLTgwMDAtMDAwMDAwMDAwMDA1Il0"

EXAMPLES: Mapping[str, Any] = {
    "ad_id": "1790000000000000001", "advertiser_name": "Velmora Trading Ltd", "after": _CURSOR,
    "caption": "my favourite shop #fyp", "change": 0.5, "code": "not_found", "columns": ["domain_name"],
    "comment_id": "7400000000000000001",
    "context": "go to velmora (dot) com now", "creator_username": "glowdeals", "day": "2025-09-06",
    "detail": "No stored comment mentions velmora.com.", "domain_defanged": "velmora[.]com",
    "domain_name": "velmora.com",
    "errors": {"ruined_id": 2, "text_repaired": 7}, "file": "comments.csv", "final_url": "https://velmora.com/win",
    "first_seen_from": "2025-09-01", "first_seen_to": "2025-09-30", "growth_rate": 1.25,
    "hint": "Look for a part of its name in the list of domains.", "http_status": 200,
    "id": "01991f4c-9880-7c00-8000-000000000005", "in_quarantine": {"ruined_id": 2}, "ip": ["192.0.2.7", "2001:db8::7"],
    "kind": "shortener", "mention_text": "velmora (dot) com", "mentioned_domains": ["velmora.com", "glow.shop"],
    "metadata": {"http": {"reachable": True, "status": 200, "checked_at": _TIME}}, "method": "bracketed",
    "name": "domains", "next": _CURSOR, "notes": "Same shop as glow.shop.", "occurrences": [_SPAN],
    "parameter": "limit",
    "path": "/api/v1/domains", "place": "caption", "promotion": {"label": "Paid partnership"}, "public_suffix": "com",
    "q": "velmora", "region_code": "GB", "registrable_domain": "velmora.com", "registrar": "Example Registrar",
    "sightings_after": _CURSOR, "sightings_next": _CURSOR, "sort": "mentions", "source": "apify_comments",
    "sources": ["apify_comments"],
    "spans": [_SPAN], "state": "finished", "status": 404, "subdomain": "win", "summary": "One page of all domains.",
    "text": "go to velmora (dot) com now", "title": "Not found", "tld": "com", "type": "about:blank",
    "unicode_name": "velmora.com", "url": "https://velmora.com/win", "username": "ann", "velocity_score": 4.2,
    "video_id": "7300000000000000001", "video_url": "https://www.tiktok.com/@glowdeals/video/7300000000000000001",
    "video_username": "glowdeals", "video_usernames": ["glowdeals", "pebbles"],
    # Look-ups, lists, reviews and operations.
    "Idempotency-Key": "ticket-4711", "about": "{\"video_id\": \"7300000000000000001\"}", "api": "research",
    "before": "192.0.2.7", "comment_ids": ["7400000000000000001"], "dimension": "method", "entry": "velmora.com",
    "fact": "a", "flag": "platform", "http_method": "GET", "ids": ["01991f4c-9880-7c00-8000-000000000005"],
    "job_id": "4711", "job_state": "todo", "licence": "CC0-1.0", "list_name": "phishing", "look_up": "dns",
    "main_username": "ann", "note": "Same shop as glow.shop.", "now": "192.0.2.9",
    "origin": "https://lists.example.org/phishing.txt", "outcome": "ok", "outcome_before": "timeout",
    "paused": ["collection"], "platforms": "hide", "purpose": "block", "reason": "phishing", "refusal": "ruined_id",
    "refused_at_place": "row 17", "refused_because": "cid is 7.34e+18: the id's digits are lost.",
    "reviewer": "kim@example.com", "reviews_next": _CURSOR, "seen_from": "2025-09-01", "since": "2025-08-08",
    "stop_reason": "a letter from TikTok", "table_name": "public.comment", "task": "harvest",
    "undoes": "01991f4c-9880-7c00-8000-000000000004", "usual_method": "bracketed", "value": "bracketed",
    "verdict": "malicious",
}  # fmt: skip
_BY_TYPE: Mapping[str, Any] = {"integer": 12, "number": 0.98, "boolean": False}


def example_of(name: str, schema: Mapping[str, Any]) -> Any:
    """An example of a field or parameter of that name and JSON schema; None where there is none to give.

    >>> example_of("first_seen_at", {"type": "string"}), example_of("video_count", {"type": "integer"})
    ('2025-09-06T12:30:00Z', 12)
    """
    choices = _choices(schema)
    if choices and EXAMPLES.get(name) not in choices:
        return choices[0]
    if name in EXAMPLES:
        return EXAMPLES[name]
    kinds = {part.get("type") for part in [schema, *schema.get("anyOf", ())]}
    found = next((value for kind, value in _BY_TYPE.items() if kind in kinds), None)
    return _TIME if found is None and name.endswith(("_at", "_today", "as_of")) else found


def _choices(schema: Mapping[str, Any]) -> list[Any]:
    """The values that a schema lists, where it lists them."""
    return [
        value for part in [schema, *schema.get("anyOf", ())] for value in part.get("enum", [part.get("const")]) if value
    ]
