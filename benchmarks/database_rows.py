"""Rows in the amount and shape of a year's collecting, straight into the tables by COPY.

Who says what under which video follows Zipf's law: a few videos have a great part of the comments, a few domains a
great part of the mentions, a few words a great part of the text. The rows are the same for the same amount, but for
the year, which ends now. Triggers are off meanwhile; what they keep is counted at the end.
"""

from __future__ import annotations

import json
import tempfile
import time
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import IO, Any, LiteralString

import psycopg
from psycopg import sql

YEAR = 365 * 86_400
VIDEO_LIFE = 10 * 86_400
"""Seconds after its discovery in which the greater part of a video's comments come in, on average."""
SYLLABLES = "ba be bi bo ka ke ki ko la le li lo ma me mi mo na ne ni no ra re ri ro sa se si so ta te ti to".split()
TLDS = ("com", "com", "com", "net", "org", "shop", "xyz", "info", "top", "site")
TABLES = ("video", "comment", "domain", "domain_mention")
Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Amount:
    """How many rows of each kind, in the proportions of the largest."""

    comments: int = 8_000_000

    @property
    def videos(self) -> int:
        return self.comments // 16

    @property
    def domains(self) -> int:
        return self.comments // 40

    @property
    def mentions(self) -> int:
        return self.comments // 8


class Rows:
    """The rows of a year as lines for COPY."""

    def __init__(self, amount: Amount, now: datetime) -> None:
        self.amount = amount
        self._chance = Random(7)
        self._began = int(now.timestamp()) - YEAR
        midnight = datetime.fromtimestamp(self._began - self._began % 86_400, UTC)
        self._dates = [f"{midnight + timedelta(days=day):%Y-%m-%d}" for day in range(367)]
        self._clock = [f"{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}+00" for n in range(86_400)]
        self._offset = self._began % 86_400
        starts = sorted(self._chance.randrange(YEAR) for _ in range(amount.videos))
        self._starts = array("l", starts)
        self._domains = [self._domain_name(number) for number in range(amount.domains)]
        self._seen: list[list[int]] = [[0, YEAR, 0] for _ in range(amount.domains)]

    def videos(self) -> Iterator[str]:
        """Columns: id, video_id, username, caption, video_url, view_count, is_promoted, the three times."""
        for number, start in enumerate(self._starts):
            moment = self._moment(start)
            name = f"maker{self._chance.randrange(90_000)}"
            yield (
                f"{self._key(start, number, 1)}\t{_video_id(number)}\t{name}\tcaption {number}\t"
                f"https://www.tiktok.com/@{name}/video/{_video_id(number)}\t{self._chance.randrange(1_000_000)}\t"
                f"{'t' if number % 7 == 0 else 'f'}\t{moment}\t{moment}\t{moment}\n"
            )

    def comments(self, mentions: IO[str]) -> Iterator[str]:
        """Columns: id, video_id, comment_id, username, text, like_count, posted_at, the two times, version.

        The lines of their mentions go to a file meanwhile.
        """
        phrases, drawn = self._phrases(), self._chance
        named = self._named_domains()
        place = 0
        for number, (second, video) in enumerate(self._moments()):
            key, moment = self._key(second, number, 2), self._moment(second)
            video_key = self._key(self._starts[video], video, 1)
            text = phrases[int(drawn.random() * len(phrases))]
            author = f"user{int(drawn.random() ** 2 * 900_000)}"
            if number % 8 == 0 and place < len(named):
                domain = named[place]
                place += 1
                mentions.write(f"{author}\t{self._mention(place, second, domain, key, video_key, text)}")
                text = f"{text} {self._domains[domain]}"
            yield (
                f"{key}\t{video_key}\t{7_400_000_000_000_000_000 + number}\t{author}\t"
                f"{text}\t{number % 50}\t{moment}\t{moment}\t{moment}\t1\n"
            )

    def domains(self) -> Iterator[str]:
        """Columns: id, domain_name, unicode_name, tld, public_suffix, registrable_domain, and the counters."""
        for number, (name, (count, first, last)) in enumerate(zip(self._domains, self._seen, strict=True)):
            tld = name.rpartition(".")[2]
            times = f"{self._moment(first)}\t{self._moment(last)}" if count else "\\N\t\\N"
            yield f"{self._key(first, number, 3)}\t{name}\t{name}\t{tld}\t{tld}\t{name}\t{count}\t{times}\n"

    def _mention(self, number: int, second: int, domain: int, comment: str, video: str, before: str) -> str:
        name, start, seen = self._domains[domain], len(before) + 1, self._seen[domain]
        seen[0] += 1
        seen[1] = min(seen[1], second)
        seen[2] = max(seen[2], second)
        span = {"text": name, "start": start, "end": start + len(name), "confidence": 0.9, "method": "bare"}
        # The domain's key has the time of its first mention, which is the one that comes first here.
        return (
            f"{self._key(second, number, 4)}\t{self._key(seen[1], domain, 3)}\t{comment}\t{video}\t{name}\t{start}\t"
            f"{start + len(name)}\t{before[-60:]} {name}\t{json.dumps([span])}\t0.9\tbare\t1\t{self._moment(second)}\n"
        )

    def _moments(self) -> Iterator[tuple[int, int]]:
        """Second and video of each comment, in the order of time."""
        count, chance = self.amount.videos, self._chance
        by_rank = list(range(count))
        chance.shuffle(by_rank)
        packed = array("l")
        for _ in range(0, self.amount.comments, 100_000):
            for rank in chance.choices(range(count), cum_weights=_zipf(count), k=100_000):
                video = by_rank[rank]
                start = self._starts[video]
                second = start + int(chance.expovariate(1 / VIDEO_LIFE))
                if second >= YEAR:
                    second = start + int(chance.random() * (YEAR - start))
                packed.append(second << 20 | video)
        for each in sorted(packed[: self.amount.comments]):
            yield each >> 20, each & 0xFFFFF

    def _named_domains(self) -> list[int]:
        """The domain of each mention: every one once, and the others by Zipf's law."""
        count = self.amount.domains
        drawn = self._chance.choices(range(count), cum_weights=_zipf(count), k=self.amount.mentions - count)
        named = [*range(count), *drawn]
        self._chance.shuffle(named)
        return named

    def _phrases(self) -> list[str]:
        words = ["".join(self._chance.choices(SYLLABLES, k=2 + number % 3)) for number in range(50_000)]
        weights = _zipf(len(words))
        lengths = self._chance.choices(range(2, 16), k=300_000)
        return [" ".join(self._chance.choices(words, cum_weights=weights, k=length)) for length in lengths]

    def _domain_name(self, number: int) -> str:
        return "".join(self._chance.choices(SYLLABLES, k=4)) + f"{number}.{TLDS[number % len(TLDS)]}"

    def _moment(self, second: int) -> str:
        day, rest = divmod(second + self._offset, 86_400)
        return f"{self._dates[day]} {self._clock[rest]}"

    def _key(self, second: int, number: int, noun: int) -> str:
        """A key of version 7 whose random part is a number: others can be told it before the row is written."""
        milliseconds = (self._began + second) * 1000
        return f"{milliseconds:012x}7{number & 0xFFF:03x}8{noun:x}{number:014x}"


def load(connection: psycopg.Connection[Any], amount: Amount, report: Report) -> None:
    """Fill the empty tables; `report` is told each step and its seconds. The connection is a superuser's."""
    step = _Steps(report)
    connection.execute("set session_replication_role = replica")
    connection.execute("set maintenance_work_mem = '1GB'")
    indexes = _dropped_indexes(connection)
    rows = Rows(amount, datetime.now(UTC))
    step("rows drawn")
    times = "discovered_at, observed_at"
    videos = "id, video_id, username, caption, video_url, view_count, is_promoted"
    _copy(connection, f"video ({videos}, {times}, last_crawled_at)", rows.videos())
    step(f"{amount.videos:,} videos")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as mentions:
        comments = "id, video_id, comment_id, username, text, like_count, posted_at"
        _copy(connection, f"comment ({comments}, {times}, extractor_version)", rows.comments(mentions))
        step(f"{amount.comments:,} comments")
        domains = "id, domain_name, unicode_name, tld, public_suffix, registrable_domain, mention_count"
        _copy(connection, f"domain ({domains}, first_seen_at, last_seen_at)", rows.domains())
        step(f"{amount.domains:,} domains")
        mentions.seek(0)
        _copy(
            connection,
            "domain_mention (username, id, domain_id, comment_id, video_id, mention_text, position_start, position_end,"
            " context, occurrences, confidence_score, extraction_method, extractor_version, discovered_at)",
            mentions,
        )
        step(f"{amount.mentions:,} mentions")
    for index in indexes:
        connection.execute(index)  # type: ignore[arg-type]
        step(index.split(" USING ")[0].removeprefix("CREATE INDEX "))
    # What the triggers keep: videos and commenters of each domain, rows of each day.
    connection.execute("set session_replication_role = origin")
    connection.execute("update public.domain set video_count = null, commenter_count = null")
    connection.execute("analyze")
    while _number(connection, "select private.count_domains(5000)"):
        pass
    step("videos and commenters counted")
    _number(connection, "select private.settle_days()")
    step("days counted")
    connection.execute("select private.renew_trends(anew => true)")
    connection.commit()
    step("trends counted")


def _number(connection: psycopg.Connection[Any], statement: LiteralString) -> int:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


class _Steps:
    """Tells how long each step took."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._began = time.perf_counter()

    def __call__(self, name: str) -> None:
        now = time.perf_counter()
        self._report(name, now - self._began)
        self._began = now


def _dropped_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Drop the indexes that no constraint needs, and say how they are built: at the end that is quicker."""
    found = connection.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i"
        " where i.indrelid = any (%s::regclass[])"
        " and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by i.indexrelid",
        [[f"public.{table}" for table in TABLES]],
    ).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(*name.split("."))))
    return [definition for _, definition in found]


def _copy(connection: psycopg.Connection[Any], target: str, lines: Iterable[str]) -> None:
    """COPY the lines, some thousands at a time."""
    remaining = iter(lines)
    with connection.cursor().copy(f"copy public.{target} from stdin") as copy:  # type: ignore[arg-type]
        while block := "".join(islice(remaining, 5000)):
            copy.write(block)


def _video_id(number: int) -> int:
    return 7_300_000_000_000_000_000 + number


def _zipf(count: int) -> list[float]:
    known = _WEIGHTS.get(count)
    if known is None:
        known = _WEIGHTS[count] = list(accumulate(1 / rank for rank in range(1, count + 1)))
    return known


_WEIGHTS: dict[int, list[float]] = {}
