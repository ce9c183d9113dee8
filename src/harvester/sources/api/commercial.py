"""TikTok's Commercial Content API: videos that their creators disclose as promoted, and the ads of its ad library.

Its lists have no cursor: each page names the search that gives the next one. It knows Europe alone, nothing before
October 2022, and no day that is not over.

Source of facts: developers.tiktok.com/doc/commercial-content-api-query-commercial-content, -query-ads and
-get-ad-details.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from harvester.errors import RequestRefused
from harvester.model import Ad, Record
from harvester.sources.ad import Ads, ad_of
from harvester.sources.api.answer import Answer, has_more, read, search_id_in
from harvester.sources.api.channel import Channel, Question, Served
from harvester.sources.api.query import whole_id
from harvester.sources.commercial_content import CommercialContents

CONTENTS_PER_PAGE = 50
LONGEST_TERM = 50
"""Characters of what ads are searched for."""
_PATH = "/v2/research/adlib"
_CONTENT_FIELDS = "id,create_timestamp,create_date,label,brand_names,creator,videos"
_LISTED_AD_FIELDS = (
    "ad.id,ad.first_shown_date,ad.last_shown_date,ad.status,ad.status_statement,ad.reach,"
    "advertiser.business_id,advertiser.business_name,advertiser.paid_for_by"
)
_AD_FIELDS = (
    f"{_LISTED_AD_FIELDS},ad.title,ad.external_url,ad.call_to_action,ad.advertising_objective,"
    "advertiser.follower_count,advertiser.profile_url"
)
_BEGINNINGS = 5
"""How often a list is begun whose first page has others after it, but does not say by which search they are found."""
_NO_AD = re.compile(r"cannot find|not found|no such ad|does not exist", re.IGNORECASE)
_CONTENTS, _ADS = CommercialContents(), Ads()


class CommercialApi:
    """Asks the Commercial Content API, a page at a time.

    Every method raises what `Channel.ask` does. Both lists raise SearchExpired where the API has lost the search: it
    is begun again without a search id.
    """

    def __init__(self, channel: Channel, ads_per_page: int = 50) -> None:
        self._channel = channel
        self._ads_per_page = ads_per_page

    async def contents(
        self,
        start: date,
        end: date,
        *,
        country: str | None = None,
        usernames: Sequence[str] = (),
        search_id: str | None = None,
    ) -> Answer:
        """Videos that were disclosed as promoted on these days, both included, by creators of a country or by name."""
        filters: dict[str, Any] = {"content_published_date_range": _days(start, end)}
        if country:
            filters["creator_country_code"] = country.upper()
        if usernames:
            filters["creator_usernames"] = [each.removeprefix("@").lower() for each in usernames]
        question = _listing(
            "commercial_content/query", _CONTENT_FIELDS, filters, "commercial_contents", CONTENTS_PER_PAGE, search_id
        )
        served = await self._asked(question)
        found = read(served, _CONTENTS, "commercial_contents", "commercial_content/query")
        return _page(served, question, found, search_id)

    async def ads(
        self,
        start: date,
        end: date,
        *,
        term: str | None = None,
        country: str | None = None,
        advertiser_ids: Sequence[str] = (),
        search_id: str | None = None,
    ) -> Answer:
        """Ads that were published on these days, both included, without their landing pages.

        With a term the API looks at no advertisers. Raises RequestRefused for a term of more than 50 characters.
        """
        if term and len(term) > LONGEST_TERM:
            raise RequestRefused(f"Ads are searched for by {LONGEST_TERM} characters; this term has {len(term)}.")
        filters: dict[str, Any] = {"ad_published_date_range": _days(start, end)}
        if country:
            filters["country_code"] = country.upper()
        if advertiser_ids:
            filters["advertiser_business_ids"] = [whole_id("advertiser", each) for each in advertiser_ids]
        more = {"search_term": term} if term else {}
        question = _listing("ad/query", _LISTED_AD_FIELDS, filters, "ads", self._ads_per_page, search_id, more)
        served = await self._asked(question)
        return _page(served, question, read(served, _ADS, "ads", "ad/query"), search_id)

    async def _asked(self, question: Question) -> Served:
        """The answer to the question; where it begins a list and does not say how to go on, it is asked again."""
        served = await self._channel.ask(question)
        for _ in range(_BEGINNINGS - 1):
            if question.is_continued or search_id_in(served.data) or not has_more(served.data):
                break
            served = await self._channel.ask(question)
        return served

    async def ad(self, ad_id: str) -> Ad | None:
        """One ad with its landing page; None where the library does not have it."""
        question = Question("commercial", f"{_PATH}/ad/detail/", _AD_FIELDS, {"ad_id": whole_id("ad", ad_id)})
        try:
            served = await self._channel.ask(question)
        except RequestRefused as refused:
            if _NO_AD.search(refused.message):
                return None
            raise
        ad = served.data.get("ad")
        if not isinstance(ad, Mapping):
            return None
        # The id that was asked for is exact, whatever became of it on the way.
        return ad_of({**served.data, "ad": {**ad, "id": ad_id}}, served.at)


def _days(start: date, end: date) -> dict[str, str]:
    return {"min": f"{start:%Y%m%d}", "max": f"{end:%Y%m%d}"}


def _listing(
    path: str,
    fields: str,
    filters: Mapping[str, Any],
    rows: str,
    most: int,
    search_id: str | None,
    more: Mapping[str, Any] | None = None,
) -> Question:
    body = {"filters": filters, "max_count": most, **(more or {})}
    if search_id:
        body["search_id"] = search_id
    return Question("commercial", f"{_PATH}/{path}/", fields, body, rows, most, is_continued=bool(search_id))


def _page(served: Served, question: Question, found: list[Record], asked: str | None) -> Answer:
    """The page. One that names no search is asked for again by the name that it was asked for with: that gives the
    same rows or the next ones, but skips none. Without any name there is no way on.
    """
    name = search_id_in(served.data) or asked
    return Answer(found, question.served(served.data), has_more(served.data) and name is not None, search_id=name)
