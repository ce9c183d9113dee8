"""Plans what is asked next: looks at what is due and what is left of the day, and puts jobs into the queue.

One process plans at a time, in one transaction; what is open in the queue is counted as spent already, and what was
given up there stays out of it until somebody replays it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import structlog
from procrastinate import App
from procrastinate.jobs import Job

from harvester.jobs.desk import Desk
from harvester.jobs.harvesting import Place
from harvester.jobs.looking_up import RECOUNTED_AT_ONCE, posted_on
from harvester.jobs.planning import PAGE, Due, Yield, allow_discoveries, choose
from harvester.sources.api.gate import Api
from harvester.store.attempts import attempted
from harvester.store.database import WORKER, Connection
from harvester.store.discovery import DiscoveryRow, discovery_yields, due_discoveries
from harvester.store.harvest import HarvestRow
from harvester.store.pause import pause_state
from harvester.store.plan import (
    APIS,
    OpenJob,
    ads_to_look_up,
    creators_to_look_up,
    open_jobs,
    plan_alone,
    promising_harvests,
)
from harvester.store.quota import remaining

_log = structlog.get_logger()
HARVESTS_AT_ONCE = 200
"""Videos that wait in the queue at the most: the rest is weighed anew by what these bring."""
CREATOR_SHARE = 0.05
"""Of the requests that are left: for profiles of creators under whose videos domains were named."""
ADS_AT_ONCE = 50
AD_SHARE = 0.5
"""Of the requests that are left: the rest is for discoveries that come due later in the day."""
RECOUNT_AFTER = timedelta(days=10)
"""TikTok's counts are up to ten days old: those of a younger video say nothing."""
QUEUE = "collection"
DISCOVER, HARVEST, RECOUNT, CREATOR, AD = "discover", "harvest", "recount", "look_up_creator", "look_up_ad"
"""The tasks; what each is about is its lock: `harvest:7385291383449439519`."""
_WINDOW = timedelta(days=23)
"""Between the first and last video of a query: with the days on either side it takes no more than thirty."""
_API: Mapping[str, Api] = {"research_videos": "research", "commercial_contents": "commercial", "ads": "commercial"}


@dataclass(frozen=True, slots=True)
class Planned:
    """How many jobs of each kind were put into the queue."""

    discoveries: int = 0
    harvests: int = 0
    recounts: int = 0
    creators: int = 0
    ads: int = 0

    def __bool__(self) -> bool:
        return any((self.discoveries, self.harvests, self.recounts, self.creators, self.ads))


async def plan(app: App, desk: Desk) -> Planned:
    """Put what is due into the queue, as far as the day's requests reach; nothing while the APIs are out."""
    if desk.outage.is_on:
        return Planned()
    planned = await attempted(lambda: _planned(app, desk), "Nothing could be planned")
    if planned:
        _log.info("planned", **{name: getattr(planned, name) for name in Planned.__slots__})
    return planned


async def _planned(app: App, desk: Desk) -> Planned:
    async with desk.database.transaction(WORKER) as connection:
        if not await plan_alone(connection) or (await pause_state(connection)).is_paused:
            return Planned()
        made = await _Plan.of(connection, desk)
        planned = await made.made() if made.has_requests else Planned()
        if made.jobs:
            await app.job_manager.batch_defer_jobs_async(made.jobs, connection=connection)
    return planned


class _Plan:
    """One plan in the making."""

    def __init__(self, connection: Connection, left: dict[Api, int], open_: Sequence[OpenJob]) -> None:
        self._connection = connection
        self._left = left
        """Requests of each API that nothing was planned for."""
        self._open = {each.lock for each in open_}
        self._waiting = Counter(each.task for each in open_ if each.is_alive)
        self.jobs: list[Job] = []

    @classmethod
    async def of(cls, connection: Connection, desk: Desk) -> _Plan:
        """A plan with what is left of the day, and what is in the queue."""
        open_ = await open_jobs(connection)
        left: dict[Api, int] = {}
        for api in APIS:
            if api in desk.refused:
                left[api] = 0
                continue
            day = await remaining(connection, api, desk.limits)
            # Where fewer records are left than fill the requests, those are what counts.
            requests = min(day.requests, -(-day.records // PAGE))
            promised = sum(each.requests for each in open_ if each.api == api and each.is_alive)
            left[api] = max(0, requests - promised)
        return cls(connection, left, open_)

    @property
    def has_requests(self) -> bool:
        """Whether there is anything to give away."""
        return any(self._left.values())

    async def made(self) -> Planned:
        """Choose the jobs, the most pressing first: each kind leaves requests to the next."""
        yields = {
            each.name: Yield(each.request_count, each.mention_count)
            for each in await discovery_yields(self._connection)
        }
        discoveries = self._discoveries(await due_discoveries(self._connection), yields)
        profiles = int(self._left["research"] * CREATOR_SHARE)
        creators = self._looked_up("research", CREATOR, await creators_to_look_up(self._connection, profiles))
        due = await promising_harvests(self._connection)
        recounts = self._recounts([each.video_id for each in due if _is_to_be_recounted(each)])
        harvests = self._harvests([each for each in due if not _is_to_be_recounted(each)], yields)
        most_ads = min(ADS_AT_ONCE - self._waiting[AD], int(self._left["commercial"] * AD_SHARE))
        ads = self._looked_up("commercial", AD, await ads_to_look_up(self._connection, max(0, most_ads)))
        return Planned(discoveries, harvests, recounts, creators, ads)

    def _discoveries(self, due: Sequence[DiscoveryRow], yields: Mapping[str, Yield]) -> int:
        planned = 0
        for api in APIS:
            ours = [each.name for each in due if _API[each.source] == api and not self._is_open(DISCOVER, each.name)]
            allowed = allow_discoveries({name: yields.get(name, Yield()) for name in ours}, yields, self._left[api])
            for each in allowed:
                self._add(api, DISCOVER, each.key, each.requests, name=each.key)
            planned += len(allowed)
        return planned

    def _harvests(self, due: Sequence[HarvestRow], yields: Mapping[str, Yield]) -> int:
        places = max(0, HARVESTS_AT_ONCE - self._waiting[HARVEST])
        chosen = choose([_due(each) for each in due], yields, self._left["research"], places)
        for each in chosen:
            self._add("research", HARVEST, each.key, each.requests, video_id=each.key)
        return len(chosen)

    def _recounts(self, video_ids: Iterable[str]) -> int:
        """One job for up to a hundred videos whose days fit into one query."""
        planned = 0
        for group in _months(sorted(video_ids)):
            if not self._left["research"]:
                break
            if not self._is_open(RECOUNT, group[0]):
                self._add("research", RECOUNT, group[0], 1, video_ids=group)
                planned += 1
        return planned

    def _looked_up(self, api: Api, task: str, names: Sequence[str]) -> int:
        argument = {CREATOR: "username", AD: "ad_id"}[task]
        wanted = [name for name in names if not self._is_open(task, name)][: self._left[api]]
        for name in wanted:
            self._add(api, task, name, 1, **{argument: name})
        return len(wanted)

    def _is_open(self, task: str, key: str) -> bool:
        return f"{task}:{key}" in self._open

    def _add(self, api: Api, task: str, key: str, requests: int, **about: Any) -> None:
        lock = f"{task}:{key}"
        args = {**about, "requests": requests, "api": api}
        self.jobs.append(Job(id=None, queue=QUEUE, task_name=task, lock=lock, queueing_lock=lock, task_kwargs=args))
        self._left[api] -= requests


def _due(row: HarvestRow) -> Due:
    place = msgspec.convert(row.cursor, Place) if row.cursor is not None else None
    return Due(
        row.video_id,
        row.discovery,
        Yield(row.request_count, row.mention_count),
        row.listed_count,
        is_begun=place is not None and place.cursor is not None,
        threads=len(place.threads) if place is not None and place.cursor is None else 0,
        is_promoted=row.is_promoted,
    )


def _is_to_be_recounted(harvest: HarvestRow) -> bool:
    """Whether a query for many can tell if this one is worth a visit: it was read to its end, and is not young."""
    if harvest.cursor is not None or not harvest.harvest_count:
        return False
    if harvest.since_posted is None or harvest.since_posted < RECOUNT_AFTER:
        return False
    return harvest.recounted_at is None or harvest.recounted_at < (harvest.last_harvested_at or harvest.recounted_at)


def _months(video_ids: Sequence[str]) -> Iterable[list[str]]:
    """Groups of rising ids that one query takes: a hundred at the most, of days that fit into its window."""
    group: list[str] = []
    for each in video_ids:
        if group and (len(group) == RECOUNTED_AT_ONCE or posted_on(each) - posted_on(group[0]) > _WINDOW):
            yield group
            group = []
        group.append(each)
    if group:
        yield group
