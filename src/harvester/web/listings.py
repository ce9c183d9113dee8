"""The lists of videos, comments and runs: each as a page for people and as JSON, and the whole tables as files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Query, Request
from starlette.responses import Response

from harvester.exports.table import csv_head
from harvester.exports.writing import Form
from harvester.store.comment import CommentRow
from harvester.store.exported import (
    ExportedDomain,
    ExportedMention,
    all_comments,
    all_domains,
    all_mentions,
    all_videos,
)
from harvester.store.reading import reading
from harvester.store.video import VideoRow
from harvester.web import rendering
from harvester.web.identity import identity_of
from harvester.web.pages.comments import CommentsPage, CommentsQuery
from harvester.web.pages.runs import RunsPage, RunsQuery
from harvester.web.pages.tables import (
    CommentsTableQuery,
    DomainsCsvQuery,
    DomainsTableQuery,
    MentionsTableQuery,
    TableQuery,
    VideosCsvQuery,
    VideosTableQuery,
)
from harvester.web.pages.videos import VideoPage, VideoQuery, VideosPage, VideosQuery
from harvester.web.routers import api, pages
from harvester.web.streams import Asked, Rows, table

TABLES: Mapping[str, type[Any]] = {
    "domains": ExportedDomain,
    "mentions": ExportedMention,
    "comments": CommentRow,
    "videos": VideoRow,
}
"""What one row of each table is."""


class _Csv(Response):
    media_type = "text/csv"


class _Lines(Response):
    media_type = "application/x-ndjson"


def _as_csv(noun: str) -> dict[str, Any]:
    """How the description of the API tells of a table as CSV."""
    head = csv_head(TABLES[noun])
    told = {"description": "UTF-8, every field quoted, lines end in CR LF.", "content": {"text/csv": {"example": head}}}
    return {"response_class": _Csv, "responses": {200: told}}


def _as_lines(noun: str) -> dict[str, Any]:
    """How it tells of one as JSON lines: the schema is that of a line."""
    told = {"description": "One JSON object a line, each of this schema.", "model": TABLES[noun]}
    return {"response_class": _Lines, "responses": {200: told}}


@pages.get("/videos")
async def videos_page(request: Request, query: Annotated[VideosQuery, Query()]) -> Response:
    """Show one page of the list."""
    return rendering.html("videos.html", await _videos(request, query))


@api.get("/videos", response_model=VideosPage)
async def videos(request: Request, query: Annotated[VideosQuery, Query()]) -> Response:
    """One page of the videos under which a domain is mentioned."""
    page = await _videos(request, query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@pages.get("/videos/{video_id}")
async def video_page(request: Request, video_id: str, query: Annotated[VideoQuery, Query()]) -> Response:
    """Show one video."""
    return rendering.html("video.html", await _video(request, video_id, query))


@api.get("/videos/{video_id}", response_model=VideoPage)
async def video(request: Request, video_id: str, query: Annotated[VideoQuery, Query()]) -> Response:
    """One video, and one page of the comments under it that mention a domain."""
    page = await _video(request, video_id, query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@pages.get("/comments")
async def comments_page(request: Request, query: Annotated[CommentsQuery, Query()]) -> Response:
    """Show one page of what was found."""
    return rendering.html("comments.html", await _comments(request, query))


@api.get("/comments", response_model=CommentsPage)
async def comments(request: Request, query: Annotated[CommentsQuery, Query()]) -> Response:
    """One page of the comments that hold all words of `q`; without `q`, of those that mention a domain."""
    page = await _comments(request, query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@pages.get("/runs")
async def runs_page(request: Request, query: Annotated[RunsQuery, Query()]) -> Response:
    """Show one page of the list."""
    return rendering.html("runs.html", await _runs(request, query))


@api.get("/runs", response_model=RunsPage)
async def runs(request: Request, query: Annotated[RunsQuery, Query()]) -> Response:
    """One page of the runs, each with its counts, what was wrong, and what is in quarantine."""
    page = await _runs(request, query)
    return rendering.json(page, next_address=rendering.next_address(request, page.next))


@api.get("/domains.csv", **_as_csv("domains"))
async def domains_csv(request: Request, query: Annotated[DomainsCsvQuery, Query()]) -> Response:
    """All domains of a filter as CSV, with their latest look-ups."""
    return await _domains_table(request, query, Form.CSV)


@api.get("/domains.ndjson", **_as_lines("domains"))
async def domains_lines(request: Request, query: Annotated[DomainsTableQuery, Query()]) -> Response:
    """All domains of a filter as JSON lines, with their latest look-ups."""
    return await _domains_table(request, query, Form.NDJSON)


@api.get("/mentions.csv", **_as_csv("mentions"))
async def mentions_csv(request: Request, query: Annotated[MentionsTableQuery, Query()]) -> Response:
    """All mentions of a filter as CSV: one line for a domain in a comment, with the comment and its video."""
    return await _mentions_table(request, query, Form.CSV)


@api.get("/mentions.ndjson", **_as_lines("mentions"))
async def mentions_lines(request: Request, query: Annotated[MentionsTableQuery, Query()]) -> Response:
    """All mentions of a filter as JSON lines: one for a domain in a comment, with the comment and its video."""
    return await _mentions_table(request, query, Form.NDJSON)


@api.get("/comments.csv", **_as_csv("comments"))
async def comments_csv(request: Request, query: Annotated[CommentsTableQuery, Query()]) -> Response:
    """All comments that hold the words as CSV; without words, all that mention a domain."""
    return await _comments_table(request, query, Form.CSV)


@api.get("/comments.ndjson", **_as_lines("comments"))
async def comments_lines(request: Request, query: Annotated[CommentsTableQuery, Query()]) -> Response:
    """All comments that hold the words as JSON lines; without words, all that mention a domain."""
    return await _comments_table(request, query, Form.NDJSON)


@api.get("/videos.csv", **_as_csv("videos"))
async def videos_csv(request: Request, query: Annotated[VideosCsvQuery, Query()]) -> Response:
    """All videos of a filter as CSV."""
    return await _videos_table(request, query, Form.CSV)


@api.get("/videos.ndjson", **_as_lines("videos"))
async def videos_lines(request: Request, query: Annotated[VideosTableQuery, Query()]) -> Response:
    """All videos of a filter as JSON lines."""
    return await _videos_table(request, query, Form.NDJSON)


async def _videos(request: Request, query: VideosQuery) -> VideosPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await VideosPage.load(connection, query)


async def _video(request: Request, video_id: str, query: VideoQuery) -> VideoPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await VideoPage.load(connection, video_id, query)


async def _comments(request: Request, query: CommentsQuery) -> CommentsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await CommentsPage.load(connection, query)


async def _runs(request: Request, query: RunsQuery) -> RunsPage:
    async with reading(request.app.state.database, identity_of(request).claims) as connection:
        return await RunsPage.load(connection, query)


async def _domains_table(request: Request, query: DomainsTableQuery, form: Form) -> Response:
    wanted = query.wanted()
    return await _table(
        request, query, form, lambda connection: all_domains(connection, wanted, text=query.q.strip(), sort=query.sort)
    )


async def _mentions_table(request: Request, query: MentionsTableQuery, form: Form) -> Response:
    wanted = query.wanted()
    return await _table(request, query, form, lambda connection: all_mentions(connection, wanted))


async def _comments_table(request: Request, query: CommentsTableQuery, form: Form) -> Response:
    words = query.q.strip() or None
    return await _table(
        request, query, form, lambda connection: all_comments(connection, words=words, seen_from=query.seen_from)
    )


async def _videos_table(request: Request, query: VideosTableQuery, form: Form) -> Response:
    wanted = query.wanted()
    return await _table(request, query, form, lambda connection: all_videos(connection, wanted, sort=query.sort))


async def _table(request: Request, query: TableQuery, form: Form, rows: Rows) -> Response:
    noun = request.url.path.rsplit("/", 1)[-1].partition(".")[0]
    return await table(request, rows, TABLES[noun], Asked(noun, query.model_dump(exclude_unset=True)), form=form)
