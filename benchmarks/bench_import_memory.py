"""How much memory reading takes, and how fast it is, without a database: JSON lines, one JSON array, a CSV.

Goal: at most 300 MB, however large the file is: a second run of a tenth of the size must not take much less.
Usage: `python benchmarks/bench_import_memory.py [MEGABYTES]`, 1,000 where none are named; a process of its own
reads each file, so that each peak is its own.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import IO, Any

from harvester.model import Refused
from harvester.sources.base import Options
from harvester.sources.documents import Document, documents
from harvester.sources.reading import read

GOAL_MB = 300
MEGABYTE = 1_000_000
WORDS = ["look", "at", "win", "free", "brightpebble.com", "今すぐ", "здесь", "👋", "no", "really", "nice", "video"]


def comments() -> Iterator[dict[str, Any]]:
    """Comments in the shape of TikTok's web API, without end."""
    for number in count():
        text = " ".join(WORDS[(number * step) % len(WORDS)] for step in range(1, 4 + number % 20))
        yield {
            "cid": str(7591000000000000000 + number), "aweme_id": str(7580000000000000000 + number % 999),
            "text": text, "create_time": 1767225600 + number, "digg_count": number % 70, "reply_id": "0",
            "reply_comment_total": number % 3, "reply_comment": None, "comment_language": "en", "status": 1,
            "user": {"uid": str(6800000000000000000 + number), "unique_id": f"user{number % 5000}", "nickname": "n"},
        }  # fmt: skip


def write_lines(file: IO[str], size: int) -> None:
    """JSON lines."""
    for comment in comments():
        if file.write(json.dumps(comment, ensure_ascii=False) + "\n") and file.tell() > size:
            return


def write_array(file: IO[str], size: int) -> None:
    """One JSON array."""
    file.write("[")
    for number, comment in enumerate(comments()):
        file.write((", " if number else "") + json.dumps(comment))
        if file.tell() > size:
            break
    file.write("]\n")


def write_table(file: IO[str], size: int) -> None:
    """A CSV of Apify's columns, with texts of several lines among them."""
    table = csv.writer(file)
    table.writerow(["cid", "createTimeISO", "diggCount", "text", "uniqueId", "videoWebUrl"])
    for number, each in enumerate(comments()):
        url = f"https://www.tiktok.com/@newsdesk/video/{each['aweme_id']}"
        text = each["text"] if number % 20 else f'{each["text"]}\nand "more" of it'
        table.writerow([each["cid"], "2026-01-03T12:00:00.000Z", each["digg_count"], text, f"user{number}", url])
        if file.tell() > size:
            return


SHAPES: dict[str, Callable[[IO[str], int], None]] = {
    "JSON lines": write_lines,
    "one JSON array": write_array,
    "CSV": write_table,
}


def read_all(path: str) -> None:
    """Read a file to its end; prints rows, refused rows, seconds, and the peak of memory in kilobytes."""
    began = time.perf_counter()
    rows = refused = 0
    for document in documents(path):
        assert isinstance(document, Document), document
        with closing(document.open()) as stream:
            for record in read(stream, document.name, Options()).records:
                rows += 1
                refused += isinstance(record, Refused)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(rows, refused, time.perf_counter() - began, peak // (1024 if sys.platform == "darwin" else 1))


def measured(path: Path) -> tuple[int, int, float, float]:
    """Rows, refused rows, seconds and megabytes of a process that reads the file."""
    command = [sys.executable, __file__, "--read", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, refused, seconds, kilobytes = ran.stdout.split()
    return int(rows), int(refused), float(seconds), int(kilobytes) * 1024 / MEGABYTE


def main(megabytes: int) -> None:
    """Write each file in a tenth of its size and in full, read it, print the table."""
    print(f"{'':16}{'MB':>8}{'rows':>12}{'refused':>9}{'rows/s':>10}{'MB/s':>7}{'peak MB':>9}  verdict")
    with tempfile.TemporaryDirectory(prefix="harvester-") as folder:
        for shape, write in SHAPES.items():
            for size in (megabytes / 10, megabytes):
                path = Path(folder, "file")
                with path.open("w", encoding="utf-8", newline="") as file:
                    write(file, int(size * MEGABYTE))
                rows, refused, seconds, peak = measured(path)
                path.unlink()
                verdict = "met" if peak <= GOAL_MB else "MISSED"
                print(
                    f"{shape:16}{size:>8,.0f}{rows:>12,}{refused:>9,}{rows / seconds:>10,.0f}{size / seconds:>7.1f}"
                    f"{peak:>9.0f}  {verdict} (at most {GOAL_MB} MB)"
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--read"]:
        read_all(sys.argv[2])
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000)
