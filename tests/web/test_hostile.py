"""Hostile texts on their way from a comment to HTML, JSON and CSV: they arrive whole, and do nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from urllib.parse import quote

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from harvester.exports.table import FORMULA_MARKS, columns, write_csv, write_json_lines
from harvester.jobs.collect import collect
from harvester.model import Ad, Comment, Creator, Record, Video
from harvester.store.database import ANALYST, Database
from harvester.store.domain import Evidence, domain_by_name, evidence
from harvester.store.embedded import EmbeddedServer
from harvester.store.exported import ExportedDomain
from harvester.store.video import VideoRow

OpenSite = Callable[[str], AbstractContextManager[httpx.Client]]
PROBE = "hostile-probe.com"
HOSTILE = [
    "<script>alert(1)</script>",
    "</blockquote></main><script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "<a href=https://evil.example>click</a>",
    "<style>*{display:none}</style>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<!-- --><![CDATA[ ]]>",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "&lt;script&gt; &amp;amp; &#60;",
    "</script></title></textarea></style>",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+1+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
    'first, second; "third"\nfourth\r\nfifth',
    "\u202emoc.live\u202c",
    "\u2066\u2067\u2068\u2069\u200e\u200f",
    "\u200b\u200c\u200d\u2060\ufeff",
    "".join(chr(0xE0000 + ord(letter)) for letter in "hidden"),
    "Z\u0351\u036b\u0343\u036a\u0302A\u0306\u030c\u0301L\u0340\u0341G\u0360O" * 20,
    "ﷺ" * 200,
    "田中さんにあげて下さい パーティーへ行かないか",
    "🏳️‍🌈 👩‍👩‍👧‍👧 🇩🇪 1️⃣",
    "\x1b[31mred\x1b[0m \x07 \x7f \x85",
    "\u2028\u2029",
    "%00 %0d%0aSet-Cookie:x=1 %s %n",
    "../../../etc/passwd",
    "'; drop table comment; --",
    "NULL undefined NaN 1e400 -1 9223372036854775808",
    "A" * 65_000,
    "\u0e49" * 5_000,
    "<" * 5_000,
]  # fmt: skip
VIDEO_URLS = [
    "javascript:alert(1)",
    "https://evil.example/@x/video/1",
    "https://www.tiktok.com.evil.example/",
    "https://www.tiktok.com@evil.example/",
    "http://www.tiktok.com/@x/video/1",
    "https://www.tiktok.com/@x/video/1\"onclick='alert(1)",
    "//evil.example",
    "https://www.tiktok.com/@x/video/7300000000000000001",
]
PAGES = [
    "/", "/domains", f"/domains/{PROBE}?limit=1000", "/videos?limit=1000", "/videos?sort=views&promoted=true",
    "/videos/7300000000000000000", "/comments?limit=1000", "/comments?q=hostile&limit=1000", "/runs",
    f"/domains?columns={','.join(columns(ExportedDomain))}", f"/videos?columns={','.join(columns(VideoRow))}",
]  # fmt: skip
"""Those on which hostile texts stand."""
ATTRIBUTES = {
    "action", "alt", "aria-current", "aria-hidden", "aria-keyshortcuts", "aria-label", "aria-labelledby", "aria-sort",
    "autocomplete", "blocking", "charset", "checked", "class", "content", "data-copy", "data-live", "data-noun",
    "datetime", "for", "height", "href", "id", "inputmode", "lang", "max", "maxlength", "method", "min", "name",
    "open", "placeholder", "preserveaspectratio", "rel", "role", "scope", "selected", "spellcheck", "src", "tabindex",
    "text-anchor", "type", "value", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2",
    # Forms of verdicts.
    "hidden", "form", "disabled", "data-key", "rows", "aria-live",
}  # fmt: skip
"""All that our templates write; an attribute of a stranger is none of them, or stands in no place we look at."""


class Reader(HTMLParser):
    """Collects what acts in a page: elements, attributes, links; and the words of quotations."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str] = set()
        self.sources: set[str] = set()
        self.code: list[str] = []
        self.quotations: list[str] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self._open = tag
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "action"):
                self.links.add(value or "")
            if name == "src":
                self.sources.add(value or "")
        if tag == "blockquote":
            self.quotations.append("")
            self._quoting = True

    def handle_endtag(self, tag: str) -> None:
        self._open = ""
        if tag == "blockquote":
            self._quoting = False

    _quoting = False

    def handle_data(self, data: str) -> None:
        if self._open in ("script", "style"):
            self.code.append(data)
        if self._quoting:
            self.quotations[-1] += data


def read_page(answer: httpx.Response) -> Reader:
    """A page whose elements, attributes and links are ours; fails where they are not."""
    reader = Reader()
    reader.feed(answer.text)
    reader.close()
    assert not reader.elements & {"iframe", "object", "embed", "style", "base", "applet", "frame", "video", "audio"}
    assert reader.attributes <= ATTRIBUTES, reader.attributes - ATTRIBUTES
    assert "".join(reader.code).strip() == "", "no script or style stands in the page itself"
    for link in reader.links:
        own = link.startswith(("/", "#")) and not link.startswith("//")
        assert own or link.startswith("https://www.tiktok.com/"), link
    for source in reader.sources:
        assert source.startswith("/static/"), source
    return reader


@pytest.fixture(scope="session")
def hostile(server: EmbeddedServer, template: str, open_site: OpenSite) -> Iterator[tuple[str, httpx.Client]]:
    """A database full of hostile texts, and a client of the dashboard on it."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as owner:
        owner.execute(f'create database web_hostile template "{template}"')
    conninfo = server.conninfo("web_hostile")
    asyncio.run(_fill(conninfo))
    with psycopg.connect(conninfo) as owner:
        owner.execute(
            "update domain set notes = %s, metadata = %s, is_suspicious = true where domain_name = %s",
            [
                "\n".join(text.replace("\0", "") for text in HOSTILE[:30]),
                Jsonb({"http": {"server": HOSTILE[0], "url": "https://evil.example/"}, HOSTILE[1]: HOSTILE[21]}),
                PROBE,
            ],
        )
    with open_site(conninfo) as client:
        yield conninfo, client


async def _fill(conninfo: str) -> None:
    records: list[Record] = []
    for number, text in enumerate(HOSTILE):
        video_id, name = f"73000000000000{number:05}", text[:100]
        url = VIDEO_URLS[number % len(VIDEO_URLS)]
        records += [
            Video(video_id, username=name, caption=text, video_url=url, is_promoted=number % 2 == 0),
            Comment(f"74000000000000{number:05}", video_id, f"{PROBE} {text}", username=name),
            Creator(f"{number}{name}", bio=f"{PROBE} {text}"),
            Ad(f"17000000000000{number:05}", title=f"{PROBE} {text}", advertiser_name=name),
        ]
    async with Database(conninfo) as database:
        outcome = await collect(database, HOSTILE[0], {"file": HOSTILE[3]}, records)
    assert outcome.counts.stored == len(records), outcome


async def _stored(conninfo: str) -> list[Evidence]:
    async with Database(conninfo) as database, database.transaction(ANALYST) as connection:
        facts = await domain_by_name(connection, PROBE)
        return (await evidence(connection, facts.id, limit=1000)).rows


def test_a_page_of_hostile_texts_holds_nothing_that_acts(hostile: tuple[str, httpx.Client]) -> None:
    _, client = hostile
    for path in PAGES:
        answer = client.get(path)
        assert answer.status_code == 200
        read_page(answer)


def test_a_comment_is_shown_whole_with_the_unseen_made_seen(hostile: tuple[str, httpx.Client]) -> None:
    conninfo, client = hostile
    rows = asyncio.run(_stored(conninfo))
    assert len(rows) == len(HOSTILE)
    answer = client.get(f"/domains/{PROBE}?limit=1000")
    shown = read_page(answer).quotations
    assert len(shown) == len(rows)
    for row, quotation in zip(rows, shown, strict=True):
        back = re.sub(r"U\+([0-9A-F]{4,6})", lambda found: chr(int(found[1], 16)), quotation)
        assert back == row.text
    for direction in "\u202e\u2066\u2067\u2068\u200e\u200f\ufeff":
        assert direction not in answer.text


def test_json_gives_every_text_as_it_is_stored(hostile: tuple[str, httpx.Client]) -> None:
    conninfo, client = hostile
    rows = asyncio.run(_stored(conninfo))
    listed = client.get(f"/api/v1/domains/{PROBE}?limit=1000").json()["evidence"]
    assert [(each["comment_id"], each["text"], each["username"]) for each in listed] == [
        (row.comment_id, row.text, row.username) for row in rows
    ]
    assert write_json_lines(rows).count("\n") == len(rows)


def test_csv_gives_every_text_and_no_formula(hostile: tuple[str, httpx.Client]) -> None:
    conninfo, client = hostile
    rows = asyncio.run(_stored(conninfo))
    csv.field_size_limit(1_000_000)
    header, *lines = csv.reader(io.StringIO(write_csv(Evidence, rows), newline=""), strict=True)
    assert len(lines) == len(rows)
    for line, row in zip(lines, rows, strict=True):
        cells = dict(zip(header, line, strict=True))
        assert cells["text"].removeprefix("'") == row.text.removeprefix("'")
        assert not any(cell.startswith(tuple(FORMULA_MARKS)) for cell in line)
    assert PROBE in client.get("/api/v1/domains.csv").text


@pytest.mark.parametrize("path", [f"/comments?q={PROBE}&limit=1000", "/comments?limit=1000"])
def test_a_comment_is_listed_whole_with_the_unseen_made_seen(hostile: tuple[str, httpx.Client], path: str) -> None:
    _, client = hostile
    rows = client.get(f"/api/v1{path}").json()["rows"]
    assert len(rows) == len(HOSTILE)
    shown = read_page(client.get(path)).quotations
    for row, quotation in zip(rows, shown, strict=True):
        back = re.sub(r"U\+([0-9A-F]{4,6})", lambda found: chr(int(found[1], 16)), quotation)
        assert back == row["text"]


def test_every_caption_is_shown_on_the_page_of_its_video(hostile: tuple[str, httpx.Client]) -> None:
    _, client = hostile
    for number in range(len(HOSTILE)):
        path = f"/videos/73000000000000{number:05}"
        told = client.get(f"/api/v1{path}").json()["facts"]
        reader = read_page(client.get(path))
        assert len(reader.quotations) == 1
        outside = {link for link in reader.links if not link.startswith(("/", "#"))}
        assert outside == ({told["video_url"]} if told["video_url"].startswith("https://www.tiktok.com/") else set())


@pytest.mark.parametrize("noun", ["mentions", "comments", "videos", "domains"])
def test_whole_tables_give_every_text_and_no_formula(hostile: tuple[str, httpx.Client], noun: str) -> None:
    _, client = hostile
    csv.field_size_limit(1_000_000)
    objects = [json.loads(line) for line in client.get(f"/api/v1/{noun}.ndjson").text.split("\n") if line]
    header, *safe = csv.reader(io.StringIO(client.get(f"/api/v1/{noun}.csv").text, newline=""), strict=True)
    _, *raw = csv.reader(io.StringIO(client.get(f"/api/v1/{noun}.csv?raw=true").text, newline=""), strict=True)
    assert len(objects) == len(safe) == len(raw) >= (1 if noun == "domains" else len(HOSTILE))
    for each, inert, stored in zip(objects, safe, raw, strict=True):
        assert not any(cell.startswith(tuple(FORMULA_MARKS)) for cell in inert)
        texts = {name: value for name, value in each.items() if isinstance(value, str)}
        assert {name: cell for name, cell in zip(header, stored, strict=True) if name in texts} == texts


def test_only_videos_on_tiktok_are_linked(hostile: tuple[str, httpx.Client]) -> None:
    _, client = hostile
    answer = client.get(f"/domains/{PROBE}?limit=1000")
    outside = {link for link in read_page(answer).links if not link.startswith(("/", "#"))}
    assert outside == {url for url in VIDEO_URLS if url.startswith("https://www.tiktok.com/")}
    for anchor in re.findall(r'<a href="https://[^>]+>', answer.text):
        assert 'rel="noopener noreferrer nofollow"' in anchor


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_address_is_answered_in_order(hostile: tuple[str, httpx.Client], text: str) -> None:
    _, client = hostile
    part = text[:200]
    for path, parameters in (
        ("/domains", {"q": part}),
        ("/domains", {"after": part}),
        ("/domains", {"sort": part}),
        ("/domains", {part: "1"}),
        ("/domains", {"tld": part, "method": part}),
        ("/domains", {"tld": part}),
        ("/videos", {"username": part}),
        ("/videos", {"after": part}),
        ("/videos/" + quote(part, safe=""), {}),
        ("/comments", {"q": part}),
        ("/runs", {"source": part}),
        ("/domains/" + quote(part, safe=""), {}),
    ):
        answer = client.get(path, params=parameters, follow_redirects=True)
        assert answer.status_code in (200, 400, 404), path
        read_page(answer)


SENT = {"/sign-out", "/operations/switch", "/operations/replay"}


def test_no_page_links_to_a_harvested_host(site: httpx.Client) -> None:
    seen: set[str] = set()
    waiting = ["/"]
    while waiting and len(seen) < 120:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = site.get(path)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            # What turns something is a form, and is not sent by GET.
            waiting += sorted(link for link in read_page(answer).links - SENT if link.startswith("/"))
    assert len(seen) == 120
