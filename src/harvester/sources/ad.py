"""Ads of TikTok's ad library, as `ad/query` and `ad/detail` of the Commercial Content API describe them.

They name no TikTok video: their films stand under signed addresses that expire. What they lead to, the landing page,
only `ad/detail` tells. The documentation's examples misspell three keys (`buisness_id`, `paid_by`,
`unique_user_seen`), and write days as numbers where its tables say texts: both are read.

Source of facts: developers.tiktok.com/doc/commercial-content-api-query-ads and -get-ad-details.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from harvester.model import Ad
from harvester.sources.base import Item, Options, Part, Sample, Source
from harvester.sources.cells import object_in
from harvester.sources.fields import count, own_id, parent_id, present, time, words
from harvester.sources.research_api import answer_parts
from harvester.sources.rest import unknown_fields

_AD_FIELDS = frozenset(
    """advertising_objective call_to_action download_url external_url first_shown_date id image_urls last_shown_date
    reach status status_statement title videos""".split()
)
_ADVERTISER_FIELDS = frozenset(
    "avatar_url buisness_id business_id business_name follower_count paid_by paid_for_by profile_url".split()
)
_PROFILE = re.compile(r"tiktok\.com/@([^/?#\s]+)")


class Ads(Source):
    """Ads of `ad/query` and `ad/detail`. Only the API's own answers are read: among files none is recognised."""

    name = "ads"
    title = "TikTok Commercial Content API, ads"
    fields = frozenset({"ad", "ad_group", "advertiser"})

    def recognises(self, sample: Sample) -> bool:  # noqa: ARG002  Commercial contents tell an importer what to do.
        return False

    def split(self, item: Item) -> Iterator[Part]:
        return answer_parts(item, ("ads",))

    def record(self, item: Item, options: Options) -> Ad:
        return ad_of(item.value, options.observed_at)


def ad_of(row: Mapping[str, Any], observed_at: datetime | None) -> Ad:
    """The ad of one row; raises RecordRefused where it has no id.

    >>> ad = ad_of({"ad": {"id": 1923845247192304, "first_shown_date": 20210101}, "advertiser": {"paid_by": "A"}}, None)
    >>> ad.ad_id, str(ad.first_shown_on), ad.paid_for_by
    ('1923845247192304', '2021-01-01', 'A')
    """
    ad, advertiser = object_in(row.get("ad")), object_in(row.get("advertiser"))
    return Ad(
        own_id(ad, "id"),
        title=words(ad.get("title")),
        landing_url=words(ad.get("external_url")),
        advertiser_id=parent_id(advertiser.get("business_id")) or parent_id(advertiser.get("buisness_id")),
        advertiser_name=words(advertiser.get("business_name")),
        paid_for_by=words(advertiser.get("paid_for_by")) or words(advertiser.get("paid_by")),
        advertiser_username=_handle(advertiser.get("profile_url")),
        state=words(ad.get("status")),
        first_shown_on=_day(ad.get("first_shown_date")),
        last_shown_on=_day(ad.get("last_shown_date")),
        reach=_reach(ad.get("reach")),
        observed_at=observed_at,
        metadata={
            **unknown_fields(ad, _AD_FIELDS),
            **unknown_fields(advertiser, _ADVERTISER_FIELDS),
            **present(
                status_statement=words(ad.get("status_statement")),
                call_to_action=words(ad.get("call_to_action")),
                objective=words(ad.get("advertising_objective")),
                follower_count=count(advertiser.get("follower_count")),
            ),
        },
    )


def _handle(url: Any) -> str | None:
    """The handle in the address of a profile.

    >>> _handle("https://www.tiktok.com/@Awesome_Co?lang=de"), _handle("https://shop.example")
    ('awesome_co', None)
    """
    match = _PROFILE.search(url) if isinstance(url, str) else None
    return match[1].lower() if match else None


def _day(value: Any) -> date | None:
    """A day, as `20210101`, as a number of these digits, or in any form that a time has.

    >>> str(_day(20210101)), str(_day("2021-01-01")), str(_day("20210101")), _day(None)
    ('2021-01-01', '2021-01-01', '2021-01-01', None)
    """
    digits = re.fullmatch(r"(20\d\d)(\d\d)(\d\d)", str(value).strip(), re.ASCII)
    if digits is None:
        moment = time(value)
        return moment.date() if moment else None
    try:
        return date(int(digits[1]), int(digits[2]), int(digits[3]))
    except ValueError:
        return None


def _reach(value: Any) -> str | None:
    """How many people saw an ad, as it is written.

    >>> _reach({"unique_user_seen": "11K"}), _reach({"unique_users_seen": 840}), _reach("2M"), _reach({})
    ('11K', '840', '2M', None)
    """
    if isinstance(value, Mapping):
        value = value.get("unique_users_seen") or value.get("unique_user_seen")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else words(value)
