"""How a day's requests are given away: to what brought domains before, with a share for what nobody has tried.

A request is the unit of cost. What a video or a discovery is worth is the mentions it brought for each request it
took; where little is known the estimate leans on what is known around it: a video on its discovery, a discovery on
all of them. So a discovery that brings nothing fades, and a new video of a good one comes before an old dull one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

PAGE = 100
"""Records of one answer at the most."""
LISTED = 1000
"""Comments that the API lists of a video; its documentation no longer says so, and most clients still count on it."""
UNEXPLORED_SHARE = 0.2
"""Of the requests for harvests: for videos that were never harvested, however little is expected of them."""
DISCOVERY_SHARE = 0.3
"""Of the requests that are left: what all discoveries together may take of them at a time."""
FEWEST_A_DISCOVERY = 2
"""Requests that each due discovery gets, so that one that never brought a thing is still tried now and then."""
BEGUN_WORTH = 2.0
"""What going on with a list is worth, against beginning one: a half-read one helps nobody."""
THREAD_WORTH = 0.2
"""What a request for replies brings, against one for comments."""
SOONEST = timedelta(hours=1)
LATEST = timedelta(days=14)
"""TikTok's terms want what is kept looked at again every fifteen days."""
WORTH_COMING = 50
"""New comments that are worth the next visit: half a page."""
_WEIGHT = 4.0
"""Requests after which what a thing brought itself counts as much as what is known around it."""


@dataclass(frozen=True, slots=True)
class Yield:
    """What something brought, and what that took."""

    request_count: int = 0
    mention_count: int = 0

    def worth(self, around: float) -> float:
        """Mentions to be expected of the next request, where `around` is what is known of others like it.

        >>> Yield(0, 0).worth(0.5), Yield(4, 4).worth(0.0)
        (0.5, 0.5)
        """
        return (self.mention_count + _WEIGHT * around) / (self.request_count + _WEIGHT)


@dataclass(frozen=True, slots=True)
class Due:
    """One video that is due to be harvested."""

    video_id: str
    discovery: str | None
    brought: Yield = Yield()
    comment_count: int | None = None
    """Comments that TikTok says it has."""
    is_begun: bool = False
    """Whether its comments are read in part."""
    threads: int = 0
    """Comments whose replies are still to be read, once its own comments are."""
    is_promoted: bool = False

    @property
    def cost(self) -> int:
        """Requests that it may take at a time, at least one; a list longer than it should be is gone on with later.

        >>> Due("1", None, comment_count=250).cost, Due("1", None).cost, Due("1", None, comment_count=90_000).cost
        (3, 1, 10)
        """
        if self.threads:
            return self.threads
        return max(1, -(-min(self.comment_count or 0, LISTED) // PAGE))


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many requests for one video or discovery, the most promising first."""

    key: str
    requests: int


def overall(yields: Iterable[Yield]) -> float:
    """Mentions a request of all together, never quite nothing: what has brought none yet may bring some.

    >>> overall([Yield(10, 5), Yield(10, 15)])
    1.0
    """
    requests = mentions = 0
    for each in yields:
        requests += each.request_count
        mentions += each.mention_count
    return max(0.01, mentions / requests) if requests else 0.1


def allow_discoveries(due: Mapping[str, Yield], known: Mapping[str, Yield], remaining: int) -> list[Allowance]:
    """Requests for each due discovery, in proportion to its worth; `known` are the yields of all of them.

    >>> allow_discoveries({"good": Yield(10, 30), "dull": Yield(10, 0)}, {}, 100)
    [Allowance(key='good', requests=26), Allowance(key='dull', requests=4)]
    """
    around = overall((known or due).values())
    worth = {key: each.worth(around) for key, each in due.items()}
    share, total = int(remaining * DISCOVERY_SHARE), sum(worth.values())
    allowed = []
    for key in sorted(worth, key=lambda key: (-worth[key], key)):
        requests = min(remaining, max(FEWEST_A_DISCOVERY, round(share * worth[key] / total)))
        if requests:
            allowed.append(Allowance(key, requests))
            remaining -= requests
    return allowed


def choose(due: Sequence[Due], discoveries: Mapping[str, Yield], remaining: int, places: int) -> list[Allowance]:
    """The videos to harvest with the requests that remain, so many at the most: by worth, the unexplored with a share.

    A request for the replies to one comment brings a few where one for a list of comments brings a hundred, so those
    come later. Where there are requests and places enough every due video is chosen, all the same in order of promise.
    """
    around = overall(discoveries.values())
    worth = {each.video_id: _worth(each, discoveries, around) for each in due}
    ranked = sorted(due, key=lambda each: (-worth[each.video_id], each.video_id))
    unexplored = [each for each in ranked if not each.brought.request_count]
    allowed: dict[str, int] = {}
    _afford(allowed, unexplored, int(remaining * UNEXPLORED_SHARE), math.ceil(places * UNEXPLORED_SHARE))
    _afford(allowed, ranked, remaining - sum(allowed.values()), places)
    return [Allowance(each.video_id, allowed[each.video_id]) for each in ranked if each.video_id in allowed]


def next_visit(new: int, since: timedelta | None, posted: timedelta | None, quiet: int) -> timedelta:
    """How long a harvested video may wait: until so many new comments are to be expected that a visit pays.

    `new` comments came in the time `since` the harvest before (None: it was the first); the video was posted so long
    ago; so many harvests in a row were `quiet`.

    >>> next_visit(new=200, since=timedelta(hours=4), posted=None, quiet=0)
    datetime.timedelta(seconds=3600)
    >>> next_visit(new=0, since=timedelta(days=1), posted=timedelta(days=40), quiet=2)
    datetime.timedelta(days=4)
    """
    if since is None:
        # At first all comments since the posting are new.
        since = posted or timedelta(days=1)
    if new:
        wait = since * (WORTH_COMING / new)
    else:
        wait = max(SOONEST, since) * 2 ** min(quiet, 8)
        wait = max(min(wait, since * 4), SOONEST)
    return min(max(wait, SOONEST), LATEST)


def _worth(due: Due, discoveries: Mapping[str, Yield], around: float) -> float:
    share = THREAD_WORTH if due.threads else BEGUN_WORTH if due.is_begun else 1.0
    known = discoveries.get(due.discovery or "")
    of_its_kind = known.worth(around) if known is not None else around
    # Where somebody paid for the video to be seen, those who push addresses are not far.
    return share * due.brought.worth(of_its_kind * (1.5 if due.is_promoted else 1.0))


def _afford(allowed: dict[str, int], ranked: Iterable[Due], requests: int, places: int) -> None:
    """Give each in their order what it still lacks, until nothing is left; the last one may get a part of it.

    No more than so many get anything in all.
    """
    for each in ranked:
        before = allowed.get(each.video_id, 0)
        given = min(each.cost - before, requests)
        if given > 0 and (before or len(allowed) < places):
            allowed[each.video_id] = before + given
            requests -= given
