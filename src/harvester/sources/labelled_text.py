r"""Items of a text of entries, each of labelled lines, as TikTok's own data download has them.

    Date: 2026-01-03 10:05:00 UTC
    Comment: the first line
    and the second
    Url: https://www.tiktok.com/@newsdesk/video/7580280925297184007

An entry begins at its date. Labels are in the language of the account, so they are told by standing in each
of the first entries; any other line goes on with the text before it, colon or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BufferedReader

from harvester.model import Refused
from harvester.sources.base import Item, Part
from harvester.sources.lines import LONGEST, SAMPLE_BYTES, lines

FORM = {"form": "labelled text"}
"""The envelope of its items."""
DATE_LABELS = frozenset(
    {
        "date", "datum", "fecha", "data", "dato", "tanggal", "tarikh", "tarih", "ngày", "дата", "日付", "日期", "날짜",
        "วันที่", "التاريخ", "تاريخ", "दिनांक", "päivämäärä", "ημερομηνία", "petsa",
    }
)  # fmt: skip
_LINE = re.compile(r"(?P<label>[^\W\d_][^:\n]{0,60}): ?(?P<value>.*)")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?: UTC)?\s*")
_MOST_KEPT = 65_536


def is_labelled(start: bytes) -> bool:
    """Whether a text begins with an entry: a date, and another labelled line.

    >>> is_labelled(b"Date: 2026-01-03 10:05:00\\nComment: hi\\n"), is_labelled(b"Date,Comment\\n")
    (True, False)
    """
    return len(_labels(start)) > 1


def labelled_items(stream: BufferedReader) -> Iterator[Part]:
    """Each entry as an object of its labels; one that grows out of all bounds is refused alone."""
    date, *others = _labels(stream.peek(SAMPLE_BYTES)[:SAMPLE_BYTES])
    entry: dict[str, list[str]] = {}
    label, size, number = date, 0, 0
    for raw in lines(stream, carriage_returns=True):
        text = _decoded(raw).rstrip("\r\n")
        line = _LINE.fullmatch(text)
        if line and line["label"] == date and _MOMENT.fullmatch(line["value"]):
            if entry:
                yield _part(entry, size, number)
            entry, label, size, number = {}, date, 0, number + 1
        if line and line["label"] in (date, *others) and line["label"] not in entry:
            label, text = line["label"], line["value"]
        size += len(raw)
        if number and size <= LONGEST:
            entry.setdefault(label, []).append(text)
    if entry:
        yield _part(entry, size, number)


def _part(entry: dict[str, list[str]], size: int, number: int) -> Part:
    place = f"entry {number}"
    value = {label: "\n".join(texts).rstrip("\n") for label, texts in entry.items()}
    if size > LONGEST:
        kept = "\n".join(value.values()).encode("utf-8", "surrogateescape")[:_MOST_KEPT]
        return Refused("too_long", f"The entry has more than {LONGEST:,} bytes.", kept, place, {"form": "bytes"})
    return Item(value, FORM, place)


def _labels(start: bytes) -> list[str]:
    """The label of the date, and those that stand in each of the first entries, in their order."""
    entries: list[list[str]] = []
    for text in re.split(r"\r\n?|\n", _decoded(start)):
        line = _LINE.fullmatch(text)
        if line and line["label"].casefold() in DATE_LABELS and _MOMENT.fullmatch(line["value"]):
            entries.append([])
        elif not entries and text.strip():
            return []
        if line and entries:
            entries[-1].append(line["label"])
    # A sample that is not the whole file ends inside its last entry.
    whole = entries[:-1] if len(entries) > 1 and len(start) > SAMPLE_BYTES // 2 else entries
    return [label for label in dict.fromkeys(whole[0]) if all(label in entry for entry in whole)] if whole else []


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
