"""How fast each page is read, against its goal, a smaller database, plain aggregates, and the tables' owner."""

from __future__ import annotations

import statistics
import time

import psycopg
from benchmarks.database_questions import Ask, Question, questions
from benchmarks.database_report import Report, number, verdict
from psycopg.rows import dict_row

from harvester.store.database import ANALYST, Connection, Database

RUNS = 40
MOST_MS = 10_000
GROWTH_FACTOR, GROWTH_MS = 1.5, 2.0
WITHOUT_RLS = 1.10
SHORT_MS, SESSIONS = 30.0, 9
"""Below so many milliseconds the cost of row level security is measured in so many pairs of sessions."""
HEADS = ("question", "goal", "p95", "median", "small", "plain", "ratio", "RLS", "verdict")


async def measure_pages(large: str, small: str, report: Report, *, only: str = "", with_plain: bool = True) -> None:
    """Every question whose name holds `only`."""
    report.begin("pages", "milliseconds", HEADS)
    async with Database(large) as database, Database(small) as other:
        asked = await questions(database)
        little = {question.name: question for question in await questions(other)}
        for question in asked:
            if only not in question.name:
                continue
            async with database.transaction(ANALYST) as many, other.transaction(ANALYST) as few:
                taken, less = await by_turns((many, question.ask), (few, little[question.name].ask))
            before = statistics.median(less)
            plain = baseline(large, question) if with_plain else None
            middle, slow = statistics.median(taken), p95(taken)
            rls = await rls_ratio(large, question.ask, middle)
            goal = question.goal
            faults = {
                "slow": goal is not None and slow > goal,
                "grows": middle > max(before * GROWTH_FACTOR, before + GROWTH_MS),
                "RLS": rls > WITHOUT_RLS,
            }
            report.add(
                question.name, "" if goal is None else goal, slow, middle, before, "" if plain is None else plain,
                "" if plain is None else number(plain / middle), rls,
                "" if goal is None
                else verdict(not any(faults.values()), ", ".join(fault for fault, found in faults.items() if found)),
            )  # fmt: skip


async def by_turns(*asked: tuple[Connection, Ask]) -> list[list[float]]:
    """Milliseconds of each question, run by turns, so that all meet a machine that is as busy.

    Three of each are not counted; there are fewer runs where one takes seconds.
    """
    taken: list[list[float]] = [[] for _ in asked]
    while len(taken[0]) < RUNS + 3 and (len(taken[0]) < 5 or sum(taken[0]) < MOST_MS):
        turns = list(zip(asked, taken, strict=True))
        for (connection, ask), times in turns if len(taken[0]) % 2 else turns[::-1]:
            began = time.perf_counter()
            await ask(connection)
            times.append((time.perf_counter() - began) * 1000)
    return [times[3:] for times in taken]


def p95(taken: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def baseline(conninfo: str, question: Question) -> float | None:
    """Milliseconds of the plain aggregate, the better of two runs."""
    if question.plain is None:
        return None
    with psycopg.connect(conninfo, autocommit=True) as connection:
        taken = []
        for _ in range(2):
            began = time.perf_counter()
            connection.execute(question.plain).fetchall()
            taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


async def rls_ratio(conninfo: str, ask: Ask, usual: float) -> float:
    """What an analyst takes by what the owner takes right beside it, the median of all pairs.

    `usual` is about what one takes, in milliseconds: of a short one there are more pairs, and more pairs of sessions,
    since two that do the same differ by a tenth for as long as they live.
    """
    sessions = SESSIONS if usual < SHORT_MS else 1
    ratios: list[float] = []
    for _ in range(sessions):
        async with (
            Database(conninfo) as database,
            database.transaction(ANALYST) as analyst,
            await psycopg.AsyncConnection.connect(
                conninfo, autocommit=True, prepare_threshold=None, row_factory=dict_row
            ) as owner,
            owner.transaction(),
        ):
            mine, all_rows = await by_turns((analyst, ask), (owner, ask))
        ratios += (one / other for one, other in zip(mine, all_rows, strict=True))
    return statistics.median(ratios)
