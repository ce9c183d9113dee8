"""How fast a file of comments is imported, as a user does it, and in how much memory.

The file holds comments as TikTok's web page gives them, one JSON object a line, in the proportions of real streams:
about one in twenty names a domain. Goals: at least 0.7 of the speed of a bare COPY of the same rows into comment and
domain_mention, with the same indexes, triggers and settings, in the same run; 100,000 comments in less than 6 s, the
start of the program included; the same file again, or the same comments in another file, at least 3 times faster;
memory that does not grow with the file.

    python benchmarks/bench_import.py             # a million comments
    python benchmarks/bench_import.py 300000      # fewer
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from harvester.model import Comment
from harvester.sandbox import generate
from harvester.store.embedded import EmbeddedServer
from harvester.store.migrations import migrate

ANCHOR = datetime(2026, 11, 1, tzinfo=UTC)
NATURAL = {True: 0.12, False: 0.03}
"""The share of comments that name a domain, under promoted videos and under the others; the demonstration has more."""
FEW = 100_000
GOALS = {"ratio": 0.7, "seconds": 6.0, "again": 3.0}


def write_file(path: Path, comments: int, seed: int = generate.SEED) -> None:
    """Comments in the shape of `/api/comment/list/`; another seed gives others."""
    generate.LURED.update(NATURAL)
    scale = generate.Scale(videos=max(1, comments // 200), comments=comments)
    with path.open("w", encoding="utf-8") as file:
        for record in generate.generate(scale, ANCHOR, seed):
            if isinstance(record, Comment):
                file.write(json.dumps(web_form(record), ensure_ascii=False, separators=(",", ":")) + "\n")


def write_spaced(path: Path, other: Path) -> None:
    """The same comments in another file, line by line."""
    with path.open(encoding="utf-8") as lines, other.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(json.loads(line), ensure_ascii=False) + "\n" for line in lines)


def web_form(comment: Comment) -> dict[str, Any]:
    """The comment with every field that TikTok's web page has for one."""
    assert comment.posted_at is not None, "invented comments are dated"
    user = {
        "uid": "6800539606575282224", "unique_id": comment.username, "nickname": comment.username,
        "sec_uid": "MS4wLjABAAAAinvented", "avatar_thumb": {"uri": "tos-invented", "url_list": []},
    }  # fmt: skip
    share = {
        "acl": {"code": 0, "extra": "{}"}, "desc": f"{comment.username}'s comment: {comment.text}",
        "title": "an invented video", "url": f"https://m.tiktok.com/v/{comment.video_id}.html",
    }  # fmt: skip
    return {
        "author_pin": False, "aweme_id": comment.video_id, "cid": comment.comment_id, "collect_stat": 0,
        "comment_language": "en", "create_time": int(comment.posted_at.timestamp()),
        "digg_count": comment.like_count, "forbid_reply_with_video": False, "image_list": None,
        "is_author_digged": False, "label_list": None, "no_show": False, "reply_comment": None,
        "reply_comment_total": comment.reply_count, "reply_id": comment.parent_ref or "0",
        "reply_to_reply_id": "0", "share_info": share, "status": 1, "stick_position": 0, "text": comment.text,
        "text_extra": [], "trans_btn_style": 0, "user": user, "user_buried": False, "user_digged": 0,
    }  # fmt: skip


def imported(file: Path, conninfo: str, *options: str) -> tuple[float, float, dict[str, Any]]:
    """Run `harvester import`; its seconds, the most memory of all its processes in MB, and its report."""
    environment = {**os.environ, "HARVESTER_DATABASE_URL": conninfo}
    words = [sys.executable, "-m", "harvester", "import", "--json", *options, str(file)]
    memory = 0.0
    began = time.perf_counter()
    with tempfile.TemporaryFile() as answer:
        child = psutil.Popen(words, stdout=answer, env=environment)
        while child.poll() is None:
            memory = max(memory, memory_of(child))
            with contextlib.suppress(psutil.TimeoutExpired):
                child.wait(0.5)
        seconds = time.perf_counter() - began
        answer.seek(0)
        (report,) = json.load(answer)
    return seconds, memory, report


def memory_of(process: psutil.Process) -> float:
    """Resident memory of a process and those that it started, in MB; what they share is counted once a process."""
    whole = 0
    with contextlib.suppress(psutil.Error):
        for each in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                whole += each.memory_info().rss
    return whole / 1e6


def dumped(conninfo: str, folder: Path) -> None:
    """The rows that the import made, in the form that COPY reads."""
    with psycopg.connect(conninfo) as connection:
        for table in ("video", "domain", "comment", "domain_mention"):
            with (folder / table).open("wb") as file, connection.cursor().copy(f"copy {table} to stdout") as copy:
                file.writelines(copy)


def copied(connection: psycopg.Connection[Any], folder: Path, tables: tuple[str, ...]) -> float:
    """Seconds for a bare COPY of the rows of these tables."""
    began = time.perf_counter()
    for table in tables:
        with connection.cursor().copy(f"copy {table} from stdin") as copy:
            for block in _blocks(folder / table):
                copy.write(block)
    connection.commit()
    return time.perf_counter() - began


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


async def empty(server: EmbeddedServer, name: str) -> str:
    """The address of a new database with the schema."""
    server.ensure_database(name)
    async for _ in migrate(server.conninfo(name)):
        pass
    return server.conninfo(name)


def verdict(figure: float, goal: float, *, at_most: bool = False) -> str:
    """How a figure stands to its goal."""
    met = figure <= goal if at_most else figure >= goal
    return f"{'at most' if at_most else 'at least'} {goal:g}: {'met' if met else 'MISSED'}"


async def main(comments: int) -> None:
    """Measure, and print figures with their baseline."""
    with tempfile.TemporaryDirectory() as name, EmbeddedServer(Path(name, "home")).running() as server:
        folder = Path(name)
        file, other, few = folder / "comments.ndjson", folder / "spaced.ndjson", folder / "few.ndjson"
        write_file(file, comments)
        write_spaced(file, other)
        write_file(few, FEW)
        print(f"{comments:,} comments, {file.stat().st_size / 1e6:,.0f} MB of JSON lines")

        conninfo = await empty(server, "whole")
        seconds, memory, report = imported(file, conninfo)
        again, _, repeated = imported(file, conninfo)
        known, _, read = imported(other, conninfo)
        dumped(conninfo, folder)
        with psycopg.connect(await empty(server, "bare")) as connection:
            copied(connection, folder, ("video", "domain"))
            bare = copied(connection, folder, ("comment", "domain_mention"))
        few_seconds, few_memory, _ = imported(few, await empty(server, "few"))
        assert report["stored"] == repeated["duplicate"] == read["duplicate"] == comments, "all are new, then known"

        rate, bare_rate = comments / seconds, comments / bare
        print(f"import            {seconds:8.1f} s {rate:10,.0f} rows/s  {report['mention_count']:,} mentions")
        print(f"bare COPY         {bare:8.1f} s {bare_rate:10,.0f} rows/s  baseline")
        print(f"ratio             {rate / bare_rate:8.2f}   {verdict(rate / bare_rate, GOALS['ratio'])}")
        faster = seconds / again
        print(f"the same again    {again:8.1f} s {faster:10.1f} times  {verdict(faster, GOALS['again'])}")
        faster = seconds / known
        print(f"in another file   {known:8.1f} s {faster:10.1f} times  {verdict(faster, GOALS['again'])}")
        print(f"{FEW:,} comments  {few_seconds:8.1f} s   {verdict(few_seconds, GOALS['seconds'], at_most=True)}")
        print(f"memory            {memory:8.0f} MB; {few_memory:.0f} MB for {FEW:,} comments")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
