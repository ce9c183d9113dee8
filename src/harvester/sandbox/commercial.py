"""The Commercial Content API: `commercial_content/query`, `ad/query` and `ad/detail`.

Source: developers.tiktok.com/doc/commercial-content-api-query-commercial-content, .../commercial-content-api-query-ads
and .../commercial-content-api-get-ad-details. Its examples spell some keys otherwise than its tables do;
whether ad/query gives 10 or 50 rows, and what a country outside Europe gets, is a mode.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from harvester.sandbox.ads import ad_row, reach_range
from harvester.sandbox.asked import Asked, Given, whole
from harvester.sandbox.library import COUNTRIES, EUROPE
from harvester.sandbox.modes import Modes
from harvester.sandbox.refusal import invalid
from harvester.sandbox.times import read_day
from harvester.sandbox.world import Row, World

_FIRST_DAY = date(2022, 10, 1)
_DEFAULT, _MOST = 10, 50
_MOST_EMPTY = 2
_MOST_LISTED = 500
_TERM = 50
"""The most characters of a search_term."""

CONTENT_FIELDS = frozenset("id create_timestamp create_date create_date_utc label brand_names creator videos".split())


class Commercial:
    """The three endpoints over one world."""

    def __init__(self, world: World, modes: Modes) -> None:
        self._world = world
        self._modes = modes

    def contents(self, asked: Asked) -> Given:
        """`commercial_content/query`: promoted videos by day and creator."""
        filters = _filters(asked)
        tests = ["day between ? and ?"]
        values: list[Any] = [*_days(filters, "content_published_date_range", asked.today)]
        country = str(filters.get("creator_country_code") or "ALL").upper()
        if country != "ALL":
            if country not in EUROPE and self._modes.foreign_country == "refused":
                raise invalid(f"The creator_country_code {country[:20]} is invalid.")
            tests.append("country = ?")
            values.append(country if country in EUROPE else None)
        names = [str(name).lower() for name in _listed(filters, "creator_usernames")]
        if names:
            tests.append(f"username in ({', '.join('?' * len(names))})")
            values += names
        rows, data = self._page(asked, f"content where {' and '.join(tests)} order by posted desc, id", values, _MOST)
        data["commercial_contents"] = [_content(row, asked) for row in rows]
        return Given(data, len(rows))

    def ads(self, asked: Asked) -> Given:
        """`ad/query`: ads by day, country, and words or advertisers."""
        filters = _filters(asked)
        tests = ["first_day between ? and ?"]
        values: list[Any] = [*_days(filters, "ad_published_date_range", asked.today)]
        country = str(filters.get("country_code") or "ALL").upper()
        if country != "ALL":
            if country not in COUNTRIES:
                raise invalid(f"The country_code {country[:20]} is invalid.")
            tests.append("country = ?")
            values.append(country)
        term = str(asked.body.get("search_term") or "")
        if len(term) > _TERM:
            raise invalid(f"The search_term has more than {_TERM} characters.")
        if term:
            words = [term] if asked.body.get("search_type", "exact_phrase") == "exact_phrase" else term.split()
            tests.append(f"({' or '.join(['instr(lower(title), ?) > 0'] * len(words))})")
            values += [word.lower() for word in words]
        elif sellers := _listed(filters, "advertiser_business_ids"):
            tests.append(f"advertiser_id in ({', '.join('?' * len(sellers))})")
            values += [whole({"advertiser_business_ids": each}, "advertiser_business_ids") for each in sellers]
        least, most = reach_range(filters.get("unique_users_seen_size_range"))
        tests.append("reach between ? and ?")
        order = f"ad where {' and '.join(tests)} order by first_day desc, id"
        rows, data = self._page(asked, order, [*values, least, most], int(self._modes.ads_per_page))
        data["ads"] = [ad_row(row, asked) for row in rows]
        return Given(data, len(rows))

    def ad(self, asked: Asked) -> Given:
        """`ad/detail`: one ad with its landing page."""
        ad_id = asked.whole("ad_id")
        row = self._world.row("select * from ad where id = ?", (ad_id,))
        if row is None:
            raise invalid(f"The ad_id {ad_id} is invalid: cannot find the ad.")
        return Given(ad_row(row, asked), 1)

    def _page(self, asked: Asked, select: str, values: list[Any], most: int) -> tuple[list[Row], dict[str, Any]]:
        """The rows that follow those that the search_id tells of, and what the answer says of the next ones."""
        size = asked.size(_DEFAULT, most)
        name = _name({key: value for key, value in asked.body.items() if key not in {"search_id", "max_count"}})
        first, empty = _place(asked.body.get("search_id"), name)
        # The same place is given at the most twice by pages without rows; the search_id tells how often it was.
        is_empty = "empty_page" in asked.bends and empty < _MOST_EMPTY
        if "short_page" in asked.bends:
            size = 1 + int(asked.chance.random() * size)
        size = 0 if is_empty else size
        repeated = min(3, first, size - 1) if size and "duplicate_rows" in asked.bends else 0
        size -= repeated
        statement = f"select * from {select} limit ? offset ?"  # noqa: S608 - conditions of ours, values apart.
        rows = self._world.rows(statement, (*values, repeated + size + 1, first - repeated))
        has_more = len(rows) > repeated + size
        rows = rows[: repeated + size]
        if "shuffled_rows" in asked.bends:
            asked.chance.shuffle(rows)
        data: dict[str, Any] = {"has_more": has_more}
        if "has_more_as_text" in asked.bends:
            data["has_more"] = "true" if has_more else "false"
        if has_more and "missing_search_id" not in asked.bends:
            data["search_id"] = _search_id([first + size, empty + 1 if is_empty else 0], name)
        return rows, data


def _filters(asked: Asked) -> Mapping[str, Any]:
    filters = asked.body.get("filters")
    if not isinstance(filters, Mapping):
        raise invalid("The filters are required.")
    return filters


def _days(filters: Mapping[str, Any], name: str, today: int) -> tuple[int, int]:
    span = filters.get(name)
    least, most = (read_day(span.get(key, "")) for key in ("min", "max")) if isinstance(span, Mapping) else (None, None)
    if least is None or most is None:
        raise invalid(f"The {name} is required, with min and max in the form YYYYMMDD.")
    first, last = (int(day.strftime("%Y%m%d")) for day in (least, most))
    if not _FIRST_DAY <= least <= most or last >= today:
        raise invalid(f"The {name} is invalid: it begins on 20221001 or later and ends before today.")
    return first, last


def _listed(filters: Mapping[str, Any], name: str) -> list[Any]:
    value = filters.get(name) or []
    if not isinstance(value, list) or len(value) > _MOST_LISTED:
        raise invalid(f"The {name} are not a list of up to {_MOST_LISTED}.")
    return value


def _name(query: Mapping[str, Any]) -> str:
    """What tells one search from another, whatever the order of its keys."""
    return hashlib.blake2b(json.dumps(query, sort_keys=True).encode(), digest_size=9).hexdigest()


def _search_id(place: list[int], name: str) -> str:
    return base64.b64encode(json.dumps({"last_sort": place, "of": name}).encode()).decode()


def _place(search_id: Any, name: str) -> tuple[int, int]:
    """Where a search_id goes on, and after how many empty pages. Raises Refusal where it is no such search's."""
    if not search_id:
        return 0, 0
    try:
        known = json.loads(base64.b64decode(str(search_id), validate=True))
        if known["of"] == name:
            first, empty = known["last_sort"]
            return whole({"search_id": first}, "search_id"), whole({"search_id": empty}, "search_id")
    except (ValueError, KeyError, TypeError):
        pass
    raise invalid(f"Search Id {str(search_id)[:40]} is invalid or expired")


_CONTENT: dict[str, Callable[[Row], Any]] = {
    "id": lambda row: row["id"],
    "create_timestamp": lambda row: row["posted"],
    "create_date": lambda row: str(row["day"]),
    "create_date_utc": lambda row: str(row["day"]),
    "label": lambda row: row["label"],
    "brand_names": lambda row: [row["brand"]] if row["brand"] else [],
    "creator": lambda row: {"username": row["username"]} if row["username"] else {},
    "videos": lambda row: [{"cover_image_url": "https://asdfcdn.com/cover.jpeg", "url": row["video_url"]}],
}


def _content(row: Row, asked: Asked) -> dict[str, Any]:
    order = asked.chance.sample(asked.fields, len(asked.fields))
    return {name: _CONTENT[name](row) for name in order}
