"""A client of the sandbox that asks again for as long as it must, and goes only by what the answers say."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp

from harvester.sandbox.tokens import CLIENT_KEY, CLIENT_SECRET

MOST_ATTEMPTS = 4
"""A fault gives way after three."""
EVERYTHING = {"not": [{"operation": "EQ", "field_name": "region_code", "field_values": ["XX"]}]}
FORM = {"client_key": CLIENT_KEY, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}
FIELDS = {
    "video/query": "id, username, create_time, comment_count, video_tag",
    "video/comment/list": "id,video_id,text,parent_comment_id,reply_count",
    "user/info": "display_name,bio_url",
    "adlib/commercial_content/query": "id,videos,creator",
    "adlib/ad/query": "ad.id,ad.reach,advertiser.business_id",
    "adlib/ad/detail": "ad.id,ad.external_url",
}
Answer = tuple[int, Any]
"""The HTTP status, and the body: JSON as it was, or None where it is none."""


class Patient:
    """One client with its own token."""

    def __init__(self, url: str, session: aiohttp.ClientSession, attempts: int = MOST_ATTEMPTS) -> None:
        self.url = url
        self.session = session
        self.token = ""
        self.attempts = attempts
        self.most_attempts = 0
        """The most attempts that one request has taken."""

    async def post(self, path: str, fields: str | None = None, token: str | None = None, **body: Any) -> Answer:
        """One attempt. Raises what aiohttp raises where the answer does not arrive whole."""
        if not self.token:
            await self.renew()
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        params = {"fields": FIELDS[path] if fields is None else fields}
        async with self.session.post(
            f"{self.url}/v2/research/{path}/", params=params, json=body, headers=headers
        ) as answer:
            raw = await answer.read()
            try:
                return answer.status, json.loads(raw)
            except ValueError:
                return answer.status, None

    async def renew(self) -> None:
        """Get a token, in so many attempts at the most."""
        for _ in range(self.attempts):
            async with self.session.post(f"{self.url}/v2/oauth/token/", data=FORM) as answer:
                data = await answer.json(content_type=None)
            if "access_token" in data:
                self.token = data["access_token"]
                return
        raise AssertionError(f"no token in {self.attempts} attempts: {data}")

    async def ask(self, path: str, needs: tuple[str, ...] = (), **body: Any) -> Mapping[str, Any]:
        """The data of the first answer that can be used; one that has more must say where, by one of the needed."""
        said: list[Any] = []
        while len(said) < self.attempts:
            try:
                status, answer = await self.post(path, **body)
            except (TimeoutError, aiohttp.ClientError) as error:
                said.append(error)
                continue
            said.append((status, answer))
            if status == 401:
                await self.renew()
            elif status == 200 and answer is not None and answer["error"]["code"] == "ok":
                data: Mapping[str, Any] = answer["data"]
                if not has_more(data) or all(name in data for name in needs):
                    self.most_attempts = max(self.most_attempts, len(said))
                    return data
        raise AssertionError(f"{path} {body} was never answered: {said}")

    async def videos(self, start: datetime, end: datetime) -> AsyncIterator[dict[str, Any]]:
        """All videos of these days, in windows of 30."""
        while start <= end:
            window = {"start_date": day(start), "end_date": day(min(end, start + timedelta(days=29)))}
            turn: dict[str, Any] = {"cursor": 0}
            while turn:
                data = await self.ask(
                    "video/query", ("cursor", "search_id"), query=EVERYTHING, max_count=20, **window, **turn
                )
                for row in data.get("videos", []):
                    yield row
                turn = {name: data[name] for name in ("cursor", "search_id")} if has_more(data) else {}
            start += timedelta(days=30)

    async def comments(self, **whose: int) -> AsyncIterator[dict[str, Any]]:
        """All comments of one list, as far as the API lists them."""
        cursor = 0
        while True:
            size = min(50, 1000 - cursor) if cursor < 1000 else 50
            data = await self.ask("video/comment/list", ("cursor",), max_count=size, cursor=cursor, **whose)
            for row in data.get("comments", []):
                yield row
            if not has_more(data):
                return
            cursor = data["cursor"]

    async def searched(self, path: str, rows: str, **filters: Any) -> AsyncIterator[dict[str, Any]]:
        """All rows of a list that is paged by its search_id."""
        turn: dict[str, Any] = {}
        while True:
            data = await self.ask(f"adlib/{path}", ("search_id",), filters=filters, max_count=10, **turn)
            for row in data[rows]:
                yield row
            if not has_more(data):
                return
            turn = {"search_id": data["search_id"]}

    async def everything(self, anchor: datetime, days: int) -> list[dict[str, Any]]:
        """All rows there are, as `/sandbox/truth` writes them."""
        # A video may have been posted 40 days before the first one was seen.
        start, end = anchor - timedelta(days=days + 41), anchor
        found: dict[str, dict[str, Any]] = {}
        async for row in self.videos(start, end):
            row["id"] = row.pop("video_id", None) or row["id"]
            found[str(row["id"])] = {
                "kind": "video",
                "id": str(row["id"]),
                "username": row["username"].replace("\0", ""),
                "is_promoted": is_branded(row.get("video_tag")),
                "comment_ids": await self.comment_ids(row["id"]),
            }
        rows = list(found.values())
        span = {"min": day(start), "max": day(datetime.now(UTC) - timedelta(days=1))}
        contents = self.searched("commercial_content/query", "commercial_contents", content_published_date_range=span)
        links = {row["id"]: row["videos"][0]["url"].rpartition("/")[2] async for row in contents}
        rows += [{"kind": "content", "id": name, "video_id": video} for name, video in links.items()]
        ads = {row["ad"]["id"] async for row in self.searched("ad/query", "ads", ad_published_date_range=span)}
        for ad_id in ads:
            detail = await self.ask("adlib/ad/detail", ad_id=ad_id)
            rows.append({"kind": "ad", "id": str(ad_id), "landing_url": detail["ad"].get("external_url")})
        return rows

    async def comment_ids(self, video_id: int) -> list[str]:
        """The ids of a video's comments and of their replies, sorted."""
        listed = {row["id"]: row async for row in self.comments(video_id=video_id)}
        ids = set(listed)
        for row in listed.values():
            if row.get("reply_count") and row["parent_comment_id"] == video_id:
                ids |= {reply["id"] async for reply in self.comments(comment_id=row["id"])}
        return sorted(map(str, ids))


def has_more(data: Mapping[str, Any]) -> bool:
    return data.get("has_more") in {True, "true"}


def is_branded(tag: Any) -> bool:
    tags = tag if isinstance(tag, list) else [tag or {}]
    return any("Branded" in each.values() for each in tags)


def day(moment: datetime) -> str:
    return moment.strftime("%Y%m%d")
