"""An ad as the ad library writes it, with the spellings of its tables or those of its examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harvester.sandbox.asked import Asked
from harvester.sandbox.library import reach_of
from harvester.sandbox.refusal import invalid
from harvester.sandbox.world import Row

AD_FIELDS = frozenset(
    """ad.id ad.first_shown_date ad.last_shown_date ad.status ad.status_statement ad.videos ad.image_urls ad.reach
    advertiser.business_id advertiser.business_name advertiser.paid_for_by""".split()
)
DETAIL_FIELDS = AD_FIELDS | frozenset(
    """ad.title ad.external_url ad.download_url ad.call_to_action ad.advertising_objective ad.rejection_info
    advertiser.follower_count advertiser.avatar_url advertiser.profile_url ad_group.targeting_info""".split()
)
_MISSPELT = {"business_id": "buisness_id", "paid_for_by": "paid_by", "unique_users_seen": "unique_user_seen"}
_SIZE = re.compile(r"(\d{1,9})([KM]?)\+?", re.ASCII)


def ad_row(row: Row, asked: Asked) -> dict[str, Any]:
    """The asked fields of an ad, each in its object."""
    is_misspelt = "misspelt_keys" in asked.bends
    values = _values(row, dates=int if "dates_as_numbers" in asked.bends else str)
    objects: dict[str, dict[str, Any]] = {}
    for field in asked.chance.sample(asked.fields, len(asked.fields)):
        part, _, name = field.partition(".")
        value = values[field]
        if value is None:
            continue
        if is_misspelt and isinstance(value, dict):
            value = {_MISSPELT.get(key, key): each for key, each in value.items()}
        objects.setdefault(part, {})[_MISSPELT.get(name, name) if is_misspelt else name] = value
    return objects


def reach_range(given: Any) -> tuple[int, int]:
    """The least and the greatest number of people of a filter such as {"min": "10K", "max": "1M"}."""
    if given is None:
        return 0, 2**62
    if not isinstance(given, Mapping):
        raise invalid("The unique_users_seen_size_range is invalid.")
    return _people(given.get("min", "0")), _people(given.get("max", "999999999"))


def _people(text: Any) -> int:
    found = _SIZE.fullmatch(str(text))
    if found is None:
        raise invalid("The unique_users_seen_size_range is invalid.")
    return int(found[1]) * {"": 1, "K": 1_000, "M": 1_000_000}[found[2]]


def _values(row: Row, dates: type[int] | type[str]) -> dict[str, Any]:
    return {
        "ad.id": row["id"],
        "ad.first_shown_date": dates(row["first_day"]),
        "ad.last_shown_date": dates(row["last_day"]),
        "ad.status": row["state"],
        "ad.status_statement": None,
        "ad.videos": [
            {
                # Signed addresses that expire: they name no video of TikTok's.
                "url": f"https://asdfcdn.com/{row['id']}/?mime_type=video_mp4",
                "cover_image_url": f"https://asdfcdn.com/{row['id']}.jpeg",
            }
        ],
        "ad.image_urls": [f"https://asdfcdn.com/{row['id']}.jpeg?x-expires=1679169600&x-signature=asdf"],
        "ad.reach": {"unique_users_seen": reach_of(row["reach"])},
        "ad.title": row["title"],
        "ad.external_url": row["landing_url"],
        "ad.download_url": None,
        "ad.call_to_action": "Shop now",
        "ad.advertising_objective": "TRAFFIC",
        "ad.rejection_info": None,
        "advertiser.business_id": row["advertiser_id"],
        "advertiser.business_name": row["advertiser"],
        "advertiser.paid_for_by": row["paid_for_by"],
        "advertiser.follower_count": row["followers"],
        "advertiser.avatar_url": f"https://p16-sign-va.tiktokcdn.com/{row['username']}.jpeg",
        "advertiser.profile_url": f"https://www.tiktok.com/@{row['username']}",
        "ad_group.targeting_info": {"country": [row["country"]], "number_of_users_targeted": reach_of(row["reach"])},
    }
