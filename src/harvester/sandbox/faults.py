"""What may go wrong, by name: each fault changes how answers come, and never which rows exist.

A fault is drawn for each request by its rate, from a chance that depends on the seed, the request and how often it
came: so a run repeats, however requests overtake each other. A fault after which the client must ask again hits the
same request three times in a row at the most, then an answer gets through.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from harvester.sandbox.draws import random_of

MOST_IN_A_ROW = 3
RATE = 0.1
"""How often a fault hits where nobody says how often."""
RATE_OF_ALL = 0.02
"""The same where all are switched on: together they hit about one request in four."""

_VIDEOS, _COMMENTS = frozenset({"video/query"}), frozenset({"comment/list"})
_BY_CURSOR = _VIDEOS | _COMMENTS
_BY_SEARCH = frozenset({"commercial_content/query", "ad/query"})
_ADS = frozenset({"ad/query", "ad/detail"})
_TOKEN = frozenset({"token"})
_LISTS = _BY_CURSOR | _BY_SEARCH
_QUERIES = _LISTS | {"user/info", "ad/detail"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that may go wrong at some endpoints."""

    name: str
    help: str
    at: frozenset[str]
    in_a_row: int = 0
    """How often it hits the same request in a row; 0 where the answer can be used and nothing need be asked again."""
    needs: str = ""
    """What else a request must have: a `search_id`, a `later` page or the `first` one, a token `in_use`."""


FAULTS = (
    Fault("token_unavailable", "No token: 503 with server_error.", _TOKEN, 3),
    Fault("token_error_in_ok", "No token: 200 with temporarily_unavailable.", _TOKEN, 3),
    Fault("token_expired", "401 access_token_invalid before the token's time.", _QUERIES, 1, "in_use"),
    Fault("search_id_expired", "400 Search Id … is invalid or expired, for one just given.", _LISTS, 2, "search_id"),
    Fault("bad_cursor", "400 Invalid count or cursor, for a good one.", _BY_CURSOR, 3, "later"),
    Fault("not_ready", "The first page of a query is 500 internal_error.", _VIDEOS, 3, "first"),
    Fault("internal_error", "500 internal_error; it counts as a request.", _QUERIES, 3),
    Fault("error_in_ok", "200 with another code than ok.", _QUERIES, 3),
    Fault("rate_limit", "429 rate_limit_exceeded without Retry-After.", _QUERIES, 3),
    Fault("rate_limit_retry_after", "429 rate_limit_exceeded with Retry-After.", _QUERIES, 3),
    Fault("gateway_html", "504 with a page of HTML.", _QUERIES, 3),
    Fault("closed", "The connection is closed without an answer.", _QUERIES, 3),
    Fault("hanging", "No answer for some seconds, then the connection is closed.", _QUERIES, 3),
    Fault("truncated_json", "200 whose JSON ends in the middle; its rows count as served.", _QUERIES, 3),
    Fault("torn_body", "200 whose connection is closed in the middle; its rows count as served.", _QUERIES, 3),
    Fault("missing_cursor", "There is more, and no cursor says where.", _BY_CURSOR, 3),
    Fault("missing_search_id", "There is more, and no search_id says where.", _BY_SEARCH, 3),
    Fault("slow", "The answer comes in pieces.", _QUERIES),
    Fault("short_page", "Fewer rows than asked for, and a cursor that counts them.", _LISTS),
    Fault("gap", "27 rows, or fewer, and a cursor that counts what was asked for.", _BY_CURSOR),
    Fault("empty_page", "No rows, and more to come.", _LISTS),
    Fault("missing_list", "Where there are no rows there is no list either.", _BY_CURSOR),
    Fault("duplicate_rows", "Rows of the page before once more.", _LISTS),
    Fault("shuffled_rows", "The rows of a page in any order.", _LISTS),
    Fault("search_id_changes", "Another search_id than before.", _VIDEOS),
    Fault("video_id_key", "The id of a video is called video_id.", _VIDEOS),
    Fault("has_more_as_text", 'has_more is the text "true".', _LISTS),
    Fault("misspelt_keys", "buisness_id, paid_by, unique_user_seen.", _ADS),
    Fault("dates_as_numbers", "Dates of ads are numbers.", _ADS),
    Fault("strange_text", "NUL and emoji in names and texts, always the same ones.", _BY_CURSOR | {"user/info"}),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
STRANGE = "strange_text"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What hits one request: one fault after which it must be repeated, or None, and those that bend the answer."""

    strike: str | None
    bends: frozenset[str]
    chance: Random


class Faults:
    """The faults that are switched on, with their rates from 0 to 1."""

    def __init__(self, seed: int, rates: Mapping[str, float]) -> None:
        self._seed = seed
        self._first = checked(rates)
        self.rates = dict(self._first)
        self._visits: Counter[str] = Counter()
        self._struck: dict[str, Counter[str]] = {}

    def switch(self, rates: Mapping[str, float]) -> None:
        """Set some rates; 0 switches a fault off, `all` stands for each. Raises ValueError where one is unknown."""
        self.rates |= checked(rates)

    def reset(self) -> None:
        """Back to what was on in the beginning, and no request was hit before."""
        self.rates = dict(self._first)
        self._visits.clear()
        self._struck.clear()

    def draw(self, endpoint: str, key: str, having: frozenset[str]) -> Drawn:
        """What hits this request, which came with `search_id`, `first`, `later`, `in_use`."""
        self._visits[key] += 1
        chance = random_of(self._seed, key, self._visits[key])
        hits = [
            fault
            for fault in FAULTS
            if endpoint in fault.at
            and (not fault.needs or fault.needs in having)
            and (rate := self.rates.get(fault.name, 0.0))
            and chance.random() < rate
        ]
        before = self._struck.get(key, Counter())
        strikes = [fault.name for fault in hits if fault.in_a_row > before[fault.name]]
        bends = frozenset(fault.name for fault in hits if fault.in_a_row == 0)
        if not strikes or before.total() >= MOST_IN_A_ROW:
            self._struck.pop(key, None)
            return Drawn(None, bends, chance)
        strike = chance.choice(strikes)
        self.struck(key, strike)
        return Drawn(strike, bends, chance)

    def struck(self, key: str, name: str) -> None:
        """Note that a request must be repeated for this reason."""
        self._struck.setdefault(key, Counter())[name] += 1


def checked(rates: Mapping[str, float]) -> dict[str, float]:
    """The rates of each fault by its name. Raises ValueError for an unknown name or no number from 0 to 1."""
    given: dict[str, float] = {}
    for name, rate in rates.items():
        if name != "all" and name not in BY_NAME:
            raise ValueError(f"There is no fault {name[:60]}; `harvester sandbox --list-faults` names them.")
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ValueError(f"The rate of {name} must be from 0 to 1.")
        given |= dict.fromkeys(BY_NAME, float(rate)) if name == "all" else {name: float(rate)}
    return given
